"""Answers to the items of a section: as a FHIR QuestionnaireResponse, and in words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils import formats, timezone, translation

from ece import fhir
from registros.catalogos.notas import SISTEMA_OPCION, Forma, Reactivo, Seccion
from registros.catalogos.signos import SISTEMA_UCUM
from registros.models.base import Recurso

Valor = str | Decimal | datetime
"""Words, the key of an option, a figure in the item's unit, or an aware instant."""


class RespuestaInvalida(Exception):
    """The answer is not of the kind the item takes; names the item."""


def cuestionario(
    seccion: Seccion, respuestas: Mapping[str, Valor], *, comun: Recurso, terminado: bool
) -> Recurso | None:
    """The answers to `seccion`, to be contained under its key, or None when there are none.

    `comun` has what the note says of whose it is, when and by whom. Raises `RespuestaInvalida`.
    """
    items = [
        {
            "linkId": seccion.clave_de(reactivo),
            "text": reactivo.titulo,
            "answer": [_a_fhir(reactivo, respuestas[seccion.clave_de(reactivo)])],
        }
        for reactivo in seccion.reactivos
        if seccion.clave_de(reactivo) in respuestas
    ]
    if not items:
        return None
    return {
        "resourceType": "QuestionnaireResponse",
        "id": seccion.clave,
        "status": "completed" if terminado else "in-progress",
        **comun,
        "item": items,
    }


def de_cuestionario(recurso: Recurso) -> dict[str, Valor]:
    """The inverse of `cuestionario`: answers by their key."""
    return {item["linkId"]: _de_fhir(item["answer"][0]) for item in recurso["item"]}


def en_palabras(seccion: Seccion, respuestas: Mapping[str, Valor]) -> str:
    """One line an answer, as a note prints them, in Spanish."""
    return "\n".join(
        f"{reactivo.titulo}: {_dicha(reactivo, respuestas[clave])}"
        for reactivo in seccion.reactivos
        if (clave := seccion.clave_de(reactivo)) in respuestas
    )


def _a_fhir(reactivo: Reactivo, valor: Valor) -> Recurso:
    match reactivo.forma, valor:
        case Forma.OPCION, str():
            return {
                "valueCoding": {
                    "system": SISTEMA_OPCION,
                    "code": valor,
                    "display": _opcion(reactivo, valor),
                }
            }
        case Forma.MOMENTO, datetime() if timezone.is_aware(valor):
            return {"valueDateTime": valor.isoformat(timespec="seconds")}
        case Forma.CANTIDAD, Decimal() if valor.is_finite() and valor >= 0:
            unidad, ucum = reactivo.unidad
            cantidad = {"value": valor, "unit": unidad, "system": SISTEMA_UCUM, "code": ucum}
            return {"valueQuantity": cantidad}
        case ((Forma.TEXTO | Forma.RENGLON), str()) if valor.strip():
            return {"valueString": fhir.narrativa.sin_controles(valor.strip())}
    raise RespuestaInvalida(reactivo.titulo)


def _de_fhir(respuesta: Recurso) -> Valor:
    (clave,) = respuesta
    leer: dict[str, Callable[[], Valor]] = {
        "valueCoding": lambda: str(respuesta[clave]["code"]),
        "valueDateTime": lambda: datetime.fromisoformat(respuesta[clave]),
        "valueQuantity": lambda: Decimal(str(respuesta[clave]["value"])),
        "valueString": lambda: str(respuesta[clave]),
    }
    return leer[clave]()


def _dicha(reactivo: Reactivo, valor: Valor) -> str:
    if isinstance(valor, datetime):
        with translation.override("es-mx"):
            escrita = formats.date_format(timezone.localtime(valor), r"j \d\e F \d\e Y, H:i")
            return escrita.lower()
    if isinstance(valor, Decimal):
        return f"{valor:,f} {reactivo.unidad[0]}"
    return _opcion(reactivo, valor) if reactivo.forma is Forma.OPCION else valor.strip()


def _opcion(reactivo: Reactivo, clave: str) -> str:
    for opcion in reactivo.opciones:
        if opcion.clave == clave:
            return opcion.titulo
    raise RespuestaInvalida(reactivo.titulo)
