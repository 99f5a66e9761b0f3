"""Notes: what the editor, the reader and the printer need."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import notas as catalogo
from registros.catalogos.notas import TipoDeNota
from registros.models import NotaClinica
from registros.models.base import Recurso


@dataclass(frozen=True, slots=True)
class SeccionEscrita:
    titulo: str
    texto: str


@dataclass(frozen=True, slots=True)
class Nota:
    """A note as it is read; `adendas` hang from it, `original` is what it adds to."""

    id: UUID
    version: int
    titulo: str
    estado: str
    fecha: datetime
    autor: str
    autor_id: UUID
    encuentro: UUID | None
    tipo: TipoDeNota | None
    secciones: list[SeccionEscrita]
    huella: str
    recurso: Recurso = field(repr=False)
    original: UUID | None = None

    @property
    def finalizada(self) -> bool:
        return self.estado in ("final", "amended")


def nota(acceso: Acceso, *, nota_id: UUID) -> Nota | None:
    """One note of the patient, or None."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = NotaClinica.objects.uno(acceso, nota_id)
    return None if fila is None else _nota(fila)


def adendas(acceso: Acceso, *, nota_id: UUID) -> list[Nota]:
    """The addenda of a note, oldest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = NotaClinica.objects.de(acceso).con_estado("final").order_by("fecha", "id")
    todas = [_nota(fila) for fila in filas]
    return [una for una in todas if una.original == nota_id]


def _nota(fila: NotaClinica) -> Nota:
    recurso = fila.recurso
    autor: Recurso = next(iter(recurso.get("author", ())), {})
    codigos = [c.get("code", "") for c in recurso["type"].get("coding", ())]
    relacion: Recurso = next(iter(recurso.get("relatesTo", ())), {})
    citada = relacion.get("targetReference", {})
    return Nota(
        id=fila.id,
        version=fila.version,
        titulo=recurso["title"],
        estado=fila.estado,
        fecha=fila.fecha,
        autor=autor.get("display", ""),
        autor_id=fila.autor,
        encuentro=fila.encuentro,
        tipo=next((t for c in codigos if (t := catalogo.por_loinc(c))), None),
        secciones=[
            SeccionEscrita(
                seccion.get("title", ""),
                fhir.narrativa.a_texto(seccion["text"]["div"]) if "text" in seccion else "",
            )
            for seccion in recurso.get("section", ())
        ],
        huella=sha256(fila.contenido).hexdigest(),
        recurso=recurso,
        original=_id_de(citada.get("reference", "")),
    )


def _id_de(referencia: str) -> UUID | None:
    tipo, _, id_ = referencia.partition("/")
    return UUID(id_) if tipo == "Composition" and id_ else None
