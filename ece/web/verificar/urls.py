from django.urls import path, re_path

from ece.web.verificar import bitacora, documento, views

_TESELA = r"^bitacora/tile/(?P<capa>[0-9])/(?P<numero>(?:x[0-9]{3}/)*[0-9]{3})"

app_name = "verificar"
urlpatterns = [
    path("", views.receta, name="receta"),
    path("evidencia/", bitacora.evidencia, name="evidencia"),
    path("bitacora/", bitacora.bitacora, name="bitacora"),
    path("bitacora/checkpoint", bitacora.checkpoint, name="checkpoint"),
    path("bitacora/checkpoint/<int:tamano>", bitacora.checkpoint, name="checkpoint-de"),
    path("bitacora/llaves", bitacora.las_llaves, name="llaves"),
    re_path(rf"{_TESELA}$", bitacora.tesela, name="tesela"),
    re_path(rf"{_TESELA}\.p/(?P<ancho>[0-9]{{1,3}})$", bitacora.tesela, name="tesela-parcial"),
    path(
        "bitacora/testigo/add-checkpoint",
        bitacora.agregar_checkpoint,
        name="agregar-checkpoint",
    ),
    path("bitacora/testigo/ultimo", bitacora.atestiguado, name="atestiguado"),
    path("documento/", documento.documento, name="documento"),
]
