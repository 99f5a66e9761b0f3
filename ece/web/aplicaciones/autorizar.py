"""``/oauth/authorize``: whoever is signed in lets an app act in their name, or does not.

The protocol is django-oauth-toolkit's; here is what it asks of a person: which app, what it will
see, on whose record. An app that is lied about (its address is not the registered one) is told to
nobody but the person.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.exceptions import OAuthToolkitError
from oauth2_provider.views.mixins import OAuthLibMixin

from consentimiento import decision
from consentimiento.decision import AccesoDenegado, MotivoRequerido
from consentimiento.selectors import a_cargo
from ece.identidad import aplicaciones
from ece.identidad.aplicaciones import FichaDeApp
from ece.identidad.services import autorizaciones
from ece.identidad.services.autorizaciones import AppInexistente, Contexto
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso, Rol
from ece.web.aplicaciones import forms, palabras
from ece.web.guardas import con_sesion, motivo_dicho
from registros.selectors import agenda, pacientes

_motor = OAuthLibMixin()
LARGO_DEL_RETO = 43
"""Characters of a SHA-256 in base64url (RFC 7636, 4.2)."""
_DE_LA_PETICION = frozenset(
    {"client_id", "redirect_uri", "response_type", "state", "autorizacion"}
    | {"code_challenge", "code_challenge_method"}
)
"""What an authorization is made from; the rest of a request (OpenID's) is not served here."""


@con_sesion
def autorizar(request: HttpRequest, actor: Actor) -> HttpResponse:
    if any("\x00" in valor for lista in request.GET.lists() for valor in lista[1]):
        return _invalida(request)
    try:
        pedidos, credenciales = _motor.validate_authorization_request(request)
    except OAuthToolkitError as error:
        return _rechazar(request, error)
    app = aplicaciones.app(credenciales["client_id"])
    if app is None:
        return _invalida(request)
    if problema := _problema(request, credenciales):
        return _devolver(credenciales, "invalid_request", problema)
    opaco = request.GET.get("launch", "")
    contexto = None
    if "launch" in pedidos or opaco:
        contexto = autorizaciones.lanzado(
            actor, opaco=opaco, client_id=app.client_id, ahora=timezone.now()
        )
        if contexto is None:
            return _devolver(credenciales, "invalid_request", "launch")
    return _preguntar(request, actor, app, pedidos, credenciales, contexto, opaco)


def _preguntar(
    request: HttpRequest,
    actor: Actor,
    app: FichaDeApp,
    pedidos: Sequence[str],
    credenciales: dict[str, Any],
    contexto: Contexto | None,
    opaco: str,
) -> HttpResponse:
    """The page that asks, and what follows from its answer."""
    elegibles = None
    if contexto is None and any(p.startswith("patient/") or p == "launch/patient" for p in pedidos):
        elegibles = _expedientes(actor)
    dichos = palabras.decir(pedidos)
    form = forms.Autorizar(request.POST or None, dichos=dichos, expedientes=elegibles)
    if request.method == "POST":
        if "negar" in request.POST:
            return _emitir(request, pedidos, credenciales, permitir=False)
        if form.is_valid():
            elegido = contexto or Contexto(form.cleaned_data.get("paciente"))
            visto = _comprobar(request, actor, elegido)
            if isinstance(visto, HttpResponse):
                return visto
            if visto:
                concedidos = [p for p in pedidos if _queda(p, form.cleaned_data["ambitos"])]
                return _otorgar(request, actor, app, concedidos, credenciales, elegido, opaco)
            form.add_error(None, _("Ese expediente no está a su alcance."))
    respuesta = render(
        request,
        "aplicaciones/autorizar.html",
        {
            "app": app,
            "form": form,
            "escribe": any(d.escribe for d in dichos),
            "sin_expedientes": elegibles == [],
            "lanzada": contexto is not None,
            "como_paciente": actor.roles <= {Rol.PACIENTE},
        },
        status=422 if form.errors else 200,
    )
    # The browser holds a form to where it may end, also after a redirection.
    respuesta._csp_update = {"form-action": [palabras.origen(credenciales["redirect_uri"])]}  # type: ignore[attr-defined]
    return respuesta


def _queda(pedido: str, elegidos: Sequence[str]) -> bool:
    """Whether a scope stays: those that are shown, if they were left marked; the others, always."""
    return pedido in elegidos or not palabras.decir([pedido])


def _expedientes(actor: Actor) -> list[tuple[UUID, str]]:
    """Whose record the app may be lent: one's own and those one looks after; whoever treats people,
    those they have in front of them."""
    ahora = timezone.now()
    suyos = [(e.id, str(e.identidad.nombre)) for e in a_cargo.expedientes(actor, ahora=ahora)]
    if Permiso.PACIENTE_LISTAR in actor.permisos:
        alcance = decision.alcanzar(actor, Permiso.PACIENTE_LISTAR, motivo="agenda", ahora=ahora)
        unidades = sorted(actor.unidades(Rol.URGENCIAS, Rol.ENFERMERIA))
        atendidos = pacientes.en_atencion(alcance, actor=actor.id, unidades=unidades)
        suyos += [(turno.paciente.id, str(turno.paciente.nombre)) for turno in atendidos]
        hoy = timezone.localtime(ahora).replace(hour=0, minute=0, second=0, microsecond=0)
        citados = agenda.turnos(
            alcance, profesional=actor.id, desde=hoy, hasta=hoy + timedelta(days=1), ahora=ahora
        )
        suyos += [(t.paciente.id, str(t.paciente.nombre)) for t in citados if t.paciente]
    return list(dict(suyos).items())


def _comprobar(request: HttpRequest, actor: Actor, contexto: Contexto) -> HttpResponse | bool:
    """Whether this person may open that record at all; the page that asks why, if it has to be."""
    if contexto.paciente is None:
        return True
    try:
        decision.abrir_paciente(
            actor,
            contexto.paciente,
            Permiso.EXPEDIENTE_LEER,
            ahora=timezone.now(),
            detalle={"pagina": "aplicaciones:autorizar"},
            motivo=motivo_dicho(request, contexto.paciente),
        )
    except MotivoRequerido:
        camino = reverse("clinica:motivo", kwargs={"paciente": contexto.paciente})
        return redirect(f"{camino}?{urlencode({'next': request.get_full_path()})}")
    except AccesoDenegado:
        return False
    return True


def _otorgar(
    request: HttpRequest,
    actor: Actor,
    app: FichaDeApp,
    concedidos: Sequence[str],
    credenciales: dict[str, Any],
    contexto: Contexto,
    opaco: str,
) -> HttpResponse:
    try:
        credenciales["autorizacion"] = autorizaciones.otorgar(
            actor,
            client_id=app.client_id,
            ambitos=concedidos,
            contexto=contexto,
            ahora=timezone.now(),
            opaco=opaco,
        )
    except AppInexistente:
        return _devolver(credenciales, "invalid_request", "launch")
    return _emitir(request, concedidos, credenciales, permitir=True)


def _emitir(
    request: HttpRequest, ambitos: Sequence[str], credenciales: dict[str, Any], *, permitir: bool
) -> HttpResponse:
    limpias = {c: v for c, v in credenciales.items() if c in _DE_LA_PETICION}
    try:
        direccion, _c, _b, _e = _motor.create_authorization_response(
            request, " ".join(ambitos), limpias, permitir
        )
    except OAuthToolkitError as error:
        return _rechazar(request, error)
    return _hacia(direccion)


def _problema(request: HttpRequest, credenciales: dict[str, Any]) -> str:
    """What SMART asks of the request beside OAuth: whom it is for, and a proof that cannot be read
    on the way (S256, never ``plain``)."""
    base = request.build_absolute_uri("/fhir")
    if request.GET.get("aud", "").rstrip("/") != base:
        return "aud"
    if credenciales.get("code_challenge_method") != "S256":
        return "code_challenge_method"
    if len(credenciales.get("code_challenge") or "") != LARGO_DEL_RETO:
        return "code_challenge"
    return ""


def _devolver(credenciales: dict[str, Any], error: str, detalle: str) -> HttpResponse:
    """Back to the app, whose address was checked, with what is wrong."""
    dicho = {"error": error, "error_description": detalle}
    if credenciales.get("state"):
        dicho["state"] = credenciales["state"]
    direccion = credenciales["redirect_uri"]
    return _hacia(f"{direccion}{'&' if '?' in direccion else '?'}{urlencode(dicho)}")


def _rechazar(request: HttpRequest, error: OAuthToolkitError) -> HttpResponse:
    vuelve, dicho = _motor.error_response(error)
    return _hacia(dicho["url"]) if vuelve else _invalida(request)


def _invalida(request: HttpRequest) -> HttpResponse:
    return render(request, "aplicaciones/invalida.html", status=400)


def _hacia(direccion: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": direccion, "Cache-Control": "no-store"})
