"""The door of every FHIR address: who calls, and errors in the form they expect."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import IntegrityConstraintViolation

from auditoria import bitacora
from auditoria.actos import VersionEnConflicto
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo.acceso import PermisoInsuficiente
from ece.nucleo.llavero import LlaveDestruida
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from interoperabilidad.oauth.credenciales import CredencialInvalida, actor_de
from registros.services.recursos import (
    CartaSinFirmar,
    FaltaConsentimiento,
    IdentificadorRepetido,
    OtroPaciente,
    RecursoInexistente,
    RecursoInvalido,
)

Vista = Callable[..., HttpResponse]
_registro = logging.getLogger(__name__)


def con_cliente(vista: Vista) -> Vista:
    """Give the view the `Actor` whose credential the request carries; the view opens its doors."""

    @csrf_exempt
    @wraps(vista)
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            with bitacora.juntando():
                return vista(request, actor_de(request), **kwargs)
        except Exception as error:
            return _respuesta(error)

    guardada.guarda = "cliente"  # type: ignore[attr-defined]
    return guardada


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
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return vista(request, **kwargs)

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
        case AccesoDenegado() | PermisoInsuficiente():
            return ErrorFhir(403, "forbidden", "Su rol no permite esta operación.")
        case RecursoInvalido():
            return ErrorFhir(422, "invalid", "El recurso no es válido.", problemas=error.problemas)
        case fhir.JsonInvalido() | fhir.CriterioInvalido():
            return ErrorFhir(400, "invalid", str(error))
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
        case FaltaConsentimiento():
            return ErrorFhir(
                422, "business-rule", f"Falta el consentimiento firmado (NOM-004, 10.1.2): {error}."
            )
        case OtroPaciente():
            return ErrorFhir(422, "business-rule", f"El recurso es de otro paciente ({error}).")
        case LlaveDestruida():  # between the decision and the reading: there is nobody any more
            return no_encontrado("El recurso")
        case IntegrityConstraintViolation():  # a rule of ours that the database keeps
            return ErrorFhir(409, "conflict", str(error.diag.message_primary))
        case OperationalError():
            return ErrorFhir(503, "transient", "La base de datos no responde; reintente.")
    raise error
