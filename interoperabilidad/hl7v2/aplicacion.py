"""One message of the inbox, into the record: found whose, decided, written, and marked, once.

What marks it as applied is in the transaction that writes what it says, so that a process killed
anywhere applies it again from the start, or not at all. A message that somebody held back does not
undo what later ones said: each resource remembers the order of the message that last wrote it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from auditoria import bitacora
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir.guardas import traducir as a_fhir
from interoperabilidad.hl7v2 import hallazgo, identidades, traduccion
from interoperabilidad.hl7v2.datos import Contexto, Recurso
from interoperabilidad.hl7v2.er7 import Mensaje
from interoperabilidad.hl7v2.hallazgo import Espera
from interoperabilidad.hl7v2.interlocutores import Ficha
from interoperabilidad.hl7v2.segmentos import PACIENTE
from interoperabilidad.hl7v2.tablas import CRITICAS
from interoperabilidad.hl7v2.traduccion import Persona, Pieza, Traduccion
from registros.selectors import descripciones, recursos
from registros.services import recibidos, vinculos
from registros.services.recibidos import Adjunto, Original, Respuesta
from registros.services.recursos import Escritura
from registros.services.vinculos import VinculoImposible

TIPO_ER7 = "application/hl7-v2"
ETIQUETA_LLAVE, ETIQUETA_ORDEN = "urn:ece:hl7v2:llave", "urn:ece:hl7v2:orden"
SIN_ORDEN, MISMA_PERSONA = "sin-orden", "misma-persona"
APLICADOR = Actor(id=UUID(int=4), clase="sistema", nombre="Buzón HL7 v2")
"""Who says, when nobody else does, that a message waits."""
_SALTOS = 4


@dataclass(frozen=True, slots=True)
class Pendiente:
    """A message to apply: its place in the order, whose it is, what a person answered for."""

    orden: int
    ficha: Ficha
    mensaje: Mensaje
    datos: bytes = field(repr=False)
    dispensa: str = ""


Marcar = Callable[[UUID, UUID, bool], None]
"""(patient, Binary of the message, whether somebody or some order is here that was not) -> says,
in the open transaction, that it was applied."""


def aplicar(p: Pendiente, *, ahora: datetime, marcar: Marcar) -> None:
    """Write what the message says. Raises `Espera`, and what the services raise."""
    contexto = p.ficha.contexto(p.mensaje.msh[4])
    t = traduccion.traducir(p.mensaje, contexto)
    with bitacora.juntando():
        if any(persona.previos for persona in t.personas) and p.mensaje.evento == "A40":
            _fusionar(p, t, ahora, marcar)
        else:
            _escribir(p, t, contexto, ahora, marcar)


def _escribir(
    p: Pendiente, t: Traduccion, contexto: Contexto, ahora: datetime, marcar: Marcar
) -> None:
    acceso, conocido = _abrir(p, t.persona, ahora, registra=t.evento.registra)
    escrituras: list[Escritura] = []
    if conocido is None:
        nuevo = identidades.nuevo(t.persona.recurso)
        escrituras.append(Escritura(acceso, _marcado(nuevo, "", p), acceso.paciente))
    elif t.actualiza_identidad and not _es_anterior(conocido, p):
        cambiado = identidades.sobre(conocido, t.persona)
        if cambiado != conocido:
            version = int(conocido["meta"]["versionId"])
            recurso = _marcado(cambiado, "", p)
            escrituras.append(Escritura(acceso, recurso, acceso.paciente, version))
    ids = _escribir_piezas(p, t, acceso, escrituras, ahora)
    hay_nuevo = conocido is None or any(pieza.es_orden for pieza in t.piezas)
    respuestas = _respuestas(p, t, acceso, escrituras, ids)
    recibidos.recibir(
        acceso,
        escrituras=escrituras,
        original=Original(p.datos, TIPO_ER7, str(p.mensaje)),
        adjuntos=[
            Adjunto(
                a.archivo.contenido,
                a.archivo.nombre,
                a.archivo.titulo,
                informe=ids.get(a.informe),
                documento=ids.get(a.documento),
            )
            for a in t.adjuntos
        ],
        respuestas=respuestas,
        marcar=lambda original: marcar(acceso.paciente, original, hay_nuevo),
        limite=settings.ECE_DOCUMENTO_BYTES,
        ahora=ahora,
    )


def _abrir(
    p: Pendiente, persona: Persona, ahora: datetime, *, registra: bool
) -> tuple[Acceso, Recurso | None]:
    """The access to whom the message tells of, and the Patient as it is (None: to register)."""
    actor = p.ficha.actor
    quien = hallazgo.paciente(persona.hallar)
    if quien is None:
        if not registra:
            raise Espera(
                "paciente-desconocido", "No hay aquí un paciente con los identificadores de PID-3."
            )
        if not persona.recurso.get("name"):
            raise Espera("sin-nombre", "El paciente no está aquí y PID-5 no dice cómo se llama.")
        return decision.admitir(actor, ahora=ahora), None
    for _salto in range(_SALTOS):
        acceso = _decidir(actor, quien, Permiso.RECURSO_ESCRIBIR, ahora)
        conocido = leer(acceso, "Patient", quien)
        if p.dispensa != MISMA_PERSONA:
            hallazgo.comprobar(conocido, persona.recurso)
        sigue = hallazgo.continua_en(conocido)
        if sigue is None:
            return acceso, conocido
        quien = sigue
    raise Espera("vinculos", "Los expedientes vinculados se citan en círculo.")


def _decidir(actor: Actor, quien: UUID, permiso: Permiso, ahora: datetime) -> Acceso:
    try:
        return decision.abrir_paciente(actor, quien, permiso, ahora=ahora)
    except AccesoDenegado as negado:
        raise Espera(
            "decision", f"La decisión no deja que ese sistema escriba ({negado.fundamento})."
        ) from negado


def leer(acceso: Acceso, tipo: str, id: UUID) -> Recurso:
    """A resource of the patient of `acceso`, as it is now. Raises `Espera` if it is withheld."""
    sellado = recursos.sellado(tipo, id)
    if sellado is None or not recursos.visible(acceso, sellado):
        raise Espera("reservado", "Lo que el mensaje cambia está reservado para ese sistema.")
    return fhir.json.leer(recursos.abrir(acceso, sellado))


def _escribir_piezas(
    p: Pendiente, t: Traduccion, acceso: Acceso, escrituras: list[Escritura], ahora: datetime
) -> dict[str, UUID]:
    """Adds what the pieces write; returns the id of each, by its key."""
    previas = _previas(t.piezas, acceso)
    ids = {pieza.llave: previas.get(pieza.llave) or uuid7() for pieza in t.piezas}
    hallazgo.con_los_nuestros([pieza.recurso for pieza in t.piezas])
    cambios: dict[str, str] = {PACIENTE: f"Patient/{acceso.paciente}"}
    cambios |= {x.referencia: f"{x.tipo}/{ids[x.llave]}" for x in t.piezas}

    def literal(referencia: str) -> str:
        return cambios.get(referencia, referencia)

    for pieza in t.piezas:
        recurso = fhir.sustituir_referencias(pieza.recurso, literal)
        id_, codigo = ids[pieza.llave], _codigo(pieza.llave, acceso)
        if pieza.llave not in previas:
            if pieza.previa:
                raise Espera("sin-previo", "Cambia o cancela algo que no está en el expediente.")
            escrituras.append(Escritura(acceso, _marcado(recurso, codigo, p), id_))
            continue
        anterior = leer(acceso, pieza.tipo, id_)
        if _es_anterior(anterior, p):
            continue
        cambiado = _fundir(pieza, anterior, recurso)
        if _sin_meta(cambiado) == _sin_meta(anterior):
            continue
        version = int(anterior["meta"]["versionId"])
        marcado = _marcado(cambiado, codigo, p)
        escrituras.append(Escritura(acceso, marcado, id_, version))
    return ids


def _fundir(pieza: Pieza, anterior: Recurso, recurso: Recurso) -> Recurso:
    ajena = _etiqueta(anterior, ETIQUETA_LLAVE) is None
    if pieza.es_orden and ajena:  # an order of ours: who does it says how far it is, not what it is
        junto = [*anterior.get("identifier", ()), *recurso.get("identifier", ())]
        numeros = {(i.get("system"), i["value"]): i for i in junto}
        return {**anterior, "status": recurso["status"], "identifier": list(numeros.values())}
    return pieza.fusion(anterior, recurso)


def _previas(piezas: list[Pieza], acceso: Acceso) -> dict[str, UUID]:
    """key -> the record of this patient that already has it."""
    tokens: dict[str, dict[int, str]] = {}
    halladas: dict[str, UUID] = {}
    for pieza in piezas:
        token = fichas.ficha(
            f"{pieza.tipo}._tag", f"{ETIQUETA_LLAVE}|{_codigo(pieza.llave, acceso)}"
        )
        tokens.setdefault(pieza.tipo, {})[token] = pieza.llave
        if pieza.es_orden and (propia := _orden_de(pieza, acceso)) is not None:
            halladas[pieza.llave] = propia
    for tipo, suyos in tokens.items():
        for token, marcado in recursos.por_fichas(tipo, suyos).items():
            if marcado.paciente == acceso.paciente:
                halladas.setdefault(suyos[token], marcado.id)
    return halladas


def _orden_de(pieza: Pieza, acceso: Acceso) -> UUID | None:
    """The one order of this patient known by a number of the message, whoever wrote it."""
    for numero in pieza.recurso.get("identifier", ()):
        suyas = {m.id for m in hallazgo.ordenes_de(numero) if m.paciente == acceso.paciente}
        if len(suyas) == 1:
            return suyas.pop()
    return None


def _codigo(llave: str, acceso: Acceso) -> str:
    """The key as it is kept: each patient's own, and saying nothing."""
    return sha256(f"{acceso.paciente}|{llave}".encode()).hexdigest()[:40]


