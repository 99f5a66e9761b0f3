"""The decision agrees with itself written again naively: over every finite case, and with
directives made at random."""

import itertools
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from consentimiento.decision.politica import decidir
from consentimiento.decision.reglas import AUTORIZACION, DE_NADIE, ETIQUETAS, NEGATIVAS, REGLAS
from consentimiento.decision.terminos import Hechos, Obligacion, Proposito, Relacion, Solicitud
from consentimiento.directivas import Destino, Directiva, Rango
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.reserva import Ambito, Periodo, Renglon
from ece.nucleo.roles import Permiso, Rol
from tests.consentimiento import referencia
from tests.elenco import AHORA

QUIEN, OTRO = UUID(int=9), UUID(int=10)
UNIDAD, OTRA_UNIDAD, NUESTRA = UUID(int=20), UUID(int=21), UUID(int=30)
VISITAS = [UUID(int=40), UUID(int=41)]
REGISTROS = [UUID(int=50), UUID(int=51)]
TIPOS = ["Observation", "Condition", "Composition", "ServiceRequest", "Consent", "Patient"]
LAZOS = [
    r
    for r in Relacion
    if r not in (Relacion.ADMISION, Relacion.NACIMIENTO) and not r.startswith("convenio.")
]
"""Those of agreements are only ever a partner's: test_intercambio goes through them."""


SIN_ENTRADA = ("sin.relacion", "convenio.inexistente")
"""Grounds of a no that no purpose changes."""


def actor(*roles: Rol) -> Actor:
    asignaciones = tuple(Asignado(rol, UNIDAD) for rol in sorted(roles))
    return Actor(QUIEN, "persona", "Alguien", asignaciones, institucion=NUESTRA)


def _relaciones() -> Iterator[frozenset[Relacion]]:
    """None, each one, and each pair; of the pairs one in four, unless all are asked for."""
    yield frozenset()
    yield from map(frozenset, itertools.combinations(LAZOS, 1))
    paso = 1 if os.environ.get("ECE_CASOS") == "todos" else 4
    pares = itertools.combinations(LAZOS, 2)
    yield from map(frozenset, itertools.islice(pares, 0, None, paso))


@pytest.mark.parametrize("rol", [None, *Rol], ids=str)
def test_every_finite_case_has_the_same_answer(rol: Rol | None) -> None:
    """Roles by ties by permissions by purposes by state: a million with ``ECE_CASOS=todos``."""
    quien = actor(*([rol] if rol else []))
    casos = 0
    for relaciones in _relaciones():
        for bloqueado, dados in ((False, True), (True, True), (False, False)):
            hechos = Hechos(
                True,
                relaciones,
                frozenset({Permiso.EXPEDIENTE_LEER}) if dados else frozenset(),
                bloqueado=bloqueado,
            )
            for permiso in Permiso:
                real = decidir(Solicitud(quien, permiso, hechos, AHORA))
                esperada = referencia.responder(quien, permiso, hechos, AHORA, None)
                assert (real.permitido, real.fundamento) == (
                    esperada.permitido,
                    esperada.fundamento,
                ), (rol, permiso, hechos)
                casos += 1
                if not esperada.permitido and esperada.fundamento in SIN_ENTRADA:
                    casos += len(Proposito)  # no way in: no purpose makes one
                    continue
                for proposito in Proposito:
                    real = decidir(Solicitud(quien, permiso, hechos, AHORA, proposito))
                    esperada = referencia.responder(quien, permiso, hechos, AHORA, proposito.value)
                    assert (real.permitido, real.fundamento) == (
                        esperada.permitido,
                        esperada.fundamento,
                    ), (rol, permiso, hechos, proposito)
                    casos += 1
    assert casos * (len(Rol) + 1) > 300_000


def _algunos(azar: random.Random, valores: list, *, vacio: float = 0.5) -> frozenset | None:  # type: ignore[type-arg]
    if azar.random() < vacio:
        return None
    return frozenset(azar.sample(valores, azar.randint(1, min(2, len(valores)))))


def _ambito(azar: random.Random) -> Ambito:
    periodo = None
    if azar.random() < 0.1:
        periodo = Periodo(AHORA - timedelta(days=azar.randint(1, 20)))
    return Ambito(
        tipos=_algunos(azar, TIPOS, vacio=0.7),
        etiquetas=_algunos(azar, sorted(ETIQUETAS), vacio=0.5),
        encuentros=_algunos(azar, VISITAS, vacio=0.85),
        autores=_algunos(azar, [QUIEN, OTRO], vacio=0.9),
        registros=_algunos(azar, REGISTROS, vacio=0.9),
        periodo=periodo,
    )


