"""Family and social history, structured."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.antecedentes import (
    HABITOS,
    PADECIMIENTOS,
    PARENTESCOS,
    SISTEMA,
    SISTEMA_PARENTESCO,
    indice_tabaquico,
)
from registros.catalogos.signos import SISTEMA_LOINC, SISTEMA_UCUM
from registros.models import Observacion, OtroRegistro
from registros.models.base import Recurso
from registros.services import observaciones
from registros.services.diagnosticos import SISTEMA_CIE10

_SEXO = "http://hl7.org/fhir/administrative-gender"


def registrar_familiar(
    acceso: Acceso,
    *,
    parentesco: str,
    nombre: str,
    padecimientos: Sequence[str],
    otro: str,
    vive: bool,
    edad: int | None,
    ahora: datetime,
) -> UUID:
    """Record a relative (key of PARENTESCOS) and what they have or had.

    `edad` is how old they are, or were when they died. No `padecimientos` and no `otro` says the
    relative was asked about and is healthy.
    """
    acceso.exigir(Permiso.ANTECEDENTE_REGISTRAR)
    pariente = PARENTESCOS[parentesco]
    recurso: Recurso = {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "date": ahora.isoformat(timespec="seconds"),
        "relationship": {
            "coding": [{"system": SISTEMA_PARENTESCO, "code": parentesco}],
            "text": pariente.nombre,
        },
        "sex": {"coding": [{"system": _SEXO, "code": pariente.sexo}]},
    }
    if nombre:
        recurso["name"] = nombre
    anos = {"value": edad, "unit": "años", "system": SISTEMA_UCUM, "code": "a"}
    if not vive:
        recurso |= {"deceasedBoolean": True} if edad is None else {"deceasedAge": anos}
    elif edad is not None:
        recurso |= {"ageAge": anos, "estimatedAge": True}
    condiciones = [
        {"coding": [{"system": SISTEMA_CIE10, "code": clave}], "text": texto}
        for clave, texto in (PADECIMIENTOS[p] for p in padecimientos)
    ]
    condiciones += [{"text": otro}] if otro else []
    if condiciones:
        recurso["condition"] = [{"code": codigo} for codigo in condiciones]
    with acto(acceso, tipo=TipoDeEvento.ANTECEDENTE_REGISTRADO, ahora=ahora) as el_acto:
        registro = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id


def registrar_habito(
    acceso: Acceso,
    *,
    habito: str,
    respuesta: str,
    detalle: str,
    cigarros_al_dia: int | None,
    anos: int | None,
    ahora: datetime,
) -> UUID:
    """Record the answer to a question of HABITOS; of tobacco, also how much, for how long."""
    acceso.exigir(Permiso.ANTECEDENTE_REGISTRAR)
    pregunta = HABITOS[habito]
    recurso: Recurso = {
        **observaciones.base(acceso, categoria="social-history", encuentro_id=None, momento=ahora),
        "code": {
            "coding": [
                {"system": SISTEMA, "code": habito},
                {"system": SISTEMA_LOINC, "code": pregunta.loinc},
            ],
            "text": pregunta.nombre,
        },
        "valueCodeableConcept": {
            "coding": [{"system": f"{SISTEMA}:{habito}", "code": respuesta}],
            "text": pregunta.opciones[respuesta],
        },
    }
    if habito == "tabaco" and cigarros_al_dia and anos:
        indice = indice_tabaquico(cigarros_al_dia, anos)
        recurso["component"] = [
            {
                "code": {
                    "coding": [{"system": SISTEMA_LOINC, "code": "8664-5"}],
                    "text": "Índice tabáquico",
                },
                "valueQuantity": {"value": indice, "unit": "paquetes-año"},
            }
        ]
        detalle = f"{cigarros_al_dia} cigarros al día por {anos} años. {detalle}".strip()
    if detalle:
        recurso["note"] = [observaciones.anotacion(acceso, detalle, ahora=ahora)]
    with acto(acceso, tipo=TipoDeEvento.ANTECEDENTE_REGISTRADO, ahora=ahora) as el_acto:
        registro = Observacion.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id
