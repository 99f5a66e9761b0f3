"""Importing FHIR documents that others wrote: once each, whole, with a reason for every refusal.

Each imported resource carries two tags of ours, where it came from and the digest of what came, so
that importing again (or after being killed) finds what is already there.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Rol
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import escritura
from interoperabilidad.fhir.escritura import Pedido
from interoperabilidad.fhir.guardas import traducir
from registros.selectors import recursos
from registros.selectors.recursos import Marcado

ORIGEN = "urn:ece:origen"
HUELLA = "urn:ece:huella"
LOTE = 400
_TERMINACIONES = (".json", ".ndjson", ".json.gz", ".ndjson.gz")

IMPORTADOR = Actor(
    id=UUID(int=2), clase="sistema", nombre="Importación", asignaciones=(Asignado(Rol.INTEGRACION),)
)


class Suerte(StrEnum):
    """What became of a resource."""

    TOMADO = "tomado"
    ACTUALIZADO = "actualizado"
    YA_ESTABA = "ya estaba"
    RECHAZADO = "rechazado"


@dataclass(frozen=True, slots=True)
class Renglon:
    """A line of the report: which resource of which file, what became of it, and why."""

    archivo: str
    recurso: str
    suerte: Suerte
    motivo: str = ""


@dataclass(slots=True)
class _Recurso:
    contenido: dict[str, Any] = field(repr=False)
    completo: str
    nombre: str
    clave: str
    huella: str
    id: UUID
    version: int | None = None
    actual: Marcado | None = None


def archivos(rutas: Iterable[Path]) -> list[Path]:
    """The documents under `rutas` (files and folders), in a stable order."""
    encontrados: list[Path] = []
    for ruta in rutas:
        if ruta.is_dir():
            encontrados += sorted(p for p in ruta.rglob("*") if p.name.endswith(_TERMINACIONES))
        else:
            encontrados.append(ruta)
    return encontrados


def importar(archivo: Path, *, origen: str, ahora: datetime) -> Iterator[Renglon]:
    """Import one document, in acts of at most `LOTE` resources; the first holds its patients."""
    try:
        documentos = list(_documentos(archivo))
    except (OSError, EOFError, fhir.JsonInvalido) as error:
        yield Renglon(archivo.name, "", Suerte.RECHAZADO, f"no se puede leer: {error}")
        return
    yield from tomar(documentos, archivo=archivo.name, origen=origen, actor=IMPORTADOR, ahora=ahora)


def tomar(
    documentos: Iterable[tuple[str, dict[str, Any]]],
    *,
    archivo: str,
    origen: str,
    actor: Actor,
    ahora: datetime,
) -> Iterator[Renglon]:
    """Import the (fullUrl, resource) of a document, in the name of `actor`; as `importar` does."""
    leidos: list[_Recurso] = []
    for completo, contenido in documentos:
        nombre = f"{contenido.get('resourceType', '¿?')}/{contenido.get('id', completo or '¿?')}"
        if problemas := fhir.validar(contenido):
            yield Renglon(archivo, nombre, Suerte.RECHAZADO, _motivo(problemas))
        else:
            leidos.append(_leido(contenido, completo, nombre, origen))
    mapa = _reconocer(leidos, origen)
    pendientes = []
    for leido in leidos:
        if leido.actual is not None and _ficha(leido, HUELLA, leido.huella) in leido.actual.fichas:
            yield Renglon(archivo, leido.nombre, Suerte.YA_ESTABA)
        else:
            pendientes.append(leido)
    pendientes.sort(key=lambda r: r.contenido["resourceType"] != "Patient")
    for inicio in range(0, len(pendientes), LOTE):
        for leido, motivo in _escribir(actor, pendientes[inicio : inicio + LOTE], mapa, ahora):
            if motivo:
                suerte = Suerte.RECHAZADO
            else:
                suerte = Suerte.TOMADO if leido.version is None else Suerte.ACTUALIZADO
            yield Renglon(archivo, leido.nombre, suerte, motivo)


def _documentos(archivo: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(fullUrl, resource) of everything in a file."""
    datos = archivo.read_bytes()
    if archivo.name.endswith(".gz"):
        datos = gzip.decompress(datos)
    if ".ndjson" in archivo.name:
        for linea in datos.splitlines():
            if linea.strip():
                yield "", fhir.json.leer(linea)
        return
    documento = fhir.json.leer(datos)
    if documento.get("resourceType") != "Bundle":
        yield "", documento
        return
    for entrada in documento.get("entry", ()):
        if isinstance(entrada, dict) and isinstance(entrada.get("resource"), dict):
            yield str(entrada.get("fullUrl", "")), entrada["resource"]


