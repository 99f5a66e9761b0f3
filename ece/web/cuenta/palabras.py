"""What posts are called where people read them."""

from django.utils.translation import gettext_lazy as _

from ece.nucleo.roles import Rol

ROLES = {
    Rol.MEDICO: _("Médico tratante"),
    Rol.RESIDENTE: _("Médico residente"),
    Rol.INTERNO: _("Interno o pasante"),
    Rol.URGENCIAS: _("Médico de urgencias"),
    Rol.ENFERMERIA: _("Enfermería"),
    Rol.LABORATORIO: _("Laboratorio"),
    Rol.IMAGEN: _("Imagenología"),
    Rol.FARMACIA: _("Farmacia"),
    Rol.TRABAJO_SOCIAL: _("Trabajo social"),
    Rol.PSICOLOGIA: _("Psicología"),
    Rol.ARCHIVO: _("Archivo clínico"),
    Rol.ADMISION: _("Admisión"),
    Rol.CALIDAD: _("Calidad"),
    Rol.PRIVACIDAD: _("Privacidad"),
    Rol.EPIDEMIOLOGIA: _("Epidemiología"),
    Rol.INVESTIGACION: _("Investigación"),
    Rol.DIRECCION: _("Dirección"),
    Rol.SISTEMAS: _("Sistemas"),
    Rol.ENLACE: _("Enlace institucional"),
    Rol.ADMINISTRADOR: _("Administración"),
}
ESTADOS = {
    "activa": _("Activa"),
    "inactiva": _("Sin acceso"),
    "de-licencia": _("De licencia"),
    "vigente": _("Vigente"),
    "por-autorizar": _("Por autorizar"),
    "terminado": _("Terminado"),
}
NAVEGADORES = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SISTEMAS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def navegador(cabecera: str) -> str:
    """What a person recognises in a User-Agent header: "Chrome · Windows"."""
    partes = [
        next((nombre for marca, nombre in tabla if marca in cabecera), "")
        for tabla in (NAVEGADORES, SISTEMAS)
    ]
    return " · ".join(p for p in partes if p) or str(_("Otro navegador"))
