"""Something in each of the privacy officer's queues."""

from datetime import timedelta
from uuid import UUID

from consentimiento.models import Emergencia, Hallazgo, Rareza
from consentimiento.services import emergencias
from consentimiento.services.emergencias import MotivoDeEmergencia
from tests.elenco import AHORA, Elenco


def por_revisar(elenco: Elenco, paciente: UUID) -> tuple[UUID, UUID, UUID]:
    """(a broken glass whose term is over, an unusual access to `paciente`, one to many)."""
    hace_dos_dias = AHORA - timedelta(days=2)
    caso = emergencias.abrir(
        elenco.actor(elenco.medico_ajeno),
        paciente=paciente,
        motivo=MotivoDeEmergencia.RIESGO,
        texto="Dolor torácico; no responde a preguntas.",
        ahora=hace_dos_dias,
    )
    eventos = [Emergencia.objects.get(pk=caso).constancia]
    hallazgos = [
        Hallazgo.objects.create(
            paciente=de,
            usuario=elenco.enfermera,
            rareza=rareza,
            dia=hace_dos_dias.date(),
            eventos=eventos,
            desde=AHORA,
        ).pk
        for de, rareza in ((paciente, Rareza.COLEGA), (None, Rareza.VOLUMEN))
    ]
    suyo, de_muchos = hallazgos
    return caso, suyo, de_muchos
