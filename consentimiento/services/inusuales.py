"""Unusual accesses: found once a day in the log, reviewed by the privacy officer."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.bitacora import NuevoEvento
from auditoria.models import Evento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import constancias, decision, rarezas
from consentimiento.asientos import asiento
from consentimiento.models import Dictamen, Hallazgo, Rareza, Vigilado
from consentimiento.rarezas import Mirada
from consentimiento.services.emergencias import SinNota, YaRevisada
from ece.identidad import horarios
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Acceso, Actor, Alcance, Asignado, Prueba
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.models import OtroRegistro, Paciente
from registros.selectors import pacientes

__all__ = ["Dictamen", "HallazgoInexistente", "SinNota", "YaRevisada"]

_SISTEMA = Actor(
    id=UUID(int=1), clase="sistema", nombre="ECE", asignaciones=(Asignado(Rol.PRIVACIDAD),)
)
_TROZO = 1_000
REVISA = "privacidad.revision"
Clave = tuple[UUID, Rareza, UUID | None]


class HallazgoInexistente(Exception):
    """There is no such finding."""


def buscar(*, dia: date, ahora: datetime) -> int:
    """Look through the log of `dia` (local); returns how many findings are new.

    Repeating it finds nothing twice.
    """
    miradas, busquedas = _leer(dia)
    hallados = dict(_hallar(miradas, busquedas, ahora))
    ya = {
        (h.usuario_id, Rareza(h.rareza), h.paciente)
        for h in Hallazgo.objects.filter(dia=dia).only("usuario", "rareza", "paciente")
    }
    nuevos = [
        Hallazgo(
            usuario_id=usuario,
            rareza=rareza,
            paciente=paciente,
            dia=dia,
            eventos=eventos,
            desde=ahora,
        )
        for (usuario, rareza, paciente), eventos in hallados.items()
        if (usuario, rareza, paciente) not in ya
    ]
    if nuevos:
        with transaction.atomic():
            Hallazgo.objects.bulk_create(nuevos)
            bitacora.anexar([_de_hallados(nuevos, ahora)])
    return len(nuevos)


def revisar(
    acceso: Acceso, *, hallazgo_id: UUID, dictamen: Dictamen, nota: str, ahora: datetime
) -> None:
    """Say whether accesses to a record were justified; `nota` goes to the record, encrypted.

    Raises `HallazgoInexistente`, `YaRevisada`, `SinNota`.
    """
    acceso.exigir(Permiso.REVISION_ATENDER)
    if dictamen is Dictamen.INJUSTIFICADA and not nota.strip():
        raise SinNota
    detalle = {"hallazgo": str(hallazgo_id), "dictamen": dictamen.value}
    with acto(acceso, tipo=TipoDeEvento.INUSUAL_REVISADO, ahora=ahora, detalle=detalle) as el_acto:
        hallazgo = _pendiente(hallazgo_id, acceso.paciente)
        recurso = constancias.de_hallazgo(acceso, rareza=hallazgo.rareza, ahora=ahora)
        recurso = constancias.con_dictamen(
            recurso, acceso, dictamen=dictamen.value, nota=nota.strip(), ahora=ahora
        )
        constancia = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(constancia)
        hallazgo.constancia = constancia.id
        _dictaminar(hallazgo, acceso, dictamen, ahora)


def revisar_de_muchos(
    alcance: Alcance, *, hallazgo_id: UUID, dictamen: Dictamen, ahora: datetime
) -> None:
    """The same of a finding about no record in particular, which keeps no note."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        hallazgo = _pendiente(hallazgo_id, None)
        _dictaminar(hallazgo, alcance, dictamen, ahora)
        detalle = {"hallazgo": str(hallazgo_id), "dictamen": dictamen.value}
        evento = asiento(alcance, TipoDeEvento.INUSUAL_REVISADO, ahora=ahora, detalle=detalle)
        bitacora.anexar([evento])


