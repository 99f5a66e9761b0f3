"""Letters of consent as they are read: what each says, who signed it, whether it holds today."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import CALIDADES, TipoDeCarta
from registros.models import Consentimiento, Tarea
from registros.models.base import ANULADO, Recurso
from registros.models.carta import (
    AUSENCIA,
    CALIDAD,
    COMPRENSION,
    FIRMA,
    IDENTIDAD,
    IDIOMA,
    INTERPRETE,
    MOTIVO,
    URGENCIA,
    dicho,
    en_vigor,
    huella_de,
    texto_de,
    tipo_de,
    vigencia_de,
)
from registros.models.tarea import PENDIENTES
from registros.selectors.descripciones import titulo_de_tarea


@unique
class Situacion(StrEnum):
    POR_DECIDIR = "por-decidir"
    VIGENTE = "vigente"
    RECHAZADA = "rechazada"
    REVOCADA = "revocada"
    VENCIDA = "vencida"


@dataclass(frozen=True, slots=True)
class FirmaVista:
    """A signature: of whom, as what (its ASTM code), when; strokes of [x, y, ms, pressure]."""

    nombre: str
    clase: str
    cuando: datetime
    trazos: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class CartaVista:
    """A letter; `bloques` are its text, a heading and what is said under it."""

    id: UUID
    tipo: TipoDeCarta
    situacion: Situacion
    fecha: datetime
    desde: datetime | None
    hasta: datetime | None
    texto: str
    huella: str
    quien: str
    calidad: str
    identificacion: str
    ausencia: str
    comprension: str
    motivo: str
    urgencia: str
    idioma: str
    interprete: str
    firmas: list[FirmaVista]
    version: int

    @property
    def bloques(self) -> list[tuple[str, str]]:
        pares = (bloque.partition("\n") for bloque in self.texto.split("\n\n"))
        return [(titulo, resto) for titulo, _, resto in pares]

    @property
    def por_decidir(self) -> bool:
        return self.situacion is Situacion.POR_DECIDIR

    @property
    def vigente(self) -> bool:
        return self.situacion is Situacion.VIGENTE


@dataclass(frozen=True, slots=True)
class PorRecabar:
    """A consent to ask for once the person can decide, after an emergency."""

    titulo: str
    desde: datetime
    tipo: str


def de_paciente(acceso: Acceso, *, ahora: datetime) -> list[CartaVista]:
    """The patient's letters, the newest first; directives and consents from elsewhere left out."""
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    filas = Consentimiento.objects.de(acceso).exclude(estado=ANULADO).order_by("-fecha", "-id")
    return [v for fila in filas if (v := _vista(fila, ahora)) is not None]


def carta(acceso: Acceso, *, carta_id: UUID, ahora: datetime) -> CartaVista | None:
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    fila = Consentimiento.objects.uno(acceso, carta_id)
    return None if fila is None else _vista(fila, ahora)


def por_recabar(acceso: Acceso) -> list[PorRecabar]:
    """What was agreed in an emergency and is still to be asked of the person."""
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    filas = Tarea.objects.de(acceso).con_estado(*PENDIENTES).order_by("fecha", "id")
    return [
        PorRecabar(titulo_de_tarea(fila.recurso), fila.fecha, tipo)
        for fila in filas
        if (tipo := _de_consentimiento(fila.recurso))
    ]


def _de_consentimiento(recurso: Recurso) -> str:
    tipo = tipo_de({"category": [recurso["code"]]})
    return tipo.clave if tipo else ""


def _vista(fila: Consentimiento, ahora: datetime) -> CartaVista | None:
    recurso = fila.recurso
    tipo = tipo_de(recurso)
    if tipo is None:
        return None
    periodo = vigencia_de(recurso)
    calidad = CALIDADES.get(dicho(recurso, CALIDAD))
    return CartaVista(
        id=fila.id,
        tipo=tipo,
        situacion=_situacion(recurso, ahora),
        fecha=fila.fecha,
        desde=_momento(periodo.get("start")),
        hasta=_momento(periodo.get("end")),
        texto=texto_de(recurso),
        huella=huella_de(recurso),
        quien=", ".join(p.get("display", "") for p in recurso.get("performer", ())),
        calidad=calidad.titulo if calidad else "",
        identificacion=dicho(recurso, IDENTIDAD),
        ausencia=dicho(recurso, AUSENCIA),
        comprension=dicho(recurso, COMPRENSION),
        motivo=dicho(recurso, MOTIVO),
        urgencia=dicho(recurso, URGENCIA),
        idioma=dicho(recurso, IDIOMA),
        interprete=dicho(recurso, INTERPRETE),
        firmas=_firmas(e for e in recurso.get("extension", ()) if e["url"] == FIRMA),
        version=fila.version,
    )


def _situacion(recurso: Recurso, ahora: datetime) -> Situacion:
    de_estado = {
        "draft": Situacion.POR_DECIDIR,
        "proposed": Situacion.POR_DECIDIR,
        "rejected": Situacion.RECHAZADA,
        "inactive": Situacion.REVOCADA,
    }
    if recurso["status"] in de_estado:
        return de_estado[recurso["status"]]
    return Situacion.VIGENTE if en_vigor(recurso, ahora) else Situacion.VENCIDA


def _firmas(extensiones: Iterable[Recurso]) -> list[FirmaVista]:
    return [
        FirmaVista(
            nombre=str(firma["who"].get("display", "")),
            clase=str(firma["type"][0].get("code", "")),
            cuando=datetime.fromisoformat(firma["when"]),
            trazos=_trazos(firma),
        )
        for firma in (e["valueSignature"] for e in extensiones)
    ]


def _trazos(firma: Recurso) -> list[list[list[float]]]:
    if firma.get("sigFormat") != "application/json":
        return []
    leidos: Any = json.loads(base64.b64decode(firma["data"]))
    return list(leidos)


def _momento(texto: str | None) -> datetime | None:
    return datetime.fromisoformat(texto) if texto else None


__all__ = [
    "CartaVista",
    "FirmaVista",
    "PorRecabar",
    "Situacion",
    "carta",
    "de_paciente",
    "por_recabar",
]
