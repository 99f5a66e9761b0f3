"""What somebody signs: a declaration of a document and what it cites, by version and digest.

The declaration is JSON in its canonical form. Whoever has it and the documents can check each
digest with any SHA-256 and any implementation of RFC 8785.
"""

import base64
import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from ece import fhir
from ece.identidad import confianza
from ece.identidad import selectors as identidad
from ece.identidad.confianza import FichaDeFirmante
from ece.identidad.delegaciones_de_firma import Delegada
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma.canonico import NoCanonico, canonico, huella
from registros.models import CLASES, OtroRegistro, Paciente, clase_de
from registros.models.base import RegistroClinico
from registros.models.firma import Papel

FORMATO, FORMATO_DE_PLIEGO = "ece.firma/1", "ece.pliego/1"


def declarar(
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    nivel: str,
    momento: datetime,
    metodo: Iterable[str] = (),
    motivo: str = "",
    en_acto: Iterable[object] = (),
    ademas: Iterable[RegistroClinico] = (),
    firmante: FichaDeFirmante | None = None,
    texto: str = "",
    delegada: Delegada | None = None,
) -> bytes:
    """The canonical declaration of `firmante` (the actor of `acceso`, unless it is said) about
    `documento`, as it is now.

    `en_acto` are records of the act that is open, not yet in the database; `ademas`, what it covers
    besides what it cites; `texto`, the SHA-256 of the text that the document holds, when it is a
    text that was read; `delegada`, in whose name it is signed. The same arguments give the same
    bytes. Raises `NoCanonico`.
    """
    institucion = identidad.institucion()
    firmante = firmante or confianza.firmante(acceso.actor.id, nombre=acceso.actor.nombre)
    declaracion: dict[str, Any] = {
        "formato": FORMATO,
        "papel": papel.value,
        "nivel": nivel,
        "firmante": {
            clave: valor
            for clave, valor in (
                ("id", str(firmante.id)),
                ("nombre", firmante.nombre),
                ("cedula", firmante.cedula),
                ("numero_de_empleado", firmante.numero_de_empleado),
                ("rfc", firmante.rfc),
                ("curp", firmante.curp),
            )
            if valor
        },
        "institucion": institucion.nombre if institucion else "",
        "momento": momento.isoformat(timespec="seconds"),
        "metodo": sorted(metodo),
        "documento": _asiento(documento),
        "cita": _citas(acceso, documento, en_acto, ademas),
        "codigo": _codigo(firmante.id, documento, papel, nivel, momento),
    }
    if motivo:
        declaracion["motivo"] = motivo
    if texto:
        declaracion["texto"] = {"sha256": texto}
    if delegada is not None:
        declaracion["delegacion"] = {
            "dice": fhir.json.leer(delegada.dice),
            "sello": delegada.sello,
        }
    return canonico(declaracion)


def pliego(declaraciones: Iterable[bytes], *, momento: datetime) -> bytes:
    """The canonical sheet that one signature covers: the digest of each declaration.

    Each is verifiable alone: its digest is in the sheet, and the sheet tells nothing of the others.
    """
    return canonico(
        {
            "formato": FORMATO_DE_PLIEGO,
            "momento": momento.isoformat(timespec="seconds"),
            "hojas": [sha256(una).hexdigest() for una in declaraciones],
        }
    )


def _asiento(registro: RegistroClinico) -> dict[str, Any]:
    """Raises `NoCanonico`."""
    return {**_cual(registro), "sha256": huella(registro.recurso)}


def _cual(registro: RegistroClinico) -> dict[str, Any]:
    return {
        "tipo": registro.tipo_fhir,
        "id": str(registro.id),
        "version": registro.version,
    }


def _cita(registro: RegistroClinico) -> dict[str, Any]:
    """What is cited may come from elsewhere, with figures that no double holds: then its digest is
    that of the bytes that are recorded."""
    try:
        return _asiento(registro)
    except NoCanonico:
        return {**_cual(registro), "sha256_de_bytes": sha256(registro.json).hexdigest()}


def _citas(
    acceso: Acceso,
    documento: RegistroClinico,
    en_acto: Iterable[object],
    ademas: Iterable[RegistroClinico],
) -> list[dict[str, Any]]:
    """What the document refers to among the patient's records, and who the patient is.

    What is withheld from who signs they do not see, and do not sign.
    """
    en_mano = {r.id: r for r in en_acto if isinstance(r, RegistroClinico)}
    por_clase: dict[type[RegistroClinico], set[UUID]] = defaultdict(set)
    por_clase[Paciente].add(acceso.paciente)
    halladas: dict[UUID, RegistroClinico] = {uno.id: uno for uno in ademas}
    for _, referencia in fhir.referencias(documento.recurso):
        tipo, id_ = _local(referencia["reference"])
        if id_ is None or id_ == documento.id:
            continue
        if id_ in en_mano:
            halladas[id_] = en_mano[id_]
        elif tipo in CLASES:
            por_clase[clase_de(tipo)].add(id_)
        else:
            por_clase[OtroRegistro].add(id_)
    for clase, ids in por_clase.items():
        halladas |= {fila.id: fila for fila in clase.objects.de(acceso).filter(pk__in=ids)}
    citas = [_cita(registro) for registro in halladas.values()]
    return sorted(citas, key=lambda una: (una["tipo"], una["id"]))


def _local(literal: str) -> tuple[str, UUID | None]:
    tipo, _, resto = literal.partition("/")
    try:
        return tipo, UUID(resto.split("/")[0])
    except ValueError:
        return tipo, None


def _codigo(
    firmante: UUID, documento: RegistroClinico, papel: str, nivel: str, momento: datetime
) -> str:
    """125 bits that only this server could have written, by which the printed page is verified."""
    que = f"{firmante}|{documento.id}|{documento.version}|{papel}|{nivel}|{momento.isoformat()}"
    mac = hmac.digest(llavero.clave_institucional("firma/codigo"), que.encode(), "sha256")
    return base64.b32encode(mac).decode()[:25]
