"""The cartilla: what was given, what is due and when, what is late and how to catch up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from uuid import UUID

from django.utils import timezone

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.edades import sumar_meses
from registros.catalogos.vacunas import BIOLOGICOS, ESQUEMA, GRACIA_DIAS, Biologico, Dosis
from registros.models import Vacuna
from registros.models.base import ANULADO, Recurso
from registros.selectors import expediente


@unique
class Situacion(StrEnum):
    APLICADA = "aplicada"
    TOCA = "toca"
    ATRASADA = "atrasada"
    FUTURA = "futura"
    FUERA_DE_EDAD = "fuera"


@dataclass(frozen=True, slots=True)
class Aplicacion:
    """A dose that was given, or not given and why (`motivo`)."""

    id: UUID
    fecha: date
    nombre: str
    cvx: str
    lote: str
    sitio: str
    quien: str
    motivo: str = ""

    @property
    def biologico(self) -> Biologico | None:
        return next((b for b in BIOLOGICOS.values() if self.cvx in b.cvx), None)


@dataclass(frozen=True, slots=True)
class Casilla:
    """A box of the cartilla; `desde` is when it may be given, with the intervals kept."""

    dosis: Dosis
    situacion: Situacion
    desde: date
    aplicacion: Aplicacion | None = None

    @property
    def anos(self) -> int:
        """The scheme's age when it is whole years past infancy, else 0."""
        return self.dosis.edad // 12 if self.dosis.edad % 12 == 0 else 0


@dataclass(frozen=True, slots=True)
class Cartilla:
    """`por_edad` is (months, boxes); `sobrantes` fill no box; `omitidas` were not given."""

    nacimiento: date | None
    por_edad: list[tuple[int, list[Casilla]]]
    sobrantes: list[Aplicacion]
    omitidas: list[Aplicacion]

    @property
    def pendientes(self) -> list[Casilla]:
        """What may be given today, late ones first."""
        hoy = [c for _, casillas in self.por_edad for c in casillas]
        tocan = [c for c in hoy if c.situacion in (Situacion.ATRASADA, Situacion.TOCA)]
        return sorted(tocan, key=lambda c: (c.situacion is Situacion.TOCA, c.dosis.edad))


def cartilla(acceso: Acceso, *, hoy: date) -> Cartilla:
    """The scheme of the patient's age with what the record says of each dose."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    identidad, _recurso, _version = expediente.identidad(acceso)
    filas = Vacuna.objects.de(acceso).order_by("fecha", "id")
    todas = [_aplicacion(f) for f in filas if f.estado != ANULADO]
    dadas = [a for a in todas if not a.motivo]
    omitidas = [a for a in todas if a.motivo]
    if identidad.nacimiento is None:
        return Cartilla(None, [], dadas, omitidas)
    casillas, sobrantes = calendario(identidad.nacimiento, dadas, hoy=hoy)
    por_edad: dict[int, list[Casilla]] = {}
    for casilla in casillas:
        por_edad.setdefault(casilla.dosis.edad, []).append(casilla)
    return Cartilla(identidad.nacimiento, sorted(por_edad.items()), sobrantes, omitidas)


def calendario(
    nacimiento: date, dadas: Iterable[Aplicacion], *, hoy: date
) -> tuple[list[Casilla], list[Aplicacion]]:
    """(boxes in the scheme's order, doses that fill none: too early, too close or beyond it)."""
    casillas: list[Casilla] = []
    sobrantes = [a for a in dadas if a.biologico is None]
    for biologico in BIOLOGICOS.values():
        suyas = sorted((a for a in dadas if a.biologico is biologico), key=lambda a: a.fecha)
        anterior: date | None = None
        for dosis in (d for d in ESQUEMA if d.biologico is biologico):
            desde = _desde(dosis, nacimiento, anterior)
            while suyas and suyas[0].fecha < desde - timedelta(days=GRACIA_DIAS):
                sobrantes.append(suyas.pop(0))
            if suyas and not _para_despues(dosis, suyas[0], nacimiento):
                dada = suyas.pop(0)
                casillas.append(Casilla(dosis, Situacion.APLICADA, desde, dada))
                anterior = dada.fecha
                continue
            en_su_edad = max(desde, sumar_meses(nacimiento, dosis.edad))
            situacion = _situacion(dosis, nacimiento, desde, en_su_edad, hoy)
            casillas.append(Casilla(dosis, situacion, en_su_edad))
            if situacion is not Situacion.FUERA_DE_EDAD:
                anterior = max(en_su_edad, hoy)
        sobrantes += suyas
    orden = {id(dosis): n for n, dosis in enumerate(ESQUEMA)}
    return sorted(casillas, key=lambda c: orden[id(c.dosis)]), sobrantes


def _desde(dosis: Dosis, nacimiento: date, anterior: date | None) -> date:
    por_edad = nacimiento + timedelta(days=dosis.minima_dias)
    if anterior is None:
        return por_edad
    return max(por_edad, anterior + timedelta(days=dosis.intervalo))


def _para_despues(dosis: Dosis, dada: Aplicacion, nacimiento: date) -> bool:
    """Whether a dose was given past the age of this box, and so belongs to a later one."""
    limite = dosis.maxima_dias
    return limite is not None and (dada.fecha - nacimiento).days > limite


def _situacion(
    dosis: Dosis, nacimiento: date, desde: date, en_su_edad: date, hoy: date
) -> Situacion:
    ultimo = None if dosis.maxima_dias is None else nacimiento + timedelta(days=dosis.maxima_dias)
    if ultimo is not None and max(hoy, desde) > ultimo:
        return Situacion.FUERA_DE_EDAD
    if hoy < en_su_edad:
        return Situacion.FUTURA
    # Late by the calendar of the scheme, whatever the least interval allows today.
    de_esquema = sumar_meses(nacimiento, dosis.edad + dosis.atraso)
    return Situacion.ATRASADA if hoy >= de_esquema else Situacion.TOCA


def _aplicacion(fila: Vacuna) -> Aplicacion:
    recurso = fila.recurso
    quienes: Recurso = next(iter(recurso.get("performer", ())), {})
    codigos = recurso["vaccineCode"].get("coding", ())
    no_aplicada = recurso["status"] == "not-done"
    return Aplicacion(
        id=fila.id,
        fecha=_dia(recurso.get("occurrenceDateTime", ""), fila.fecha),
        nombre=fila.biologico,
        cvx=next((c["code"] for c in codigos if c.get("code")), ""),
        lote=recurso.get("lotNumber", ""),
        sitio=fhir.texto(recurso.get("site", {})),
        quien=quienes.get("actor", {}).get("display", ""),
        motivo=(fhir.texto(recurso.get("statusReason", {})) or "—") if no_aplicada else "",
    )


def _dia(escrito: str, momento: datetime) -> date:
    """A date as it was written; of an instant, the institution's day."""
    try:
        return date.fromisoformat(escrito)
    except ValueError:
        return timezone.localtime(momento).date()
