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
from registros.models.base import Recurso, referido


@dataclass(frozen=True, slots=True)
class SeccionEscrita:
    """`clave` is that of the section in its type, or empty."""

    titulo: str
    texto: str
    clave: str = ""


@dataclass(frozen=True, slots=True)
class Contrafirma:
    """Who answered for what another wrote, and when."""

    quien: str
    quien_id: UUID | None
    momento: datetime


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
    en_espera: bool = False
    contrafirma: Contrafirma | None = None

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


def del_periodo(
    acceso: Acceso, *, desde: datetime | None, hasta: datetime
) -> list[tuple[Nota, list[Nota]]]:
    """Finished notes from `desde` (None: the first) up to before `hasta`, oldest first.

    Each comes with its addenda, whenever written; an addendum to an older note comes by itself.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = NotaClinica.objects.de(acceso).con_estado("final", "amended").order_by("fecha", "id")
    todas = [_nota(fila) for fila in (filas.filter(fecha__gte=desde) if desde else filas)]
    propias = {una.id for una in todas if una.fecha < hasta}
    return [
        (una, [otra for otra in todas if otra.original == una.id])
        for una in todas
        if una.id in propias and una.original not in propias
    ]


def _nota(fila: NotaClinica) -> Nota:
    recurso = fila.recurso
    autor: Recurso = next(iter(recurso.get("author", ())), {})
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
        tipo=catalogo.de_concepto(recurso["type"]),
        secciones=[
            SeccionEscrita(
                seccion.get("title", ""),
                fhir.narrativa.a_texto(seccion["text"]["div"]) if "text" in seccion else "",
                catalogo.clave_de_seccion(seccion),
            )
            for seccion in recurso.get("section", ())
        ],
        huella=sha256(fila.contenido).hexdigest(),
        recurso=recurso,
        original=_id_de(citada.get("reference", "")),
        en_espera=fila.en_espera,
        contrafirma=_contrafirma(recurso),
    )


def _contrafirma(recurso: Recurso) -> Contrafirma | None:
    legal = next((a for a in recurso.get("attester", ()) if a["mode"] == "legal"), None)
    if legal is None or "T" not in legal.get("time", ""):
        return None
    quien = legal.get("party", {})
    return Contrafirma(
        quien=quien.get("display", ""),
        quien_id=referido(quien, "Practitioner"),
        momento=datetime.fromisoformat(legal["time"]),
    )


def _id_de(referencia: str) -> UUID | None:
    tipo, _, id_ = referencia.partition("/")
    return UUID(id_) if tipo == "Composition" and id_ else None
