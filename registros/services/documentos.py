"""Documents made elsewhere: looked into, kept as they came, and never opened by a list."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha1, sha256
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece import cda
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
from registros.services import ordenes

__all__ = [
    "ArchivoRechazado",
    "DocumentoInexistente",
    "DocumentoRepetido",
    "agregar",
    "anular",
    "guardar",
    "recibir",
]


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
    archivo = archivos.inspeccionar(contenido, nombre=nombre, limite=limite)
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
        dicho = adjunto(archivo, nombre, guardado.id, fecha_documento)
        entero = aplicar({**recurso, "content": [{"attachment": dicho}]}, categorias)
        documento = Documento.nuevo(acceso, entero, ahora=ahora)
        el_acto.insertar(guardado)
        el_acto.insertar(documento)
        if marcar is not None:
            marcar(guardado.id)
    return documento.id


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
    recurso: Recurso = {
        "resourceType": "Binary",
        "contentType": archivo.tipo.value,
        "securityContext": {"reference": f"Patient/{acceso.paciente}"},
        "data": base64.b64encode(archivo.contenido).decode(),
    }
    return OtroRegistro.nuevo(acceso, con(recurso), ahora=ahora)


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
    huella = sha256(archivo.contenido).hexdigest()
    dicho: Recurso = {
        "extension": [{"url": HUELLA, "valueString": huella}],
        "contentType": archivo.tipo.value,
        "url": f"Binary/{binario}",
        "size": len(archivo.contenido),
        # FHIR R4 fixes SHA-1 for this element; the digest that counts is the extension.
        "hash": base64.b64encode(sha1(archivo.contenido, usedforsecurity=False).digest()).decode(),
        "title": archivos.nombre_seguro(nombre, archivo.tipo),
    }
    if fecha_documento is not None:
        dicho["creation"] = fecha_documento.isoformat()
    return dicho


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
