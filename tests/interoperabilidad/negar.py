"""A person's directive, as a system of the institution writes it: whom it refuses, and what."""

from collections.abc import Iterable
from uuid import UUID

from consentimiento import decision, directivas
from consentimiento.directivas import Destino, Directiva, Rango
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import Permiso
from registros.services import recursos
from tests.elenco import AHORA, INTEGRACION


def negar(paciente: UUID, cliente: UUID, tipos: Iterable[str] = ()) -> None:
    """Refuse `cliente` the record of `paciente`, or only what is of `tipos`."""
    acceso = decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA)
    suyos = frozenset(tipos)
    directiva = Directiva(
        UUID(int=0),
        permite=False,
        destinos=frozenset({Destino(Rango.PERSONA, str(cliente))}),
        ambito=Ambito(tipos=suyos) if suyos else Ambito(),
    )
    recurso = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": directivas.ALCANCE, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{paciente}"},
        "policyRule": {"coding": [{"system": directivas.POLITICA, "code": "OPTIN"}]},
        "provision": directivas.escribir(directiva, nombres={}),
    }
    recursos.crear(acceso, recurso=recurso, ahora=AHORA)