def _marcado(recurso: Recurso, codigo: str, p: Pendiente) -> Recurso:
    """The resource with the order of its message and, unless it has one, its key's tag."""
    meta = recurso.get("meta", {})
    otras = [
        e for e in meta.get("tag", ()) if e.get("system") not in (ETIQUETA_LLAVE, ETIQUETA_ORDEN)
    ]
    propias = [{"system": ETIQUETA_ORDEN, "code": str(p.orden)}]
    propia = _etiqueta(recurso, ETIQUETA_LLAVE)
    if propia is not None:
        propias.append({"system": ETIQUETA_LLAVE, "code": propia})
    elif codigo:
        propias.append({"system": ETIQUETA_LLAVE, "code": codigo})
    return {**recurso, "meta": {**meta, "tag": [*otras, *propias]}}


def _etiqueta(recurso: Recurso, sistema: str) -> str | None:
    for etiqueta in recurso.get("meta", {}).get("tag", ()):
        if etiqueta.get("system") == sistema:
            return str(etiqueta.get("code", ""))
    return None


def _es_anterior(recurso: Recurso, p: Pendiente) -> bool:
    """Whether a later message already wrote it."""
    dicha = _etiqueta(recurso, ETIQUETA_ORDEN)
    return dicha is not None and dicha.isdecimal() and int(dicha) > p.orden


