from django.urls import path, re_path
from django.urls.converters import UUIDConverter

from interoperabilidad.masivo import vistas

_ID = r"(?P<id>[A-Za-z0-9.-]{1,64})"
_TRABAJO = rf"(?P<id>{UUIDConverter.regex})"

urlpatterns = [
    path("$export", vistas.exportar, name="exportar"),
    path("Patient/$export", vistas.exportar_pacientes, name="exportar-pacientes"),
    re_path(rf"^Group/{_ID}/\$export$", vistas.exportar_grupo, name="exportar-grupo"),
    path("$export-status/<uuid:id>", vistas.exportacion, name="exportacion"),
    re_path(
        rf"^\$export-status/{_TRABAJO}/(?P<tipo>[A-Z][A-Za-z]+)-(?P<numero>[0-9]{{1,6}})\.ndjson$",
        vistas.archivo,
        name="exportacion-archivo",
    ),
    path("$import", vistas.importar, name="importar"),
    path("$import-status/<uuid:id>", vistas.importacion, name="importacion"),
    re_path(
        rf"^\$import-status/{_TRABAJO}/(?P<numero>[0-9]{{1,6}})\.ndjson$",
        vistas.rechazos,
        name="importacion-rechazos",
    ),
]
