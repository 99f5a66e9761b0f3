"""Diagnoses and clinical problems, coded with CIE-10."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.problemas import SISTEMA_CLINICO
from registros.models import Diagnostico
from registros.models.base import Recurso

SISTEMA_CIE10 = "http://hl7.org/fhir/sid/icd-10"
_VERIFICACION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CATEGORIA_DE_CONDICION = "http://terminology.hl7.org/CodeSystem/condition-category"


@dataclass(frozen=True, slots=True)
class NuevoDiagnostico:
    """A CIE-10 key, its words, and the version of the catalogue they were taken from."""

    clave: str
    texto: str
    version: str = ""
    presuntivo: bool = False

    def en_palabras(self) -> str:
        return f"{self.clave} {self.texto}" + (" (presuntivo)" if self.presuntivo else "")


def registrar(
    acceso: Acceso,
    *,
    diagnostico: NuevoDiagnostico,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Record one diagnosis."""
    acceso.exigir(Permiso.DIAGNOSTICO_REGISTRAR)
    (recurso,) = condiciones(acceso, [diagnostico], encuentro_id=encuentro_id, momento=ahora)
    with acto(acceso, tipo=TipoDeEvento.DIAGNOSTICO_REGISTRADO, ahora=ahora) as el_acto:
        registro = Diagnostico.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id


def condiciones(
    acceso: Acceso,
    diagnosticos: Iterable[NuevoDiagnostico],
    *,
    encuentro_id: UUID | None,
    momento: datetime,
) -> list[Recurso]:
    """Conditions for `diagnosticos`; each keeps the catalogue version its words come from."""
    return [
        {
            "resourceType": "Condition",
            "clinicalStatus": {"coding": [{"system": SISTEMA_CLINICO, "code": "active"}]},
            "verificationStatus": {
                "coding": [
                    {
                        "system": _VERIFICACION,
                        "code": "provisional" if diagnostico.presuntivo else "confirmed",
                    }
                ]
            },
            "category": [
                {"coding": [{"system": CATEGORIA_DE_CONDICION, "code": "encounter-diagnosis"}]}
            ],
            "code": {
                "coding": [
                    {
                        "system": SISTEMA_CIE10,
                        **({"version": diagnostico.version} if diagnostico.version else {}),
                        "code": diagnostico.clave,
                        "display": diagnostico.texto,
                    }
                ],
                "text": diagnostico.texto,
            },
            "subject": {"reference": f"Patient/{acceso.paciente}"},
            **(
                {"encounter": {"reference": f"Encounter/{encuentro_id}"}}
                if encuentro_id is not None
                else {}
            ),
            "recordedDate": momento.isoformat(timespec="seconds"),
            "recorder": {
                "reference": f"Practitioner/{acceso.actor.id}",
                "display": acceso.actor.nombre,
            },
        }
        for diagnostico in diagnosticos
    ]


def de_condicion(recurso: Recurso) -> NuevoDiagnostico:
    """The inverse of `condiciones`."""
    codigo = recurso["code"]["coding"][0]
    estado = recurso["verificationStatus"]["coding"][0]["code"]
    return NuevoDiagnostico(
        clave=codigo["code"],
        texto=codigo["display"],
        version=codigo.get("version", ""),
        presuntivo=estado == "provisional",
    )


def es_de_cie10(recurso: Recurso) -> bool:
    """Whether a Condition is one that `de_condicion` can read."""
    codigo: Recurso = next(iter(recurso.get("code", {}).get("coding", ())), {})
    return (
        codigo.get("system") == SISTEMA_CIE10
        and {"code", "display"} <= codigo.keys()
        and "verificationStatus" in recurso
    )
