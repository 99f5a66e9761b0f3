"""The door of every FHIR address: who calls, and errors in the form they expect."""

import logging
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import IntegrityConstraintViolation, UniqueViolation

from auditoria import bitacora
from auditoria.actos import VersionEnConflicto
from auditoria.bitacora import NuevoEvento
from auditoria.sello import recibos
from consentimiento.decision import AccesoDenegado, MotivoRequerido
from ece import fhir
from ece.fhir.parches import ParcheInvalido
from ece.nucleo.acceso import PermisoInsuficiente
from ece.nucleo.llavero import LlaveDestruida
from interoperabilidad.fhir import negociacion
from interoperabilidad.fhir.errores import CONVENIO, ErrorFhir, no_encontrado
from interoperabilidad.oauth.credenciales import CredencialInvalida, actor_de
from registros.services.recursos import (
    CartaSinFirmar,
    FaltaConsentimiento,
    FirmaEnviada,
    IdentificadorRepetido,
    OtroPaciente,
    RecursoInexistente,
    RecursoInvalido,
)

Vista = Callable[..., HttpResponseBase]
_registro = logging.getLogger(__name__)


def con_cliente(vista: Vista, *, suponiendo: bool = False) -> Vista:
    """Give the view the `Actor` whose credential the request carries; the view opens its doors.

    `suponiendo`: what it reads may be decided upon what is usual (`bitacora.suponiendo`).
    """

    @csrf_exempt
    @wraps(vista)
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        forma = negociacion.Forma()
        try:
            forma = negociacion.pedida(request)
            atender = partial(_atender, vista, request, **kwargs)
            lee = suponiendo and request.method in ("GET", "HEAD")
            respuesta, eventos = bitacora.suponiendo(atender) if lee else atender()
            if recibo := recibos.de(eventos, segundos=int(time.time())):
                respuesta["ECE-Recibo"] = recibo
        except Exception as error:
            respuesta = _respuesta(error)
        return negociacion.presentar(request, respuesta, forma)

    guardada.guarda = "cliente"  # type: ignore[attr-defined]
    return guardada


con_lector = partial(con_cliente, suponiendo=True)
"""`con_cliente` for a view that changes nothing when it is asked to read."""


def _atender(
    vista: Vista, request: HttpRequest, **kwargs: Any
) -> tuple[HttpResponseBase, list[NuevoEvento]]:
    with bitacora.juntando() as eventos:
        respuesta = vista(request, actor_de(request), **kwargs)
    return respuesta, eventos


def _respuesta(error: Exception) -> HttpResponse:
    try:
        return traducir(error).respuesta()
    except Exception:
        # By name only: what an exception says may be somebody's data.
        _registro.error("%s sin prever", type(error).__qualname__)
        return ErrorFhir(500, "exception", "Algo falló de nuestro lado; reintente.").respuesta()


def publica(vista: Vista) -> Vista:
    """An address that says nothing of anybody (capabilities, discovery)."""

    @csrf_exempt
    @wraps(vista)
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            forma = negociacion.pedida(request)
            respuesta = vista(request, **kwargs)
        except ErrorFhir as error:
            forma, respuesta = negociacion.Forma(), error.respuesta()
        return negociacion.presentar(request, respuesta, forma)

    guardada.guarda = "publica"  # type: ignore[attr-defined]
    return guardada


def traducir(error: Exception) -> ErrorFhir:
    """`error` as a client should read it; what is not foreseen is raised again."""
    match error:
        case ErrorFhir():
            return error
        case CredencialInvalida():
            return ErrorFhir(401, "login", str(error))
        case AccesoDenegado() if error.fundamento not in ErrorFhir.DEL_CLIENTE:
            return no_encontrado("El recurso")
        case AccesoDenegado(fundamento="convenio.ritmo"):
            return ErrorFhir(429, "throttled", CONVENIO["convenio.ritmo"])
        case AccesoDenegado() if error.fundamento in CONVENIO:
            return ErrorFhir(403, "forbidden", CONVENIO[error.fundamento])
        case AccesoDenegado(fundamento="ambito"):
            return ErrorFhir(403, "forbidden", "Los ámbitos (scopes) del token no lo incluyen.")
        case MotivoRequerido():
            return ErrorFhir(403, "forbidden", "Abra antes el expediente en ECE y diga para qué.")
        case AccesoDenegado() | PermisoInsuficiente():
            return ErrorFhir(403, "forbidden", "Su rol no permite esta operación.")
        case RecursoInvalido():
            return ErrorFhir(422, "invalid", "El recurso no es válido.", problemas=error.problemas)
        case fhir.JsonInvalido() | fhir.XmlInvalido() | fhir.CriterioInvalido():
            return ErrorFhir(400, "invalid", str(error))
        case ParcheInvalido():
            return ErrorFhir(422, "processing", f"No se aplicó el cambio: {error}.")
        case RecursoInexistente():
            return no_encontrado("El recurso")
        case VersionEnConflicto():
            return ErrorFhir(412, "conflict", f"Hay una versión más reciente: {error}.")
        case IdentificadorRepetido():
            return ErrorFhir(409, "duplicate", f"No se registró: {error}.")
        case CartaSinFirmar():
            return ErrorFhir(
                422, "business-rule", "Una carta de consentimiento se firma ante quien la recaba."
            )
        case FirmaEnviada():
            return ErrorFhir(
                422, "business-rule", "Una firma se hace al firmar: no se envía ni se reescribe."
            )
        case FaltaConsentimiento():
            return ErrorFhir(
                422, "business-rule", f"Falta el consentimiento firmado (NOM-004, 10.1.2): {error}."
            )
        case OtroPaciente():
            return ErrorFhir(422, "business-rule", f"El recurso es de otro paciente ({error}).")
        case LlaveDestruida():  # between the decision and the reading: there is nobody any more
            return no_encontrado("El recurso")
        case UniqueViolation():
            return ErrorFhir(409, "conflict", "Ya hay un recurso con esa identidad.")
        case IntegrityConstraintViolation():  # a rule of ours that the database keeps
            return ErrorFhir(409, "conflict", str(error.diag.message_primary))
        case OperationalError():
            return ErrorFhir(503, "transient", "La base de datos no responde; reintente.")
    raise error
