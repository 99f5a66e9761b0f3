"""Who writes exports: a batch of patients at a time, each in one transaction with its decision, its
events and how far it came. Whoever goes on after a kill begins where the last batch ended.
"""

import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad import encargos
from interoperabilidad.exclusiva import en_exclusiva
from interoperabilidad.fhir import definiciones
from interoperabilidad.fhir.plan import Plan
from interoperabilidad.masivo import exportaciones, pedidos
from interoperabilidad.masivo.pedidos import Pedido
from interoperabilidad.models import EstadoDeTrabajo, Exportacion, TramoDeExportacion
from registros.selectors import masivos, recursos
from registros.selectors.masivos import Version

PACIENTES = 100
"""Patients of a batch."""
POR_ARCHIVO = 50_000
"""Resources beyond which another file is begun."""
PAGINA = 2_000
CANDADO = 0x4558_504F
RITMO = "convenio.ritmo"
DE_NUEVO = timedelta(seconds=20)
"""How long an export waits for the rate of its agreement."""
_RENGLON = struct.Struct(">16s16sI")


def empacar(versiones: Iterable[Version]) -> bytes:
    """Which versions are in a piece: 36 bytes each."""
    return b"".join(_RENGLON.pack(v.paciente.bytes, v.id.bytes, v.version) for v in versiones)


def desempacar(datos: bytes) -> list[Version]:
    versiones, previo, paciente = list[Version](), b"", UUID(int=0)
    for crudo, id_, version in _RENGLON.iter_unpack(datos):
        if crudo != previo:  # they come by patient
            previo, paciente = crudo, UUID(bytes=crudo)
        versiones.append(Version(paciente, UUID(bytes=id_), version))
    return versiones


def pendientes(*, ahora: datetime) -> list[UUID]:
    """Exports that may go on now: those before which nothing is still being written."""
    filas = bitacora.consultar(
        "SELECT id FROM interoperabilidad_exportacion WHERE estado = 'pendiente' "
        "AND proximo_at <= %s AND transaccion::xid8 <= pg_snapshot_xmin(pg_current_snapshot()) "
        "ORDER BY proximo_at, id",
        [ahora],
    )
    return [fila[0] for fila in filas]


def atender(id: UUID, *, segundos: float = 5.0) -> bool:
    """Go on with an export for about so long; whether anything was done (False: it waits, or
    another process has it)."""
    with en_exclusiva(CANDADO, id) as mia:
        exportacion = Exportacion.objects.filter(pk=id, estado=EstadoDeTrabajo.PENDIENTE).first()
        if not mia or exportacion is None:
            return False
        pedido = exportaciones.pedido(exportacion)
        actor = encargos.actor(exportacion.cliente, pedido.quien)
        if actor is None:
            _fallar(id, "El sistema que la pidió ya no está registrado.")
            return True
        return _Escritor(exportacion, pedido, actor).escribir(segundos)


def _fallar(id: UUID, motivo: str) -> None:
    ahora = timezone.now()
    Exportacion.objects.filter(pk=id).update(
        estado=EstadoDeTrabajo.FALLIDO,
        motivo=motivo,
        terminado_at=ahora,
        caduca_at=exportaciones.caduca(ahora),
    )