def _sin_meta(recurso: Recurso) -> Recurso:
    return {clave: valor for clave, valor in recurso.items() if clave not in ("meta", "id")}


def _respuestas(
    p: Pendiente,
    t: Traduccion,
    acceso: Acceso,
    escrituras: list[Escritura],
    ids: Mapping[str, UUID],
) -> list[Respuesta]:
    """The orders that the reports answer, said in the reports and in what they report."""
    por_id = {e.id: n for n, e in enumerate(escrituras)}
    respuestas = []
    for informe in t.informes:
        lugar = por_id.get(ids[informe.llave])
        if lugar is None:
            continue
        recurso = escrituras[lugar].recurso
        se_exige = not p.ficha.ordenes_ajenas and p.dispensa != SIN_ORDEN
        orden = hallazgo.orden(acceso, informe, recurso["code"], se_exige=se_exige)
        if orden is None:
            continue
        observadas = [UUID(r["reference"].split("/")[1]) for r in recurso.get("result", ())]
        for id_ in (ids[informe.llave], *observadas):
            if (donde := por_id.get(id_)) is not None:
                suya = escrituras[donde]
                con = {**suya.recurso, "basedOn": [{"reference": f"ServiceRequest/{orden}"}]}
                escrituras[donde] = Escritura(acceso, con, suya.id, suya.version)
        criticos = {}
        for id_ in observadas:
            if (donde := por_id.get(id_)) is not None and _critica(escrituras[donde].recurso):
                suyo = escrituras[donde].recurso
                criticos[fhir.texto(suyo["code"])] = descripciones.valor(suyo)
        definitiva = recurso["status"] in ("final", "corrected", "amended")
        respuestas.append(Respuesta(orden, ids[informe.llave], definitiva, criticos))
    return respuestas


