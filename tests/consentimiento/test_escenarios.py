"""Consents that others published, and what follows from each here.

Sources: the examples of HL7 FHIR R4 Consent (consent-examples.html), those of IHE PCF 1.1 (Privacy
Consent on FHIR: basic, intermediate, advanced) and the test cases of LEAP's consent decision
service. The consents are written anew, to their shape; each line says what of a record is seen.

Where they differ from us it is on purpose, and the line says so: in those systems nothing is shared
unless a consent permits it; here who treats somebody reads their record by law, and a consent
refuses or opens. LEAP lets the newest consent win; here the narrowest refusal does.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import Hechos, Relacion, Solicitud
from consentimiento.directivas import Directiva, leer
from ece import fhir
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.reserva import Renglon
from ece.nucleo.roles import Permiso, Rol

HOY = datetime(2026, 11, 23, 16, tzinfo=UTC)
ALIADA, NUESTRA, UNIDAD, OTRA = (UUID(int=n) for n in (53, 54, 60, 61))
MEDICA, ENFERMERO, MAQUINA, CIENTIFICA, AUTOR = (UUID(int=n) for n in (1, 2, 3, 4, 5))
VISITA, DATO = UUID(int=70), UUID(int=71)
Consent = dict[str, Any]


def _actor(id: UUID, clase: str, rol: Rol, unidad: UUID | None = UNIDAD) -> Actor:
    return Actor(id, clase, "", (Asignado(rol, unidad),), institucion=NUESTRA)


QUIENES = {
    "médica": (
        _actor(MEDICA, "persona", Rol.MEDICO),
        frozenset({Relacion.ENCUENTRO_RESPONSABLE}),
    ),
    "enfermero": (
        _actor(ENFERMERO, "persona", Rol.ENFERMERIA),
        frozenset({Relacion.ENCUENTRO_EN_UNIDAD}),
    ),
    "urgencias": (
        _actor(MEDICA, "persona", Rol.URGENCIAS),
        frozenset({Relacion.EMERGENCIA}),
    ),
    "ajena": (_actor(AUTOR, "persona", Rol.MEDICO, OTRA), frozenset[Relacion]()),
    "sistema": (_actor(MAQUINA, "cliente", Rol.INTEGRACION, None), frozenset[Relacion]()),
    "científica": (
        _actor(CIENTIFICA, "persona", Rol.INVESTIGACION, None),
        frozenset({Relacion.PROTOCOLO}),
    ),
    "titular": (
        Actor(UUID(int=6), "persona", "", (Asignado(Rol.PACIENTE),)),
        frozenset({Relacion.TITULAR}),
    ),
}

RENGLONES = {
    "dato": Renglon("Observation", (), None, MEDICA, UUID(int=80), HOY),
    "vih": Renglon("Observation", ("VIH",), None, AUTOR, UUID(int=81), HOY),  # type: ignore[arg-type]
    "mental": Renglon("Composition", ("SALUD_MENTAL",), None, AUTOR, UUID(int=82), HOY),  # type: ignore[arg-type]
    "adicción": Renglon("Observation", ("ADICCIONES",), None, AUTOR, DATO, HOY),  # type: ignore[arg-type]
    "medicina": Renglon("MedicationStatement", (), None, AUTOR, UUID(int=83), HOY),
    "visita": Renglon("Condition", (), VISITA, MEDICA, UUID(int=84), HOY),
    "de 2022": Renglon(
        "Observation", (), None, MEDICA, UUID(int=85), datetime(2022, 6, 1, tzinfo=UTC)
    ),
}
TODO = frozenset(RENGLONES)
SIN_ETIQUETA = TODO - {"vih", "mental", "adicción"}


def provision(tipo: str = "", **partes: Any) -> dict[str, Any]:
    return ({"type": tipo} if tipo else {}) | partes


def consent(politica: str = "", raiz: dict[str, Any] | None = None, **mas: Any) -> Consent:
    """A Consent that R4 accepts, in force unless `mas` says otherwise."""
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": _codigo("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
        "category": [_codigo("http://loinc.org", "59284-0")],
        "patient": {"reference": f"Patient/{UUID(int=52)}"},
        "dateTime": "2026-01-01",
        "policyRule": _codigo(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode", politica or "OPTIN"
        ),
        **({"provision": raiz} if raiz is not None else {}),
        **mas,
    }


def _codigo(sistema: str, codigo: str) -> dict[str, Any]:
    return {"coding": [{"system": sistema, "code": codigo}]}


def para(*referencias: str) -> list[dict[str, Any]]:
    papel = _codigo("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
    return [{"role": papel, "reference": {"reference": r}} for r in referencias]


def fin(*codigos: str) -> list[dict[str, str]]:
    return [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": c} for c in codigos
    ]


def reserva(*codigos: str) -> list[dict[str, str]]:
    sistema = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    return [{"system": sistema, "code": c} for c in codigos]


def sensible(*codigos: str) -> list[dict[str, str]]:
    return [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": c} for c in codigos
    ]


def clase(*tipos: str) -> list[dict[str, str]]:
    return [{"system": "http://hl7.org/fhir/resource-types", "code": t} for t in tipos]


def dato(significado: str, referencia: str) -> list[dict[str, Any]]:
    return [{"meaning": significado, "reference": {"reference": referencia}}]


ORG, OTRA_ORG = f"Organization/{NUESTRA}", f"Organization/{ALIADA}"
PRACTICANTE, AUTORA = f"Practitioner/{MEDICA}", f"Practitioner/{AUTOR}"
TPO = fin("TREAT", "HPAYMT", "HOPERAT")


@dataclass(frozen=True)
class Escenario:
    fuente: str
    consents: list[Consent]
    quien: str
    ve: frozenset[str]
    ahora: datetime = field(default=HOY)


E = Escenario
R4, PCF, LEAP = "HL7 R4 consent-example-", "IHE PCF ex-consent-", "LEAP consent-boris-"
NADA: frozenset[str] = frozenset()

ESCENARIOS = [
    # HL7 FHIR R4
    E(f"{R4}basic", [consent("OPTIN", provision(period={"start": "1964-01-01"}))], "médica", TODO),
    E(
        f"{R4}notOrg: withhold from an organization",
        [consent("OPTIN", provision("deny", actor=para(ORG)))],
        "sistema",
        NADA,
    ),
    E(
        f"{R4}notOrg: another organization is not it",
        [consent("OPTIN", provision("deny", actor=para(OTRA_ORG)))],
        "sistema",
        TODO,
    ),
    E(
        f"{R4}notAuthor: withhold what an organization's people wrote",
        [consent("OPTIN", provision("deny", data=dato("authoredby", AUTORA)))],
        "médica",
        frozenset({"dato", "visita", "de 2022"}),
    ),
    E(
        f"{R4}notThem: withhold from one person",
        [consent("OPTIN", provision("deny", actor=para(PRACTICANTE)))],
        "médica",
        NADA,
    ),
    E(
        f"{R4}notThem: and from nobody else",
        [consent("OPTIN", provision("deny", actor=para(PRACTICANTE)))],
        "sistema",
        TODO,
    ),
    E(
        f"{R4}notThis: withhold one order",
        [consent("OPTIN", provision("deny", data=dato("related", f"ServiceRequest/{DATO}")))],
        "médica",
        TODO - {"adicción"},
    ),
    E(
        f"{R4}notTime: withhold what happened then",
        [consent("OPTIN", provision("deny", dataPeriod={"start": "2022-01", "end": "2022-12"}))],
        "médica",
        TODO - {"de 2022"},
    ),
    E(
        f"{R4}Emergency: opted out, but for an emergency",
        [consent("OPTOUT", provision("permit", purpose=fin("ETREAT")))],
        "médica",
        NADA,
    ),
    E(
        f"{R4}Emergency: and in the emergency it opens",
        [consent("OPTOUT", provision("permit", purpose=fin("ETREAT")))],
        "urgencias",
        TODO - {"mental"},
    ),
    E(f"{R4}grantor: signed by somebody else", [consent("OPTIN")], "médica", TODO),
    E(f"{R4}signature", [consent("OPTOUT")], "sistema", NADA),
    # IHE PCF, basic
    E(f"{PCF}basic-treat", [consent("OPTIN", provision("permit", purpose=TPO))], "médica", TODO),
    E(f"{PCF}basic-ink", [consent("OPTIN", provision("permit", purpose=TPO))], "sistema", TODO),
    E(f"{PCF}basic-reject", [consent("OPTIN", provision("deny", purpose=TPO))], "médica", NADA),
    E(
        f"{PCF}basic-reject: the person still reads their own",
        [consent("OPTIN", provision("deny", purpose=TPO))],
        "titular",
        TODO,
    ),
    E(
        f"{PCF}expired-treat (expired: as if it were not; who treats reads by law)",
        [consent("OPTIN", provision("permit", purpose=TPO, period={"end": "2022-12-31"}))],
        "médica",
        TODO,
    ),
    E(
        f"{PCF}expired, of a refusal: it binds no more",
        [consent("OPTIN", provision("deny", purpose=TPO, period={"end": "2022-12-31"}))],
        "médica",
        TODO,
    ),
    E(
        f"{PCF}expired, of a refusal, while it lasted",
        [consent("OPTIN", provision("deny", purpose=TPO, period={"end": "2022-12-31"}))],
        "médica",
        NADA,
        datetime(2022, 12, 31, 12, tzinfo=UTC),
    ),
    # IHE PCF, intermediate
    E(
        f"{PCF}intermediate-not-timeframe",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    purpose=TPO,
                    provision=[
                        provision("deny", dataPeriod={"start": "2022-01", "end": "2022-12"})
                    ],
                ),
            )
        ],
        "médica",
        TODO - {"de 2022"},
    ),
    E(
        f"{PCF}intermediate-timeframe, over a refusal of all: only that year",
        [
            consent(
                "OPTOUT",
                provision("permit", purpose=TPO, dataPeriod={"start": "2022-01", "end": "2022-12"}),
            )
        ],
        "médica",
        frozenset({"de 2022"}),
    ),
    E(
        f"{PCF}intermediate-not-authoredby",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    purpose=TPO,
                    provision=[provision("deny", data=dato("authoredby", AUTORA))],
                ),
            )
        ],
        "médica",
        frozenset({"dato", "visita", "de 2022"}),
    ),
    E(
        f"{PCF}intermediate-authoredby, over a refusal of all",
        [consent("OPTOUT", provision("permit", data=dato("authoredby", AUTORA)))],
        "médica",
        frozenset({"vih", "mental", "adicción", "medicina"}),
    ),
    E(
        f"{PCF}intermediate-not-encounter",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    purpose=TPO,
                    provision=[provision("deny", data=dato("related", f"Encounter/{VISITA}"))],
                ),
            )
        ],
        "médica",
        TODO - {"visita"},
    ),
    E(
        f"{PCF}intermediate-encounter, over a refusal of all",
        [consent("OPTOUT", provision("permit", data=dato("related", f"Encounter/{VISITA}")))],
        "médica",
        frozenset({"visita"}),
    ),
    E(
        f"{PCF}intermediate-not-data",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    purpose=TPO,
                    provision=[provision("deny", data=dato("instance", f"Observation/{DATO}"))],
                ),
            )
        ],
        "médica",
        TODO - {"adicción"},
    ),
    E(
        f"{PCF}intermediate-data, over a refusal of all",
        [consent("OPTOUT", provision("permit", data=dato("instance", f"Observation/{DATO}")))],
        "médica",
        frozenset({"adicción"}),
    ),
    E(
        f"{PCF}intermediate-purpose: a purpose nobody has opens nothing",
        [consent("OPTIN", provision("permit", purpose=fin("FOOBAR"), actor=para(AUTORA)))],
        "ajena",
        NADA,
    ),
    E(
        f"{PCF}intermediate-purpose: research refused, care goes on",
        [consent("OPTIN", provision("deny", purpose=fin("HRESCH")))],
        "médica",
        TODO,
    ),
    E(
        f"{PCF}intermediate-purpose: research refused",
        [consent("OPTIN", provision("deny", purpose=fin("HRESCH")))],
        "científica",
        NADA,
    ),
    E(
        "IHE PCF ex-dissent-intermediate-break-glass: refused in the routine",
        [
            consent(
                "OPTIN",
                provision(
                    "deny", purpose=TPO, provision=[provision("permit", purpose=fin("ETREAT"))]
                ),
            )
        ],
        "médica",
        NADA,
    ),
    E(
        "IHE PCF ex-dissent-intermediate-break-glass: the glass broken",
        [
            consent(
                "OPTIN",
                provision(
                    "deny", purpose=TPO, provision=[provision("permit", purpose=fin("ETREAT"))]
                ),
            )
        ],
        "urgencias",
        TODO - {"mental"},
    ),
    # IHE PCF, advanced
    E(
        f"{PCF}advanced-normal-not-restricted",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    securityLabel=reserva("N"),
                    provision=[provision("deny", securityLabel=reserva("R"))],
                ),
            )
        ],
        "médica",
        SIN_ETIQUETA,
    ),
    E(
        f"{PCF}advanced-normal (here sensitive data is for who treats, unless refused)",
        [consent("OPTIN", provision("permit", purpose=TPO, securityLabel=reserva("N")))],
        "enfermero",
        SIN_ETIQUETA,
    ),
    E(
        f"{PCF}advanced-normal-restricted",
        [consent("OPTIN", provision("permit", securityLabel=reserva("N", "R")))],
        "médica",
        TODO,
    ),
    E(
        f"{PCF}advanced-normal-focused-restricted: whom it names sees it",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    provision=[
                        provision("deny", securityLabel=reserva("R")),
                        provision("permit", securityLabel=reserva("R"), actor=para(PRACTICANTE)),
                    ],
                ),
            )
        ],
        "médica",
        TODO,
    ),
    E(
        f"{PCF}advanced-normal-focused-restricted: and nobody else",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    provision=[
                        provision("deny", securityLabel=reserva("R")),
                        provision("permit", securityLabel=reserva("R"), actor=para(PRACTICANTE)),
                    ],
                ),
            )
        ],
        "sistema",
        SIN_ETIQUETA,
    ),
    E(
        f"{PCF}advanced-normal-focused-psy: one category to one person",
        [
            consent(
                "OPTIN",
                provision(
                    "permit", securityLabel=sensible("PSY"), actor=para(f"Practitioner/{ENFERMERO}")
                ),
            )
        ],
        "enfermero",
        SIN_ETIQUETA | {"mental"},
    ),
    E(
        f"{PCF}advanced-normal-focused-psy-or-sex: HIV is neither",
        [consent("OPTIN", provision("deny", securityLabel=sensible("PSY", "SEX")))],
        "médica",
        TODO - {"mental"},
    ),
    E(
        f"{PCF}advanced-normal-break-glass-restricted",
        [consent("OPTIN", provision("deny", securityLabel=reserva("R")))],
        "urgencias",
        TODO - {"mental"},
    ),
    # LEAP
    E(f"{LEAP}optin", [consent("OPTIN")], "médica", TODO),
    E(f"{LEAP}optout", [consent("OPTOUT")], "médica", NADA),
    E(
        f"{LEAP}optin, prohibited recipient",
        [consent("OPTIN", provision(provision=[provision("deny", actor=para(ORG))]))],
        "médica",
        NADA,
    ),
    E(
        f"{LEAP}deny-practitioner",
        [consent("OPTIN", provision(provision=[provision("deny", actor=para(PRACTICANTE))]))],
        "médica",
        NADA,
    ),
    E(
        f"{LEAP}deny-restricted-label",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[provision("deny", actor=para(ORG), securityLabel=reserva("R"))]
                ),
            )
        ],
        "médica",
        SIN_ETIQUETA,
    ),
    E(
        f"{LEAP}multiple-deny-labels",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[
                        provision("deny", securityLabel=sensible("HIV")),
                        provision("deny", securityLabel=sensible("ETH")),
                    ]
                ),
            )
        ],
        "médica",
        TODO - {"vih", "adicción"},
    ),
    E(
        f"{LEAP}deny-restricted-content-class-only",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[
                        provision(
                            "deny", actor=para(ORG), **{"class": clase("MedicationStatement")}
                        )
                    ]
                ),
            )
        ],
        "médica",
        TODO - {"medicina"},
    ),
    E(
        f"{LEAP}deny-restricted-content-class-and-sec-label",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[
                        provision("deny", **{"class": clase("MedicationStatement")}),
                        provision("deny", securityLabel=reserva("R")),
                    ]
                ),
            )
        ],
        "médica",
        SIN_ETIQUETA - {"medicina"},
    ),
    E(
        f"{LEAP}deny-restricted-content-class: both in one provision",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[
                        provision(
                            "deny",
                            securityLabel=sensible("HIV"),
                            **{"class": clase("Composition", "Observation")},
                        )
                    ]
                ),
            )
        ],
        "médica",
        TODO - {"vih"},
    ),
    E(
        f"{LEAP}deny-restricted-clinical-code (a code of a known category refuses the category)",
        [
            consent(
                "OPTIN",
                provision(
                    provision=[
                        provision("deny", code=[_codigo("http://hl7.org/fhir/sid/icd-10", "B20")])
                    ]
                ),
            )
        ],
        "médica",
        TODO - {"vih"},
    ),
    E(
        f"{LEAP}expired",
        [consent("OPTOUT", provision(period={"start": "2019-11-01", "end": "2022-01-01"}))],
        "médica",
        TODO,
    ),
    E(f"{LEAP}inactive", [consent("OPTOUT", status="inactive")], "médica", TODO),
    E(
        f"{LEAP}research: another scope says nothing of care",
        [
            consent(
                "OPTOUT",
                scope=_codigo("http://terminology.hl7.org/CodeSystem/consentscope", "research"),
            )
        ],
        "médica",
        TODO,
    ),
    E(
        f"{LEAP}optin-with-pou-in-root-provision: treatment refused, research not",
        [consent("OPTIN", provision("deny", purpose=fin("TREAT")))],
        "científica",
        SIN_ETIQUETA,
    ),
    E(
        f"{LEAP}provision-array",
        [
            consent(
                "OPTIN",
                provision(
                    "permit",
                    provision=[
                        provision("deny", actor=para(ORG), securityLabel=reserva("R")),
                        provision("deny", actor=para(ORG), securityLabel=reserva("V")),
                        provision("deny", purpose=fin("HMARKT")),
                    ],
                ),
            )
        ],
        "médica",
        SIN_ETIQUETA,
    ),
    E(
        "LEAP, most recent consent wins: here a newer broad yes undoes no older narrow no",
        [
            consent("OPTIN", provision("deny", securityLabel=sensible("HIV")), dateTime="2020-01"),
            consent("OPTIN", provision("permit"), dateTime="2026-01"),
        ],
        "médica",
        TODO - {"vih"},
    ),
    E(
        "LEAP, combiner never called: of two at the same breadth, the refusal",
        [
            consent("OPTIN", provision("permit", securityLabel=sensible("HIV"))),
            consent("OPTIN", provision("deny", securityLabel=sensible("HIV"))),
        ],
        "médica",
        TODO - {"vih"},
    ),
]


@pytest.mark.parametrize("escenario", ESCENARIOS, ids=lambda e: e.fuente)
def test_what_each_published_consent_lets_be_seen(escenario: Escenario) -> None:
    directivas: list[Directiva] = []
    for numero, uno in enumerate(escenario.consents):
        assert not fhir.validar({**uno, "id": str(UUID(int=numero))})
        directivas += leer(UUID(int=numero), uno)
    actor, relaciones = QUIENES[escenario.quien]
    hechos = Hechos(
        True,
        relaciones,
        frozenset({Permiso.EXPEDIENTE_LEER}),
        directivas=tuple(directivas),
    )
    decision = decidir(Solicitud(actor, Permiso.EXPEDIENTE_LEER, hechos, escenario.ahora))
    visto = {
        nombre
        for nombre, renglon in RENGLONES.items()
        if decision.permitido and not decision.reserva.oculta(renglon)
    }
    assert visto == escenario.ve


def test_there_are_enough_of_them_and_each_says_where_it_is_from() -> None:
    assert len(ESCENARIOS) >= 50
    assert all(e.fuente.startswith(("HL7 R4", "IHE PCF", "LEAP")) for e in ESCENARIOS)
    assert len({e.fuente for e in ESCENARIOS}) == len(ESCENARIOS)
