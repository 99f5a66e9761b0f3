"""Whoever is born here is registered from the mother's chart, at once and without papers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.catalogos import dichos, personas
from registros.catalogos.signos import CATEGORIA, SISTEMA_LOINC, SISTEMA_UCUM
from registros.models import Encuentro, Observacion, OtroRegistro, Paciente
from registros.models.base import Recurso
from registros.models.identificacion import Contacto, Identificacion
from registros.models.identificacion_en_fhir import PARENTESCO, a_recurso, de_recurso
from registros.models.paciente import EXTENSION, nombre_completo
from registros.services import pacientes, recursos, signos

_APGAR = {1: "9272-6", 5: "9274-2"}


class MadreImposible(Exception):
    """The record is of somebody who cannot have given birth."""


@dataclass(frozen=True, slots=True)
class Nacimiento:
    """A birth: `sexo` H, M or empty (cannot be told); `orden` of a multiple one, else None.

    Weight in grams, length in centimetres, Apgar from 0 to 10.
    """

    momento: datetime
    sexo: str
    orden: int | None = None
    peso: int | None = None
    talla: Decimal | None = None
    apgar_1: int | None = None
    apgar_5: int | None = None


def registrar(madre: Acceso, hijo: Acceso, *, nacimiento: Nacimiento, ahora: datetime) -> UUID:
    """Register the child of `madre`; each record names the other. Returns the child's id.

    With the mother's visit open, the child's begins in the same unit, under the same professional.
    Raises `MadreImposible`, `signos.MedicionImposible`.
    """
    for acceso in (madre, hijo):
        acceso.exigir(Permiso.NACIMIENTO_REGISTRAR)
    with acto(madre, hijo, tipo=TipoDeEvento.NACIMIENTO_REGISTRADO, ahora=ahora) as el_acto:
        suya = Paciente.objects.de(madre).get()
        assert isinstance(suya, Paciente)
        de_la_madre = de_recurso(suya.recurso)
        if de_la_madre.sexo_biologico == "masculino":
            raise MadreImposible(str(madre.paciente))
        llavero.crear(hijo)
        recurso = _hijo(de_la_madre, suya, nacimiento)
        paciente = Paciente.nuevo(hijo, recurso, ahora=ahora, id=hijo.paciente)
        lazo = OtroRegistro.nuevo(hijo, _pariente(suya, hijo.paciente), ahora=ahora)
        enlace: Recurso = {
            "extension": [
                {
                    "url": f"{EXTENSION}hijo",
                    "valueReference": {"reference": f"Patient/{paciente.id}"},
                }
            ],
            "other": {
                "reference": f"RelatedPerson/{lazo.id}",
                "display": f"{nombre_completo(recurso)} · {paciente.identidad.expediente}",
            },
            "type": "seealso",
        }
        con_enlace = {**suya.recurso, "link": [*suya.recurso.get("link", ()), enlace]}
        el_acto.reemplazar(suya.siguiente(madre, con_enlace, ahora=ahora))
        el_acto.insertar(paciente)
        el_acto.insertar(lazo)
        estancia = _estancia(madre, hijo, nacimiento)
        if estancia is not None:
            visita = Encuentro.nuevo(hijo, estancia, ahora=ahora, id=uuid7())
            el_acto.insertar(visita)
        for medida in _medidas(hijo, nacimiento, visita.id if estancia else None):
            el_acto.insertar(Observacion.nuevo(hijo, medida, ahora=ahora))
        recursos.apartar_identificadores([paciente])
    return paciente.id


def _hijo(madre: Identificacion, suya: Paciente, nacimiento: Nacimiento) -> Recurso:
    cual = f"RN {nacimiento.orden}" if nacimiento.orden else "RN"
    identificacion = Identificacion(
        nombre=f"{cual} de {madre.nombre}",
        primer_apellido=madre.primer_apellido,
        segundo_apellido=madre.segundo_apellido,
        fecha_nacimiento=nacimiento.momento.date(),
        hora_nacimiento=nacimiento.momento.isoformat(timespec="seconds"),
        sexo_curp=nacimiento.sexo,
        sexo_biologico={"H": "masculino", "M": "femenino"}.get(nacimiento.sexo, ""),
        sin_curp_motivo=dichos.RECIEN_NACIDO,
        nacionalidad=personas.MEXICANA,
        domicilio=madre.domicilio,
        telefono=madre.telefono,
        contactos=(
            Contacto(suya.identidad.nombre, dichos.MADRE.lower(), madre.telefono, tutor=True),
        ),
        provisional="recien-nacido",
    )
    recurso = a_recurso(identificacion, expediente=pacientes.siguiente_expediente())
    recurso["extension"].append(
        {
            "url": f"{EXTENSION}madre",
            "valueReference": {
                "reference": f"Patient/{suya.id}",
                "display": f"{suya.identidad.nombre} · {suya.identidad.expediente}",
            },
        }
    )
    if nacimiento.orden is not None:
        recurso["multipleBirthInteger"] = nacimiento.orden
    return recurso


def _pariente(madre: Paciente, hijo: UUID) -> Recurso:
    """The mother as the child's record knows her; her own record links to it."""
    recurso = madre.recurso
    pariente: Recurso = {
        "resourceType": "RelatedPerson",
        "active": True,
        "patient": {"reference": f"Patient/{hijo}"},
        "relationship": [
            {"coding": [{"system": PARENTESCO, "code": "MTH"}], "text": dichos.MADRE},
        ],
    }
    heredados = ("identifier", "name", "telecom", "gender", "birthDate", "address")
    return {**pariente, **{clave: recurso[clave] for clave in heredados if clave in recurso}}