def _directiva(azar: random.Random) -> Directiva:
    destinos = [
        Destino(Rango.PERSONA, str(QUIEN)),
        Destino(Rango.PERSONA, str(OTRO)),
        Destino(Rango.UNIDAD, str(UNIDAD)),
        Destino(Rango.UNIDAD, str(OTRA_UNIDAD)),
        Destino(Rango.INSTITUCION, str(NUESTRA)),
        *(Destino(Rango.ROL, rol.value) for rol in (Rol.ENFERMERIA, Rol.MEDICO, Rol.INTEGRACION)),
    ]
    plazo = timedelta(days=1)
    return Directiva(
        UUID(int=azar.getrandbits(64)),
        permite=azar.random() < 0.45,
        destinos=_algunos(azar, destinos, vacio=0.3) or frozenset(),
        propositos=_algunos(azar, [p.value for p in Proposito], vacio=0.8),
        ambito=_ambito(azar) if azar.random() < 0.8 else Ambito(),
        desde=AHORA - plazo if azar.random() < 0.9 else AHORA + plazo,
        hasta=AHORA + plazo if azar.random() < 0.9 else AHORA,
    )


def _hechos(azar: random.Random, directivas: int) -> Hechos:
    return Hechos(
        True,
        frozenset(azar.sample(LAZOS, azar.randint(0, 3))),
        frozenset({Permiso.EXPEDIENTE_LEER, Permiso.PACIENTE_LEER}),
        directivas=tuple(_directiva(azar) for _ in range(directivas)),
        bloqueado=azar.random() < 0.05,
        confidencial=azar.random() < 0.3,
        tratante=azar.random() < 0.2,
    )


def _renglones(azar: random.Random, cuantos: int) -> list[Renglon]:
    return [
        Renglon(
            azar.choice(TIPOS),
            azar.sample(sorted(ETIQUETAS), azar.choice((0, 0, 1, 1, 2))),  # type: ignore[arg-type]
            azar.choice([None, *VISITAS]),
            azar.choice([QUIEN, OTRO]),
            azar.choice(REGISTROS),
            AHORA - timedelta(days=azar.randint(0, 30)),
        )
        for _ in range(cuantos)
    ]


def _azar() -> tuple[int, random.Random]:
    semilla = random.SystemRandom().getrandbits(48)
    return semilla, random.Random(semilla)


def test_directives_made_at_random_have_the_same_effect_on_every_row() -> None:
    semilla, azar = _azar()
    for caso in range(2_500):
        quien = actor(*azar.sample(sorted(Rol), azar.randint(1, 3)))
        hechos = _hechos(azar, azar.randint(1, 4))
        permiso = azar.choice([Permiso.EXPEDIENTE_LEER, Permiso.PACIENTE_LEER])
        real = decidir(Solicitud(quien, permiso, hechos, AHORA))
        esperada = referencia.responder(quien, permiso, hechos, AHORA, None)
        assert (real.permitido, real.fundamento) == (
            esperada.permitido,
            esperada.fundamento,
        ), (semilla, caso)
        if not real.permitido:
            continue
        for renglon in _renglones(azar, 8):
            ve = referencia.muestra(quien, hechos, AHORA, esperada, renglon)
            assert ve != real.reserva.oculta(renglon), (semilla, caso, renglon)


def test_one_more_refusal_never_shows_more() -> None:
    """Deny overrides: whatever is added to what somebody refuses, nobody sees a row they did not,
    nor does anything they could not."""
    semilla, azar = _azar()
    for caso in range(2_500):
        quien = actor(*azar.sample(sorted(Rol), azar.randint(1, 3)))
        hechos = _hechos(azar, azar.randint(0, 3))
        negativa = _directiva(azar)
        negativa = Directiva(**{**_campos(negativa), "permite": False})
        despues = Hechos(**{**_campos(hechos), "directivas": (*hechos.directivas, negativa)})
        for permiso in (Permiso.EXPEDIENTE_LEER, Permiso.PACIENTE_LEER, Permiso.NOTA_REDACTAR):
            antes_, ahora_ = (
                decidir(Solicitud(quien, permiso, cuales, AHORA)) for cuales in (hechos, despues)
            )
            assert antes_.permitido or not ahora_.permitido, (semilla, caso)
            if not ahora_.permitido:
                continue
            for renglon in _renglones(azar, 6):
                assert ahora_.reserva.oculta(renglon) or not antes_.reserva.oculta(renglon), (
                    semilla,
                    caso,
                )


