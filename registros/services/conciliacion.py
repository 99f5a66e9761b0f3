"""A datum of a document from elsewhere enters the record, joins one that is there, or is left out.

Each is one act: the record, the Provenance that names the document's version and its section, and
the List of what became of the document's data. Ids are derived from the document's own id, so that
the same datum enters once wherever the document comes from, and however many try at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece import cda, fhir
from ece.cda import Dato
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro, RegistroClinico, clase_de
from registros.models.base import ANULADO, Recurso
from registros.models.firma import Firma, cita
from registros.selectors import conciliacion as selectores
from registros.selectors import descripciones
from registros.selectors.conciliacion import MOTIVO, QUIEN, SISTEMA_DATO, SISTEMA_SUERTE
from registros.services import alergias
from registros.services.observaciones import anotacion, quien

PERMISOS: dict[str, Permiso] = {
    "AllergyIntolerance": Permiso.ALERGIA_REGISTRAR,
    "Condition": Permiso.DIAGNOSTICO_REGISTRAR,
    "MedicationStatement": Permiso.RECETA_PRESCRIBIR,
    "Immunization": Permiso.VACUNA_REGISTRAR,
    "Observation": Permiso.RESULTADO_ACUSAR,
}
"""What each kind of datum asks of whoever takes it in, or leaves it out."""
_PACIENTE = {"AllergyIntolerance": "patient", "Immunization": "patient"}
_OPERACION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_PARTICIPACION = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_SIN_FUNDIR = frozenset({"Observation"})


class DatoInexistente(Exception):
    """The document has no such datum, or there is no such document."""


class DeOtraPersona(Exception):
    """The document says that it is of somebody else; the message is the code of why."""


class YaConciliado(Exception):
    """Somebody already decided about this datum."""


class RegistroInexistente(Exception):
    """There is no such record of that kind to join it to."""


@dataclass(frozen=True, slots=True)
class _Caso:
    documento: UUID
    version: int
    leido: cda.Documento
    dato: Dato
    hoja: OtroRegistro | None


def incorporar(acceso: Acceso, *, documento_id: UUID, llave: str, ahora: datetime) -> UUID:
    """The datum becomes a record of its own; returns its id.

    Raises `DatoInexistente`, `DeOtraPersona`, `YaConciliado`, `RecursoInvalido`.
    """
    caso = _caso(acceso, documento_id, llave)
    id_ = selectores.id_de(acceso, llave)

    def escribir(el_acto: Acto) -> tuple[RegistroClinico, str]:
        recurso = _con_quien(acceso, caso, ahora)
        registro = clase_de(caso.dato.tipo).nuevo(acceso, recurso, ahora=ahora, id=id_)
        el_acto.insertar(registro)
        if caso.dato.tipo == "AllergyIntolerance":
            sustancia = fhir.texto(recurso["code"])
            alergias.refutar_negacion(el_acto, acceso, sustancia=sustancia, ahora=ahora)
        return registro, "incorporado"

    _hacer(acceso, caso, escribir, ahora)
    return id_


def fusionar(acceso: Acceso, *, documento_id: UUID, llave: str, con: UUID, ahora: datetime) -> int:
    """The datum joins the record `con`, which keeps what it says and gains what it lacked.

    Returns its new version. Also raises `RegistroInexistente`, `VersionEnConflicto`.
    """
    caso = _caso(acceso, documento_id, llave)
    previo = clase_de(caso.dato.tipo).objects.uno(acceso, con)
    if (
        previo is None
        or previo.estado == ANULADO
        or previo.tipo_fhir != caso.dato.tipo
        or caso.dato.tipo in _SIN_FUNDIR
    ):
        raise RegistroInexistente(str(con))

    def escribir(el_acto: Acto) -> tuple[RegistroClinico, str]:
        recurso = _fundido(acceso, caso, previo.recurso, ahora)
        registro = previo.siguiente(acceso, recurso, ahora=ahora)
        el_acto.reemplazar(registro)
        return registro, "fusionado"

    return _hacer(acceso, caso, escribir, ahora).version


def descartar(
    acceso: Acceso, *, documento_id: UUID, llave: str, motivo: str, ahora: datetime
) -> None:
    """The datum stays in the document alone, and why."""
    caso = _caso(acceso, documento_id, llave)
    with _de_una_vez(acceso, llave, ahora) as el_acto:
        _anotar(el_acto, acceso, caso, "descartado", None, motivo, ahora)


@contextmanager
def _de_una_vez(acceso: Acceso, llave: str, ahora: datetime) -> Iterator[Acto]:
    """An act; what collides with another's, that got there first, is already decided."""
    try:
        with acto(acceso, tipo=TipoDeEvento.DATO_CONCILIADO, ahora=ahora) as el_acto:
            yield el_acto
    except UniqueViolation as error:
        raise YaConciliado(llave) from error


def _caso(acceso: Acceso, documento_id: UUID, llave: str) -> _Caso:
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    leido = selectores.leer(acceso, documento_id=documento_id)
    dato = next((d for d in cda.datos(leido) if d.llave == llave), None) if leido else None
    if leido is None or dato is None:
        raise DatoInexistente(llave)
    acceso.exigir(PERMISOS[dato.tipo])
    if motivo := selectores.discrepancia(acceso, leido):
        raise DeOtraPersona(motivo)
    hoja = selectores.hoja(acceso, leido)
    if llave in selectores.suertes(hoja):
        raise YaConciliado(llave)
    version = selectores.version_de(acceso, documento_id)
    return _Caso(documento_id, version, leido, dato, hoja)


