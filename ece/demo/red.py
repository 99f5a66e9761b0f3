"""Two institutions that know each other: on each side the partner, the agreement, a patient."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.convenios import ConPacientes, Contacto, Estado, Firmante, Terminos, huella
from consentimiento.selectors import convenios as selectores
from consentimiento.services import compartidos, convenios
from ece.demo import convenios as de_demo
from ece.demo.elenco import Gente
from ece.demo.siembra import SEMBRADOR
from ece.identidad.selectors import actor_activo
from ece.identidad.services import clientes
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.services import citas, pacientes, recursos
from registros.services.citas import Lugar
from registros.services.pacientes import Identificacion
from registros.services.recursos import Escritura

Recurso = dict[str, Any]

ENTRA = de_demo.ENTRA | {
    *("ServiceRequest", "Task", "Condition", "AllergyIntolerance", "MedicationRequest"),
    "Encounter",
}
CONOCIDA = Identificacion(
    nombre="Marisol",
    primer_apellido="Sosa",
    segundo_apellido="Luna",
    fecha_nacimiento=date(1985, 2, 14),
    sexo_curp="M",
    sexo_biologico="femenino",
    curp="SOLM850214MOCSNR08",
    entidad_nacimiento="OC",
    telefono="9511112233",
)
"""Somebody (invented) whom both institutions treat."""


def folio_con(client_id: str) -> str:
    return f"RED-{client_id}"


def testigos(url: str, llaves: Mapping[str, Any]) -> dict[str, str]:
    """What the environment of an institution says so that it and the one at `url`, of those
    `llaves` (as ``enlazar llaves`` prints them), cosign each other's logs."""
    return {
        "ECE_TESTIGOS": f"{url}/verificar/bitacora/testigo {llaves['testigo']}",
        "ECE_BITACORAS_ATESTIGUADAS": ",".join(llaves["bitacora"]),
    }


def redactar(
    gente: Gente,
    *,
    client_id: str,
    nombre: str,
    direccion: str,
    llaves: Sequence[Recurso],
    como: str,
    ahora: datetime,
) -> str:
    """Register the partner with its keys, draft the agreement with it, sign it by our side.

    Returns the digest of what is signed, which the other side looks at before it signs.
    """
    cliente = clientes.registrar(
        client_id=client_id,
        nombre=nombre,
        rol=Rol.ALIADO,
        secreto=secrets.token_urlsafe(32),
        llaves={jwk["kid"]: jwk for jwk in llaves},
    )
    gobierna = _alcance(gente, "enlace", Permiso.CONVENIO_GOBERNAR, ahora)
    terminos = _terminos(cliente, client_id, nombre, direccion, como, ahora)
    id_ = convenios.redactar(gobierna, terminos=terminos, ahora=ahora)
    dirige = _alcance(gente, "direccion", Permiso.CONVENIO_FIRMAR, ahora)
    convenios.firmar(dirige, convenio_id=id_, ahora=ahora)
    return huella(terminos.canonico())


def iniciar(gente: Gente, *, client_id: str, ahora: datetime) -> bool:
    """Put the agreement in force, if the partner signed it; whether it is now."""
    lee = _alcance(gente, "enlace", Permiso.CONVENIO_LEER, ahora)
    gobierna = _alcance(gente, "enlace", Permiso.CONVENIO_GOBERNAR, ahora)
    for visto in selectores.todos(lee, ahora=ahora):
        if visto.terminos.folio == folio_con(client_id):
            if visto.estado is Estado.FIRMADO:
                convenios.iniciar(gobierna, convenio_id=visto.id, ahora=ahora)
                return True
            return visto.estado is Estado.VIGENTE
    return False


