from django.urls import include, path, re_path

from interoperabilidad.fhir import operaciones, vistas
from interoperabilidad.suscripciones.vistas import llaves

_TIPO = r"(?P<tipo>[A-Z][A-Za-z]+)"
_ID = r"(?P<id>[A-Za-z0-9.-]{1,64})"

app_name = "fhir"
urlpatterns = [
    re_path(r"^(?=Subscription)", include("interoperabilidad.suscripciones.urls")),
    # What is asked for most comes before the rest, which match none of these.
    re_path(rf"^{_TIPO}/{_ID}$", vistas.registro, name="registro"),
    re_path(rf"^{_TIPO}$", vistas.tipo, name="tipo"),
    re_path(rf"^Patient/{_ID}/\$everything$", vistas.todo, name="todo"),
    re_path(r"^$", vistas.raiz, name="raiz"),
    path(".well-known/jwks.json", llaves, name="llaves"),
    path("metadata", vistas.metadata, name="metadata"),
    path(".well-known/smart-configuration", vistas.smart, name="smart"),
    path("_history", vistas.historia_de_todo, name="historia-de-todo"),
    re_path(r"^\$process-message$", operaciones.procesar, name="process-message"),
    path("", include("interoperabilidad.masivo.urls")),
    re_path(rf"^Patient/{_ID}/\$summary$", operaciones.resumen_de, name="summary"),
    re_path(rf"^Patient/{_ID}/\$cda$", operaciones.cda_de, name="cda"),
    re_path(r"^Patient/\$ihe-pix$", operaciones.identificadores, name="ihe-pix"),
    re_path(r"^Patient/\$match$", operaciones.parecidos, name="match"),
    re_path(r"^Observation/\$lastn$", operaciones.las_ultimas, name="lastn"),
    re_path(r"^DocumentReference/\$docref$", operaciones.documentos_de, name="docref"),
    re_path(rf"^Composition/{_ID}/\$document$", operaciones.documento, name="document"),
    re_path(rf"^{_TIPO}/\$validate$", operaciones.validar, name="validate"),
    re_path(rf"^{_TIPO}/{_ID}/\$validate$", operaciones.validar, name="validate-uno"),
    re_path(
        rf"^{_TIPO}/\$(?P<operacion>lookup|validate-code|expand|translate)$",
        operaciones.de_codigos,
        name="codigos",
    ),
    re_path(rf"^{_TIPO}/_search$", vistas.buscar, name="buscar"),
    re_path(rf"^{_TIPO}/_history$", vistas.historia_de_tipo, name="historia-de-tipo"),
    re_path(rf"^{_TIPO}/{_ID}/_history$", vistas.historia, name="historia"),
    re_path(rf"^{_TIPO}/{_ID}/_history/(?P<version>[0-9]+)$", vistas.version, name="version"),
    re_path(rf"^Patient/{_ID}/{_TIPO}$", vistas.compartimento, name="compartimento"),
    re_path(
        rf"^Patient/{_ID}/{_TIPO}/_search$",
        vistas.buscar_en_compartimento,
        name="buscar-en-compartimento",
    ),
]