def _leido(contenido: dict[str, Any], completo: str, nombre: str, origen: str) -> _Recurso:
    huella = sha256(fhir.json.canonico(contenido)).hexdigest()
    propio = nombre if contenido.get("id") or completo else f"{contenido['resourceType']}/{huella}"
    return _Recurso(contenido, completo, nombre, f"{origen}:{propio}", huella, uuid7())


def _ficha(leido: _Recurso, sistema: str, codigo: str) -> int:
    return fichas.ficha(f"{leido.contenido['resourceType']}._tag", f"{sistema}|{codigo}")


def _reconocer(leidos: Sequence[_Recurso], origen: str) -> dict[str, str]:
    """Give each resource the id it already has here; returns source reference -> ours."""
    por_tipo: dict[str, dict[int, _Recurso]] = defaultdict(dict)
    for leido in leidos:
        por_tipo[leido.contenido["resourceType"]][_ficha(leido, ORIGEN, leido.clave)] = leido
    mapa: dict[str, str] = {}
    for tipo, propios in por_tipo.items():
        for ficha, marcado in recursos.por_fichas(tipo, propios).items():
            leido = propios[ficha]
            leido.actual, leido.id, leido.version = marcado, marcado.id, marcado.version
    for leido in leidos:
        nuestra = f"{leido.contenido['resourceType']}/{leido.id}"
        mapa[leido.nombre] = nuestra
        if leido.completo:
            mapa[leido.completo] = nuestra
    return mapa | _de_antes(leidos, mapa, origen)


def _de_antes(leidos: Iterable[_Recurso], mapa: dict[str, str], origen: str) -> dict[str, str]:
    """References to resources of the same origin that were imported before."""
    buscadas: dict[str, dict[int, str]] = defaultdict(dict)
    for leido in leidos:
        for _, referencia in fhir.referencias(leido.contenido):
            texto = referencia["reference"]
            tipo, _, id_ = texto.partition("/")
            if texto in mapa or tipo not in fhir.tipos_de_recurso() or "/" in id_:
                continue
            buscadas[tipo][fichas.ficha(f"{tipo}._tag", f"{ORIGEN}|{origen}:{texto}")] = texto
    return {
        propias[ficha]: f"{tipo}/{marcado.id}"
        for tipo, propias in buscadas.items()
        for ficha, marcado in recursos.por_fichas(tipo, propias).items()
    }


def _pedido(leido: _Recurso, mapa: dict[str, str]) -> Pedido:
    recurso = fhir.sustituir_referencias(leido.contenido, lambda r: mapa.get(r, r))
    meta = recurso.get("meta", {})
    etiquetas = [
        *meta.get("tag", ()),
        {"system": ORIGEN, "code": leido.clave},
        {"system": HUELLA, "code": leido.huella},
    ]
    recurso["meta"] = {**meta, "tag": etiquetas}
    return Pedido(recurso, leido.id, leido.version)


def _escribir(
    actor: Actor, lote: Sequence[_Recurso], mapa: dict[str, str], ahora: datetime
) -> Iterator[tuple[_Recurso, str]]:
    """(resource, reason it was refused or empty): together if possible, else one by one."""
    try:
        _aplicar(actor, lote, mapa, ahora)
    except Exception as error:
        fallo = traducir(error)
        if len(lote) == 1:
            yield lote[0], _motivo(fallo.problemas) or fallo.mensaje
            return
        mitad = len(lote) // 2
        yield from _escribir(actor, lote[:mitad], mapa, ahora)
        yield from _escribir(actor, lote[mitad:], mapa, ahora)
    else:
        for leido in lote:
            yield leido, ""


def _aplicar(actor: Actor, lote: Sequence[_Recurso], mapa: dict[str, str], ahora: datetime) -> None:
    pedidos = [_pedido(leido, mapa) for leido in lote]
    escritura.aplicar(actor, pedidos, ahora=ahora, tipo=TipoDeEvento.RECURSOS_TRANSACCION)


def _motivo(problemas: Sequence[fhir.Problema]) -> str:
    return "; ".join(f"{p.ubicacion}: {p.mensaje}" for p in problemas[:3])