def conocer(
    gente: Gente, persona: Identificacion, historia: Sequence[Recurso], *, ahora: datetime
) -> UUID:
    """Register somebody with what is known of them here, and an appointment; returns their id."""
    paciente = uuid7()
    acceso = decision.admitir_lote(SEMBRADOR, [paciente], ahora=ahora)[paciente]
    quien = pacientes.a_recurso(persona, expediente=pacientes.siguiente_expediente())
    sujeto = {"reference": f"Patient/{paciente}"}
    suyos = [{**r, _QUIEN.get(r["resourceType"], "subject"): sujeto} for r in historia]
    recursos.escribir(
        [Escritura(acceso, quien, paciente), *(Escritura(acceso, r) for r in suyos)],
        ahora=ahora,
        tipo=TipoDeEvento.RECURSOS_TRANSACCION,
    )
    cita = decision.abrir_paciente(SEMBRADOR, paciente, Permiso.CITA_PROGRAMAR, ahora=ahora)
    inicio = timezone.localtime(ahora).replace(minute=0, second=0, microsecond=0)
    if 7 <= inicio.hour < 15:  # not when the population has theirs (`siembra`)
        inicio = inicio.replace(hour=15)
    lugar = Lugar(
        gente.usuarios["medica"], gente.unidades["consulta"], inicio, inicio + citas.DURACION
    )
    citas.programar(cita, lugar=lugar, motivo="Consulta de seguimiento", ahora=ahora)
    return paciente


def compartir(gente: Gente, paciente: UUID, *, client_id: str, ahora: datetime) -> None:
    """The patient agrees that the partner asks for them."""
    vigente = next(
        d for d in selectores.destinos(ahora=ahora) if d.identificador and _es(d, client_id, ahora)
    )
    acceso = decision.abrir_paciente(
        _actor(gente, "medica", ahora), paciente, Permiso.EXPEDIENTE_COMPARTIR, ahora=ahora
    )
    compartidos.compartir(
        acceso,
        convenio_id=vigente.convenio,
        base=ConPacientes.CONSENTIMIENTO,
        hasta=ahora + timedelta(days=180),
        ahora=ahora,
    )


def historia(hoy: date) -> list[Recurso]:
    """What only one of the institutions knows of her; the last is sensitive and does not travel."""
    return [
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": _estado("allergyintolerance-clinical", "active"),
            "verificationStatus": _estado("allergyintolerance-verification", "confirmed"),
            "criticality": "high",
            "code": {"text": "Penicilina"},
        },
        _padecimiento("I10X", "Hipertensión esencial (primaria)", hoy),
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {
                "coding": [{"system": "http://loinc.org", "code": "2160-0"}],
                "text": "Creatinina en suero",
            },
            "effectiveDateTime": hoy.isoformat(),
            "valueQuantity": {"value": Decimal("1.9"), "unit": "mg/dL"},
        },
        _padecimiento("F321", "Episodio depresivo moderado", hoy),
    ]


_QUIEN = {"AllergyIntolerance": "patient"}
_TERMINOLOGIA = "http://terminology.hl7.org/CodeSystem"


def _estado(sistema: str, codigo: str) -> Recurso:
    return {"coding": [{"system": f"{_TERMINOLOGIA}/{sistema}", "code": codigo}]}


def _padecimiento(codigo: str, nombre: str, hoy: date) -> Recurso:
    return {
        "resourceType": "Condition",
        "clinicalStatus": _estado("condition-clinical", "active"),
        "verificationStatus": _estado("condition-ver-status", "confirmed"),
        "code": {
            "coding": [
                {"system": "http://hl7.org/fhir/sid/icd-10", "code": codigo, "display": nombre}
            ]
        },
        "recordedDate": hoy.isoformat(),
    }


def _terminos(
    cliente: UUID, client_id: str, nombre: str, direccion: str, como: str, ahora: datetime
) -> Terminos:
    return replace(
        de_demo.terminos(cliente, ahora),
        folio=folio_con(client_id),
        aliada=Firmante(nombre, "Adela Pech Moo", "Directora general"),
        privacidad=Contacto("Raúl Téllez Gil", "datos@ejemplo.example"),
        sale=de_demo.SALE | {"Task", "DocumentReference"},
        entra=ENTRA,
        direccion=direccion,
        identificador=como,
    )


def _es(destino: selectores.Destino, client_id: str, ahora: datetime) -> bool:
    terminos = dict(selectores.de_cliente(destino.cliente, ahora=ahora))
    return any(t.folio == folio_con(client_id) for t in terminos.values())


def _actor(gente: Gente, quien: str, ahora: datetime) -> Actor:
    actor = actor_activo(gente.usuarios[quien], ahora=ahora)
    assert actor is not None
    return actor


def _alcance(gente: Gente, quien: str, permiso: Permiso, ahora: datetime) -> Alcance:
    return decision.alcanzar(_actor(gente, quien, ahora), permiso, motivo="convenios", ahora=ahora)
