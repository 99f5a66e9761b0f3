"""Requests of ARCO rights: a person's own with what they say, and the officer's desk without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from consentimiento import arco, plazos
from consentimiento.arco import Calidad, Canal, Derecho, Estado, Paso
from consentimiento.models import Bloqueo, SolicitudArco
from consentimiento.services import arco as servicio
from consentimiento.services.arco import Dicho
from ece import fhir
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.selectors import recursos

PRONTO = 5
"""Business days left from which a clock is about to end."""


@dataclass(frozen=True, slots=True)
class Solicitud:
    """A request and its clock today: `restantes` business days (negative: overdue; None: it has
    ended), `avance` per cent of the term gone."""

    id: UUID
    folio: str
    paciente: UUID
    derecho: Derecho
    calidad: Calidad
    canal: Canal
    estado: Estado
    regimen: str
    recibida_at: datetime
    vence: date | None
    restantes: int | None
    avance: int
    causal: str
    entrega_hasta: date | None
    descargable: bool

    @property
    def abierta(self) -> bool:
        return self.estado not in arco.FINALES

    @property
    def vencida(self) -> bool:
        return self.restantes is not None and self.restantes < 0

    @property
    def atraso(self) -> int:
        return max(0, -(self.restantes or 0))

    @property
    def pronto(self) -> bool:
        return self.restantes is not None and 0 <= self.restantes <= PRONTO


@dataclass(frozen=True, slots=True)
class Detalle:
    """A request with what was said in it, the steps that can be taken today, and causes to deny."""

    solicitud: Solicitud
    textos: dict[str, str]
    dichos: list[Dicho]
    pasos: list[Paso]
    causales: dict[str, str]
    bloqueado_hasta: date | None
    retenido: bool
    recurso_hasta: date | None = None

    @property
    def dichas(self) -> list[tuple[str, str]]:
        """What the request says, to be read: a datum by its words or, if it has none, its id."""
        return [
            (k, v) for k, v in self.textos.items() if k != "registro" or "dato" not in self.textos
        ]


def de_paciente(acceso: Acceso, *, hoy: date) -> list[Solicitud]:
    """The patient's, newest first."""
    _exigir(acceso)
    filas = SolicitudArco.objects.filter(paciente=acceso.paciente).order_by("-recibida_at")
    return _leidas(filas, hoy)


def detalle(acceso: Acceso, *, solicitud_id: UUID, hoy: date) -> Detalle | None:
    """One of the patient's, or None."""
    _exigir(acceso)
    fila = SolicitudArco.objects.filter(pk=solicitud_id, paciente=acceso.paciente).first()
    if fila is None:
        return None
    sellado = recursos.sellado("Communication", fila.constancia)
    textos: dict[str, str] = {}
    dichos: list[Dicho] = []
    if sellado is not None and recursos.visible(acceso, sellado):
        textos, dichos = servicio.leer(fhir.json.leer(recursos.abrir(acceso, sellado)))
    bloqueo = Bloqueo.objects.filter(paciente=acceso.paciente).first()
    return Detalle(
        solicitud=_leida(fila, hoy),
        textos=textos,
        dichos=dichos,
        pasos=arco.posibles(
            servicio.situacion(fila),
            hoy,
            servicio.terminos(fila.regimen),
            settings.ECE_DIAS_INHABILES,
        ),
        causales=arco.CAUSALES[fila.regimen],
        bloqueado_hasta=bloqueo.conserva_hasta if bloqueo else None,
        retenido=bool(bloqueo and bloqueo.retenido),
        recurso_hasta=arco.recurso_hasta(
            servicio.situacion(fila), servicio.terminos(fila.regimen), settings.ECE_DIAS_INHABILES
        )
        if fila.estado in arco.FINALES
        else None,
    )


def bandeja(alcance: Alcance, *, hoy: date, concluidas: bool = False) -> list[Solicitud]:
    """The officer's: those open, the clock that ends first, first; or those concluded."""
    alcance.exigir(Permiso.ARCO_ATENDER)
    filas = SolicitudArco.objects.all()
    if concluidas:
        return _leidas(filas.filter(estado__in=arco.FINALES).order_by("-concluida_at")[:200], hoy)
    return _leidas(filas.exclude(estado__in=arco.FINALES).order_by("vence", "recibida_at"), hoy)


def _leidas(filas: Iterable[SolicitudArco], hoy: date) -> list[Solicitud]:
    return [_leida(fila, hoy) for fila in filas]


def _leida(fila: SolicitudArco, hoy: date) -> Solicitud:
    propios = settings.ECE_DIAS_INHABILES
    restantes = plazos.restantes(hoy, fila.vence, propios) if fila.vence else None
    total = plazos.restantes(fila.base, fila.vence, propios) if fila.vence else 0
    gastado = total - max(restantes or 0, 0)
    return Solicitud(
        id=fila.id,
        folio=fila.folio,
        paciente=fila.paciente,
        derecho=Derecho(fila.derecho),
        calidad=Calidad(fila.calidad),
        canal=Canal(fila.canal),
        estado=Estado(fila.estado),
        regimen=fila.regimen,
        recibida_at=fila.recibida_at,
        vence=fila.vence,
        restantes=restantes,
        avance=min(100, round(100 * gastado / total)) if total > 0 else 100,
        causal=arco.CAUSALES[fila.regimen].get(fila.causal, ""),
        entrega_hasta=fila.entrega_hasta,
        descargable=fila.entrega_hasta is not None and hoy <= fila.entrega_hasta,
    )


def _exigir(acceso: Acceso) -> None:
    entran = {Permiso.ARCO_SOLICITAR, Permiso.ARCO_ATENDER, Permiso.EXPEDIENTE_IMPRIMIR}
    if not entran & acceso.permisos:
        raise PermisoInsuficiente(Permiso.ARCO_SOLICITAR)
