"""The row of every clinical statement: a FHIR R4 resource, whole, under its patient's key."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from ece import fhir
from ece.nucleo import cifrado, fichas, llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.cifrado import Lugar
from ece.nucleo.modelos import Guardado
from ece.nucleo.uuid7 import uuid7
from registros.catalogos.sensibles import Edad, conservar, etiquetar
from registros.models import nacimiento

Recurso = dict[str, Any]

PENDIENTE_EN_KB = 256


class RecursoInvalido(Exception):
    """The resource breaks the R4 definitions; `problemas` says where and why."""

    def __init__(self, problemas: list[fhir.Problema]) -> None:
        super().__init__("; ".join(f"{p.ubicacion}: {p.mensaje}" for p in problemas[:5]))
        self.problemas = problemas


class RegistroClinico(Guardado):
    """One clinical statement about one patient (abstract)."""

    TIPO: ClassVar[str] = ""
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = frozenset(
        {
            # whose, where and when: what joins, orders and distributes rows
            *("id", "paciente", "encuentro", "version", "fecha", "autor"),
            # the life cycle (draft, final, entered in error) and the confidentiality labels
            *("estado", "etiquetas"),
            # keyed tokens, the act that wrote the version, and its instants
            *("fichas", "acto", "creado_at", "actualizado_at"),
        }
    )

    id = models.UUIDField(primary_key=True)
    paciente = models.UUIDField()
    encuentro = models.UUIDField(null=True)
    version = models.PositiveIntegerField()
    estado = models.CharField(max_length=24)
    fecha = models.DateTimeField()
    autor = models.UUIDField()
    etiquetas = ArrayField(models.BigIntegerField(), default=list)
    fichas = ArrayField(models.BigIntegerField(), default=list)
    contenido = models.BinaryField()
    acto = models.UUIDField()
    creado_at = models.DateTimeField()
    actualizado_at = models.DateTimeField()

    class Meta:
        abstract = True
        indexes = [
            # the chart: a patient's rows, newest first
            models.Index(fields=["paciente", "-fecha", "-id"], name="rc_%(class)s_paciente"),
            # "newest of all", and search pages sorted by date
            models.Index(fields=["-fecha", "-id"], name="rc_%(class)s_fecha"),
            # _lastUpdated
            models.Index(fields=["actualizado_at"], name="rc_%(class)s_actual"),
            # search by token across patients; every search reads through what a write left pending,
            # so it stays short
            GinIndex(
                fields=["fichas"],
                name="rc_%(class)s_fichas",
                gin_pending_list_limit=PENDIENTE_EN_KB,
            ),
        ]

    @classmethod
    def nuevo(
        cls, acceso: Acceso, recurso: Recurso, *, ahora: datetime, id: UUID | None = None
    ) -> Self:
        """Version 1 of a new record of the patient of `acceso`, sealed, not yet written.

        Raises `RecursoInvalido`.
        """
        registro = cls(id=id or uuid7(), paciente=acceso.paciente, version=1, creado_at=ahora)
        registro._sellar(acceso, recurso, ahora=ahora)
        return registro

    def siguiente(self, acceso: Acceso, recurso: Recurso, *, ahora: datetime) -> Self:
        """The next version of this record, sealed, not yet written. Raises `RecursoInvalido`."""
        proxima = type(self)(
            id=self.id,
            paciente=self.paciente,
            version=self.version + 1,
            creado_at=self.creado_at,
        )
        recurso = conservar(con_procedencia(recurso, self.recurso), self.recurso)
        proxima._sellar(acceso, recurso, ahora=ahora)
        return proxima

    def _sellar(self, acceso: Acceso, recurso: Recurso, *, ahora: datetime) -> None:
        meta = {
            **recurso.get("meta", {}),
            "versionId": str(self.version),
            "lastUpdated": ahora.isoformat(timespec="milliseconds"),
        }
        recurso = {
            "resourceType": recurso["resourceType"],
            "id": str(self.id),
            "meta": meta,
            **{k: v for k, v in recurso.items() if k not in ("resourceType", "id", "meta")},
        }
        if problemas := fhir.validar(recurso):
            raise RecursoInvalido(problemas)
        self.actualizado_at = ahora
        self.autor = acceso.actor.id
        self.estado = estado(recurso)
        self.fecha = fhir.fecha_clinica(recurso) or self.creado_at
        self.encuentro = referido(recurso.get("encounter"), "Encounter")
        self.fichas = sorted(self._fichas(recurso))
        categorias = self.categorias(recurso, lambda: nacimiento.edad(acceso, ahora))
        self.etiquetas = sorted(fichas.ficha_de_etiqueta(self.paciente, c) for c in categorias)
        self.derivar(recurso)
        llave = llavero.clave_clinica(acceso)
        self.json = fhir.json.escribir(recurso)
        self.contenido = cifrado.cifrar(
            self.json,
            llave=llave,
            lugar=self.lugar,
        )
        self._prueba = acceso
        self.recurso = recurso

    def derivar(self, recurso: Recurso) -> None:
        """Set a subclass's own columns from the resource."""

    def categorias(self, recurso: Recurso, edad: Edad) -> Iterable[str]:
        """What is sensitive in the resource: its labels, kept in clear as tokens."""
        return etiquetar(recurso, edad=edad)

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Tokens of what the resource says, but for whose it is: that is a column."""
        tipo, propio = recurso["resourceType"], str(self.paciente)
        return {
            fichas.ficha(f"{tipo}.{indice.parametro}", termino)
            for indice in fhir.indices(recurso)
            if not (
                # a label that every patient's rows shared would tell whose are alike
                indice.parametro == "_security"
                or (
                    indice.parametro in ("patient", "subject")
                    and getattr(indice.valor, "id", "") == propio
                )
            )
            for termino in fhir.terminos(indice)
        }

    @classmethod
    def tipo_de_reserva(cls) -> str:
        return cls.TIPO

    @property
    def tipo_fhir(self) -> str:
        return self.TIPO

    @property
    def lugar(self) -> Lugar:
        return Lugar(self.tipo_fhir, self.id, self.version, self.paciente)

    @cached_property
    def json(self) -> bytes:
        """The resource's bytes, opened with the proof the row was read with."""
        return abrir(self.prueba, self.lugar, self.contenido)

    @cached_property
    def recurso(self) -> Recurso:
        return fhir.json.leer(self.json)


