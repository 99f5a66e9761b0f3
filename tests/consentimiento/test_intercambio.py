"""A partner under an agreement, as the pure decision weighs it: every purpose, class, state, date
and basis, against what is said in plain words here."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, combinations, product
from uuid import UUID

import pytest

from consentimiento.convenios import Contacto, Estado, Firmante, Pacto, Terminos
from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import Decision, Hechos, Relacion, Solicitud
from consentimiento.directivas import Destino, Directiva, Rango
from ece.nucleo.acceso import Actor, Asignado, Declaracion
from ece.nucleo.ambitos import Ambitos, leer
from ece.nucleo.reserva import Ambito, Renglon
from ece.nucleo.roles import Permiso, Rol
from tests.elenco import AHORA

ALIADO, CONVENIO, OTRO = UUID(int=7), UUID(int=70), UUID(int=71)
NADIE = Firmante("Una", "Alguien", "Cargo")
TERMINOS = Terminos(
    folio="F-1",
    cliente=ALIADO,
    nuestra=NADIE,
    aliada=NADIE,
    privacidad=Contacto("Alguien", "a@b.example"),
    propositos=frozenset({"TREAT"}),
    bases=frozenset({"consentimiento"}),
    sale=frozenset({"Patient", "Observation"}),
    entra=frozenset(),
    categorias=frozenset(),
    desde=AHORA.date(),
    hasta=AHORA.date(),
    por_minuto=10,
    por_dia=100,
)
QUE_SOSTIENE = {
    "TREAT": {"consentimiento", "referencia"},
    "ETREAT": {"urgencia"},
    "PUBHLTH": {"salud.publica"},
}
SIN_PACIENTE = {"urgencia", "salud.publica"}
BASES = ["consentimiento", "referencia", "urgencia", "salud.publica"]


def subconjuntos(de: list[str]) -> list[frozenset[str]]:
    todos = chain.from_iterable(combinations(de, n) for n in range(len(de) + 1))
    return [frozenset(uno) for uno in todos]


def aliado(proposito: str = "TREAT", **cambios: object) -> Actor:
    actor = Actor(
        ALIADO,
        "cliente",
        "",
        (Asignado(Rol.ALIADO),),
        institucion=ALIADO,
        declaracion=Declaracion("dr", "medico", proposito),
    )
    return replace(actor, **cambios)  # type: ignore[arg-type]


def pacto(estado: Estado = Estado.VIGENTE, usos: tuple[int, int] = (1, 1), **terminos) -> Pacto:  # type: ignore[no-untyped-def]
    return Pacto(CONVENIO, estado, replace(TERMINOS, **terminos), *usos)


def preguntar(
    actor: Actor,
    *pactos: Pacto,
    bases: frozenset[str] = frozenset({"consentimiento"}),
    permiso: Permiso = Permiso.RECURSO_LEER,
    **hechos: object,
) -> Decision:
    facts = Hechos(existe=True, pactos=pactos, bases=bases)
    return decidir(Solicitud(actor, permiso, replace(facts, **hechos), AHORA))  # type: ignore[arg-type]


def test_the_whole_matrix_of_what_is_agreed() -> None:
    """state × dates × declared purpose × purposes × bases agreed × bases of the patient × type."""
    vistos = permitidos = 0
    fechas = {
        "antes": (AHORA.date() + timedelta(days=1), AHORA.date() + timedelta(days=9)),
        "dentro": (AHORA.date(), AHORA.date()),
        "después": (AHORA.date() - timedelta(days=9), AHORA.date() - timedelta(days=1)),
    }
    for estado, (cuando, (desde, hasta)), dicho in product(
        Estado, fechas.items(), ["TREAT", "ETREAT", "PUBHLTH", "HRESCH", ""]
    ):
        for propositos, acordadas, suyas in product(
            subconjuntos(["TREAT", "ETREAT", "PUBHLTH"]),
            subconjuntos(BASES),
            subconjuntos(BASES[:2]),
        ):
            este = pacto(estado, propositos=propositos, bases=acordadas, desde=desde, hasta=hasta)
            decision = preguntar(aliado(dicho), este, bases=suyas)
            sostienen = QUE_SOSTIENE.get(dicho, set()) & acordadas & (suyas | SIN_PACIENTE)
            debe = (estado == "vigente" and cuando == "dentro" and dicho in propositos) and bool(
                sostienen
            )
            assert decision.permitido is debe, (estado, cuando, dicho, propositos, acordadas, suyas)
            vistos += 1
            permitidos += debe
            if debe:
                for tipo, ve in (("Patient", 1), ("Observation", 1), ("Condition", 0)):
                    assert decision.reserva.oculta(Renglon(tipo)) is not bool(ve)
                assert decision.convenio == CONVENIO
    assert vistos == 5 * 3 * 5 * 8 * 16 * 4
    assert permitidos > 300


@pytest.mark.parametrize(
    ("actor", "este", "fundamento"),
    [
        (aliado(), None, "convenio.inexistente"),
        (aliado(), pacto(Estado.SUSPENDIDO), "convenio.estado"),
        (aliado(), pacto(Estado.FIRMADO), "convenio.estado"),
        (aliado(), pacto(hasta=AHORA.date() - timedelta(days=1)), "convenio.vigencia"),
        (aliado(declaracion=None), pacto(), "convenio.declaracion"),
        (aliado(""), pacto(), "convenio.declaracion"),
        (aliado("HRESCH"), pacto(), "convenio.proposito"),
        (aliado(), pacto(usos=(11, 11)), "convenio.ritmo"),
        (aliado(), pacto(usos=(1, 101)), "convenio.ritmo"),
    ],
)
def test_the_door_speaks_of_the_partner_alone(
    actor: Actor, este: Pacto | None, fundamento: str
) -> None:
    """The same answer of a patient who is there, who is not, and of nobody in particular."""
    pactos = (este,) if este else ()
    dichos = {
        preguntar(actor, *pactos).fundamento,
        preguntar(actor, *pactos, existe=False).fundamento,
        preguntar(actor, *pactos, institucional=True, permiso=Permiso.DIRECTORIO_LEER).fundamento,
    }
    assert dichos == {fundamento}


def test_within_its_limits_to_the_last_one() -> None:
    assert preguntar(aliado(), pacto(usos=(10, 100))).permitido


def test_a_basis_given_under_another_agreement_serves_not() -> None:
    assert preguntar(aliado(), pacto(), bases=frozenset({f"{CONVENIO}:consentimiento"})).permitido
    ajena = preguntar(aliado(), pacto(), bases=frozenset({f"{OTRO}:consentimiento"}))
    assert (ajena.permitido, ajena.fundamento) == (False, "sin.relacion")


def test_of_two_agreements_the_one_that_lets_in() -> None:
    suspendido = Pacto(OTRO, Estado.SUSPENDIDO, TERMINOS)
    assert preguntar(aliado(), suspendido, pacto()).convenio == CONVENIO


def test_what_is_sensitive_only_if_the_agreement_names_it() -> None:
    sensible = Renglon("Observation", ("VIH",))  # type: ignore[arg-type]
    assert preguntar(aliado(), pacto()).reserva.oculta(sensible)
    nombrado = pacto(categorias=frozenset({"VIH"}))
    assert not preguntar(aliado(), nombrado).reserva.oculta(sensible)
    mental = Renglon("Observation", ("SALUD_MENTAL",))  # type: ignore[arg-type]
    assert preguntar(aliado(), nombrado).reserva.oculta(mental)


def test_what_the_person_refused_to_the_partner_is_refused() -> None:
    a_ella = frozenset({Destino(Rango.INSTITUCION, str(ALIADO))})
    nada = Directiva(UUID(int=9), False, a_ella)
    assert preguntar(aliado(), pacto(), directivas=(nada,)).fundamento == "directiva"
    notas = Directiva(UUID(int=9), False, a_ella, ambito=Ambito(tipos=frozenset({"Observation"})))
    decision = preguntar(aliado(), pacto(), directivas=(notas,))
    assert decision.permitido
    assert decision.reserva.oculta(Renglon("Observation"))
    # an emergency opens all the same, and is told
    urgente = pacto(propositos=frozenset({"ETREAT"}), bases=frozenset({"urgencia"}))
    decision = preguntar(aliado("ETREAT"), urgente, directivas=(nada,))
    assert decision.permitido
    assert {"notificar", "revisar"} <= decision.obligaciones


def test_the_direction_of_the_agreement() -> None:
    escribir = Permiso.RECURSO_ESCRIBIR
    assert not preguntar(aliado(), pacto(), permiso=escribir).permitido
    recibe = pacto(sale=frozenset(), entra=frozenset({"Observation"}))
    assert not preguntar(aliado(), recibe).permitido
    decision = preguntar(aliado(), recibe, permiso=escribir)
    assert decision.permitido
    assert decision.reserva.escribe("Observation", nuevo=True)
    assert not decision.reserva.escribe("Condition", nuevo=True)


def test_a_blocked_record_is_exchanged_with_nobody() -> None:
    assert preguntar(aliado(), pacto(), bloqueado=True).fundamento == "bloqueo"


def test_scopes_only_ever_narrow() -> None:
    """A partner's token sees no more with scopes than without them, whatever they say."""
    textos = ["system/*.cruds", "system/Observation.rs", "system/Condition.rs", "system/Patient.r"]
    for elegidos in subconjuntos(textos):
        ambitos = Ambitos(tuple(leer(uno) for uno in sorted(elegidos)))
        sin, con = preguntar(aliado(), pacto()), preguntar(aliado(ambitos=ambitos), pacto())
        assert con.permisos <= sin.permisos
        for tipo in ("Patient", "Observation", "Condition"):
            visible = con.permitido and not con.reserva.oculta(Renglon(tipo))
            assert not visible or not sin.reserva.oculta(Renglon(tipo))
            if visible:
                assert ambitos.permite("r", tipo) or ambitos.permite("s", tipo)


