"""Signatures of what is recorded, and any other Provenance (FHIR) that a partner sends."""

import base64
from enum import StrEnum, unique
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.firma import cms
from registros.models.base import Recurso, RegistroClinico, primero, referido

PAPEL, NIVEL = "urn:ece:fhir:firma-papel", "urn:ece:fhir:firma-nivel"
DECLARACION, PLIEGO = "declaracion", "pliego"
FIRMABLES = ("Composition", "Encounter", "Consent", "MedicationRequest", "DiagnosticReport")
"""Types of what is signed (or, a visit, kept)."""
JOSE, CMS, SELLO = "application/jose", "application/pkcs7-signature", "application/timestamp-token"


@unique
class Papel(StrEnum):
    """What somebody signs as."""

    AUTOR = "autor"
    CONTRAFIRMA = "contrafirma"
    CONJUNTA = "conjunta"
    DELEGADA = "delegada"
    RECHAZO = "rechazo"
    OTORGANTE = "otorgante"
    TESTIGO = "testigo"
    CONSERVACION = "conservacion"


class Firma(RegistroClinico):
    """A signature over a declaration: this document, in this version, and what it cites.

    `objeto` is what was signed, in version `de_version`; with `papel` and `nivel` it is clear
    because a version takes one signature of each from each person, and the database holds it so.
    All are empty in a Provenance that is no signature of ours.
    """

    TIPO: ClassVar[str] = "Provenance"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        *("objeto", "de_version", "papel", "nivel")
    }

    objeto = models.UUIDField(null=True)
    de_version = models.PositiveIntegerField(default=0)
    """0 in what was signed before the version was kept in clear."""
    papel = models.CharField(max_length=14, blank=True, default="")
    nivel = models.CharField(max_length=14, blank=True, default="")

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # the signatures of a document
            models.Index(
                fields=["paciente", "objeto"],
                name="rc_firma_objeto",
                condition=~models.Q(papel=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["paciente", "objeto", "de_version", "autor", "papel", "nivel"],
                condition=~models.Q(papel=""),
                name="registros_firma_una_de_cada_quien",
            )
        ]

    def derivar(self, recurso: Recurso) -> None:
        self.papel, self.nivel = extension(recurso, PAPEL), extension(recurso, NIVEL)
        self.objeto = (
            primero(referido(a, tipo) for a in recurso["target"] for tipo in FIRMABLES)
            if self.papel
            else None
        )
        self.de_version = int(_declarado(recurso)["documento"]["version"]) if self.papel else 0

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Also the code that is printed with it."""
        propias = super()._fichas(recurso)
        if not extension(recurso, PAPEL):
            return propias
        return propias | {ficha_de_codigo(_declarado(recurso)["codigo"])}

    @property
    def declaracion(self) -> Recurso:
        return _declarado(self.recurso)

    @property
    def bytes_declarados(self) -> bytes:
        """The canonical bytes of the declaration."""
        return contenido(self.recurso, DECLARACION) or b""

    @property
    def firmado(self) -> bytes:
        """The bytes that the signatures cover: the sheet of many declarations, or the only one."""
        return contenido(self.recurso, PLIEGO) or self.bytes_declarados

    @property
    def jws(self) -> str:
        """Empty in a constancia, which only time signs."""
        return next((token.decode() for token in self._de(JOSE)), "")

    @property
    def cms(self) -> bytes:
        return next(iter(self._de(CMS)), b"")

    @property
    def sellos_de_origen(self) -> list[bytes]:
        """Time stamps that the CMS carries, over its own signature."""
        return cms.sellos_de(self.cms) if self.cms else []

    @property
    def sellos(self) -> list[bytes]:
        """Time stamps added since, oldest first; each covers the CMS and those before it."""
        return self._de(SELLO)

    def _de(self, formato: str) -> list[bytes]:
        return [
            base64.b64decode(firma["data"])
            for firma in self.recurso["signature"]
            if firma.get("sigFormat") == formato
        ]


def extension(recurso: Recurso, url: str) -> str:
    propias = (e for e in recurso.get("extension", ()) if e.get("url") == url)
    return str(next((e.get("valueCode", "") for e in propias), ""))[:14]


def es_firma(recurso: Recurso) -> bool:
    """Whether it is, or would pass for, a signature of ours."""
    return recurso.get("resourceType") == "Provenance" and bool(extension(recurso, PAPEL))


def contenido(recurso: Recurso, cual: str) -> bytes | None:
    dentro = (c for c in recurso.get("contained", ()) if c.get("id") == cual)
    return next((base64.b64decode(c["data"]) for c in dentro), None)


def _declarado(recurso: Recurso) -> dict[str, Any]:
    return fhir.json.leer(contenido(recurso, DECLARACION) or b"{}")


def ficha_de_codigo(codigo: str) -> int:
    """The token of a signature, by the code that is printed with it."""
    return fichas.ficha("firma.codigo", codigo)


def cita(tipo: str, id: UUID, version: int) -> str:
    """A reference to one version (R4 2.1.3.0.4)."""
    return f"{tipo}/{id}/_history/{version}"