ETIQUETA_PROPIA = "urn:ece:"


def con_procedencia(recurso: Recurso, anterior: Recurso) -> Recurso:
    """`recurso` with the tags of ours (where it was imported from) that `anterior` carried."""
    etiquetas = recurso.get("meta", {}).get("tag", [])
    propias = [
        etiqueta
        for etiqueta in anterior.get("meta", {}).get("tag", ())
        if str(etiqueta.get("system", "")).startswith(ETIQUETA_PROPIA)
        and etiqueta.get("system") not in {otra.get("system") for otra in etiquetas}
    ]
    if not propias:
        return recurso
    return {**recurso, "meta": {**recurso.get("meta", {}), "tag": [*etiquetas, *propias]}}


ANULADO = "entered-in-error"


def estado(recurso: Recurso) -> str:
    """The life cycle of a resource: its status, or entered-in-error wherever R4 says it."""
    verificacion = recurso.get("verificationStatus", {}).get("coding", ())
    if any(codigo.get("code") == ANULADO for codigo in verificacion):
        return ANULADO
    valor = recurso.get("status", "")
    return valor[:24] if isinstance(valor, str) else ""


def abrir(prueba: object, lugar: Lugar, contenido: bytes | memoryview) -> bytes:
    """The JSON bytes sealed at `lugar`. Raises `AccesoInvalido`, `CifradoAlterado`."""
    sellado = bytes(contenido)
    version = cifrado.version_de_llave(sellado)
    llave = llavero.clave_clinica(prueba, version=version)  # type: ignore[arg-type]
    return cifrado.descifrar(sellado, llave=llave, lugar=lugar)


def referido(referencia: Recurso | None, tipo: str) -> UUID | None:
    """The id that a literal reference to `tipo` names, when it is one of ours."""
    texto = (referencia or {}).get("reference", "")
    if not isinstance(texto, str) or not texto.startswith(f"{tipo}/"):
        return None
    try:
        return UUID(texto.split("/")[1])
    except ValueError:
        return None


def primero(valores: Iterable[UUID | None]) -> UUID | None:
    return next((valor for valor in valores if valor is not None), None)
