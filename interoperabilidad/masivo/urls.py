from django.urls import path, re_path

from interoperabilidad.masivo import vistas

_ID = r"(?P<id>[A-Za-z0-9.-]{1,64})"

urlpatterns = [
    path("$export", vistas.exportar, name="exportar"),
    path("Patient/$export", vistas.exportar_pacientes, name="exportar-pacientes"),
    re_path(rf"^Group/{_ID}/\$export$", vistas.exportar_grupo, name="exportar-grupo"),
    path("$export-status/<uuid:id>", vistas.exportacion, name="exportacion"),
    re_path(
        r"^\$export-status/(?P<id>[0-9a-f-]{36})/(?P<tipo>[A-Z][A-Za-z]+)-(?P<numero>[0-9]{1,6})\.ndjson$",
        vistas.archivo,
        name="exportacion-archivo",
    ),
    path("$import", vistas.importar, name="importar"),
    path("$import-status/<uuid:id>", vistas.importacion, name="importacion"),
    re_path(
        r"^\$import-status/(?P<id>[0-9a-f-]{36})/(?P<numero>[0-9]{1,6})\.ndjson$",
        vistas.rechazos,
        name="importacion-rechazos",
    ),
]
