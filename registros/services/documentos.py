"""Documents made elsewhere: looked into, kept as they came, and never opened by a list."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha1, sha256
from uuid import UUID

from django.utils.translation import gettext_noop as _

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece import cda
from ece.cda import Firmado
from ece.nucleo import archivos
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.archivos import Archivo, ArchivoRechazado, Tipo
from ece.nucleo.roles import Permiso
from registros.catalogos.documentos import CLASES
from registros.catalogos.notas import SISTEMA_LOINC
from registros.catalogos.sensibles import aplicar, etiquetar
from registros.models import Documento, OtroRegistro, nacimiento
from registros.models.base import ANULADO, Recurso
from registros.models.documento import AVISO, DATO, HUELLA, PAGINAS, TEXTO
from registros.selectors import documentos as selectores
from registros.services import firmas_separadas, ordenes
from registros.services.firmas_separadas import FirmaAjena

__all__ = [
    "ArchivoRechazado",
    "DocumentoInexistente",
    "DocumentoRepetido",
    "agregar",
    "anular",
    "con_firma",
    "guardar",
    "recibir",
]


FIRMA_AJENA = _("La firma que acompaña al documento no es de él: uno de los dos cambió.")
OTRA_FIRMA = _("Ese documento ya tiene otra firma.")


class DocumentoInexistente(Exception):
    """There is no such document of this patient."""


class DocumentoRepetido(Exception):
    """The record has the clinical document of that id already; `id` is its DocumentReference."""

    def __init__(self, id: UUID) -> None:
        super().__init__(str(id))
        self.id = id


def agregar(
    acceso: Acceso,
    *,
    contenido: bytes,
    nombre: str,
    titulo: str,
    clase: str,
    origen: str,
    autor: str,
    fecha_documento: date | None,
    limite: int,
    ahora: datetime,
    encuentro_id: UUID | None = None,
    orden_id: UUID | None = None,
) -> UUID:
    """Keep a file of at most `limite` bytes; the actor vouches for it. Returns the document's id.

    `clase` is a key of `catalogos.documentos`; `orden_id`, the order whose images they are. Raises
    `ArchivoRechazado`, having kept nothing, `DocumentoRepetido` and `OrdenInexistente`.
    """
    acceso.exigir(Permiso.DOCUMENTO_AGREGAR)
    if orden_id is not None:
        ordenes.leer(acceso, orden_id)
    contexto: Recurso = {}
    if encuentro_id is not None:
        contexto["encounter"] = [{"reference": f"Encounter/{encuentro_id}"}]
    if orden_id is not None:
        contexto["related"] = [{"reference": f"ServiceRequest/{orden_id}"}]
    return guardar(
        acceso,
        contenido=contenido,
        nombre=nombre,
        titulo=titulo,
        clase=clase,
        fecha_documento=fecha_documento,
        limite=limite,
        tipo=TipoDeEvento.DOCUMENTO_AGREGADO,
        propio={
            "authenticator": ordenes.autor(acceso),
            **({"custodian": {"display": origen}} if origen else {}),
            **({"author": [{"display": autor}]} if autor else {}),
            **({"context": contexto} if contexto else {}),
        },
        ahora=ahora,
    )


def recibir(
    acceso: Acceso,
    *,
    contenido: bytes,
    leido: cda.Documento,
    marcar: Callable[[UUID], None],
    limite: int,
    ahora: datetime,
) -> UUID:
    """Keep the clinical document that another system sent, as it says of itself.

    `marcar` is called with the id of its Binary inside the transaction. Raises `ArchivoRechazado`,
    `DocumentoRepetido`.
    """
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    if not acceso.reserva.escribe("DocumentReference", nuevo=True):
        raise PermisoInsuficiente(Permiso.RECURSO_ESCRIBIR)
    return guardar(
        acceso,
        contenido=contenido,
        nombre=leido.titulo or "documento",
        titulo=leido.titulo,
        clase="otro",
        fecha_documento=date.fromisoformat(leido.fecha[:10]) if len(leido.fecha) >= 10 else None,
        limite=limite,
        tipo=TipoDeEvento.MENSAJE_APLICADO,
        propio={
            **({"type": leido.tipo} if leido.tipo else {}),
            **({"custodian": {"display": leido.custodio}} if leido.custodio else {}),
            **({"author": [{"display": a} for a in leido.autores]} if leido.autores else {}),
        },
        ahora=ahora,
        marcar=marcar,
    )


def guardar(
    acceso: Acceso,
    *,
    contenido: bytes,
    nombre: str,
    titulo: str,
    clase: str,
    fecha_documento: date | None,
    limite: int,
    tipo: TipoDeEvento,
    propio: Recurso,
    ahora: datetime,
    marcar: Callable[[UUID], None] | None = None,
) -> UUID:
    """Look into a file and keep it, in an act of `tipo`; `propio` is what the resource says of who
    brings it. The bytes carry the labels of all that they tell. The caller has asked for the
    permission. Raises `ArchivoRechazado`, `DocumentoRepetido`.
    """
    archivo, firma = _abrir(contenido, nombre, limite)
    leido = _clinico(archivo)
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        if leido is not None:
            previo = selectores.con_identificador(acceso, identificador=leido.identificador)
            if previo is not None:
                raise DocumentoRepetido(previo)
        recurso: Recurso = {
            "resourceType": "DocumentReference",
            **({"masterIdentifier": leido.identificador} if leido is not None else {}),
            "status": "current",
            "docStatus": "final",
            "type": {
                "coding": [{"system": SISTEMA_LOINC, "code": CLASES[clase].loinc}],
                "text": CLASES[clase].nombre,
            },
            "subject": {"reference": f"Patient/{acceso.paciente}"},
            "date": ahora.isoformat(timespec="milliseconds"),
            "description": titulo,
            **({"extension": extensiones} if (extensiones := del_archivo(archivo)) else {}),
            **propio,
        }
        dichos = [recurso, *(d.recurso for d in (cda.datos(leido) if leido else ()))]
        categorias = frozenset().union(
            *(etiquetar(r, edad=lambda: nacimiento.edad(acceso, ahora)) for r in dichos)
        )
        guardado = binario(acceso, archivo, ahora=ahora, con=lambda r: aplicar(r, categorias))
        el_acto.insertar(guardado)
        contenidos = [{"attachment": adjunto(archivo, nombre, guardado.id, fecha_documento)}]
        if firma:
            suya = _octetos(acceso, cda.MIME_DE_FIRMA, firma)
            sellada = OtroRegistro.nuevo(acceso, aplicar(suya, categorias), ahora=ahora)
            el_acto.insertar(sellada)
            contenidos.append({"attachment": _de_firma(firma, sellada.id)})
        entero = aplicar({**recurso, "content": contenidos}, categorias)
        documento = Documento.nuevo(acceso, entero, ahora=ahora)
        el_acto.insertar(documento)
        if marcar is not None:
            marcar(guardado.id)
    return documento.id


def con_firma(acceso: Acceso, *, documento_id: UUID, firma: bytes, ahora: datetime) -> None:
    """Keep beside a document the signature that came after it; the same again adds nothing.

    Raises `DocumentoInexistente`, and `ArchivoRechazado` for one that is not of those bytes and for
    another than the one it has.
    """
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    if not acceso.reserva.escribe("DocumentReference", nuevo=True):
        raise PermisoInsuficiente(Permiso.RECURSO_ESCRIBIR)
    documento = Documento.objects.uno(acceso, documento_id)
    if documento is None or documento.binario is None:
        raise DocumentoInexistente(str(documento_id))
    _exigir_suya(firma, _guardados(acceso, documento.binario))
    if documento.binario_de_firma is not None:
        if _guardados(acceso, documento.binario_de_firma) != firma:
            raise ArchivoRechazado(OTRA_FIRMA)
        return
    with acto(acceso, tipo=TipoDeEvento.MENSAJE_APLICADO, ahora=ahora) as el_acto:
        suya = _octetos(acceso, cda.MIME_DE_FIRMA, firma)
        if etiquetas := documento.recurso.get("meta", {}).get("security"):
            suya["meta"] = {"security": etiquetas}
        sellada = OtroRegistro.nuevo(acceso, suya, ahora=ahora)
        el_acto.insertar(sellada)
        contenidos = [*documento.recurso["content"], {"attachment": _de_firma(firma, sellada.id)}]
        recurso = {**documento.recurso, "content": contenidos}
        el_acto.reemplazar(documento.siguiente(acceso, recurso, ahora=ahora))


def _guardados(acceso: Acceso, binario: UUID) -> bytes:
    guardado = OtroRegistro.objects.uno(acceso, binario)
    return base64.b64decode(guardado.recurso.get("data", "")) if guardado is not None else b""


def _abrir(contenido: bytes, nombre: str, limite: int) -> tuple[Archivo, bytes]:
    """The file that was brought, looked into, and the signature that came beside it in a ZIP."""
    try:
        traido = cda.partir(contenido, limite=limite)
    except cda.CdaInvalido:
        traido = Firmado(contenido)  # of a ZIP of anything else, what looks into files says why not
    if traido.documento is not contenido:
        nombre = nombre.removesuffix(".zip")
    archivo = archivos.inspeccionar(traido.documento, nombre=nombre, limite=limite)
    if traido.firma:
        _exigir_suya(traido.firma, archivo.contenido)
    return archivo, traido.firma


def _exigir_suya(firma: bytes, documento: bytes) -> None:
    try:
        firmas_separadas.exigir_suya(firma, documento)
    except FirmaAjena as falla:
        raise ArchivoRechazado(FIRMA_AJENA) from falla


def _clinico(archivo: Archivo) -> cda.Documento | None:
    """The clinical document in a file, if it can be told from any other."""
    if archivo.tipo is not Tipo.CDA:
        return None
    try:
        return cda.leer(archivo.contenido)
    except cda.CdaInvalido:
        return None


def binario(
    acceso: Acceso,
    archivo: Archivo,
    *,
    ahora: datetime,
    con: Callable[[Recurso], Recurso] = lambda recurso: recurso,
) -> OtroRegistro:
    """The bytes of a file that was looked into, sealed, not yet written; `con` labels them."""
    recurso = _octetos(acceso, archivo.tipo.value, archivo.contenido)
    return OtroRegistro.nuevo(acceso, con(recurso), ahora=ahora)


def _octetos(acceso: Acceso, mime: str, contenido: bytes) -> Recurso:
    return {
        "resourceType": "Binary",
        "contentType": mime,
        "securityContext": {"reference": f"Patient/{acceso.paciente}"},
        "data": base64.b64encode(contenido).decode(),
    }


def anular(acceso: Acceso, *, documento_id: UUID, motivo: str, ahora: datetime) -> None:
    """Say that a document was put in this record by error; it stays, and says so.

    A service that does not read the record withdraws only what it brought itself.
    """
    acceso.exigir(Permiso.DOCUMENTO_AGREGAR)
    with acto(acceso, tipo=TipoDeEvento.DOCUMENTO_ANULADO, ahora=ahora) as el_acto:
        documento = Documento.objects.uno(acceso, documento_id)
        suyo = documento is not None and documento.autor == acceso.actor.id
        if documento is None or not (suyo or Permiso.EXPEDIENTE_LEER in acceso.permisos):
            raise DocumentoInexistente(str(documento_id))
        extensiones = [*documento.recurso.get("extension", ())]
        extensiones.append({"url": AVISO, "valueString": motivo})
        recurso = {**documento.recurso, "status": ANULADO, "extension": extensiones}
        el_acto.reemplazar(documento.siguiente(acceso, recurso, ahora=ahora))


def adjunto(
    archivo: Archivo, nombre: str, binario: UUID, fecha_documento: date | None = None
) -> Recurso:
    """The attachment of a DocumentReference whose bytes are the Binary `binario`."""
    titulo = archivos.nombre_seguro(nombre, archivo.tipo)
    dicho = _adjunto(archivo.tipo.value, archivo.contenido, binario, titulo)
    if fecha_documento is not None:
        dicho["creation"] = fecha_documento.isoformat()
    return dicho


def _de_firma(firma: bytes, binario: UUID) -> Recurso:
    return _adjunto(cda.MIME_DE_FIRMA, firma, binario, "firma.p7s")


def _adjunto(mime: str, contenido: bytes, binario: UUID, titulo: str) -> Recurso:
    return {
        "extension": [{"url": HUELLA, "valueString": sha256(contenido).hexdigest()}],
        "contentType": mime,
        "url": f"Binary/{binario}",
        "size": len(contenido),
        # FHIR R4 fixes SHA-1 for this element; the digest that counts is the extension.
        "hash": base64.b64encode(sha1(contenido, usedforsecurity=False).digest()).decode(),
        "title": titulo,
    }


def del_archivo(archivo: Archivo) -> list[Recurso]:
    """What a file was found to hold, as extensions of its DocumentReference."""
    extensiones: list[Recurso] = [{"url": PAGINAS, "valueInteger": archivo.paginas}]
    if archivo.texto.strip():
        extensiones.append({"url": TEXTO, "valueString": archivo.texto.strip()})
    extensiones += [{"url": AVISO, "valueString": aviso} for aviso in archivo.avisos]
    extensiones += [
        {"url": f"{DATO}{clave}", "valueString": valor} for clave, valor in archivo.datos.items()
    ]
    return extensiones