def vigilar(acceso: Acceso, *, vigilado: bool, ahora: datetime) -> None:
    """Have every access to this record looked at from now on, or no longer."""
    acceso.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        if vigilado:
            Vigilado.objects.get_or_create(
                paciente=acceso.paciente,
                defaults={"puesto_por_id": acceso.actor.id, "desde": ahora},
            )
        else:
            Vigilado.objects.filter(paciente=acceso.paciente).delete()
        detalle = {"vigilado": vigilado}
        tipo, suyo = TipoDeEvento.VIGILANCIA_CAMBIADA, (acceso.paciente,)
        evento = asiento(acceso, tipo, ahora=ahora, detalle=detalle, pacientes=suyo)
        bitacora.anexar([evento])


def _leer(dia: date) -> tuple[list[Mirada], dict[UUID, list[tuple[datetime, UUID]]]]:
    """What each person looked at, and their searches, in the log of a day."""
    inicio = timezone.make_aware(datetime.combine(dia, time.min))
    miradas: dict[tuple[UUID, UUID], Mirada] = {}
    busquedas: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    filas = Evento.objects.filter(
        momento__gte=inicio, momento__lt=inicio + timedelta(days=1)
    ).exclude(resultado=Resultado.DENEGADO)
    for fila in filas.order_by("momento", "id").iterator():
        dicho = msgspec.json.decode(bytes(fila.contenido))
        if dicho["actor"]["clase"] != "persona":
            continue
        momento = timezone.localtime(fila.momento)
        if fila.tipo == TipoDeEvento.ALCANCE_DECIDIDO:
            if dicho["detalle"].get("motivo") == "busqueda":
                busquedas[fila.actor].append((momento, fila.id))
            continue
        if len(fila.pacientes) != 1:  # lists are drawn from one's own work
            continue
        (paciente,) = fila.pacientes
        mirada = miradas.setdefault((fila.actor, paciente), Mirada(fila.actor, paciente))
        mirada.roles |= frozenset(dicho["actor"]["roles"])
        mirada.eventos.append(fila.id)
        mirada.momentos.append(momento)
        if fila.tipo == TipoDeEvento.ACCESO_DECIDIDO:
            mirada.fundamentos.add(dicho["fundamento"])
            mirada.en_clinica |= str(dicho["detalle"].get("pagina", "")).startswith("clinica:")
        else:
            mirada.hizo = True
    # What nobody looked at at the desk (the portal, what a registration writes) is no look; nor is
    # that of whoever reviews.
    vistas = [m for m in miradas.values() if m.en_clinica and m.fundamentos != {REVISA}]
    return vistas, busquedas


def _hallar(
    miradas: list[Mirada], busquedas: dict[UUID, list[tuple[datetime, UUID]]], ahora: datetime
) -> Iterator[tuple[Clave, list[UUID]]]:
    gente = {u.pk: u for u in Usuario.objects.filter(pk__in={m.actor for m in miradas})}
    colegas = dict(
        Usuario.objects.filter(paciente__isnull=False, asignaciones__isnull=False).values_list(
            "paciente", "pk"
        )
    )
    vigilados = set(Vigilado.objects.values_list("paciente", flat=True))
    parientes = set(_por_apellido(miradas, gente, ahora)) if miradas else set()
    vecinos = set(_por_domicilio(miradas, gente, ahora))
    for mirada in miradas:
        quien, cual = gente.get(mirada.actor), (mirada.actor, mirada.paciente)
        propio = quien is not None and quien.paciente == mirada.paciente
        for rareza, es in (
            (Rareza.PROPIO, propio),
            (Rareza.APELLIDO, not propio and cual in parientes),
            (Rareza.DOMICILIO, not propio and cual in vecinos),
            (Rareza.COLEGA, colegas.get(mirada.paciente, mirada.actor) != mirada.actor),
            (Rareza.VIGILADO, mirada.paciente in vigilados),
            (Rareza.SIN_LAZO, rarezas.sin_lazo(mirada)),
        ):
            if es:
                yield (mirada.actor, rareza, mirada.paciente), mirada.eventos
        de_noche = [
            evento
            for evento, momento in rarezas.nocturnos(mirada)
            if not horarios.en_turno(mirada.actor, momento)
        ]
        if de_noche:
            yield (mirada.actor, Rareza.NOCTURNO, mirada.paciente), de_noche
    for actor, eventos in rarezas.voluminosos(miradas).items():
        yield (actor, Rareza.VOLUMEN, None), eventos
    abiertos: dict[UUID, int] = defaultdict(int)
    for mirada in miradas:
        abiertos[mirada.actor] += 1
    for actor, eventos in rarezas.buscadores(busquedas, abiertos).items():
        yield (actor, Rareza.BUSQUEDAS, None), eventos