def _estancia(madre: Acceso, hijo: Acceso, nacimiento: Nacimiento) -> Recurso | None:
    """The child's own visit, where the mother's is under way."""
    abiertos = Encuentro.objects.de(madre).con_estado(
        "arrived", "triaged", "in-progress", "onleave"
    )
    suyo = abiertos.order_by("-fecha", "-id").first()
    if suyo is None or Permiso.ENCUENTRO_ABRIR not in hijo.permisos:
        return None
    comun = ("class", "participant", "location", "serviceProvider")
    return {
        "resourceType": "Encounter",
        "status": "in-progress",
        **{clave: suyo.recurso[clave] for clave in comun if clave in suyo.recurso},
        "subject": {"reference": f"Patient/{hijo.paciente}"},
        "period": {"start": nacimiento.momento.isoformat(timespec="seconds")},
        "reasonCode": [{"text": dichos.NACIMIENTO}],
    }


def _medidas(hijo: Acceso, nacimiento: Nacimiento, encuentro: UUID | None) -> list[Recurso]:
    """Weight, length and Apgar, each apart: nobody wants a newborn's body mass index."""
    valores = {
        "peso": None if nacimiento.peso is None else Decimal(nacimiento.peso) / 1000,
        "talla": nacimiento.talla,
    }
    medidas = [
        medida
        for clave, valor in valores.items()
        if valor is not None
        for medida in signos.observaciones(
            hijo, {clave: valor}, encuentro_id=encuentro, momento=nacimiento.momento
        )
    ]
    for minuto, valor in ((1, nacimiento.apgar_1), (5, nacimiento.apgar_5)):
        if valor is not None:
            medidas.append(_apgar(hijo, minuto, valor, nacimiento.momento, encuentro))
    return medidas


def _apgar(
    hijo: Acceso, minuto: int, valor: int, momento: datetime, encuentro: UUID | None
) -> Recurso:
    recurso: Recurso = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORIA, "code": "survey"}]}],
        "code": {
            "coding": [{"system": SISTEMA_LOINC, "code": _APGAR[minuto]}],
            "text": dichos.APGAR[minuto],
        },
        "subject": {"reference": f"Patient/{hijo.paciente}"},
        "effectiveDateTime": momento.isoformat(timespec="seconds"),
        "performer": [{"reference": f"Practitioner/{hijo.actor.id}", "display": hijo.actor.nombre}],
        "valueQuantity": {
            "value": valor,
            "unit": dichos.PUNTOS,
            "system": SISTEMA_UCUM,
            "code": "{score}",
        },
    }
    if encuentro is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro}"}
    return recurso
