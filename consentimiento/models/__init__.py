from consentimiento.models.arco import Bloqueo, SolicitudArco
from consentimiento.models.aviso import Aviso
from consentimiento.models.concesion import Concesion, Motivo
from consentimiento.models.convenio import (
    Compartido,
    Convenio,
    FirmaDeConvenio,
    UrgenciaDeConvenio,
    UsoDeConvenio,
)
from consentimiento.models.delegacion import AlcanceDelegado, Delegacion
from consentimiento.models.emergencia import Dictamen, Emergencia, MotivoDeEmergencia
from consentimiento.models.muestra import Muestra
from consentimiento.models.notificacion import CursorDeEventos, Notificacion
from consentimiento.models.preferencia import Preferencia
from consentimiento.models.revision import Hallazgo, Rareza, Vigilado
from consentimiento.models.suscripcion import Suscripcion
from consentimiento.models.vulneracion import Afectado, ClaseDeVulneracion, Vulneracion

__all__ = [
    "Afectado",
    "AlcanceDelegado",
    "Aviso",
    "Bloqueo",
    "ClaseDeVulneracion",
    "Compartido",
    "Concesion",
    "Convenio",
    "CursorDeEventos",
    "Delegacion",
    "Dictamen",
    "Emergencia",
    "FirmaDeConvenio",
    "Hallazgo",
    "Motivo",
    "MotivoDeEmergencia",
    "Muestra",
    "Notificacion",
    "Preferencia",
    "Rareza",
    "SolicitudArco",
    "Suscripcion",
    "UrgenciaDeConvenio",
    "UsoDeConvenio",
    "Vigilado",
    "Vulneracion",
]
