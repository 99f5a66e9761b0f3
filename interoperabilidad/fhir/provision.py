"""Documents that come with their bytes in a bundle (IHE MHD, ITI-65)."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from hashlib import sha1
from typing import Any
from uuid import UUID

from interoperabilidad.fhir.errores import ErrorFhir

Recurso = dict[str, Any]


def con_su_paciente(entradas: Sequence[tuple[UUID, Recurso]]) -> list[Recurso]:
    """The resources of a bundle, by id, in their order: each Binary that a DocumentReference among
    them points to is of that document's patient, and is what the document says it is.

    Raises `ErrorFhir` 422 when its size or its digest are not those that were announced.
    """
    salen = dict(entradas)
    for id_, documento in entradas:
        sujeto = documento.get("subject", {}).get("reference", "")
        for adjunto in _adjuntos(documento):
            cual = _binario(str(adjunto.get("url", "")))
            binario = salen.get(cual) if cual is not None else None
            if cual is None or binario is None or binario["resourceType"] != "Binary":
                continue
            _comprobar(adjunto, binario)
            contexto = binario.get("securityContext", {}).get("reference", "")
            if contexto in ("", f"DocumentReference/{id_}") and sujeto:
                salen[cual] = {**binario, "securityContext": {"reference": sujeto}}
    return [salen[id_] for id_, _ in entradas]


def _adjuntos(recurso: Recurso) -> Iterator[Recurso]:
    if recurso["resourceType"] == "DocumentReference":
        for contenido in recurso.get("content", ()):
            yield contenido.get("attachment", {})


def _binario(url: str) -> UUID | None:
    try:
        return UUID(url.removeprefix("Binary/")) if url.startswith("Binary/") else None
    except ValueError:
        return None


def _comprobar(adjunto: Recurso, binario: Recurso) -> None:
    try:
        octetos = base64.b64decode(binario.get("data", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ErrorFhir(422, "invalid", "Binary.data no es base64.") from None
    huella = base64.b64encode(sha1(octetos, usedforsecurity=False).digest()).decode()
    if adjunto.get("size", len(octetos)) != len(octetos) or adjunto.get("hash", huella) != huella:
        raise ErrorFhir(
            422, "invalid", "El documento no es el que anuncia su DocumentReference (size, hash)."
        )
