"""Scales over time, and who waits in urgencias after triage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso
from ece.nucleo.reserva import Renglon
from registros.catalogos.escalas import BANDERAS, ESCALAS, SISTEMA, TRIAGE, Banda, Escala
from registros.catalogos.signos import Signo
from registros.models.base import Recurso
from registros.selectors import expediente, medidas
from registros.selectors.pacientes import Atencion
from registros.selectors.signos import Punto, Serie


@dataclass(frozen=True, slots=True)
class Aplicada:
    """A scale that was answered: `respuestas` are (item, words), `banderas` words."""

    escala: Escala
    fecha: datetime
    total: int
    banda: Banda
    respuestas: list[tuple[str, str]]
    banderas: list[str]
    quien: str


@dataclass(frozen=True, slots=True)
class EnEspera:
    """A line of the board of urgencias; without `triage` nobody has classified them yet."""

    turno: Atencion
    triage: Aplicada | None
    minutos: int
    maximo: int | None
    atendido: bool

    @property
    def vencida(self) -> bool:
        return not self.atendido and self.maximo is not None and self.minutos > self.maximo


def historial(acceso: Acceso, *, escala: str, limite: int = 50) -> list[Aplicada]:
    """Every time `escala` was applied, newest first."""
    encontradas = medidas.observaciones(acceso, f"{SISTEMA}|{escala}", limite=limite)
    return [_aplicada(ESCALAS[escala], fecha, recurso) for fecha, recurso in encontradas]


def ultimas(acceso: Acceso) -> list[tuple[Escala, Aplicada | None]]:
    """Every scale with the last time it was applied to the patient."""
    codigos = [f"{SISTEMA}|{clave}" for clave in ESCALAS]
    vistas: dict[str, Aplicada] = {}
    for fecha, recurso in medidas.observaciones(acceso, *codigos):
        for codigo in recurso["code"].get("coding", ()):
            if codigo.get("system") == SISTEMA and codigo["code"] not in vistas:
                clave = codigo["code"]
                vistas[clave] = _aplicada(ESCALAS[clave], fecha, recurso)
    return [(escala, vistas.get(clave)) for clave, escala in ESCALAS.items()]


def serie(escala: Escala, aplicadas: list[Aplicada]) -> Serie:
    """The totals as a series, oldest first."""
    signo = Signo(
        escala.clave,
        escala.nombre,
        escala.loinc,
        "{score}",
        escala.unidad,
        Decimal(escala.minimo),
        Decimal(escala.maximo),
    )
    return Serie(signo, [Punto(a.fecha, Decimal(a.total)) for a in reversed(aplicadas)])


def en_espera(
    accesos: Mapping[UUID, Acceso], *, turnos: list[Atencion], ahora: datetime
) -> list[EnEspera]:
    """The board of urgencias: the most urgent first, then whoever has waited longest.

    One is attended once a note was begun since their arrival; an unclassified person goes before
    yellow, because nobody knows yet.
    """
    suyos = [
        t for t in turnos if t.paciente.id in accesos and _en_urgencias(accesos[t.paciente.id])
    ]
    atendidos = _con_nota(accesos, suyos)
    lineas = []
    for turno in suyos:
        aplicadas = historial(accesos[turno.paciente.id], escala=TRIAGE.clave, limite=1)
        triage = next((a for a in aplicadas if a.fecha >= turno.inicio), None)
        maximo = (TRIAGE.espera or {}).get(triage.total) if triage else None
        minutos = int((ahora - turno.inicio) / timedelta(minutes=1))
        atendido = turno.paciente.id in atendidos
        lineas.append(EnEspera(turno, triage, max(minutos, 0), maximo, atendido))
    return sorted(
        lineas,
        key=lambda e: (e.atendido, e.triage.total if e.triage else 2.5, -e.minutos),
    )


def _en_urgencias(acceso: Acceso) -> bool:
    return any(
        e.recurso["class"].get("code") == "EMER" for e in expediente.encuentros_abiertos(acceso)
    )


def _con_nota(accesos: Mapping[UUID, Acceso], turnos: list[Atencion]) -> set[UUID]:
    """Patients with a note dated since their visit began, of those that the reader may see."""
    if not turnos:
        return set()
    inicios = {turno.paciente.id: turno.inicio for turno in turnos}
    filas = bitacora.consultar(
        "SELECT n.id, n.paciente, n.etiquetas, n.encuentro, n.autor, n.fecha "
        "FROM registros_notaclinica n "
        "WHERE n.paciente = ANY(%s::uuid[]) AND n.estado <> 'entered-in-error' AND n.fecha >= %s",
        [bitacora.arreglo(inicios), min(inicios.values())],
    )
    return {
        paciente
        for id_, paciente, etiquetas, encuentro, autor, fecha in filas
        if fecha >= inicios[paciente]
        and not accesos[paciente].reserva.oculta(
            Renglon("Composition", etiquetas, encuentro, autor, id_, fecha)
        )
    }


def _aplicada(escala: Escala, fecha: datetime, recurso: Recurso) -> Aplicada:
    respuestas = {item.clave: _respuesta(recurso, escala, item.clave) for item in escala.items}
    claves = {c: valor.get("coding", [{}])[0].get("code", "") for c, valor in respuestas.items()}
    total = int(recurso["valueInteger"])
    alarmas = medidas.componentes(recurso, f"{SISTEMA}|{escala.clave}.{BANDERAS}")
    return Aplicada(
        escala=escala,
        fecha=fecha,
        total=total,
        banda=escala.banda(total, claves),
        respuestas=[(i.nombre, respuestas[i.clave].get("text", "")) for i in escala.items],
        banderas=[c["valueCodeableConcept"]["text"] for c in alarmas],
        quien=medidas.quien(recurso),
    )


def _respuesta(recurso: Recurso, escala: Escala, item: str) -> Recurso:
    medido = medidas.componente(recurso, f"{SISTEMA}|{escala.clave}.{item}")
    respuesta: Recurso = medido.get("valueCodeableConcept", {})
    return respuesta
