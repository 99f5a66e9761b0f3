"""When each professional receives: slots computed from the weekly schedules, less the absences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from ece.identidad.models import Ausencia, Consultorio, Horario


@dataclass(frozen=True, slots=True)
class Hueco:
    """A slot that a schedule offers, with who receives and where."""

    inicio: datetime
    fin: datetime
    profesional: UUID
    unidad: UUID
    consultorio: UUID | None
    nombre_profesional: str
    nombre_unidad: str
    nombre_consultorio: str

    @property
    def clave(self) -> str:
        """What names the slot in an address or a form."""
        return f"{self.profesional}~{self.unidad}~{self.inicio.isoformat(timespec='minutes')}"


def huecos(
    *, desde: date, dias: int, profesional: UUID | None = None, unidad: UUID | None = None
) -> list[Hueco]:
    """Every slot of `dias` days from `desde`, taken or not, by hour; two queries."""
    horarios = Horario.objects.select_related("profesional", "unidad", "consultorio")
    if profesional is not None:
        horarios = horarios.filter(profesional_id=profesional)
    if unidad is not None:
        horarios = horarios.filter(unidad_id=unidad)
    hasta = desde + timedelta(days=dias)
    vigentes = list(
        horarios.filter(vigente_desde__lt=hasta).filter(
            Q(vigente_hasta__isnull=True) | Q(vigente_hasta__gte=desde)
        )
    )
    ausencias = list(
        Ausencia.objects.filter(desde__lt=_instante(hasta), hasta__gt=_instante(desde))
    )
    todos = [
        hueco
        for numero in range(dias)
        for horario in vigentes
        for hueco in _del_dia(horario, desde + timedelta(days=numero))
        if not any(_falta(ausencia, hueco) for ausencia in ausencias)
    ]
    return sorted(todos, key=lambda h: (h.inicio, h.nombre_profesional))


def en_turno(usuario_id: UUID, momento: datetime) -> bool:
    """Whether somebody receives at `momento` (local) by a schedule of theirs in force."""
    dia, hora = momento.date(), momento.time()
    return (
        Horario.objects.filter(
            profesional_id=usuario_id,
            dia=dia.weekday(),
            desde__lte=hora,
            hasta__gte=hora,
            vigente_desde__lte=dia,
        )
        .exclude(vigente_hasta__lt=dia)
        .exists()
    )


def profesionales(unidad: UUID | None = None) -> list[tuple[UUID, str]]:
    """(id, name) of whoever has a schedule, by name."""
    horarios = Horario.objects.select_related("profesional")
    if unidad is not None:
        horarios = horarios.filter(unidad_id=unidad)
    unicos = {h.profesional_id: h.profesional.nombre for h in horarios}
    return sorted(unicos.items(), key=lambda par: par[1])


def consultorio(consultorio_id: UUID | None) -> str:
    """The name of a room, or nothing."""
    if consultorio_id is None:
        return ""
    encontrado = Consultorio.objects.filter(pk=consultorio_id).first()
    return encontrado.nombre if encontrado else ""


def _del_dia(horario: Horario, dia: date) -> Iterator[Hueco]:
    if horario.dia != dia.weekday() or dia < horario.vigente_desde:
        return
    if horario.vigente_hasta is not None and dia > horario.vigente_hasta:
        return
    paso, inicio = timedelta(minutes=horario.minutos), _instante(dia, horario.desde)
    while inicio + paso <= _instante(dia, horario.hasta):
        yield Hueco(
            inicio=inicio,
            fin=inicio + paso,
            profesional=horario.profesional_id,
            unidad=horario.unidad_id,
            consultorio=horario.consultorio_id,
            nombre_profesional=horario.profesional.nombre,
            nombre_unidad=horario.unidad.nombre,
            nombre_consultorio=horario.consultorio.nombre if horario.consultorio else "",
        )
        inicio += paso


def _falta(ausencia: Ausencia, hueco: Hueco) -> bool:
    if ausencia.profesional_id not in (None, hueco.profesional):
        return False
    return ausencia.desde < hueco.fin and ausencia.hasta > hueco.inicio


def _instante(dia: date, hora: time = time()) -> datetime:
    return timezone.make_aware(datetime.combine(dia, hora))
