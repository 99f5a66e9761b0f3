"""Documents made elsewhere: what is said of each, its bytes, and the words in them."""

import base64
import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Documento, OtroRegistro
from registros.models.base import ANULADO, Recurso
from registros.models.documento import texto_de_documento
from registros.models.registros import palabras_de_nota
from registros.selectors import expediente, recursos
from registros.selectors.expediente import Entrada
from registros.selectors.recursos import Consulta, Orden

ALREDEDOR = 90
EN_PAGINA = 40
_PALABRA = re.compile(r"\w+")
_TIPOS = ("DocumentReference", "Composition")


@dataclass(frozen=True, slots=True)
class DocumentoVisto:
    """A document as it is read; its bytes are asked for apart."""

    id: UUID
    titulo: str
    clase: str
    tipo: str
    nombre: str
    bytes: int
    huella: str
    origen: str
    autor: str
    fecha: datetime
    fecha_documento: date | None
    avala: str
    paginas: int
    texto: str
    avisos: list[str]
    datos: dict[str, str]
    anulado: bool
    con_archivo: bool
    con_firma: bool
    version: int

    @property
    def clinico(self) -> bool:
        """Whether it may be a clinical document (CDA): only its bytes tell."""
        return "xml" in self.tipo and self.con_archivo


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """A record in which the words are, with what surrounds the first of them."""

    entrada: Entrada
    antes: str
    palabra: str
    despues: str


def documento(acceso: Acceso, *, documento_id: UUID) -> DocumentoVisto | None:
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Documento.objects.uno(acceso, documento_id)
    return None if fila is None else _visto(fila)


def contenido(acceso: Acceso, *, documento_id: UUID) -> bytes | None:
    """The bytes of a document, as they were kept; None when there are none."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Documento.objects.uno(acceso, documento_id)
    return _octetos(acceso, fila.binario if fila else None)


def firma(acceso: Acceso, *, documento_id: UUID) -> bytes | None:
    """The detached signature that came beside a document; None when none did."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Documento.objects.uno(acceso, documento_id)
    return _octetos(acceso, fila.binario_de_firma if fila else None)


def _octetos(acceso: Acceso, binario: UUID | None) -> bytes | None:
    hallado = OtroRegistro.objects.uno(acceso, binario) if binario else None
    return None if hallado is None else base64.b64decode(hallado.recurso.get("data", ""))


def con_identificador(acceso: Acceso, *, identificador: Recurso) -> UUID | None:
    """The patient's document of that Identifier, unless it was withdrawn."""
    partes = (identificador.get("system", ""), identificador["value"])
    dicho = "|".join(p.replace("\\", "\\\\").replace("|", "\\|") for p in partes)
    ficha = fichas.ficha("DocumentReference.identifier", dicho)
    hallados = recursos.marcados("DocumentReference", [ficha])
    suyos = [m.id for m in hallados if m.paciente == acceso.paciente]
    filas = Documento.objects.de(acceso).filter(pk__in=suyos)
    return next((fila.id for fila in filas if fila.estado != ANULADO), None)


def de_orden(acceso: Acceso, *, orden_id: UUID | None) -> list[DocumentoVisto]:
    """Images and documents that go with an order."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    if orden_id is None:
        return []
    ficha = fichas.ficha("DocumentReference.related", f"ServiceRequest/{orden_id}")
    hallados = recursos.buscar(
        acceso, Consulta("DocumentReference", fichas=((ficha,),), orden=Orden.FECHA_ASC)
    )
    filas = Documento.objects.de(acceso).filter(pk__in=[s.id for s in hallados])
    return [_visto(fila) for fila in filas.order_by("fecha", "id") if fila.estado != ANULADO]


def buscar(acceso: Acceso, *, texto: str) -> list[Hallazgo]:
    """Documents and finished notes of the patient with every word of `texto`, newest first.

    Whole words, without regard to accents or capitals.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    buscadas = fichas.fichas_de_texto(acceso.paciente, [texto])
    if not buscadas:
        return []
    hallados = [
        sellado
        for tipo in _TIPOS
        for sellado in recursos.buscar(
            acceso,
            Consulta(
                tipo,
                fichas=tuple((f,) for f in sorted(buscadas)),
                orden=Orden.FECHA_DESC,
                limite=EN_PAGINA,
            ),
        )
    ]
    hallazgos = []
    for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, hallados):
        recurso = fhir.json.leer(json)
        entrada = expediente.entrada(
            fila.tipo, fila.id, fila.fecha, fila.estado, fila.version, recurso
        )
        if not entrada.anulada:
            hallazgos.append(Hallazgo(entrada, *_alrededor(_palabras(recurso), texto)))
    return sorted(hallazgos, key=lambda h: h.entrada.fecha, reverse=True)[:EN_PAGINA]


def _palabras(recurso: Recurso) -> str:
    if recurso["resourceType"] == "Composition":
        return " ".join(palabras_de_nota(recurso))
    return f"{recurso.get('description', '')} {texto_de_documento(recurso)}"


def _alrededor(escrito: str, buscado: str) -> tuple[str, str, str]:
    """(before, the word as it is written, after) of the first of the words found."""
    escrito = " ".join(escrito.split())
    primeras = fhir.palabras(buscado)
    for inicio, fin in _tramos(escrito):
        if fhir.normalizar(escrito[inicio:fin]) in primeras:
            desde, hasta = max(0, inicio - ALREDEDOR), fin + ALREDEDOR
            antes = f"{'…' if desde else ''}{escrito[desde:inicio]}"
            despues = f"{escrito[fin:hasta]}{'…' if hasta < len(escrito) else ''}"
            return antes, escrito[inicio:fin], despues
    return escrito[: 2 * ALREDEDOR], "", ""


def _tramos(escrito: str) -> list[tuple[int, int]]:
    return [m.span() for m in _PALABRA.finditer(escrito)]


def _visto(fila: Documento) -> DocumentoVisto:
    recurso, adjunto = fila.recurso, fila.adjunto
    creado = str(adjunto.get("creation", ""))[:10]
    return DocumentoVisto(
        id=fila.id,
        titulo=fila.titulo or str(adjunto.get("title", "")),
        clase=fhir.texto(recurso.get("type", {})),
        tipo=fila.tipo,
        nombre=str(adjunto.get("title", "")),
        bytes=int(adjunto.get("size", 0)),
        huella=fila.huella,
        origen=str(recurso.get("custodian", {}).get("display", "")),
        autor=", ".join(a.get("display", "") for a in recurso.get("author", ())),
        fecha=fila.fecha,
        fecha_documento=date.fromisoformat(creado) if len(creado) == 10 else None,
        avala=str(recurso.get("authenticator", {}).get("display", "")),
        paginas=fila.paginas,
        texto=fila.texto,
        avisos=fila.avisos,
        datos=fila.datos,
        anulado=fila.estado == ANULADO,
        con_archivo=fila.binario is not None,
        con_firma=fila.binario_de_firma is not None,
        version=fila.version,
    )