def _por_apellido(
    miradas: list[Mirada], gente: dict[UUID, Usuario], ahora: datetime
) -> Iterator[tuple[UUID, UUID]]:
    """(actor, patient) of those whose surnames are too alike: compared, and forgotten."""
    alcance = decision.alcanzar(_SISTEMA, Permiso.REVISION_ATENDER, motivo="inusuales", ahora=ahora)
    ids = sorted({m.paciente for m in miradas})
    nombres: dict[UUID, frozenset[str]] = {}
    for inicio in range(0, len(ids), _TROZO):
        hallados = pacientes.por_ids(alcance, ids[inicio : inicio + _TROZO])
        # The first word is a given name; a second one is seldom anybody's surname.
        nombres |= {p: rarezas.apellidos(r.nombre.partition(" ")[2]) for p, r in hallados.items()}
    for m in miradas:
        usuario = gente.get(m.actor)
        if usuario is not None and rarezas.comparten(
            rarezas.apellidos(usuario.last_name), nombres.get(m.paciente, frozenset())
        ):
            yield m.actor, m.paciente


def _por_domicilio(
    miradas: list[Mirada], gente: dict[UUID, Usuario], ahora: datetime
) -> Iterator[tuple[UUID, UUID]]:
    """(actor, patient) of those who live where the actor does, who is a patient here too."""
    pares = [
        (m, propio)
        for m in miradas
        if (u := gente.get(m.actor)) and (propio := u.paciente) and propio != m.paciente
    ]
    if not pares:
        return
    accesos = decision.abrir_pacientes(
        _SISTEMA,
        {p for m, propio in pares for p in (m.paciente, propio)},
        Permiso.REVISION_ATENDER,
        ahora=ahora,
        detalle={"motivo": "inusuales"},
        comprobar=True,
    )
    donde = {p: _domicilio(acceso) for p, acceso in accesos.items()}
    for m, propio in pares:
        if donde.get(propio) and donde.get(propio) == donde.get(m.paciente):
            yield m.actor, m.paciente


def _domicilio(acceso: Acceso) -> tuple[str, ...]:
    """Street and postal code, as they are compared; empty when either is missing."""
    direcciones = Paciente.objects.de(acceso).get().recurso.get("address") or [{}]
    calle = rarezas.apellidos(" ".join(direcciones[0].get("line", ())))
    codigo = direcciones[0].get("postalCode", "")
    return (*sorted(calle), codigo) if calle and codigo else ()


def _pendiente(hallazgo_id: UUID, paciente: UUID | None) -> Hallazgo:
    hallazgo = (
        Hallazgo.objects.select_for_update().filter(pk=hallazgo_id, paciente=paciente).first()
    )
    if hallazgo is None:
        raise HallazgoInexistente(str(hallazgo_id))
    if hallazgo.dictamen != Dictamen.PENDIENTE:
        raise YaRevisada(str(hallazgo_id))
    return hallazgo


def _dictaminar(hallazgo: Hallazgo, prueba: Prueba, dictamen: Dictamen, ahora: datetime) -> None:
    hallazgo.dictamen, hallazgo.revisado_por_id = dictamen, prueba.actor.id
    hallazgo.revisado_at = ahora
    hallazgo.save(update_fields=["dictamen", "revisado_por", "revisado_at", "constancia"])


def _de_hallados(nuevos: list[Hallazgo], ahora: datetime) -> NuevoEvento:
    cuentas: dict[str, int] = defaultdict(int)
    for hallazgo in nuevos:
        cuentas[Rareza(hallazgo.rareza).value] += 1
    return NuevoEvento(
        tipo=TipoDeEvento.INUSUAL_HALLADO,
        resultado=Resultado.HECHO,
        actor=_SISTEMA,
        momento=ahora,
        detalle={"rarezas": cuentas, "dia": nuevos[0].dia.isoformat()},
        id=uuid7(),
    )
