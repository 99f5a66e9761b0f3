"""Family and social history as they stand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.antecedentes import HABITOS, PARENTESCOS, SISTEMA, Habito, Parentesco
from registros.models.base import Recurso
from registros.selectors import expediente, medidas


@dataclass(frozen=True, slots=True)
class Familiar:
    """A relative and what they have; `edad` is in years, of death when they do not live."""

    id: UUID
    parentesco: Parentesco
    nombre: str
    padecimientos: list[str]
    vive: bool
    edad: int | None


@dataclass(frozen=True, slots=True)
class Respuesta:
    """The latest answer about a habit; `indice` in pack-years."""

    habito: Habito
    texto: str
    detalle: str
    fecha: datetime
    indice: Decimal | None


def familiares(acceso: Acceso) -> list[Familiar]:
    """Relatives, grandparents first; of those one has only one of, the newest record."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    vistos: set[str] = set()
    encontrados = []
    for entrada in expediente.ultimas(acceso, "FamilyMemberHistory", 60):
        codigos = entrada.recurso["relationship"].get("coding", ())
        codigo = next((c["code"] for c in codigos if c.get("code") in PARENTESCOS), "")
        if not codigo or (codigo in vistos and not PARENTESCOS[codigo].varios):
            continue
        vistos.add(codigo)
        encontrados.append(_familiar(entrada.id, PARENTESCOS[codigo], entrada.recurso))
    orden = list(PARENTESCOS)
    return sorted(encontrados, key=lambda f: orden.index(f.parentesco.codigo))


def habitos(acceso: Acceso) -> list[tuple[Habito, Respuesta | None]]:
    """Every question of the social history with its latest answer."""
    respuestas = []
    for clave, habito in HABITOS.items():
        ultima = medidas.observaciones(acceso, f"{SISTEMA}|{clave}", limite=1)
        respuesta = _respuesta(habito, *ultima[0]) if ultima else None
        respuestas.append((habito, respuesta))
    return respuestas


def _familiar(id_: UUID, parentesco: Parentesco, recurso: Recurso) -> Familiar:
    edad = recurso.get("deceasedAge") or recurso.get("ageAge") or {}
    return Familiar(
        id=id_,
        parentesco=parentesco,
        nombre=recurso.get("name", ""),
        padecimientos=[fhir.texto(c["code"]) for c in recurso.get("condition", ())],
        vive=not (recurso.get("deceasedBoolean") or "deceasedAge" in recurso),
        edad=int(edad["value"]) if "value" in edad else None,
    )


def _respuesta(habito: Habito, fecha: datetime, recurso: Recurso) -> Respuesta:
    componente: Recurso = next(iter(recurso.get("component", ())), {})
    nota: Recurso = next(iter(recurso.get("note", ())), {})
    cantidad = componente.get("valueQuantity", {})
    return Respuesta(
        habito=habito,
        texto=fhir.texto(recurso.get("valueCodeableConcept", {})),
        detalle=nota.get("text", ""),
        fecha=fecha,
        indice=Decimal(str(cantidad["value"])) if "value" in cantidad else None,
    )