def _campos(valor: object) -> dict[str, object]:
    return {campo: getattr(valor, campo) for campo in valor.__slots__}  # type: ignore[attr-defined]


def test_a_person_always_sees_their_own() -> None:
    semilla, azar = _azar()
    for _ in range(500):
        hechos = _hechos(azar, azar.randint(0, 4))
        hechos = Hechos(**{**_campos(hechos), "relaciones": frozenset({Relacion.TITULAR})})  # type: ignore[arg-type]
        suya = decidir(Solicitud(actor(Rol.PACIENTE), Permiso.EXPEDIENTE_LEER, hechos, AHORA))
        assert suya.permitido, semilla
        assert not any(suya.reserva.oculta(r) for r in _renglones(azar, 6)), semilla


def test_what_is_taken_back_or_over_weighs_no_more() -> None:
    quien, lazos = actor(Rol.MEDICO), frozenset({Relacion.ENCUENTRO_RESPONSABLE})
    negativa = Directiva(UUID(int=1), False, hasta=AHORA)
    cuando = {AHORA - timedelta(seconds=1): False, AHORA: True}
    for ahora, permitido in cuando.items():
        hechos = Hechos(True, lazos, directivas=(negativa,))
        respuesta = decidir(Solicitud(quien, Permiso.EXPEDIENTE_LEER, hechos, ahora))
        assert respuesta.permitido == permitido
    assert decidir(Solicitud(quien, Permiso.EXPEDIENTE_LEER, Hechos(True, lazos), AHORA)).permitido


def test_an_emergency_opens_what_is_vital_is_told_and_is_reviewed() -> None:
    lazos = frozenset({Relacion.EMERGENCIA})
    todo = Directiva(UUID(int=1), False)
    hechos = Hechos(True, lazos, directivas=(todo,))
    respuesta = decidir(Solicitud(actor(Rol.URGENCIAS), Permiso.EXPEDIENTE_LEER, hechos, AHORA))
    assert respuesta.permitido
    assert respuesta.proposito is Proposito.ETREAT
    assert respuesta.obligaciones == {Obligacion.NOTIFICAR, Obligacion.REVISAR}
    assert not respuesta.reserva.oculta(Renglon("AllergyIntolerance"))
    assert respuesta.reserva.oculta(Renglon("Account"))
    assert respuesta.reserva.oculta(Renglon("Composition", ("SALUD_MENTAL",)))  # type: ignore[arg-type]


def test_no_rule_is_out_of_reach_and_no_request_undecided() -> None:
    alcanzadas, azar = set(), random.Random(7)
    for regla in (*REGLAS, AUTORIZACION):
        for rol in regla.roles or Rol:
            for lazo in regla.relaciones or {Relacion.TAREA}:
                nombrado = Directiva(
                    UUID(int=1), True, frozenset({Destino(Rango.PERSONA, str(QUIEN))})
                )
                hechos = Hechos(
                    True,
                    frozenset({lazo}),
                    frozenset({Permiso.EXPEDIENTE_LEER}),
                    directivas=(nombrado,),
                )
                for permiso in Permiso:
                    respuesta = decidir(Solicitud(actor(rol), permiso, hechos, AHORA))
                    alcanzadas.add(respuesta.fundamento)
    de_personas = {r.fundamento for r in REGLAS if r.roles != {Rol.ALIADO}}
    assert de_personas | {"autorizacion"} <= alcanzadas
    conocidos = alcanzadas | NEGATIVAS.keys() | {"posesion.documento", "directorio", *SIN_ENTRADA}
    for _ in range(2_000):
        quien = actor(*azar.sample(sorted(Rol), azar.randint(0, 3)))
        respuesta = decidir(Solicitud(quien, azar.choice(list(Permiso)), _hechos(azar, 2), AHORA))
        assert respuesta.fundamento in conocidos
        assert respuesta.permitido == bool(respuesta.permisos)
    assert DE_NADIE
