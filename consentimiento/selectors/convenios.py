"""Questions about agreements: which there are, what each says, what was exchanged under it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count

from auditoria import intercambio
from auditoria.intercambio import Renglon
from consentimiento import convenios
from consentimiento.convenios import ZONA, Base, Estado, Parte, Terminos
from consentimiento.models import Compartido, Convenio, UrgenciaDeConvenio
from consentimiento.services import firmas_de_convenio
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Prueba, verificar
from ece.nucleo.roles import Permiso

DIAS = 30


@dataclass(frozen=True, slots=True)
class Firma:
    parte: Parte
    quien: str
    kid: str
    firmada_at: datetime
    consta: bool


@dataclass(frozen=True, slots=True)
class Visto:
    """An agreement as a page shows it. `compartidos` are the patients whose data may travel now."""

    id: UUID
    estado: Estado
    estado_at: datetime
    motivo: str
    terminos: Terminos
    canonico: bytes
    firmas: tuple[Firma, ...]
    en_vigencia: bool
    compartidos: int = 0

    @property
    def pasos(self) -> list[str]:
        """What may be done next, by who governs the exchange."""
        if self.estado is Estado.BORRADOR:
            return ["terminar"]
        if self.estado is Estado.FIRMADO:
            return ["iniciar", "terminar"]
        if self.estado is Estado.VIGENTE:
            return ["suspender", "terminar"]
        return ["reanudar", "terminar"] if self.estado is Estado.SUSPENDIDO else []

    @property
    def constan(self) -> bool:
        """Whether both signed these very terms."""
        return {f.parte for f in self.firmas if f.consta} == set(Parte)

    def firmo(self, parte: Parte) -> bool:
        return any(firma.parte is parte for firma in self.firmas)


@dataclass(frozen=True, slots=True)
class Intercambio:
    """What was decided of a partner's requests in the last days: by day, and refusals by reason."""

    dias: tuple[tuple[date, int, int], ...]
    permitidas: int
    negadas: int
    pacientes: int
    razones: tuple[tuple[str, int], ...]
    propositos: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Urgencias:
    """On how many patients a user of the partner declared an emergency in a day."""

    fecha: date
    usuario: str
    pacientes: int


@dataclass(frozen=True, slots=True)
class Prestado:
    """One patient's data, shared under an agreement until `hasta`."""

    id: UUID
    institucion: str
    base: Base
    desde: datetime
    hasta: datetime


@dataclass(frozen=True, slots=True)
class Destino:
    """Where the partner of an agreement answers, who we are there, what it may send and read."""

    convenio: UUID
    cliente: UUID
    institucion: str
    direccion: str
    identificador: str
    bases: frozenset[str]
    sale: frozenset[str]
    entra: frozenset[str]


def todos(prueba: Prueba, *, ahora: datetime) -> list[Visto]:
    """All agreements, those in force first, then the newest."""
    prueba.exigir(Permiso.CONVENIO_LEER)
    orden = [Estado.VIGENTE, Estado.SUSPENDIDO, Estado.FIRMADO, Estado.BORRADOR, Estado.TERMINADO]
    filas = Convenio.objects.prefetch_related("firmas").order_by("-creado_at")
    vistos = [_visto(fila, ahora) for fila in filas]
    return sorted(vistos, key=lambda visto: orden.index(visto.estado))


def uno(prueba: Prueba, *, convenio_id: UUID, ahora: datetime) -> Visto | None:
    """One agreement, for who reads them, or for the partner whose it is."""
    verificar(prueba)
    fila = Convenio.objects.prefetch_related("firmas").filter(pk=convenio_id).first()
    if fila is None or fila.cliente != prueba.actor.id:
        prueba.exigir(Permiso.CONVENIO_LEER)
    if fila is None:
        return None
    compartidos = (
        Compartido.objects.filter(
            convenio=fila.pk, desde__lte=ahora, hasta__gt=ahora, retirado_at=None
        )
        .values("paciente")
        .distinct()
        .count()
    )
    return _visto(fila, ahora, compartidos)


def de_aliado(prueba: Prueba, *, ahora: datetime) -> list[Visto]:
    """The agreements of the system that asks."""
    verificar(prueba)
    filas = Convenio.objects.prefetch_related("firmas").filter(cliente=prueba.actor.id)
    return [_visto(fila, ahora) for fila in filas.order_by("-creado_at")]


def vigentes(*, ahora: datetime) -> list[tuple[UUID, str, frozenset[str]]]:
    """(id, institution, bases) of the agreements in force, for whoever shares a record."""
    vistos = [
        _visto(fila, ahora)
        for fila in Convenio.objects.prefetch_related("firmas").filter(estado=Estado.VIGENTE)
    ]
    return sorted(
        ((v.id, v.terminos.aliada.institucion, v.terminos.bases) for v in vistos if v.en_vigencia),
        key=lambda tupla: tupla[1],
    )


def destinos(*, ahora: datetime) -> list[Destino]:
    """The partners of agreements in force that say where they answer, by name."""
    filas = Convenio.objects.prefetch_related("firmas").filter(estado=Estado.VIGENTE)
    vistos = [v for v in (_visto(fila, ahora) for fila in filas) if v.en_vigencia and v.constan]
    hallados = [_destino(v.id, v.terminos) for v in vistos if v.terminos.direccion]
    return sorted(hallados, key=lambda d: d.institucion)


