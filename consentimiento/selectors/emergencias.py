"""Questions about broken glass: what is open, the officer's queue, and one case whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from consentimiento import constancias
from consentimiento.models import Dictamen, Emergencia
from consentimiento.selectors import vistos
from consentimiento.selectors.vistos import Visto
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro, Paciente
from registros.selectors import pacientes
from registros.selectors.pacientes import ResumenDeIdentidad

PLAZO = timedelta(hours=24)
"""How long a case may wait before it escalates."""
REPETIDAS = timedelta(days=30)
MUCHAS = 3
"""From how many times in `REPETIDAS` on somebody stands out."""
SE_CONSERVA = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Caso:
    """Somebody broke the glass: who, of whom (the number of the record and initials), why."""

    id: UUID
    paciente: UUID
    expediente: str
    iniciales: str
    usuario: UUID
    nombre: str
    motivo: str
    desde: datetime
    hasta: datetime
    dictamen: str
    plazo: datetime
    vencido: bool
    veces: int
    revisor: str
    revisado_at: datetime | None

    @property
    def pendiente(self) -> bool:
        return self.dictamen == Dictamen.PENDIENTE

    @property
    def repite(self) -> bool:
        return self.veces >= MUCHAS


@dataclass(frozen=True, slots=True)
class CasoEntero:
    """A case with what they wrote, all that they saw, and what the reviewer said."""

    caso: Caso
    texto: str
    nota: str
    vistos: list[Visto] = field(default_factory=list)
    por_dia: list[tuple[date, int]] = field(default_factory=list)


def vigente(acceso: Acceso, *, ahora: datetime) -> datetime | None:
    """Until when the emergency that `acceso` rests on lasts; None if it rests on anything else."""
    if acceso.fundamento != "emergencia":
        return None
    return (
        Emergencia.objects.filter(
            usuario_id=acceso.actor.id, paciente=acceso.paciente, desde__lte=ahora, hasta__gt=ahora
        )
        .order_by("-hasta")
        .values_list("hasta", flat=True)
        .first()
    )


def en_cola(alcance: Alcance, *, ahora: datetime) -> list[Caso]:
    """The cases to review, the oldest first; then those of the last months already reviewed."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    recientes = Q(dictamen=Dictamen.PENDIENTE) | Q(desde__gt=ahora - SE_CONSERVA)
    filas = _con_veces(Emergencia.objects.filter(recientes)).order_by(
        Case(When(dictamen=Dictamen.PENDIENTE, then=0), default=1, output_field=IntegerField()),
        "desde",
    )
    quienes = pacientes.por_ids(alcance, {f.paciente for f in filas})
    return _casos(filas, quienes, ahora)


def caso(acceso: Acceso, *, caso_id: UUID, ahora: datetime) -> CasoEntero | None:
    """A case of the patient of `acceso`, with everything that was seen."""
    acceso.exigir(Permiso.REVISION_ATENDER)
    filas = _con_veces(Emergencia.objects.filter(pk=caso_id, paciente=acceso.paciente))
    fila = filas.first()
    if fila is None:
        return None
    identidad = Paciente.objects.de(acceso).get().identidad
    (hallado,) = _casos([fila], {fila.paciente: identidad}, ahora)
    constancia = OtroRegistro.objects.uno(acceso, fila.constancia)
    recurso = constancia.recurso if constancia else {"entity": [{}]}
    return CasoEntero(
        hallado,
        constancias.texto(recurso),
        constancias.nota(recurso),
        vistos.por_emergencia(fila.usuario_id, fila.paciente, desde=fila.desde, hasta=fila.hasta),
        _por_dia(fila.usuario_id, ahora),
    )


def vencidos(alcance: Alcance, *, ahora: datetime) -> int:
    """How many cases nobody reviewed in time: a figure, and no name, for whoever directs."""
    alcance.exigir(Permiso.INDICADORES_LEER)
    return Emergencia.objects.filter(dictamen=Dictamen.PENDIENTE, desde__lte=ahora - PLAZO).count()


def _con_veces(filas: QuerySet[Emergencia]) -> QuerySet[Emergencia]:
    """With how many times the same person did it in the days up to each."""
    suyas = (
        Emergencia.objects.filter(
            usuario=OuterRef("usuario"),
            desde__lte=OuterRef("desde"),
            desde__gt=OuterRef("desde") - REPETIDAS,
        )
        .order_by()
        .values("usuario")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return filas.select_related("usuario", "revisada_por").annotate(
        veces=Coalesce(Subquery(suyas, output_field=IntegerField()), 1)
    )


def _casos(
    filas: Iterable[Emergencia], quienes: dict[UUID, ResumenDeIdentidad], ahora: datetime
) -> list[Caso]:
    casos = []
    for f in filas:
        identidad = quienes.get(f.paciente)
        casos.append(
            Caso(
                id=f.pk,
                paciente=f.paciente,
                expediente=identidad.expediente if identidad else "",
                iniciales=iniciales(identidad.nombre) if identidad else "",
                usuario=f.usuario_id,
                nombre=f.usuario.nombre,
                motivo=f.get_motivo_display(),
                desde=f.desde,
                hasta=f.hasta,
                dictamen=f.dictamen,
                plazo=f.desde + PLAZO,
                vencido=f.dictamen == Dictamen.PENDIENTE and f.desde + PLAZO <= ahora,
                veces=f.veces,  # type: ignore[attr-defined]
                revisor=f.revisada_por.nombre if f.revisada_por else "",
                revisado_at=f.revisada_at,
            )
        )
    return casos


def iniciales(nombre: str) -> str:
    """Who somebody is, for whoever need not know: the first letter of each name."""
    return "".join(f"{palabra[0].upper()}." for palabra in nombre.split() if palabra[0].isalpha())


def _por_dia(usuario: UUID, ahora: datetime) -> list[tuple[date, int]]:
    """Each day of the last `REPETIDAS`, and how many times somebody broke the glass on it."""
    momentos = Emergencia.objects.filter(
        usuario_id=usuario, desde__gt=ahora - REPETIDAS
    ).values_list("desde", flat=True)
    cuentas = Counter(timezone.localtime(m).date() for m in momentos)
    hoy = timezone.localtime(ahora).date()
    dias = [hoy - timedelta(days=n) for n in reversed(range(REPETIDAS.days))]
    return [(dia, cuentas[dia]) for dia in dias]
