"""Asking for one's ARCO rights, and each step of the answer, with what it carries out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.actos import Acto, acto
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import arco, directivas, plazos
from consentimiento.arco import (
    FINALES,
    Calidad,
    Canal,
    Derecho,
    Estado,
    FueraDePlazo,
    Paso,
    PasoImposible,
    Situacion,
)
from consentimiento.directivas import Directiva
from consentimiento.models import SolicitudArco
from consentimiento.plazos import Terminos
from consentimiento.services import conservacion
from ece.identidad import selectors as identidad
from ece.identidad.models import Regimen
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.catalogos.arco import CATEGORIA
from registros.models import Consentimiento, OtroRegistro
from registros.models.base import Recurso
from registros.services import observaciones, rectificaciones

__all__ = ["FueraDePlazo", "PasoImposible", "dar_paso", "entregar", "leer", "presentar"]

FUNDADOS = frozenset({Paso.NEGAR, Paso.INEXISTENCIA, Paso.RECURRIR, Paso.CONFIRMAR, Paso.MODIFICAR})
"""What is not said without saying why, or by which resolution."""
_TEXTO, _PASO = "urn:ece:arco:texto", "urn:ece:arco:paso"
TEXTOS = ("peticion", "dato", "fin", "solicitante", "identidad", "acredita", "medio", "registro")
"""What a request says (LGPDPPSO 46; LFPDPPP 28): what is asked, the disputed datum as whoever asks
reads it, the use opposed (a code), who asks and how they showed who they are and that they may,
where they are answered, and the disputed record (a reference)."""


class SolicitudInexistente(Exception):
    """There is no such request of this patient."""


class RequisitosIncompletos(Exception):
    """What the law asks of a request is missing; says which (keys of `TEXTOS`)."""

    def __init__(self, faltan: tuple[str, ...]) -> None:
        super().__init__(", ".join(faltan))
        self.faltan = faltan


class CausalRequerida(Exception):
    """A denial names the fraction of the law that it rests on; what ends a request says why."""


@dataclass(frozen=True, slots=True)
class Dicho:
    """What was said at a step of the answer."""

    paso: str
    texto: str
    quien: str
    momento: datetime


@lru_cache(maxsize=4)
def _datos(camino: Path) -> Mapping[str, Any]:
    datos: Mapping[str, Any] = json.loads(camino.read_text(encoding="utf-8"))
    return datos


def terminos(regimen: str) -> Terminos:
    """The terms of a regime, as configured. Raises `plazos.PlazosMalConfigurados`."""
    return plazos.terminos(_datos(settings.ECE_PLAZOS_ARCO), regimen)


def situacion(fila: SolicitudArco) -> Situacion:
    return Situacion(Estado(fila.estado), fila.base, fila.vence, fila.ampliada)


def presentar(
    acceso: Acceso,
    *,
    derecho: Derecho,
    calidad: Calidad,
    canal: Canal,
    textos: Mapping[str, str],
    ahora: datetime,
) -> UUID:
    """Receive a request, which is acknowledged at once by its folio. Returns its id.

    `textos` by the keys of `TEXTOS`. Raises `RequisitosIncompletos`.
    """
    acceso.exigir(Permiso.ARCO_SOLICITAR)
    exigidos = ["peticion", "solicitante", "identidad", "medio"]
    if calidad is not Calidad.TITULAR:
        exigidos.append("acredita")
    if derecho is Derecho.OPOSICION:
        exigidos.append("fin")
    if faltan := tuple(clave for clave in exigidos if not textos.get(clave, "").strip()):
        raise RequisitosIncompletos(faltan)
    hoy, id_ = timezone.localdate(ahora), uuid7()
    institucion = identidad.institucion()
    regimen = Regimen(institucion.regimen) if institucion else Regimen.PUBLICO
    inicial = arco.recibida(hoy, terminos(regimen), settings.ECE_DIAS_INHABILES)
    detalle = {"solicitud": str(id_), "derecho": derecho.value, "canal": canal.value}
    with acto(acceso, tipo=TipoDeEvento.ARCO_PRESENTADA, ahora=ahora, detalle=detalle) as el_acto:
        constancia = OtroRegistro.nuevo(acceso, _recurso(acceso, textos, ahora), ahora=ahora)
        el_acto.insertar(constancia)
        SolicitudArco.objects.create(
            id=id_,
            folio=f"ARCO-{hoy.year}-{id_.hex[-8:].upper()}",
            paciente=acceso.paciente,
            derecho=derecho,
            calidad=calidad,
            canal=canal,
            regimen=regimen,
            estado=inicial.estado,
            base=inicial.base,
            vence=inicial.vence,
            constancia=constancia.id,
            recibida_at=ahora,
        )
    return id_


def dar_paso(
    acceso: Acceso,
    *,
    solicitud_id: UUID,
    paso: Paso,
    texto: str,
    ahora: datetime,
    causal: str = "",
) -> None:
    """Take a step of the answer; `texto` is what the person is told (or tells, clarifying).

    Carrying out does what was granted: a copy becomes downloadable, a datum is annotated, a record
    blocked. Raises `SolicitudInexistente`, `PasoImposible`, `FueraDePlazo`, `CausalRequerida`.
    """
    _exigir(acceso, paso)
    hoy = timezone.localdate(ahora)
    detalle = {"solicitud": str(solicitud_id), **({"causal": causal} if causal else {})}
    with acto(acceso, tipo=arco.PASOS[paso][2], ahora=ahora, detalle=detalle) as el_acto:
        fila = _fila(acceso, solicitud_id)
        los_terminos = terminos(fila.regimen)
        if paso is Paso.NEGAR and causal not in arco.CAUSALES[fila.regimen]:
            raise CausalRequerida(causal)
        if paso in FUNDADOS and not texto.strip():
            raise CausalRequerida(causal)
        nueva = arco.dar(situacion(fila), paso, hoy, los_terminos, settings.ECE_DIAS_INHABILES)
        constancia = OtroRegistro.objects.uno(acceso, fila.constancia)
        if constancia is None:
            raise SolicitudInexistente(str(solicitud_id))
        if paso is Paso.EFECTUAR:
            _efectuar(el_acto, acceso, fila, constancia.recurso, texto, los_terminos, ahora)
        recurso = _con_dicho(acceso, constancia.recurso, paso, texto, nueva.estado, ahora)
        el_acto.reemplazar(constancia.siguiente(acceso, recurso, ahora=ahora))
        fila.estado, fila.base, fila.vence = nueva.estado, nueva.base, nueva.vence
        fila.ampliada, fila.causal = nueva.ampliada, causal if paso is Paso.NEGAR else ""
        fila.concluida_at = ahora if nueva.estado in FINALES else None
        fila.save()


def entregar(acceso: Acceso, *, solicitud_id: UUID, ahora: datetime) -> str:
    """Say that the copy is being handed over; returns its folio.

    Raises `SolicitudInexistente`, `FueraDePlazo` when it is not, or no longer, to be handed over.
    """
    acceso.exigir(Permiso.EXPEDIENTE_IMPRIMIR)
    with transaction.atomic():
        fila = _fila(acceso, solicitud_id)
        if fila.entrega_hasta is None or timezone.localdate(ahora) > fila.entrega_hasta:
            raise FueraDePlazo("no hay una copia por entregar")
        evento = NuevoEvento(
            tipo=TipoDeEvento.ARCO_ENTREGADA,
            resultado=Resultado.HECHO,
            actor=acceso.actor,
            momento=ahora,
            pacientes=(acceso.paciente,),
            fundamento=acceso.fundamento,
            decision=acceso.decision,
            detalle={"solicitud": str(solicitud_id)},
        )
        bitacora.anexar([evento])
    return fila.folio


def leer(recurso: Recurso) -> tuple[dict[str, str], list[Dicho]]:
    """What a request says, by the keys of `TEXTOS`, and what was said at each step."""
    textos = {
        parte["extension"][0]["valueCode"]: parte["contentString"]
        for parte in recurso.get("payload", ())
    }
    dichos = [
        Dicho(
            paso=nota["extension"][0]["valueCode"],
            texto=nota["text"],
            quien=nota.get("authorReference", {}).get("display", ""),
            momento=datetime.fromisoformat(nota["time"]),
        )
        for nota in recurso.get("note", ())
    ]
    return textos, dichos


def _exigir(acceso: Acceso, paso: Paso) -> None:
    """Who asked clarifies, and appeals; all else is for who answers."""
    if paso in arco.DE_QUIEN_PIDE and Permiso.ARCO_SOLICITAR in acceso.permisos:
        acceso.exigir(Permiso.ARCO_SOLICITAR)
        return
    acceso.exigir(Permiso.ARCO_ATENDER)


def _fila(acceso: Acceso, solicitud_id: UUID) -> SolicitudArco:
    fila = (
        SolicitudArco.objects.select_for_update()
        .filter(pk=solicitud_id, paciente=acceso.paciente)
        .first()
    )
    if fila is None:
        raise SolicitudInexistente(str(solicitud_id))
    return fila


def _recurso(acceso: Acceso, textos: Mapping[str, str], ahora: datetime) -> Recurso:
    return {
        "resourceType": "Communication",
        "status": "in-progress",
        "category": [{"coding": [dict(CATEGORIA)], "text": CATEGORIA["display"]}],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "sent": ahora.isoformat(timespec="milliseconds"),
        "sender": {"reference": f"Patient/{acceso.paciente}"},
        "payload": [
            {
                "extension": [{"url": _TEXTO, "valueCode": clave}],
                "contentString": textos[clave].strip(),
            }
            for clave in TEXTOS
            if textos.get(clave, "").strip()
        ],
    }


def _con_dicho(
    acceso: Acceso, recurso: Recurso, paso: Paso, texto: str, estado: Estado, ahora: datetime
) -> Recurso:
    dicho = {
        "extension": [{"url": _PASO, "valueCode": paso.value}],
        **observaciones.anotacion(acceso, texto.strip() or "—", ahora=ahora),
    }
    return {
        **recurso,
        "status": "completed" if estado in FINALES else "in-progress",
        "note": [*recurso.get("note", ()), dicho],
    }


def _efectuar(
    el_acto: Acto,
    acceso: Acceso,
    fila: SolicitudArco,
    recurso: Recurso,
    texto: str,
    los_terminos: Terminos,
    ahora: datetime,
) -> None:
    textos, _ = leer(recurso)
    match Derecho(fila.derecho):
        case Derecho.ACCESO | Derecho.PORTABILIDAD:
            fila.entrega_hasta = plazos.sumar(
                timezone.localdate(ahora), los_terminos.entrega, settings.ECE_DIAS_INHABILES
            )
        case Derecho.RECTIFICACION:
            rectificaciones.anotar(
                el_acto,
                acceso,
                sobre=textos.get("registro", ""),
                pedido=textos["peticion"],
                resuelto=texto.strip() or "—",
                ahora=ahora,
            )
        case Derecho.CANCELACION:
            conservacion.bloquear(acceso, ahora=ahora)
            # What weighs no ties (our own machines) reads the refusal instead.
            el_acto.insertar(
                Consentimiento.nuevo(acceso, _negativa(acceso, None, ahora), ahora=ahora)
            )
        case Derecho.OPOSICION:
            el_acto.insertar(
                Consentimiento.nuevo(acceso, _negativa(acceso, textos["fin"], ahora), ahora=ahora)
            )


def _negativa(acceso: Acceso, fin: str | None, ahora: datetime) -> Recurso:
    """The directive that keeps the record from being used for `fin` (None: anything), whoever
    asks."""
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": directivas.ALCANCE, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": directivas.POLITICA, "code": "INFA"}]}],
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "dateTime": ahora.isoformat(timespec="seconds"),
        "policyRule": {"coding": [{"system": directivas.POLITICA, "code": "OPTIN"}]},
        "provision": directivas.escribir(
            Directiva(UUID(int=0), False, propositos=frozenset({fin}) if fin else None), nombres={}
        ),
    }
