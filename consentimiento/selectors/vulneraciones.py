"""Breaches of personal data: the officer's register, and what each person is told of their own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from consentimiento.models import Vulneracion
from consentimiento.selectors.emergencias import iniciales
from consentimiento.services import vulneraciones as servicio
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.selectors import pacientes


@dataclass(frozen=True, slots=True)
class Renglon:
    """A breach as a line: `por_avisar`, how many it reached and nobody has told yet."""

    id: UUID
    folio: str
    clase: str
    detectada_at: datetime
    confirmada_at: datetime | None
    autoridad_at: datetime | None
    cerrada_at: datetime | None
    afectados: int
    por_avisar: int


@dataclass(frozen=True, slots=True)
class Alcanzado:
    """Somebody it reached: the number of their record and initials, and how they were told."""

    paciente: UUID
    expediente: str
    iniciales: str
    avisado_at: datetime | None
    escrito_at: datetime | None

    @property
    def por_avisar(self) -> bool:
        return self.avisado_at is None and self.escrito_at is None


@dataclass(frozen=True, slots=True)
class Entera:
    """A breach with what was written of it and whom it reached."""

    renglon: Renglon
    ocurrida: date | None
    textos: dict[str, str]
    alcanzados: list[Alcanzado]


@dataclass(frozen=True, slots=True)
class Aviso:
    """What somebody is told of a breach that reached their data."""

    folio: str
    clase: str
    ocurrida: date | None
    confirmada_at: datetime
    textos: dict[str, str]


_POR_AVISAR = Q(afectados__avisado_at=None, afectados__escrito_at=None, afectados__isnull=False)


def lista(alcance: Alcance) -> list[Renglon]:
    """All of them, the open ones first, the newest first."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    return [_renglon(fila) for fila in _filas().order_by("cerrada_at", "-registrada_at")]


def una(alcance: Alcance, *, vulneracion_id: UUID) -> Entera | None:
    alcance.exigir(Permiso.REVISION_ATENDER)
    fila = _filas().filter(pk=vulneracion_id).first()
    if fila is None:
        return None
    afectados = list(fila.afectados.order_by("id"))
    quienes = pacientes.por_ids(alcance, {a.paciente for a in afectados})
    return Entera(
        _renglon(fila),
        fila.ocurrida,
        servicio.leer(fila),
        [
            Alcanzado(
                a.paciente,
                quien.expediente if (quien := quienes.get(a.paciente)) else "",
                iniciales(quien.nombre) if quien else "",
                a.avisado_at,
                a.escrito_at,
            )
            for a in afectados
        ],
    )


def de_paciente(acceso: Acceso) -> list[Aviso]:
    """Those confirmed that reached the patient's data, newest first, as they are told."""
    acceso.exigir(Permiso.QUEJA_PRESENTAR)
    filas = Vulneracion.objects.filter(
        afectados__paciente=acceso.paciente, confirmada_at__isnull=False
    )
    avisos = []
    for fila in filas.order_by("-confirmada_at"):
        assert fila.confirmada_at is not None
        dichos = servicio.leer(fila)
        avisos.append(
            Aviso(
                fila.folio,
                fila.get_clase_display(),
                fila.ocurrida,
                fila.confirmada_at,
                {clave: dichos[clave] for clave in servicio.DEL_AVISO if clave in dichos},
            )
        )
    return avisos


def _filas() -> QuerySet[Vulneracion]:
    return Vulneracion.objects.annotate(
        cuantos=Count("afectados"), faltan=Count("afectados", filter=_POR_AVISAR)
    )


def _renglon(fila: Vulneracion) -> Renglon:
    return Renglon(
        fila.pk,
        fila.folio,
        fila.get_clase_display(),
        fila.detectada_at,
        fila.confirmada_at,
        fila.autoridad_at,
        fila.cerrada_at,
        fila.cuantos,  # type: ignore[attr-defined]
        fila.faltan,  # type: ignore[attr-defined]
    )
