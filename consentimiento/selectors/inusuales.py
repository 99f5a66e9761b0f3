"""Questions about unusual accesses: the queue, one of them, and who is watched."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from consentimiento import constancias
from consentimiento.models import Dictamen, Hallazgo, Vigilado
from consentimiento.selectors import vistos
from consentimiento.selectors.emergencias import SE_CONSERVA, iniciales
from consentimiento.selectors.vistos import Visto
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro, Paciente
from registros.selectors import pacientes
from registros.selectors.pacientes import ResumenDeIdentidad


@dataclass(frozen=True, slots=True)
class Inusual:
    """Accesses of a day that stand out: who, of whom, why, how many (`evento` is the first), and
    what was found."""

    id: UUID
    paciente: UUID | None
    expediente: str
    iniciales: str
    nombre: str
    rareza: str
    razon: str
    dia: date
    cuantos: int
    dictamen: str
    revisor: str
    revisado_at: datetime | None
    nota: str = ""
    vistos: list[Visto] = field(default_factory=list)
    evento: UUID | None = None

    @property
    def pendiente(self) -> bool:
        return self.dictamen == Dictamen.PENDIENTE


@dataclass(frozen=True, slots=True)
class VigiladoVisto:
    paciente: UUID
    expediente: str
    iniciales: str
    desde: datetime


def en_cola(alcance: Alcance, *, ahora: datetime) -> list[Inusual]:
    """What waits for review, the oldest first, and then what was reviewed in the last months."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    recientes = Q(dictamen=Dictamen.PENDIENTE) | Q(revisado_at__gt=ahora - SE_CONSERVA)
    filas = list(
        Hallazgo.objects.filter(recientes)
        .select_related("usuario", "revisado_por")
        .order_by("dia", "usuario", "rareza")[:500]
    )
    quienes = pacientes.por_ids(alcance, {f.paciente for f in filas if f.paciente})
    return sorted((_inusual(f, quienes) for f in filas), key=lambda i: not i.pendiente)


def uno(acceso: Acceso, *, hallazgo_id: UUID) -> Inusual | None:
    """One about the record of `acceso`, with what was seen."""
    acceso.exigir(Permiso.REVISION_ATENDER)
    fila = _filas(hallazgo_id).filter(paciente=acceso.paciente).first()
    if fila is None:
        return None
    constancia = OtroRegistro.objects.uno(acceso, fila.constancia) if fila.constancia else None
    nota = constancias.nota(constancia.recurso) if constancia else ""
    identidad = Paciente.objects.de(acceso).get().identidad
    return _inusual(fila, {acceso.paciente: identidad}, nota, vistos.por_eventos(fila.eventos))


def uno_de_muchos(alcance: Alcance, *, hallazgo_id: UUID) -> Inusual | None:
    """One about no record in particular."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    fila = _filas(hallazgo_id).filter(paciente=None).first()
    return _inusual(fila, {}, "", vistos.por_eventos(fila.eventos)) if fila else None


def vigilados(alcance: Alcance) -> list[VigiladoVisto]:
    """Whose every access is looked at, the latest first."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    filas = list(Vigilado.objects.order_by("-desde"))
    quienes = pacientes.por_ids(alcance, [f.paciente for f in filas])
    return [
        VigiladoVisto(
            f.paciente,
            quienes[f.paciente].expediente,
            iniciales(quienes[f.paciente].nombre),
            f.desde,
        )
        for f in filas
        if f.paciente in quienes
    ]


def es_vigilado(acceso: Acceso) -> bool:
    acceso.exigir(Permiso.REVISION_ATENDER)
    return Vigilado.objects.filter(paciente=acceso.paciente).exists()


def _filas(hallazgo_id: UUID) -> QuerySet[Hallazgo]:
    return Hallazgo.objects.filter(pk=hallazgo_id).select_related("usuario", "revisado_por")


def _inusual(
    fila: Hallazgo,
    quienes: dict[UUID, ResumenDeIdentidad],
    nota: str = "",
    vistos: Iterable[Visto] = (),
) -> Inusual:
    identidad = quienes.get(fila.paciente) if fila.paciente else None
    return Inusual(
        id=fila.pk,
        paciente=fila.paciente,
        expediente=identidad.expediente if identidad else "",
        iniciales=iniciales(identidad.nombre) if identidad else "",
        nombre=fila.usuario.nombre,
        rareza=fila.rareza,
        razon=fila.get_rareza_display(),
        dia=fila.dia,
        cuantos=len(fila.eventos),
        dictamen=fila.dictamen,
        revisor=fila.revisado_por.nombre if fila.revisado_por else "",
        revisado_at=fila.revisado_at,
        nota=nota,
        vistos=list(vistos),
        evento=fila.eventos[0] if fila.eventos else None,
    )
