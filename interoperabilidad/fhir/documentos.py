"""``DocumentReference/$docref`` and ``Composition/$document`` (R4 documents.html; IHE MHD)."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from consentimiento import decision
from consentimiento.services import impresiones
from ece import cda, fhir
from ece.cda import Firmado
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import lectura, paquetes
from interoperabilidad.fhir.busqueda import Busqueda
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.plan import Plan
from registros.catalogos.notas import SISTEMA_LOINC
from registros.selectors import recursos
from registros.selectors.recursos import Consulta

POR_TIPO = 1_000


def de_paciente(
    actor: Actor, argumentos: Mapping[str, Any], *, base: str, ahora: datetime
) -> bytes:
    """A searchset of the documents of a patient; ``start`` and ``end`` are of the care that they
    tell or, of those that do not say it, of the document. Raises `ErrorFhir`."""
    paciente = str(argumentos.get("patient", ""))
    if not paciente:
        raise ErrorFhir(400, "required", "$docref es de un paciente: dígalo en patient.")
    pares = [("patient", paciente), ("_count", "500"), ("_sort", "-date")]
    if tipo := argumentos.get("type"):
        if isinstance(tipo, dict):
            tipo = f"{tipo.get('system', '')}|{tipo.get('code')}"
        pares.append(("type", str(tipo)))
    for nombre, operador in (("start", "ge"), ("end", "le")):
        if dia := argumentos.get(nombre):
            fhir.rango_de_fecha(str(dia))
            pares.append(
                (
                    "_filter",
                    f"period {operador} {dia} or (period pr false and date {operador} {dia})",
                )
            )
    return lectura.buscar(actor, "DocumentReference", pares, base=base, estricto=True, ahora=ahora)


def documento(actor: Actor, id: UUID, *, base: str, ahora: datetime) -> bytes:
    """A document Bundle: the Composition and all it cites that `actor` may see.

    Raises `AccesoDenegado`.
    """
    detalle = {"interaccion": "$document"}
    acceso, fila = decision.abrir_registro(
        actor,
        tipo="Composition",
        id=id,
        permiso=Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle=detalle,
    )
    composicion = recursos.abrir(acceso, fila)
    alcance = decision.alcanzar(
        actor, Permiso.RECURSO_LEER, motivo="documento", ahora=ahora, detalle=detalle
    )
    busqueda = Busqueda(actor, Plan("Composition"), ahora, {acceso.paciente: acceso})
    filas = [
        citada
        for tipo, ids in _citados(fhir.json.leer(composicion)).items()
        for citada in recursos.buscar(
            alcance, Consulta(tipo, ids=tuple(sorted(ids)), limite=POR_TIPO)
        )
        if citada.id != id
    ]
    partes = [(fila, composicion), *((h.fila, h.json) for h in busqueda.abrir(filas))]
    identificador = {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid7()}"}
    return b'{"resourceType":"Bundle","identifier":%s,"type":"document",%s,"entry":[%s]}' % (
        fhir.json.escribir(identificador),
        b'"timestamp":"%s"' % paquetes.instante(ahora).encode(),
        b",".join(
            b'{"fullUrl":"%s","resource":%s}' % (f"{base}/{f.tipo}/{f.id}".encode(), cuerpo)
            for f, cuerpo in partes
        ),
    )


def resumen_cda(actor: Actor, paciente: UUID, *, con_firma: bool, ahora: datetime) -> Firmado:
    """The clinical summary of GIIS-A001, of what `actor` may see. Raises `AccesoDenegado`."""
    acceso = decision.abrir_paciente(
        actor, paciente, Permiso.RECURSO_LEER, ahora=ahora, detalle={"interaccion": "$cda"}
    )
    firmado, _evento = impresiones.resumen(acceso, ahora=ahora, con_firma=con_firma)
    return firmado


def en_referencia(firmado: Firmado, paciente: UUID, *, ahora: datetime) -> bytes:
    """A document and its signature as the two contents of a DocumentReference, inside it."""
    adjuntos = [(cda.MIME, firmado.documento, "resumen-cda.xml")]
    if firmado.firma:
        adjuntos.append((cda.MIME_DE_FIRMA, firmado.firma, "resumen-cda.xml.p7s"))
    return fhir.json.escribir(
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "docStatus": "final",
            "type": {"coding": [{"system": SISTEMA_LOINC, "code": "34133-9"}]},
            "subject": {"reference": f"Patient/{paciente}"},
            "date": paquetes.instante(ahora),
            "content": [
                {"attachment": {"contentType": mime, "data": b64encode(datos).decode(), "title": t}}
                for mime, datos, t in adjuntos
            ],
        }
    )


def _citados(recurso: dict[str, Any]) -> dict[str, set[UUID]]:
    citados: dict[str, set[UUID]] = {}
    for _, referencia in fhir.referencias(recurso):
        tipo, _, id_ = referencia["reference"].partition("/")
        if tipo in fhir.tipos_de_recurso():
            try:
                citados.setdefault(tipo, set()).add(UUID(id_.split("/")[0]))
            except ValueError:
                continue
    return citados
