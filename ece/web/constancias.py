"""The accesses to a record as people read them: in the portal and in the chart."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.motivos import MotivoDeConsulta
from consentimiento.selectors import accesos
from consentimiento.selectors.accesos import CursorInvalido, Linea
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Rol

PUESTOS = {
    Rol.MEDICO: gettext_lazy("Médico"),
    Rol.RESIDENTE: gettext_lazy("Médico residente"),
    Rol.INTERNO: gettext_lazy("Médico interno o pasante"),
    Rol.URGENCIAS: gettext_lazy("Médico de urgencias"),
    Rol.ENFERMERIA: gettext_lazy("Enfermería"),
    Rol.LABORATORIO: gettext_lazy("Laboratorio"),
    Rol.IMAGEN: gettext_lazy("Imagen"),
    Rol.FARMACIA: gettext_lazy("Farmacia"),
    Rol.TRABAJO_SOCIAL: gettext_lazy("Trabajo social"),
    Rol.PSICOLOGIA: gettext_lazy("Psicología"),
    Rol.ARCHIVO: gettext_lazy("Archivo clínico"),
    Rol.ADMISION: gettext_lazy("Admisión"),
    Rol.CALIDAD: gettext_lazy("Calidad"),
    Rol.PRIVACIDAD: gettext_lazy("Privacidad"),
    Rol.EPIDEMIOLOGIA: gettext_lazy("Epidemiología"),
    Rol.INVESTIGACION: gettext_lazy("Investigación"),
    Rol.DIRECCION: gettext_lazy("Dirección"),
    Rol.SISTEMAS: gettext_lazy("Sistemas"),
    Rol.ENLACE: gettext_lazy("Enlace institucional"),
    Rol.PACIENTE: gettext_lazy("Paciente"),
    Rol.ADMINISTRADOR: gettext_lazy("Administración"),
    Rol.INTEGRACION: gettext_lazy("Sistema de la institución"),
    Rol.ALIADO: gettext_lazy("Institución aliada"),
}
FUNDAMENTOS = {
    "titular": gettext_lazy("Es el titular del expediente"),
    "atencion": gettext_lazy("Le atiende"),
    "atencion.cita": gettext_lazy("Tiene una cita con el paciente, o su permiso"),
    "atencion.unidad": gettext_lazy("Le atiende su servicio"),
    "servicio.auxiliar": gettext_lazy("Realiza los estudios de su atención"),
    "firma.pendiente": gettext_lazy("Firma un documento que hizo"),
    "firma.delegada": gettext_lazy("Firma por quien hizo un documento y le delegó la firma"),
    "servicio.orden": gettext_lazy("Realiza un estudio que le pidieron"),
    "servicio.farmacia": gettext_lazy("Surte los medicamentos de su atención"),
    "vinculo": gettext_lazy("Le atiende, y este expediente está ligado al que leía"),
    "resultado.pendiente": gettext_lazy("Pidió un estudio y revisa su resultado"),
    "admision": gettext_lazy("Trámite de admisión o archivo: sólo sus datos de identificación"),
    "admision.nuevo": gettext_lazy("Registró su expediente"),
    "nacimiento": gettext_lazy("Atendió su nacimiento"),
    "calidad.muestra": gettext_lazy("Evaluación de la calidad del expediente, por sorteo"),
    "institucion.sistema": gettext_lazy("Sistema de la propia institución"),
    "convenio.consentimiento": gettext_lazy("Institución con convenio, y usted lo autorizó"),
    "convenio.referencia": gettext_lazy("Institución con convenio a la que se le refirió"),
    "convenio.urgencia": gettext_lazy("Institución con convenio, por una urgencia"),
    "convenio.salud.publica": gettext_lazy("Institución con convenio, por salud pública"),
    "concesion": gettext_lazy("Tiene un permiso otorgado sobre su expediente"),
    "representacion": gettext_lazy("Le representa (madre, padre o tutela)"),
    "delegacion": gettext_lazy("El paciente le dio permiso"),
    "autorizacion": gettext_lazy("El paciente autorizó que lo viera"),
    "emergencia": gettext_lazy("Lo abrió por una emergencia"),
    "salud.publica": gettext_lazy("Notificación de salud pública"),
    "investigacion": gettext_lazy("Protocolo de investigación que el paciente aceptó"),
    "privacidad.arco": gettext_lazy("Atiende una solicitud de derechos ARCO"),
    "privacidad.revision": gettext_lazy("Atiende una queja o revisa el uso del expediente"),
    "privacidad.sancion": gettext_lazy("Integra el expediente de un acceso en duda"),
    "posesion.documento": gettext_lazy("Tenía en la mano una receta, con su código"),
    "receta.revision": gettext_lazy("Revisó que una receta no le haga daño; a nadie se lo mostró"),
    "relaciones": gettext_lazy("Lista de su trabajo"),
    "institucion": gettext_lazy("Lista de la institución"),
    "sin.relacion": gettext_lazy("No tiene relación con su atención"),
    "rol.insuficiente": gettext_lazy("Su puesto no lo permite"),
    "directiva": gettext_lazy("El paciente pidió que no se le mostrara"),
    "bloqueo": gettext_lazy("El expediente está bloqueado"),
    "proposito": gettext_lazy("No es para ese fin"),
}
PROPOSITOS = {
    "TREAT": gettext_lazy("Atención médica"),
    "ETREAT": gettext_lazy("Atención de una emergencia"),
    "HPAYMT": gettext_lazy("Pago de la atención"),
    "HOPERAT": gettext_lazy("Operación de la institución"),
    "PUBHLTH": gettext_lazy("Salud pública"),
    "HRESCH": gettext_lazy("Investigación"),
    "PATRQT": gettext_lazy("A petición del paciente"),
    "FAMRQT": gettext_lazy("A petición de quien le representa"),
}
MOTIVOS = {**dict(MotivoDeConsulta.choices), "a.cargo": gettext_lazy("Entró al portal")}
TEMAS = {
    "identificacion": gettext_lazy("identificación"),
    "signos": gettext_lazy("signos vitales"),
    "medicion": gettext_lazy("signos vitales"),
    "problema": gettext_lazy("problemas de salud"),
    "diagnostico": gettext_lazy("problemas de salud"),
    "alergia": gettext_lazy("alergias"),
    "nota": gettext_lazy("notas"),
    "receta": gettext_lazy("medicamentos"),
    "medicina": gettext_lazy("medicamentos"),
    "recetar": gettext_lazy("medicamentos"),
    "informe": gettext_lazy("resultados"),
    "resultado": gettext_lazy("resultados"),
    "critico": gettext_lazy("resultados"),
    "serie": gettext_lazy("resultados"),
    "tarea": gettext_lazy("resultados"),
    "orden": gettext_lazy("estudios solicitados"),
    "atender": gettext_lazy("estudios solicitados"),
    "documento": gettext_lazy("documentos"),
    "vacuna": gettext_lazy("vacunas"),
    "cita": gettext_lazy("citas"),
    "escala": gettext_lazy("valoraciones"),
    "triage": gettext_lazy("valoraciones"),
    "antecedente": gettext_lazy("antecedentes"),
    "embarazo": gettext_lazy("embarazo"),
    "encuentro": gettext_lazy("consulta"),
    "imprimir": gettext_lazy("impresión del expediente"),
    "descargar": gettext_lazy("descarga del expediente"),
    "expediente": gettext_lazy("resumen"),
    "resumen": gettext_lazy("resumen"),
    "linea": gettext_lazy("línea de tiempo"),
    "contacto": gettext_lazy("datos de contacto"),
    "datos": gettext_lazy("datos de contacto"),
    "aportacion": gettext_lazy("lo que aportó el paciente"),
    "paciente": gettext_lazy("identificación"),
}
"""Beginning of the name of a page or of an event -> what part of the record it is."""


def de(request: HttpRequest, acceso: Acceso, *, con_propios: bool) -> dict[str, Any]:
    """A page of the accesses, in words; `quien` in the address leaves one person's."""
    quien = request.GET.get("quien", "")
    try:
        pagina = accesos.del_expediente(
            acceso,
            cursor=request.GET.get("desde", ""),
            actor=UUID(quien) if quien else None,
            con_propios=con_propios,
        )
    except (CursorInvalido, ValueError) as error:
        raise Http404 from error
    return {
        "dias": [(dia.dia, [_en_palabras(linea) for linea in dia.lineas]) for dia in pagina.dias],
        "siguiente": pagina.siguiente,
        "quien": quien,
    }


