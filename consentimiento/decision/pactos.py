"""The facts about a partner's system: its agreements, how much it asked, whose data may travel."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from auditoria import bitacora
from consentimiento import convenios
from consentimiento.convenios import Estado, Pacto, TerminosInvalidos
from consentimiento.services import firmas_de_convenio
from ece.fhir import json
from ece.nucleo import sentencias
from ece.nucleo.uuid7 import uuid7

GUARDADOS = timedelta(days=2)
"""How long what was counted of a day is kept."""


def de_cliente(cliente: UUID, *, piden: int, ahora: datetime) -> tuple[Pacto, ...]:
    """The agreements of a partner's system, newest first, after counting that it asks for `piden`
    patients. One whose signatures do not hold over its terms is as if suspended."""
    filas = bitacora.consultar(
        "SELECT c.id, c.estado, c.terminos, "
        "(SELECT jsonb_object_agg(f.parte, jsonb_build_object('jws', f.jws, 'llave', f.llave)) "
        " FROM consentimiento_firmadeconvenio f WHERE f.convenio_id = c.id)::text "
        "FROM consentimiento_convenio c WHERE c.cliente = %s AND c.estado <> %s "
        "ORDER BY c.id DESC",
        [cliente, Estado.TERMINADO.value],
    )
    pactos = []
    for id_, estado, terminos, firmas in filas:
        leido = _leer(id_, Estado(estado), bytes(terminos), firmas)
        if leido is not None:
            pactos.append(leido)
    vigentes = [p for p in pactos if p.estado is Estado.VIGENTE]
    usos = _contar([p.id for p in vigentes], piden, ahora) if piden and vigentes else {}
    return tuple(
        Pacto(p.id, p.estado, p.terminos, *usos[p.id]) if p.id in usos else p for p in pactos
    )


def _leer(id: UUID, estado: Estado, terminos: bytes, firmas: str | None) -> Pacto | None:
    try:
        leidos = convenios.leer(terminos)
    except TerminosInvalidos:
        return None
    if estado is Estado.VIGENTE:
        dichas = json.leer(firmas) if firmas else {}
        constan = all(
            parte in dichas
            and firmas_de_convenio.consta(terminos, dichas[parte]["jws"], dichas[parte]["llave"])
            for parte in convenios.Parte.values
        )
        propia = constan and dichas["nuestra"]["llave"]["kid"] == firmas_de_convenio.kid()
        ajena = constan and firmas_de_convenio.pulgar(dichas["aliada"]["llave"]) in leidos.llaves
        if not (propia and ajena):
            estado = Estado.SUSPENDIDO
    return Pacto(id, estado, leidos)


def _contar(ids: Collection[UUID], piden: int, ahora: datetime) -> dict[UUID, tuple[int, int]]:
    """agreement -> patients asked for in this minute and this day, with those of now."""
    dia = ahora.astimezone(convenios.ZONA).replace(hour=0, minute=0, second=0, microsecond=0)
    ventanas = [("m", ahora.replace(second=0, microsecond=0)), ("d", dia)]
    # Always in the same order: two requests at once wait, and never for each other.
    filas = [(id_, ventana, desde) for id_ in sorted(ids) for ventana, desde in ventanas]
    valores: list[Any] = [valor for fila in filas for valor in (*fila, piden)]
    contados = bitacora.consultar(
        "INSERT INTO consentimiento_usodeconvenio AS u (convenio, ventana, desde, cuantos) "
        f"VALUES {', '.join(['(%s, %s, %s, %s)'] * len(filas))} "
        "ON CONFLICT (convenio, ventana, desde) "
        "DO UPDATE SET cuantos = u.cuantos + EXCLUDED.cuantos RETURNING convenio, ventana, cuantos",
        valores,
    )
    usos: dict[UUID, dict[str, int]] = defaultdict(dict)
    for convenio, ventana, cuantos in contados:
        usos[convenio][ventana] = cuantos
    if any(uso["d"] == piden for uso in usos.values()):  # the first of the day sweeps
        with sentencias.cursor() as cursor:
            cursor.execute(
                "DELETE FROM consentimiento_usodeconvenio WHERE desde < %s", [ahora - GUARDADOS]
            )
    return {id_: (uso["m"], uso["d"]) for id_, uso in usos.items()}


def compartidos(
    pactos: Collection[Pacto], pacientes: Collection[UUID] | None, *, ahora: datetime
) -> dict[UUID, frozenset[str]]:
    """patient -> ``agreement:basis`` on which their data may travel to the partner, of `pacientes`
    (None: all)."""
    if not pactos:
        return {}
    filtro = "" if pacientes is None else " AND paciente = ANY(%s::uuid[])"
    filas = bitacora.consultar(
        "SELECT paciente, convenio, base FROM consentimiento_compartido "
        "WHERE convenio = ANY(%s::uuid[]) AND desde <= %s AND hasta > %s AND retirado_at IS NULL"
        f"{filtro}",
        [
            bitacora.arreglo(p.id for p in pactos),
            ahora,
            ahora,
            *([] if pacientes is None else [bitacora.arreglo(pacientes)]),
        ],
    )
    bases: dict[UUID, set[str]] = defaultdict(set)
    for paciente, convenio, base in filas:
        bases[paciente].add(f"{convenio}:{base}")
    return {paciente: frozenset(suyas) for paciente, suyas in bases.items()}


def bloqueados(pacientes: Collection[UUID]) -> set[UUID]:
    """Those of `pacientes` whose record is kept for the law and used by nobody."""
    filas = bitacora.consultar(
        "SELECT paciente FROM consentimiento_bloqueo WHERE paciente = ANY(%s::uuid[])",
        [bitacora.arreglo(pacientes)],
    )
    return {fila[0] for fila in filas}


def primera_urgencia(convenio: UUID, paciente: UUID, usuario: str, *, ahora: datetime) -> bool:
    """Whether this is the first emergency of the day of that user on that patient."""
    filas = bitacora.consultar(
        "INSERT INTO consentimiento_urgenciadeconvenio (id, convenio, paciente, usuario, fecha) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        [uuid7(), convenio, paciente, usuario, ahora.astimezone(convenios.ZONA).date()],
    )
    return bool(filas)
