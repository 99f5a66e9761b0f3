"""The addresses under ``/api/convenios/``: each system sees its own agreements and no others."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from consentimiento import decision
from consentimiento.selectors import convenios as selectores
from consentimiento.selectors.convenios import Visto
from consentimiento.services import convenios
from consentimiento.services.firmas_de_convenio import FirmaInvalida
from ece.nucleo.acceso import Actor, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from interoperabilidad.fhir.guardas import con_cliente, publica
from red import llaves as llaves_de_red

LARGO = 32 * 1024


@publica
def llaves(request: HttpRequest) -> HttpResponse:
    """Our public keys: of what we sign, and with which we say who we are to others (JWKS)."""
    return JsonResponse({"keys": llaves_de_red.publicas()})


def _alcance(actor: Actor) -> Alcance:
    """The proof that a system may ask about agreements: of its own, as each verb checks."""
    return decision.alcanzar_convenios(actor, Permiso.CONVENIO_LEER, ahora=timezone.now())


@con_cliente
def lista(request: HttpRequest, actor: Actor) -> HttpResponse:
    _exigir(request, "GET")
    vistos = selectores.de_aliado(_alcance(actor), ahora=timezone.now())
    return JsonResponse({"convenios": [_ficha(visto) for visto in vistos]})


@con_cliente
def convenio(request: HttpRequest, actor: Actor, convenio: UUID) -> HttpResponse:
    """One's own agreement: its state, its signatures and what was exchanged under it."""
    _exigir(request, "GET")
    alcance = _alcance(actor)
    visto = _propio(alcance, convenio)
    pasado = selectores.intercambiado(alcance, visto=visto, ahora=timezone.now())
    return JsonResponse(
        {
            **_ficha(visto),
            "intercambio": {
                "dias": [
                    {"fecha": dia.isoformat(), "permitidas": si, "negadas": no}
                    for dia, si, no in pasado.dias
                    if si or no
                ],
                "permitidas": pasado.permitidas,
                "negadas": pasado.negadas,
                "razones": dict(pasado.razones),
                "propositos": dict(pasado.propositos),
            },
        }
    )


@con_cliente
def terminos(request: HttpRequest, actor: Actor, convenio: UUID) -> HttpResponse:
    """The very bytes that are signed (RFC 8785)."""
    _exigir(request, "GET")
    visto = _propio(_alcance(actor), convenio)
    return HttpResponse(visto.canonico, content_type="application/json")


@con_cliente
def firma(request: HttpRequest, actor: Actor, convenio: UUID) -> HttpResponse:
    """The partner's signature: a compact JWS as ``application/jose``."""
    _exigir(request, "POST")
    alcance = _alcance(actor)
    _propio(alcance, convenio)
    cuerpo = request.body
    if len(cuerpo) > LARGO or not cuerpo.isascii():
        raise ErrorFhir(400, "invalid", "Se espera un JWS compacto.")
    try:
        convenios.recibir_firma(
            alcance, convenio_id=convenio, jws=cuerpo.decode(), ahora=timezone.now()
        )
    except FirmaInvalida as error:
        raise ErrorFhir(422, "invalid", f"La firma no se admite: {error}.") from error
    except (convenios.YaFirmado, convenios.PasoInvalido) as error:
        raise ErrorFhir(409, "conflict", "El convenio ya no espera esa firma.") from error
    return JsonResponse(_ficha(_propio(alcance, convenio)))


def _propio(alcance: Alcance, convenio: UUID) -> Visto:
    """One of the system's own; another's is as one that is not there."""
    try:
        visto = selectores.uno(alcance, convenio_id=convenio, ahora=timezone.now())
    except PermisoInsuficiente as error:
        raise no_encontrado("El convenio") from error
    if visto is None or visto.terminos.cliente != alcance.actor.id:
        raise no_encontrado("El convenio")
    return visto


def _ficha(visto: Visto) -> dict[str, Any]:
    return {
        "id": str(visto.id),
        "folio": visto.terminos.folio,
        "estado": visto.estado.value,
        "desde": visto.terminos.desde.isoformat(),
        "hasta": visto.terminos.hasta.isoformat(),
        "motivo": visto.motivo,
        "firmas": [
            {"parte": f.parte.value, "kid": f.kid, "firmada": f.firmada_at.isoformat()}
            for f in visto.firmas
        ],
    }


def _exigir(request: HttpRequest, metodo: str) -> None:
    if request.method != metodo:
        raise ErrorFhir(405, "not-supported", f"Aquí sólo se admite {metodo}.")