def de_evento(acceso: Acceso, evento_id: UUID | None) -> dict[str, Any] | None:
    """One access in words; None when nothing of this record is named."""
    linea = accesos.uno(acceso, evento_id=evento_id) if evento_id else None
    return _en_palabras(linea) if linea else None


def _en_palabras(linea: Linea) -> dict[str, Any]:
    desde, hasta = (timezone.localtime(m).strftime("%H:%M") for m in (linea.desde, linea.hasta))
    de_fuera = linea.por_enlace or set(linea.roles) <= {Rol.PACIENTE.value}
    return {
        "linea": linea,
        "horas": desde if desde == hasta else f"{desde}–{hasta}",
        "institucion": "" if de_fuera else linea.institucion,
        "nombre": _nombre(linea),
        "puesto": ", ".join(str(PUESTOS[Rol(r)]) for r in linea.roles if r in set(Rol)),
        "fundamento": str(FUNDAMENTOS.get(linea.fundamento.partition(",")[0], linea.fundamento)),
        "proposito": str(PROPOSITOS.get(linea.proposito, "")),
        "motivos": [str(MOTIVOS[m]) for m in linea.motivos if m in MOTIVOS],
        "vio": _temas(p.partition(":")[2] for p in linea.paginas),
        "escribio": _temas(acto.partition(".")[0] for acto in linea.actos),
    }


def _nombre(linea: Linea) -> str:
    if linea.por_enlace:
        return _("Quien abrió el enlace que se compartió")
    if linea.clase == "portador":
        return _("Quien mostró una receta impresa")
    if linea.propio:
        return _("Usted")
    return linea.nombre or _("Sistema de la institución")


def _temas(nombres: Any) -> list[str]:
    hallados = (
        next((tema for clave, tema in TEMAS.items() if nombre.startswith(clave)), None)
        for nombre in nombres
    )
    return list(dict.fromkeys(str(tema) for tema in hallados if tema is not None))
