"""ARCO requests, asked and answered by invented people."""

from datetime import datetime, timedelta
from uuid import UUID

from consentimiento import decision
from consentimiento.arco import Calidad, Canal, Derecho, Paso
from consentimiento.services import arco
from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from tests.elenco import AHORA, CONTRASENA, Elenco

TEXTOS = {
    "peticion": "Quiero una copia de todo mi expediente.",
    "solicitante": "Xóchitl Ibáñez Peña",
    "identidad": "Credencial para votar, cotejada por Ana de Ejemplo",
    "medio": "En esta ventanilla",
    "fin": "HRESCH",
}


def oficial(elenco: Elenco) -> Usuario:
    """The privacy officer, hired the first time somebody asks."""
    usuario, nuevo = Usuario.objects.get_or_create(
        username="privacidad", defaults={"first_name": "Raúl", "last_name": "de Ejemplo"}
    )
    if nuevo:
        usuario.set_password(CONTRASENA)
        usuario.save()
        Asignacion.objects.create(
            usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=365)
        )
    return usuario


def en_ventanilla(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.ARCO_SOLICITAR, ahora=AHORA
    )


def de_oficial(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(oficial(elenco)), paciente, Permiso.ARCO_ATENDER, ahora=AHORA
    )


def pedida(elenco: Elenco, paciente: UUID, derecho: Derecho = Derecho.ACCESO, **otros: str) -> UUID:
    """Somebody asks at the counter; the request's id."""
    return arco.presentar(
        en_ventanilla(elenco, paciente),
        derecho=derecho,
        calidad=Calidad.TITULAR,
        canal=Canal.VENTANILLA,
        textos={**TEXTOS, **otros},
        ahora=AHORA,
    )


def dar(acceso: Acceso, solicitud: UUID, *pasos: Paso, ahora: datetime = AHORA) -> None:
    for paso in pasos:
        arco.dar_paso(acceso, solicitud_id=solicitud, paso=paso, texto="Se le dice.", ahora=ahora)
