from django.contrib.auth import views
from django.urls import path
from django.views.i18n import set_language

from ece.web.aplicaciones import mias
from ece.web.cuenta import (
    aviso,
    confirmacion,
    entrada,
    inscripcion,
    personas,
    propia,
    recuperacion,
)
from ece.web.guardas import publica

app_name = "cuenta"
urlpatterns = [
    path("", propia.inicio, name="inicio"),
    path("entrar/", publica(entrada.Entrar.as_view()), name="entrar"),
    path("entrar/llave/", entrada.con_llave, name="entrar-llave"),
    path("entrar/codigo/", entrada.segundo_paso, name="segundo-paso"),
    path("salir/", publica(views.LogoutView.as_view()), name="salir"),
    path("idioma/", publica(set_language), name="idioma"),
    path("inscribirse/", inscripcion.inscribirse, name="inscribirse"),
    path("inscribirse/datos/", inscripcion.datos, name="inscribirse-datos"),
    path("recuperar/", recuperacion.recuperar, name="recuperar"),
    path("recuperar/<uuid:id>/<str:secreto>/", recuperacion.enlace, name="recuperar-enlace"),
    path("aviso/<uuid:aviso>/", aviso.aviso, name="aviso"),
    path("confirmar/", confirmacion.confirmar, name="confirmar"),
    path("confirmar/llave/", confirmacion.con_llave, name="confirmar-llave"),
    path("confirmar/codigo/", confirmacion.confirmar_con_codigo, name="confirmar-codigo"),
    path("desbloquear/", confirmacion.desbloquear, name="desbloquear"),
    path("desbloquear/llave/", confirmacion.con_llave, name="desbloquear-llave"),
    path("bloquear/", confirmacion.bloquear_pantalla, name="bloquear"),
    path("presente/", confirmacion.presente, name="presente"),
    path("llaves/nueva/", propia.llave_nueva, name="llave-nueva"),
    path("llaves/<uuid:llave>/quitar/", propia.llave_quitar, name="llave-quitar"),
    path("generador/", propia.generador, name="generador"),
    path("generador/quitar/", propia.generador_quitar, name="generador-quitar"),
    path("recuperacion/", propia.recuperacion, name="recuperacion"),
    path("sesiones/cerrar/", propia.sesiones_cerrar, name="sesiones-cerrar"),
    path("sesiones/<uuid:sesion>/cerrar/", propia.sesion_cerrar, name="sesion-cerrar"),
    path("apps/", mias.cuenta, name="apps"),
    path("apps/<uuid:autorizacion>/retirar/", mias.retirar, name="app-retirar"),
    path("personas/", personas.lista, name="personas"),
    path("personas/por-autorizar/", personas.autorizaciones, name="autorizaciones"),
    path("personas/por-autorizar/<uuid:puesto>/", personas.autorizar, name="autorizar"),
    path("personas/<uuid:persona>/", personas.persona, name="persona"),
    path("personas/<uuid:persona>/puestos/", personas.otorgar, name="otorgar"),
    path("personas/<uuid:persona>/puestos/<uuid:puesto>/", personas.retirar, name="retirar"),
    path("personas/<uuid:persona>/licencia/", personas.suspender, name="suspender"),
    path("personas/<uuid:persona>/baja/", personas.dar_de_baja, name="baja"),
    path("personas/<uuid:persona>/invitar/", personas.reinvitar, name="reinvitar"),
    path("invitacion/<str:secreto>/", personas.invitacion, name="invitacion"),
]