def _hacer(
    acceso: Acceso,
    caso: _Caso,
    escribir: Callable[[Acto], tuple[RegistroClinico, str]],
    ahora: datetime,
) -> RegistroClinico:
    with _de_una_vez(acceso, caso.dato.llave, ahora) as el_acto:
        registro, suerte = escribir(el_acto)
        el_acto.insertar(_procedencia(acceso, caso, registro, ahora))
        _anotar(el_acto, acceso, caso, suerte, registro, "", ahora)
    return registro


def _con_quien(acceso: Acceso, caso: _Caso, ahora: datetime) -> Recurso:
    """The datum's resource with its patient, who takes it in and where it is from."""
    tipo, momento = caso.dato.tipo, ahora.isoformat(timespec="seconds")
    recurso: Recurso = {
        **caso.dato.recurso,
        "meta": {"source": _fuente(caso)},
        _PACIENTE.get(tipo, "subject"): {"reference": f"Patient/{acceso.paciente}"},
    }
    if tipo in ("Condition", "AllergyIntolerance"):
        recurso |= {"recordedDate": momento, "recorder": quien(acceso)}
    elif tipo == "MedicationStatement":
        recurso["dateAsserted"] = momento
    elif tipo == "Immunization":
        recurso["recorded"] = momento
    elif caso.leido.custodio:
        recurso["performer"] = [{"display": caso.leido.custodio}]
    return recurso


def _fundido(acceso: Acceso, caso: _Caso, previo: Recurso, ahora: datetime) -> Recurso:
    """`previo` with the codes and elements that it had not, and a note of where they are from."""
    nuevo = caso.dato.recurso
    elemento = next(c for c in ("code", "medicationCodeableConcept", "vaccineCode") if c in nuevo)
    concepto, otro = previo.get(elemento, {}), nuevo[elemento]
    dichos = {(c.get("system"), c.get("code")) for c in concepto.get("coding", ())}
    suma = [c for c in otro.get("coding", ()) if (c.get("system"), c.get("code")) not in dichos]
    codigos = [*concepto.get("coding", ()), *suma]
    fundido = {
        **previo,
        elemento: {**otro, **concepto, **({"coding": codigos} if codigos else {})},
    }
    for clave in ("onsetDateTime", "reaction", "criticality", "category", "lotNumber"):
        base = clave.removesuffix("DateTime")
        if clave in nuevo and not any(k.startswith(base) for k in previo):
            fundido[clave] = nuevo[clave]
    descrito = descripciones.describir(nuevo).titulo
    texto = f"Conciliado con «{descrito}» de «{caso.leido.titulo}»."
    return {**fundido, "note": [*previo.get("note", ()), anotacion(acceso, texto, ahora=ahora)]}


def _fuente(caso: _Caso) -> str:
    seccion = f"#{caso.dato.codigo_seccion}" if caso.dato.codigo_seccion.strip() else ""
    return f"{cita('DocumentReference', caso.documento, caso.version)}{seccion}".replace(" ", "")


def _procedencia(acceso: Acceso, caso: _Caso, registro: RegistroClinico, ahora: datetime) -> Firma:
    """Who took it in, from which version of which document, and from which section of it."""
    codigo = "CREATE" if registro.version == 1 else "UPDATE"
    partes = [caso.leido.titulo, caso.dato.seccion]
    recurso: Recurso = {
        "resourceType": "Provenance",
        "target": [{"reference": cita(registro.tipo_fhir, registro.id, registro.version)}],
        "recorded": ahora.isoformat(timespec="milliseconds"),
        "activity": {"coding": [{"system": _OPERACION, "code": codigo}]},
        "agent": [
            {
                "type": {"coding": [{"system": _PARTICIPACION, "code": "enterer"}]},
                "who": quien(acceso),
            }
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "reference": cita("DocumentReference", caso.documento, caso.version),
                    "identifier": caso.leido.identificador,
                    "display": " · ".join(parte for parte in partes if parte),
                },
            }
        ],
    }
    return Firma.nuevo(acceso, recurso, ahora=ahora)


def _anotar(
    el_acto: Acto,
    acceso: Acceso,
    caso: _Caso,
    suerte: str,
    registro: RegistroClinico | None,
    motivo: str,
    ahora: datetime,
) -> None:
    """In the List of the document: what became of the datum."""
    momento = ahora.isoformat(timespec="seconds")
    cosa: Recurso = {
        "identifier": {"system": SISTEMA_DATO, "value": caso.dato.llave},
        "display": descripciones.describir(caso.dato.recurso).titulo or caso.dato.tipo,
    }
    if registro is not None:
        cosa["reference"] = f"{registro.tipo_fhir}/{registro.id}"
    extensiones: list[Recurso] = [{"url": QUIEN, "valueReference": quien(acceso)}]
    if motivo:
        extensiones.append({"url": MOTIVO, "valueString": motivo})
    entrada: Recurso = {
        "extension": extensiones,
        "flag": {"coding": [{"system": SISTEMA_SUERTE, "code": suerte}]},
        "date": momento,
        "item": cosa,
    }
    if caso.hoja is not None:
        recurso = {**caso.hoja.recurso, "date": momento}
        recurso["entry"] = [*recurso["entry"], entrada]
        el_acto.reemplazar(caso.hoja.siguiente(acceso, recurso, ahora=ahora))
        return
    nueva: Recurso = {
        "resourceType": "List",
        "identifier": [caso.leido.identificador],
        "status": "current",
        "mode": "working",
        "title": f"Conciliación de «{caso.leido.titulo}»",
        "code": {"coding": [{"system": SISTEMA_SUERTE, "code": "hoja"}], "text": "Conciliación"},
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "date": momento,
        "source": quien(acceso),
        "entry": [entrada],
    }
    el_acto.insertar(
        OtroRegistro.nuevo(acceso, nueva, ahora=ahora, id=selectores.id_de_hoja(acceso, caso.leido))
    )
