"""The outbox: what happened here is told to whoever agreed to be told, once, in order.

What is to be told comes from the log, transaction by transaction, as notifications do: nothing is
told that did not happen. Each message is written when it is queued, with what the destination's
client may read at that moment.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo import sentencias, sobres
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad import sucesos
from interoperabilidad.hl7v2 import acuses, catalogo, emision, interlocutores
from interoperabilidad.hl7v2.datos import Recurso
from interoperabilidad.hl7v2.emision import Sobre
from interoperabilidad.hl7v2.er7 import Mensaje
from interoperabilidad.hl7v2.interlocutores import Ficha
from interoperabilidad.models import CursorDeSalida, Interlocutor
from interoperabilidad.sucesos import Suceso
from registros.selectors import recursos

USO, USO_DETALLE = "hl7.salida", "hl7.salida.motivo"
_T = TipoDeEvento
ADT_DE: Mapping[str, str] = {
    _T.PACIENTE_REGISTRADO: "A28",
    _T.PACIENTE_MODIFICADO: "A31",
    _T.PACIENTE_IDENTIFICADO: "A31",
    _T.PACIENTE_VINCULADO: "A40",
    _T.ENCUENTRO_ABIERTO: "A04",
    _T.ENCUENTRO_CERRADO: "A03",
}
SIU_DE: Mapping[str, str] = {
    _T.CITA_PROGRAMADA: "S12",
    _T.CITA_REPROGRAMADA: "S13",
    _T.CITA_CANCELADA: "S15",
    _T.CITA_INCUMPLIDA: "S26",
}
ORU_DE = frozenset({_T.RESULTADO_REGISTRADO, _T.RESULTADO_CORREGIDO})
MDM_DE = frozenset({_T.DOCUMENTO_AGREGADO})
_TIPOS = [*ADT_DE, *SIU_DE, *ORU_DE, *MDM_DE]


def derivar(*, ahora: datetime) -> int:
    """Queue what happened since the last time; how many messages. Of several processes, one."""
    destinos = list(
        Interlocutor.objects.filter(activo=True).exclude(anfitrion="").exclude(envia="")
    )
    with sucesos.nuevos(
        CursorDeSalida.DE_MENSAJES, ahora=ahora, interesa=lambda: destinos, tipos=_TIPOS
    ) as hallados:
        por_encolar = [
            (suceso, destino, tipo)
            for suceso in hallados
            for destino in destinos
            if suceso.actor != destino.cliente_id and (tipo := _tipo(suceso, destino))
        ]
        fichas = {f.id: f for f in interlocutores.directorio().fichas}
        return sum(
            _encolar(suceso, destino, fichas[destino.pk], tipo, ahora)
            for suceso, destino, tipo in por_encolar
            if destino.pk in fichas
        )


def _tipo(suceso: Suceso, destino: Interlocutor) -> str:
    """The message that tells `suceso` to `destino` (``ADT^A28``), empty when none does."""
    familias = set(destino.envia.replace(" ", "").upper().split(","))
    if suceso.tipo in ADT_DE and "ADT" in familias:
        return f"ADT^{ADT_DE[suceso.tipo]}"
    if suceso.tipo in SIU_DE and "SIU" in familias:
        return f"SIU^{SIU_DE[suceso.tipo]}"
    if suceso.tipo in ORU_DE and "ORU" in familias:
        return "ORU^R01"
    if suceso.tipo in MDM_DE and "MDM" in familias:
        return "MDM^T02"
    return ""


def _encolar(
    suceso: Suceso, destino: Interlocutor, ficha: Ficha, tipo: str, ahora: datetime
) -> int:
    id_ = uuid7()
    sobre = Sobre(
        id=id_,
        momento=ahora,
        aplicacion=destino.aplicacion,
        institucion=destino.institucion,
        version=destino.version if destino.version in catalogo.VERSIONES else "2.5.1",
        autoridades={sistema: autoridad for autoridad, sistema in destino.sistemas.items()},
    )
    try:
        texto = _escribir(suceso, ficha, sobre, tipo, ahora)
    except AccesoDenegado:
        return 0  # the destination may not know: the refusal is in the log
    if not texto:
        return 0
    return _guardar(
        id_, destino.pk, f"evento:{suceso.id}", tipo, texto, ahora, paciente=suceso.pacientes[0]
    )


def _guardar(
    id: UUID,
    destino: UUID,
    ocasion: str,
    tipo: str,
    texto: str,
    ahora: datetime,
    *,
    paciente: UUID | None,
) -> int:
    with sentencias.cursor() as cursor:
        return cursor.execute(
            "INSERT INTO interoperabilidad_salida (id, destino_id, ocasion, paciente, tipo, "
            "creado_at, estado, contenido, intentos, proximo_at, acuse, motivo) "
            "VALUES (%s, %s, %s, %s, %s, %s, 'pendiente', %s, 0, %s, '', '') "
            "ON CONFLICT DO NOTHING",
            [id, destino, ocasion, paciente, tipo, ahora, sobres.sellar(USO, id, texto), ahora],
        ).rowcount


def encolar_acuse(interlocutor: UUID, mensaje: Mensaje, id: UUID, *, ahora: datetime) -> None:
    """Enhanced mode: the acknowledgement of application, for who asks for it apart from that of
    acceptance and says where it is sent."""
    msh = mensaje.msh
    if msh[15].upper() not in ("AL", "SU", "ER") or msh[16].upper() not in ("AL", "SU"):
        return
    destino = Interlocutor.objects.filter(pk=interlocutor).exclude(anfitrion="").first()
    if destino is None:
        return
    propio = uuid7()
    texto = acuses.acuse(msh, id=propio, momento=ahora)
    _guardar(propio, destino.pk, f"acuse:{id}", "ACK", texto, ahora, paciente=None)


def _escribir(suceso: Suceso, ficha: Ficha, sobre: Sobre, tipo: str, ahora: datetime) -> str:
    """The message, or nothing when what it would tell is not there (or withheld)."""
    familia, _, evento = tipo.partition("^")
    acceso = decision.abrir_paciente(
        ficha.actor, suceso.pacientes[0], Permiso.RECURSO_LEER, ahora=ahora
    )
    return _DE_FAMILIA[familia](_Lector(acceso), suceso, sobre, evento)


class _Lector:
    """Reads what the destination may read of one patient."""

    def __init__(self, acceso: Acceso) -> None:
        self.acceso = acceso

    def uno(self, tipo: str, id: UUID) -> Recurso | None:
        sellado = recursos.sellado(tipo, id)
        if sellado is None or sellado.paciente != self.acceso.paciente:
            return None
        if not recursos.visible(self.acceso, sellado):
            return None
        return fhir.json.leer(recursos.abrir(self.acceso, sellado))

    def referido(self, referencia: str) -> Recurso | None:
        tipo, _, id_ = referencia.partition("/")
        try:
            return self.uno(tipo, UUID(id_))
        except ValueError:
            return None

    def paciente(self) -> Recurso:
        paciente = self.uno("Patient", self.acceso.paciente)
        assert paciente is not None
        return paciente

    def escrito(self, suceso: Suceso, tipo: str) -> Recurso | None:
        return next((self.uno(t, id_) for t, id_, _ in suceso.escritos if t == tipo), None)


def _adt(lector: _Lector, suceso: Suceso, sobre: Sobre, evento: str) -> str:
    if evento == "A40":
        return _fusion(lector, suceso, sobre)
    encuentro = lector.escrito(suceso, "Encounter")
    if evento in ("A04", "A03") and encuentro is None:
        return ""
    if encuentro is not None and encuentro.get("class", {}).get("code") == "IMP":
        evento = "A01" if evento == "A04" else evento
    return emision.adt(
        sobre, evento, paciente=lector.paciente(), ocurrio=suceso.momento, encuentro=encuentro
    )


def _fusion(lector: _Lector, suceso: Suceso, sobre: Sobre) -> str:
    """Of both records, the one that goes on names the other as replaced."""
    ahora = sobre.momento
    accesos = [lector.acceso] + [
        decision.abrir_paciente(lector.acceso.actor, otro, Permiso.RECURSO_LEER, ahora=ahora)
        for otro in suceso.pacientes[1:]
    ]
    leidos = [_Lector(acceso).paciente() for acceso in accesos]
    terminado = [p for p in leidos if any(e["type"] == "replaced-by" for e in p.get("link", ()))]
    sigue = [p for p in leidos if p not in terminado]
    if len(terminado) != 1 or len(sigue) != 1:
        return ""
    return emision.adt(sobre, "A40", paciente=sigue[0], ocurrio=suceso.momento, previo=terminado[0])


def _siu(lector: _Lector, suceso: Suceso, sobre: Sobre, evento: str) -> str:
    cita = lector.escrito(suceso, "Appointment")
    if cita is None:
        return ""
    return emision.siu(sobre, evento, paciente=lector.paciente(), cita=cita)


def _oru(lector: _Lector, suceso: Suceso, sobre: Sobre, evento: str) -> str:
    informe = lector.escrito(suceso, "DiagnosticReport")
    if informe is None:
        return ""
    citadas = (lector.referido(r["reference"]) for r in informe.get("result", ()))
    pedidas = (lector.referido(r.get("reference", "")) for r in informe.get("basedOn", ()))
    return emision.oru(
        sobre,
        paciente=lector.paciente(),
        informe=informe,
        observaciones=[o for o in citadas if o is not None],
        orden=next((o for o in pedidas if o is not None), None),
    )


def _mdm(lector: _Lector, suceso: Suceso, sobre: Sobre, evento: str) -> str:
    documento = lector.escrito(suceso, "DocumentReference")
    if documento is None:
        return ""
    adjunto = documento["content"][0]["attachment"]
    binario = lector.referido(adjunto.get("url", ""))
    if binario is None:
        return ""
    archivo = (binario["contentType"], base64.b64decode(binario["data"]))
    return emision.mdm(
        sobre,
        paciente=lector.paciente(),
        documento=documento,
        archivo=archivo,
        ocurrio=suceso.momento,
    )


_DE_FAMILIA: dict[str, Callable[[_Lector, Suceso, Sobre, str], str]] = {
    "ADT": _adt,
    "SIU": _siu,
    "ORU": _oru,
    "MDM": _mdm,
}