def test_the_scopes_of_an_app_only_ever_narrow_its_person() -> None:
    """A physician's app sees and does no more than she, whatever it was granted."""
    medica = Actor(UUID(int=3), "persona", "", (Asignado(Rol.MEDICO, UUID(int=8)),))
    lazos = frozenset({Relacion.ENCUENTRO_RESPONSABLE})
    textos = ["user/*.cruds", "user/Observation.rs", "patient/Condition.cud", "patient/Patient.r"]
    tipos = ("Patient", "Observation", "Condition", "Composition")
    for elegidos, permiso in product(subconjuntos(textos), Permiso):
        ambitos = Ambitos(tuple(leer(uno) for uno in sorted(elegidos)))
        sin = preguntar(medica, permiso=permiso, relaciones=lazos)
        con = preguntar(replace(medica, ambitos=ambitos), permiso=permiso, relaciones=lazos)
        assert con.permisos <= sin.permisos
        assert sin.permitido or not con.permitido
        if not con.permitido:
            continue
        for tipo in tipos:
            visible = not con.reserva.oculta(Renglon(tipo))
            assert visible == any(ambitos.permite(v, tipo) for v in "rs"), (elegidos, tipo)
            assert con.reserva.escribe(tipo, nuevo=True) == ambitos.permite("c", tipo)
            assert con.reserva.escribe(tipo, nuevo=False) == ambitos.permite("u", tipo)


def test_an_app_lent_one_record_opens_no_other() -> None:
    medica = Actor(UUID(int=3), "persona", "", (Asignado(Rol.INTEGRACION),))
    app = replace(medica, ambitos=Ambitos((leer("patient/*.rs"),), paciente=UUID(int=5)))
    assert preguntar(app).permitido
    assert preguntar(app, fuera_del_ambito=True).fundamento == "sin.relacion"
    assert not preguntar(app, permiso=Permiso.RECURSO_ESCRIBIR).permitido