def _critica(recurso: Recurso) -> bool:
    return any(
        c.get("code") in CRITICAS
        for i in recurso.get("interpretation", ())
        for c in i.get("coding", ())
    )


def _fusionar(p: Pendiente, t: Traduccion, ahora: datetime, marcar: Marcar) -> None:
    """A40: two records that are of one person are linked (and can be told apart again).

    Each link is an act of its own, and one that is there is left as it is; the message is marked in
    the act of the last, which keeps it.
    """
    for lugar, persona in enumerate(t.personas, 1):
        acceso, conocido, vinculado = _unir(p, persona, ahora)
        if lugar < len(t.personas):
            continue
        escrituras = []
        # A record that was here keeps its numbers, and is followed to the one that goes on.
        cambiado = conocido if vinculado else identidades.con_previos(conocido, persona)
        if cambiado != conocido:
            version = int(conocido["meta"]["versionId"])
            recurso = _marcado(cambiado, "", p)
            escrituras.append(Escritura(acceso, recurso, acceso.paciente, version))
        recibidos.recibir(
            acceso,
            escrituras=escrituras,
            original=Original(p.datos, TIPO_ER7, str(p.mensaje)),
            marcar=lambda original, quien=acceso.paciente: marcar(quien, original, True),  # type: ignore[misc]
            limite=settings.ECE_DOCUMENTO_BYTES,
            ahora=ahora,
        )


def _unir(p: Pendiente, persona: Persona, ahora: datetime) -> tuple[Acceso, Recurso, bool]:
    """Link both records; returns the access to the one that goes on, its Patient, and whether there
    was another."""
    quien, previo = hallazgo.paciente(persona.hallar), hallazgo.paciente(persona.previos)
    if quien is None and previo is None:
        raise Espera("paciente-desconocido", "Ninguno de los dos expedientes está aquí.")
    if quien is None or previo is None or quien == previo:
        # Only one is here: it is who goes on, by whichever number, and gets the other too.
        uno = quien or previo
        assert uno is not None
        acceso = _decidir(p.ficha.actor, uno, Permiso.RECURSO_ESCRIBIR, ahora)
        return acceso, leer(acceso, "Patient", uno), False
    principal = _decidir(p.ficha.actor, quien, Permiso.PACIENTE_VINCULAR, ahora)
    otro = _decidir(p.ficha.actor, previo, Permiso.PACIENTE_VINCULAR, ahora)
    if p.dispensa != MISMA_PERSONA:
        hallazgo.comprobar(leer(principal, "Patient", quien), persona.recurso)
    if hallazgo.continua_en(leer(otro, "Patient", previo)) != quien:
        try:
            vinculos.vincular(principal, otro, motivo="ADT^A40", ahora=ahora)
        except VinculoImposible as error:
            raise Espera("vinculo", str(error)) from error
    return principal, leer(principal, "Patient", quien), True


def en_palabras(error: Exception) -> tuple[str, str]:
    """(code, words) of why a message could not be applied, fit to be shown to who attends it."""
    if isinstance(error, Espera):
        return error.motivo, str(error)
    if isinstance(error, recibidos.ArchivoRechazado):
        return "archivo", str(error)
    fallo = a_fhir(error)
    detalle = "; ".join(f"{x.ubicacion}: {x.mensaje}" for x in fallo.problemas[:3])
    return fallo.codigo[:40], f"{fallo.mensaje} {detalle}".strip()