def destino(convenio_id: UUID, *, ahora: datetime) -> Destino | None:
    """One of them (of an agreement in force, with its address), or None."""
    return next((d for d in destinos(ahora=ahora) if d.convenio == convenio_id), None)


def de_cliente(cliente_id: UUID, *, ahora: datetime) -> list[tuple[UUID, Terminos]]:
    """(agreement, terms) in force with a partner's system, newest first."""
    filas = Convenio.objects.filter(cliente=cliente_id, estado=Estado.VIGENTE).order_by("-pk")
    leidos = [(fila.pk, convenios.leer(bytes(fila.terminos))) for fila in filas]
    return [(id_, terminos) for id_, terminos in leidos if terminos.en_vigencia(ahora)]


def _destino(id: UUID, terminos: Terminos) -> Destino:
    return Destino(
        id,
        terminos.cliente,
        terminos.aliada.institucion,
        terminos.direccion,
        terminos.identificador,
        terminos.bases,
        terminos.sale,
        terminos.entra,
    )


def de_paciente(acceso: Acceso, *, ahora: datetime) -> list[Prestado]:
    """With whom the data of this patient is shared now."""
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    filas = Compartido.objects.filter(paciente=acceso.paciente, hasta__gt=ahora, retirado_at=None)
    nombres = {
        c.pk: convenios.leer(bytes(c.terminos)).aliada.institucion
        for c in Convenio.objects.filter(pk__in=filas.values("convenio"))
    }
    return [
        Prestado(f.pk, nombres.get(f.convenio, ""), Base(f.base), f.desde, f.hasta)
        for f in filas.order_by("hasta")
    ]


def intercambiado(prueba: Prueba, *, visto: Visto, ahora: datetime) -> Intercambio:
    """What was exchanged under an agreement in the last `DIAS`, and what was refused, and why."""
    hoy = ahora.astimezone(ZONA).replace(hour=0, minute=0, second=0, microsecond=0)
    desde = hoy - timedelta(days=DIAS - 1)
    renglones = intercambio.de_sistema(
        prueba,
        sistema=visto.terminos.cliente,
        convenio=visto.id,
        desde=desde,
        hasta=hoy + timedelta(days=1),
        zona=str(ZONA),
    )
    dias = [(desde + timedelta(days=n)).date() for n in range(DIAS)]
    si = _por_dia(r for r in renglones if r.permitido)
    no = _por_dia(r for r in renglones if not r.permitido)
    razones, propositos = Counter[str](), Counter[str]()
    for renglon in renglones:
        propositos[renglon.proposito] += renglon.decisiones
        if not renglon.permitido:
            for razon in renglon.fundamento.split(","):
                razones[razon] += renglon.decisiones
    return Intercambio(
        dias=tuple((dia, si[dia], no[dia]) for dia in dias),
        permitidas=sum(si.values()),
        negadas=sum(no.values()),
        pacientes=sum(r.pacientes for r in renglones if r.permitido),
        razones=tuple(razones.most_common()),
        propositos=tuple(propositos.most_common()),
    )


def urgencias(prueba: Prueba, *, convenio_id: UUID, ahora: datetime) -> list[Urgencias]:
    """The emergencies declared under an agreement in the last `DIAS`, newest first: whom they were
    about, the log says to who may read it."""
    prueba.exigir(Permiso.CONVENIO_LEER)
    desde = ahora.astimezone(ZONA).date() - timedelta(days=DIAS)
    filas = (
        UrgenciaDeConvenio.objects.filter(convenio=convenio_id, fecha__gte=desde)
        .values_list("fecha", "usuario")
        .annotate(cuantos=Count("paciente", distinct=True))
        .order_by("-fecha", "usuario")
    )
    return [Urgencias(*fila) for fila in filas]


def llaves_de_aliado(cliente_id: UUID) -> frozenset[str]:
    """Thumbprints of the keys registered with a partner's system."""
    return frozenset(
        firmas_de_convenio.pulgar(jwk) for jwk in identidad.llaves_registradas(cliente_id)
    )


def _por_dia(renglones: Iterable[Renglon]) -> Counter[date]:
    cuenta = Counter[date]()
    for renglon in renglones:
        cuenta[renglon.dia] += renglon.decisiones
    return cuenta


def _visto(fila: Convenio, ahora: datetime, compartidos: int = 0) -> Visto:
    canonico = bytes(fila.terminos)
    terminos = convenios.leer(canonico)
    nombres = identidad.quienes(firma.firmo for firma in fila.firmas.all())
    firmas = tuple(
        Firma(
            Parte(firma.parte),
            nombres.get(firma.firmo, ""),
            str(firma.llave.get("kid", "")),
            firma.firmada_at,
            firmas_de_convenio.consta(canonico, firma.jws, firma.llave),
        )
        for firma in sorted(fila.firmas.all(), key=lambda firma: firma.firmada_at)
    )
    return Visto(
        fila.pk,
        Estado(fila.estado),
        fila.estado_at,
        fila.motivo,
        terminos,
        canonico,
        firmas,
        terminos.en_vigencia(ahora),
        compartidos,
    )
