"""What is withheld, told three ways (on values, in SQL, as a Django condition), is the same."""

import random
from dataclasses import replace
from uuid import UUID

import pytest

from consentimiento import decision
from ece.nucleo.acceso import Acceso, AccesoInvalido
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.reserva import TODO, Ambito, Periodo, Renglon, Reserva, Veda
from ece.nucleo.roles import Permiso
from registros.models import Diagnostico, Observacion, OtroRegistro
from registros.selectors import expediente, recursos
from registros.selectors.recursos import Consulta
from registros.services import recursos as escritura
from tests import elenco as reparto
from tests.elenco import AHORA, INTEGRACION, Elenco

ETIQUETAS = ["VIH", "SALUD_MENTAL", "VIOLENCIA"]


def con_reserva(acceso: Acceso, reserva: Reserva) -> Acceso:
    """A proof that withholds `reserva`, issued as the decision issues them."""
    from consentimiento.decision.emision import emision

    return emision.acceso(
        actor=acceso.actor,
        paciente=acceso.paciente,
        permisos=acceso.permisos,
        fundamento=acceso.fundamento,
        decision=acceso.decision,
        proposito=acceso.proposito,
        reserva=reserva,
    )


@pytest.fixture
def acceso(elenco: Elenco, paciente: UUID) -> Acceso:
    """A record with a visit, and observations, diagnoses and procedures of every label."""
    reparto.en_consulta(elenco, paciente)
    propio = decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA)
    for numero, etiquetas in enumerate(([], ["VIH"], ["SALUD_MENTAL"], ["VIH", "VIOLENCIA"])):
        for tipo, propios in (
            ("Observation", {"status": "final"}),
            ("Condition", {}),
            ("Procedure", {"status": "completed"}),
        ):
            recurso = {
                "resourceType": tipo,
                "meta": {"security": [{"system": "urn:ece:etiqueta", "code": e} for e in etiquetas]}
                if etiquetas
                else {"tag": [{"code": str(numero)}]},
                "code": {"text": f"Dato {numero}"},
                "subject": {"reference": f"Patient/{paciente}"},
                **propios,
            }
            escritura.crear(propio, recurso=recurso, ahora=AHORA)
    return propio


def test_the_three_ways_agree_on_every_row(acceso: Acceso) -> None:
    todos = [s for s in recursos.compartimento(acceso) if s.tipo != "Patient"]
    assert {len(s.etiquetas) for s in todos} == {0, 1, 2}
    azar = random.Random(2026)
    visitas = [s.id for s in todos if s.tipo == "Encounter"]
    tipos = sorted({s.tipo for s in todos})
    fichas = {s.id: recursos._fichas_de(s) for s in todos}
    conocidas = sorted({f for suyas in fichas.values() for f in suyas})

    def algunos(valores: list, vacio: float) -> frozenset | None:  # type: ignore[type-arg]
        if azar.random() < vacio:
            return None
        return frozenset(azar.sample(valores, azar.randint(1, min(2, len(valores)))))

    def ambito() -> Ambito:
        return Ambito(
            tipos=algunos(tipos, 0.5),
            etiquetas=algunos(ETIQUETAS, 0.4),
            encuentros=algunos(visitas, 0.8),
            autores=algunos([acceso.actor.id, UUID(int=3)], 0.8),
            registros=algunos([s.id for s in todos], 0.8),
            periodo=Periodo(hasta=AHORA) if azar.random() < 0.1 else None,
            fichas=algunos(conocidas, 0.8),
        ).en_fichas(lambda c: ficha_de_etiqueta(acceso.paciente, c))

    for _ in range(120):
        reserva = Reserva(
            tuple(
                Veda(ambito(), tuple(ambito() for _ in range(azar.randint(0, 2))))
                for _ in range(azar.randint(1, 3))
            )
        )
        visibles = {
            s.id for s in todos if not reserva.oculta(replace(s.renglon, fichas=fichas[s.id]))
        }
        limitado = con_reserva(acceso, reserva)
        por_sql = {s.id for s in recursos.compartimento(limitado) if s.tipo != "Patient"}
        assert por_sql == visibles, reserva
        assert {s.id for s in todos if recursos.visible(limitado, s)} == visibles, reserva
        for modelo in (Observacion, Diagnostico, OtroRegistro):
            propios = {s.id for s in todos if modelo.TIPO in ("", s.tipo)} & visibles
            hallados = {fila.id for fila in modelo.objects.de(limitado)}
            if modelo is OtroRegistro:
                propios &= {s.id for s in todos if s.tipo == "Procedure"}
            assert hallados == propios, reserva
            if modelo.TIPO:
                assert recursos.contar(limitado, Consulta(modelo.TIPO)) == len(propios)
        assert set(recursos.tipos_de(limitado)) == {
            "Patient",
            *(s.tipo for s in todos if s.id in visibles),
        }


def test_a_withheld_row_that_slips_into_a_query_stays_closed(acceso: Acceso) -> None:
    """The second wall: the row's own labels are looked at again before its key is asked for."""
    (fila,) = recursos.compartimento(acceso, tipos=["Condition"], limite=1)
    limitado = con_reserva(acceso, Reserva((Veda(Ambito(tipos=frozenset({"Condition"}))),)))
    with pytest.raises(AccesoInvalido, match="reservado"):
        recursos.abrir(limitado, fila)
    assert expediente.registro(acceso, tipo="Condition", id=fila.id) is not None
    assert expediente.registro(limitado, tipo="Condition", id=fila.id) is None


def test_only_the_reach_of_an_app_leaves_out_who_somebody_is(acceso: Acceso) -> None:
    (fila,) = recursos.compartimento(acceso, tipos=["Patient"])
    solo = (Ambito(tipos=frozenset({"Observation"})),)
    for por_ambito in (False, True):
        limitado = con_reserva(acceso, Reserva((Veda(TODO, solo, por_ambito=por_ambito),)))
        assert recursos.visible(limitado, fila) is not por_ambito
        assert bool(recursos.compartimento(limitado, tipos=["Patient"])) is not por_ambito
        assert recursos.contar(limitado, Consulta("Patient")) == (not por_ambito)


def test_labels_of_one_patient_say_nothing_of_those_of_another() -> None:
    uno, otro = UUID(int=1), UUID(int=2)
    assert ficha_de_etiqueta(uno, "VIH") != ficha_de_etiqueta(otro, "VIH")
    assert Reserva((Veda(TODO),)).total
    assert not Reserva((Veda(TODO, (Ambito(tipos=frozenset({"Condition"})),)),)).total
    assert not Reserva((Veda(TODO),)).oculta(Renglon("Patient"))