class _Escritor:
    """One export, from where it is."""

    def __init__(self, exportacion: Exportacion, pedido: Pedido, actor: Actor) -> None:
        self._exportacion, self._pedido, self._actor = exportacion, pedido, actor
        self._llave = exportaciones.llave(exportacion)
        self._planes = pedido.planes()
        self._archivos = _ultimos(exportacion.id)
        self._lote = PACIENTES
        self._detalle = {"interaccion": "$export", "trabajo": str(exportacion.id)}

    def escribir(self, segundos: float) -> bool:
        try:
            alcance = self._alcanzar()
            hasta = time.monotonic() + segundos
            while self._tanda(alcance) and time.monotonic() < hasta:
                pass
        except AccesoDenegado as negado:
            if negado.fundamento != RITMO:
                _fallar(self._exportacion.id, "Lo que la permitía dejó de estar en vigor.")
                return True
            self._esperar()
            return False
        return True

    def _alcanzar(self) -> Alcance:
        alcance = decision.alcanzar(
            self._actor,
            Permiso.RECURSO_LEER,
            motivo="exportacion",
            ahora=timezone.now(),
            detalle=self._detalle,
        )
        if self._exportacion.cursor is None:
            pedidos_ = self._pedido.pacientes
            self._exportacion.pacientes = (
                masivos.cuantos_pacientes(alcance) if pedidos_ is None else len(pedidos_)
            )
        return alcance

    def _esperar(self) -> None:
        Exportacion.objects.filter(pk=self._exportacion.id).update(
            proximo_at=timezone.now() + DE_NUEVO
        )

    def _tanda(self, alcance: Alcance) -> bool:
        """One batch, whole or not at all; False when that was the last one, or it was deleted.

        One that is larger than the rate of the agreement is tried by halves.
        """
        while True:
            siguen = self._siguientes(alcance)
            try:
                with transaction.atomic(durable=True):
                    return self._asentar(siguen)
            except AccesoDenegado as negado:
                if negado.fundamento != RITMO or self._lote == 1:
                    raise
                self._lote = max(1, self._lote // 2)

    def _siguientes(self, alcance: Alcance) -> list[UUID]:
        cursor = self._exportacion.cursor
        if cursor is None and self._pedido.nivel == pedidos.SISTEMA:
            return [INSTITUCIONAL]  # what is of nobody comes first
        despues = cursor or INSTITUCIONAL
        if self._pedido.pacientes is not None:
            return [p for p in self._pedido.pacientes if p > despues][: self._lote]
        return masivos.pacientes(alcance, despues=despues, limite=self._lote)

    def _asentar(self, siguen: Sequence[UUID]) -> bool:
        exportacion, ahora = self._exportacion, timezone.now()
        if not siguen:
            return self._terminar(ahora)
        accesos = decision.abrir_pacientes(
            self._actor,
            siguen,
            Permiso.RECURSO_LEER,
            ahora=ahora,
            detalle=self._detalle,
            comprobar=siguen != [INSTITUCIONAL],
            o_negar=INSTITUCIONAL not in siguen,
        )
        halladas = self._halladas(accesos)
        for tipo, versiones in sorted(halladas.items()):
            for inicio in range(0, len(versiones), POR_ARCHIVO):
                self._tramo(tipo, versiones[inicio : inicio + POR_ARCHIVO])
        exportacion.cursor = siguen[-1]
        exportacion.hechos += 0 if siguen == [INSTITUCIONAL] else len(siguen)
        exportacion.recursos += sum(map(len, halladas.values()))
        return bool(
            Exportacion.objects.filter(pk=exportacion.id, estado=EstadoDeTrabajo.PENDIENTE).update(
                cursor=exportacion.cursor,
                pacientes=exportacion.pacientes,
                hechos=exportacion.hechos,
                recursos=exportacion.recursos,
            )
        )

    @transaction.atomic
    def _terminar(self, ahora: datetime) -> bool:
        hecha = Exportacion.objects.filter(
            pk=self._exportacion.id, estado=EstadoDeTrabajo.PENDIENTE
        ).update(
            estado=EstadoDeTrabajo.TERMINADO,
            terminado_at=ahora,
            caduca_at=exportaciones.caduca(ahora),
        )
        if hecha:
            exportaciones.asentar(
                self._exportacion.id,
                self._actor,
                TipoDeEvento.EXPORTACION_TERMINADA,
                ahora,
                recursos=self._exportacion.recursos,
            )
        return False

    def _halladas(self, accesos: Mapping[UUID, Acceso]) -> dict[str, list[Version]]:
        if not accesos:
            return {}
        pedido = self._pedido
        halladas = masivos.de_pacientes(
            accesos,
            tipos=pedido.tipos,
            desde=pedido.desde,
            hasta=self._exportacion.creado_at,
        )
        for tipo in definiciones.APARTE:
            halladas.pop(tipo, None)
        for tipo, planes in self._planes.items():
            if tipo in halladas:
                pasan = self._que_pasan(accesos, planes)
                halladas[tipo] = [v for v in halladas[tipo] if v.id in pasan]
        return {tipo: versiones for tipo, versiones in halladas.items() if versiones}

    def _que_pasan(self, accesos: Mapping[UUID, Acceso], planes: Sequence[Plan]) -> set[UUID]:
        """The rows that any of the searches of ``_typeFilter`` finds, a patient at a time."""
        return {
            id_ for acceso in accesos.values() for plan in planes for id_ in _buscar(acceso, plan)
        }

    def _tramo(self, tipo: str, versiones: Sequence[Version]) -> None:
        numero, lleva = self._archivos.get(tipo, (1, 0))
        # The patients of a partner's file are counted together when it is delivered.
        if lleva and (lleva + len(versiones) > POR_ARCHIVO or self._actor.declaracion):
            numero, lleva = numero + 1, 0
        self._archivos[tipo] = numero, lleva + len(versiones)
        id_ = uuid7()
        TramoDeExportacion(
            id=id_,
            exportacion_id=self._exportacion.id,
            tipo=tipo,
            archivo=numero,
            cuantos=len(versiones),
            contenido=self._llave.sellar(id_, empacar(versiones)),
        ).save(force_insert=True)


def _buscar(acceso: Acceso, plan: Plan) -> Iterator[UUID]:
    if plan.paciente not in (None, acceso.paciente):
        return
    despues = None
    while True:
        filas = recursos.buscar(acceso, plan.consulta(despues=despues, limite=PAGINA))
        visibles = [fila for fila in filas if recursos.visible(acceso, fila)]
        if plan.por_verificar:
            abiertas = recursos.abrir_todos({acceso.paciente: acceso}, visibles)
            visibles = [fila for fila, json in abiertas if plan.coincide(fhir.json.leer(json))]
        yield from (fila.id for fila in visibles)
        if len(filas) < PAGINA:
            return
        despues = None, filas[-1].id


def _ultimos(exportacion: UUID) -> dict[str, tuple[int, int]]:
    """type -> (its last file, how many resources it has)."""
    filas = bitacora.consultar(
        "SELECT tipo, archivo, sum(cuantos) FROM interoperabilidad_tramodeexportacion "
        "WHERE exportacion_id = %s GROUP BY tipo, archivo ORDER BY tipo, archivo",
        [exportacion],
    )
    return {tipo: (archivo, int(cuantos)) for tipo, archivo, cuantos in filas}
