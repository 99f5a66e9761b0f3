"""What a person directs about their record: taken down, and taken back."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from uuid import UUID

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from consentimiento import directivas
from consentimiento.directivas import ALCANCE, POLITICA, Directiva
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Consentimiento
from registros.models.base import Recurso
from registros.models.paciente import EXTENSION

IDENTIDAD = f"{EXTENSION}identidad-comprobada"
"""How it was known who directs, and who took it down."""

_LOINC_CONSENTIMIENTO = "59284-0"
_FUNDAMENTO = "LGPDPPSO 14 y 41; LFPDPPP 7 y 26"


class DirectivaInexistente(Exception):
    """There is no such directive of this patient."""


class DirectivaYaRevocada(Exception):
    """It was taken back before."""


class IdentidadSinComprobar(Exception):
    """At a counter, somebody must say how they knew who was before them."""


@dataclass(frozen=True, slots=True)
class Otorgante:
    """Who directs. Without `identificacion`, the person in their own session.

    At a counter `identificacion` says how they were known; `representante` is the name of who
    decides for the person, if it is not they.
    """

    identificacion: str = ""
    representante: str = ""


EN_PERSONA = Otorgante()


def registrar(
    acceso: Acceso,
    *,
    directiva: Directiva,
    nombres: Mapping[str, str],
    explicacion: str,
    ahora: datetime,
    otorgante: Otorgante = EN_PERSONA,
) -> UUID:
    """Put `directiva` in force as a FHIR Consent, from the next decision on; returns its id.

    `nombres` are of whom and what it is about, by id; `explicacion`, the text that the person read
    and accepted (LGPDPPSO 14; LFPDPPP 7). Raises `IdentidadSinComprobar`.
    """
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    _exigir_identidad(acceso, otorgante)
    with acto(
        acceso,
        tipo=TipoDeEvento.DIRECTIVA_REGISTRADA,
        ahora=ahora,
        detalle={"permite": directiva.permite},
    ) as el_acto:
        return anotar(
            acceso,
            el_acto,
            directiva=directiva,
            nombres=nombres,
            explicacion=explicacion,
            ahora=ahora,
            otorgante=otorgante,
        )


def anotar(
    acceso: Acceso,
    el_acto: Acto,
    *,
    directiva: Directiva,
    nombres: Mapping[str, str],
    explicacion: str,
    ahora: datetime,
    otorgante: Otorgante = EN_PERSONA,
) -> UUID:
    """Write the Consent of `directiva` inside an act that does something more."""
    recurso = _consentimiento(acceso, directiva, dict(nombres), explicacion, ahora, otorgante)
    registro = Consentimiento.nuevo(acceso, recurso, ahora=ahora)
    el_acto.insertar(registro)
    return registro.id


def revocar(
    acceso: Acceso, *, directiva_id: UUID, ahora: datetime, otorgante: Otorgante = EN_PERSONA
) -> None:
    """Take a directive back: it stops at the next decision, and undoes nothing that was done.

    Raises `DirectivaInexistente`, `DirectivaYaRevocada`, `IdentidadSinComprobar`.
    """
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    _exigir_identidad(acceso, otorgante)
    with acto(acceso, tipo=TipoDeEvento.DIRECTIVA_REVOCADA, ahora=ahora) as el_acto:
        fila = Consentimiento.objects.uno(acceso, directiva_id)
        if fila is None or fila.ambito != "patient-privacy" or "provision" not in fila.recurso:
            raise DirectivaInexistente(str(directiva_id))
        if fila.estado != "active":
            raise DirectivaYaRevocada(str(directiva_id))
        _revocar(acceso, el_acto, fila, otorgante, ahora)


def revocar_todas(acceso: Acceso, el_acto: Acto, *, ids: Iterable[UUID], ahora: datetime) -> None:
    """Take back those of `ids` still in force, inside an act that does something more."""
    for fila in Consentimiento.objects.de(acceso).filter(pk__in=list(ids), estado="active"):
        _revocar(acceso, el_acto, fila, EN_PERSONA, ahora)


def _revocar(
    acceso: Acceso, el_acto: Acto, fila: Consentimiento, otorgante: Otorgante, ahora: datetime
) -> None:
    recurso = {
        **fila.recurso,
        "status": "inactive",
        "extension": [*fila.recurso.get("extension", ()), *_comprobada(acceso, otorgante)],
    }
    if not recurso["extension"]:
        del recurso["extension"]
    el_acto.reemplazar(fila.siguiente(acceso, recurso, ahora=ahora))


def _exigir_identidad(acceso: Acceso, otorgante: Otorgante) -> None:
    en_persona = acceso.actor.paciente_propio == acceso.paciente
    if not en_persona and not otorgante.identificacion.strip():
        raise IdentidadSinComprobar


def _consentimiento(
    acceso: Acceso,
    directiva: Directiva,
    nombres: dict[str, str],
    explicacion: str,
    ahora: datetime,
    otorgante: Otorgante,
) -> Recurso:
    instante, texto = ahora.isoformat(timespec="seconds"), explicacion.encode()
    quien: Recurso = {"reference": f"Patient/{acceso.paciente}"}
    representa: list[Recurso] = []
    if otorgante.representante:
        quien = {"reference": "#otorgante", "display": otorgante.representante}
        representa = [
            {
                "resourceType": "RelatedPerson",
                "id": "otorgante",
                "patient": {"reference": f"Patient/{acceso.paciente}"},
                "name": [{"text": otorgante.representante}],
            }
        ]
    comprobada = _comprobada(acceso, otorgante)
    return {
        "resourceType": "Consent",
        **({"contained": representa} if representa else {}),
        **({"extension": comprobada} if comprobada else {}),
        "status": "active",
        "scope": {"coding": [{"system": ALCANCE, "code": "patient-privacy"}]},
        "category": [
            {"coding": [{"system": "http://loinc.org", "code": _LOINC_CONSENTIMIENTO}]},
        ],
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "dateTime": instante,
        "performer": [quien],
        "verification": [{"verified": True, "verifiedWith": quien, "verificationDate": instante}],
        "policyRule": {"coding": [{"system": POLITICA, "code": "OPTIN"}], "text": _FUNDAMENTO},
        "sourceAttachment": {
            "contentType": "text/plain; charset=utf-8",
            "data": base64.b64encode(texto).decode(),
            "size": len(texto),
            # R4 fixes SHA-1 here; what cannot be denied is the digest of the version in its event.
            "hash": base64.b64encode(sha1(texto, usedforsecurity=False).digest()).decode(),
            "creation": instante,
        },
        "provision": directivas.escribir(directiva, nombres=nombres),
    }


def _comprobada(acceso: Acceso, otorgante: Otorgante) -> list[Recurso]:
    """At a counter: how the person was known, and who says so."""
    if not otorgante.identificacion:
        return []
    return [
        {
            "url": IDENTIDAD,
            "extension": [
                {"url": "como", "valueString": otorgante.identificacion},
                {
                    "url": "quien",
                    "valueReference": {
                        "reference": f"Practitioner/{acceso.actor.id}",
                        "display": acceso.actor.nombre,
                    },
                },
            ],
        }
    ]
