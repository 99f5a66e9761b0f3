from django.urls import path

from ece.web.clinica.views import encuentros, expediente, hoy, notas, pacientes, registros, signos

app_name = "clinica"
urlpatterns = [
    path("", hoy.hoy, name="hoy"),
    path("buscar/", hoy.buscar, name="buscar"),
    path("cie10/", registros.cie10, name="cie10"),
    path("pacientes/nuevo/", pacientes.registrar, name="registrar"),
    path("pacientes/parecidos/", pacientes.parecidos, name="parecidos"),
    path("pacientes/curp/", pacientes.curp, name="curp"),
    path("<uuid:paciente>/", expediente.expediente, name="expediente"),
    path("<uuid:paciente>/identificacion/", expediente.identificacion, name="identificacion"),
    path("<uuid:paciente>/linea/", expediente.linea, name="linea"),
    path("<uuid:paciente>/signos/", signos.signos, name="signos"),
    path("<uuid:paciente>/encuentros/abrir/", encuentros.abrir, name="abrir-encuentro"),
    path("<uuid:paciente>/encuentros/<uuid:encuentro>/cerrar/", encuentros.cerrar, name="cerrar"),
    path("<uuid:paciente>/registrar/<slug:clase>/", registros.registrar, name="agregar"),
    path("<uuid:paciente>/registros/<str:tipo>/<uuid:id>/", registros.registro, name="registro"),
    path("<uuid:paciente>/notas/nueva/<slug:tipo>/", notas.nueva, name="nota-nueva"),
    path("<uuid:paciente>/notas/<uuid:nota>/", notas.nota, name="nota"),
    path("<uuid:paciente>/notas/<uuid:nota>/guardar/", notas.guardar, name="nota-guardar"),
    path("<uuid:paciente>/notas/<uuid:nota>/finalizar/", notas.finalizar, name="nota-finalizar"),
    path("<uuid:paciente>/notas/<uuid:nota>/adenda/", notas.adenda, name="nota-adenda"),
    path("<uuid:paciente>/notas/<uuid:nota>/pdf/", notas.pdf, name="nota-pdf"),
]
