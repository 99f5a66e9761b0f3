"""The doors of every page: who is signed in, what the decision says, and the proof it hands out."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from consentimiento.decision import AccesoDenegado, MotivoRequerido
from consentimiento.motivos import MotivoDeConsulta
from consentimiento.services import enlaces
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Actor, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.web import fundamentos
from ece.web.cuenta import sesion

Vista = Callable[..., HttpResponse]


def actor_de(request: HttpRequest) -> Actor:
    """The actor behind a signed-in request, made once."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        origen = request.META.get("REMOTE_ADDR", "")
        actor = actor_de_usuario(request.user, ahora=timezone.now(), origen=origen)  # type: ignore[arg-type]
        request.actor = actor  # type: ignore[attr-defined]
    return actor


def con_sesion(vista: Vista) -> Vista:
    """Give the view the signed-in `Actor`, for pages that show nobody's data."""

    @wraps(vista)
    @login_required
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return vista(request, actor_de(request), **kwargs)

    return _marcar(guardada, "sesion")


def con_puesto(permiso: Permiso) -> Callable[[Vista], Vista]:
    """Give the view the signed-in `Actor`, if their post may do `permiso`: the page shows nobody's
    data, and what it does opens its own door."""

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        @login_required
        def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            actor = actor_de(request)
            if permiso not in actor.permisos:
                raise Http404(_("Su puesto no incluye esta página."))
            return vista(request, actor, **kwargs)

        return _marcar(guardada, f"puesto:{permiso}")

    return decorar


def con_acceso(
    permiso: Permiso, *, al_escribir: Permiso | None = None, en_portal: bool = False
) -> Callable[[Vista], Vista]:
    """Give the view an Acceso *instead of* the patient's id; a denial is already logged.

    Whoever may know that the person is there is told why not (403); to anybody else, it is as if
    there were nobody (404).

    `al_escribir` is what a POST to the same page asks for, when it is more than reading it.

    The desk is for who has a post; anybody else is sent to the portal's page of that patient, where
    the same decision waits.
    """

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        @login_required
        def guardada(request: HttpRequest, paciente: UUID, **kwargs: Any) -> HttpResponse:
            actor = actor_de(request)
            if not en_portal and actor.roles <= {Rol.PACIENTE}:
                return redirect("portal:resumen", paciente=paciente)
            pedido = al_escribir if al_escribir and request.method == "POST" else permiso
            detalle: dict[str, Any] = {
                "pagina": request.resolver_match.view_name if request.resolver_match else "",
                "registros": [str(v) for v in kwargs.values() if isinstance(v, UUID)],
            }
            try:
                acceso = decision.abrir_paciente(
                    actor,
                    paciente,
                    pedido,
                    ahora=timezone.now(),
                    detalle=detalle,
                    motivo=motivo_dicho(request, paciente),
                )
                return vista(request, acceso, **kwargs)
            except MotivoRequerido:
                return _preguntar_motivo(request, paciente)
            except PermisoInsuficiente:
                return explicar(request, AccesoDenegado(ROL, conocido=True), paciente)
            except AccesoDenegado as negado:
                if negado.fundamento == SIN_RELACION and pedido not in actor.permisos:
                    negado.fundamento = ROL
                return explicar(request, negado, paciente)

        return _marcar(guardada, f"acceso:{permiso}")

    return decorar


SIN_RELACION, ROL = "sin.relacion", "rol.insuficiente"


def explicar(request: HttpRequest, negado: AccesoDenegado, paciente: UUID) -> HttpResponse:
    """Why not, in words, and what to do; or the page of an address where there is nobody.

    Whoever breaks the glass is shown where in both cases, so that neither tells which it is.
    """
    rompe = Permiso.EMERGENCIA_ABRIR in actor_de(request).permisos
    contexto: dict[str, Any] = {"emergencia_de": paciente if rompe else None}
    if not negado.conocido:
        return render(request, "404.html", contexto, status=404)
    contexto["negativa"] = fundamentos.NEGATIVA_DE[negado.fundamento]
    contexto["fuente"] = fundamentos.FUENTES[negado.fundamento]
    if negado.fundamento not in (SIN_RELACION, "directiva"):
        contexto["emergencia_de"] = None
    if request.headers.get("HX-Request"):
        respuesta = render(request, "_denegado.html", contexto, status=403)
        respuesta["HX-Reswap"] = "innerHTML"  # the page shows it where the fragment would be
    else:
        respuesta = render(request, "denegado.html", contexto, status=403)
    respuesta["ECE-Negado"] = negado.fundamento  # a script tells it from a session that ended
    return respuesta


MOTIVOS_DICHOS = "motivos_de_consulta"
DURA_EL_MOTIVO = timedelta(hours=2)
"""How long what a person stated as a reason stands before they are asked again."""


def motivo_dicho(request: HttpRequest, paciente: UUID) -> MotivoDeConsulta | None:
    """Why this session said it opens the record of `paciente`, if it did lately."""
    codigo, dicho_at = request.session.get(MOTIVOS_DICHOS, {}).get(str(paciente), ("", ""))
    if not codigo or datetime.fromisoformat(dicho_at) + DURA_EL_MOTIVO < timezone.now():
        return None
    return MotivoDeConsulta(codigo)


def decir_motivo(request: HttpRequest, paciente: UUID, motivo: MotivoDeConsulta) -> None:
    """Remember, while it stands, why this session opens the record of `paciente`."""
    dichos = {**request.session.get(MOTIVOS_DICHOS, {})}
    dichos[str(paciente)] = (motivo.value, timezone.now().isoformat())
    request.session[MOTIVOS_DICHOS] = dichos


def _preguntar_motivo(request: HttpRequest, paciente: UUID) -> HttpResponse:
    """To the page that asks why, and back to what was asked for (of a fragment, its page)."""
    destino = request.get_full_path() if request.method == "GET" else ""
    if request.headers.get("HX-Request"):
        destino = urlsplit(request.headers.get("HX-Current-URL", "")).path
    camino = reverse("clinica:motivo", kwargs={"paciente": paciente})
    camino = f"{camino}?{urlencode({'next': destino})}" if destino else camino
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": camino})
    return redirect(camino)


def con_alcance(permiso: Permiso, *, motivo: str) -> Callable[[Vista], Vista]:
    """Give the view an Alcance for a minimal listing."""

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        @login_required
        def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                alcance = decision.alcanzar(
                    actor_de(request), permiso, motivo=motivo, ahora=timezone.now()
                )
            except AccesoDenegado as negado:
                raise Http404(_("Su puesto no incluye esta página.")) from negado
            return vista(request, alcance, **kwargs)

        return _marcar(guardada, f"alcance:{permiso}")

    return decorar


def con_documento(vista: Vista) -> Vista:
    """Give the view an Acceso good only for the document whose printed code was sent, or None.

    Nobody signs in: holding the paper is the ground. The code is read from the body of a POST, so
    that it stays out of addresses, histories and logs.
    """

    @wraps(vista)
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        codigo = "".join(request.POST.get("codigo", "").upper().split()).replace("-", "")[:64]
        if not codigo:
            return vista(request, None, "", **kwargs)
        try:
            acceso = decision.abrir_documento(
                codigo, origen=request.META.get("REMOTE_ADDR", ""), ahora=timezone.now()
            )
        except AccesoDenegado:
            return vista(request, None, codigo, **kwargs)
        return vista(request, acceso, codigo, **kwargs)

    return _marcar(guardada, "documento")


def con_enlace(vista: Vista) -> Vista:
    """Give the view an Acceso to the record whose shared link's code was sent, or None.

    Nobody signs in: the link is the ground. The code comes in the body of a POST, as for documents.
    """

    @wraps(vista)
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        codigo = request.POST.get("codigo", "").strip().upper()[:64]
        try:
            acceso = enlaces.abrir(
                codigo, origen=request.META.get("REMOTE_ADDR", ""), ahora=timezone.now()
            )
        except AccesoDenegado:
            return vista(request, None, codigo, **kwargs)
        return vista(request, acceso, codigo, **kwargs)

    return _marcar(guardada, "enlace")


def con_lista(
    permiso: Permiso,
    *,
    motivo: str,
    pacientes: Callable[[Alcance], Collection[UUID]],
    al_abrir: Permiso | None = None,
) -> Callable[[Vista], Vista]:
    """Give the view an Acceso to each patient that `pacientes` finds: a list that opens records.

    `al_abrir` is what each record is opened for, when it is not what the list asks of the post. Two
    events: the Alcance to find them, and one decision about all of them.
    """

    def decorar(vista: Vista) -> Vista:
        def de_alcance(request: HttpRequest, alcance: Alcance, **kwargs: Any) -> HttpResponse:
            accesos = decision.abrir_pacientes(
                alcance.actor,
                pacientes(alcance),
                al_abrir or permiso,
                ahora=timezone.now(),
                detalle={"motivo": motivo},
            )
            return vista(request, accesos, **kwargs)

        return con_alcance(permiso, motivo=motivo)(wraps(vista)(de_alcance))

    return decorar


def con_identidad_reciente(
    *, minutos: int = sesion.RECIENTE, cuando: Callable[[HttpRequest], bool] = lambda request: True
) -> Callable[[Vista], Vista]:
    """Under another guard: who it is was proved in the last `minutos`, or is proved now.

    A request that has to wait is never sent again by us: after the proof the person is back on the
    page they sent it from. `cuando` says which requests of the page ask for it (all, if not said).
    """

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        def guardada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if cuando(request) and not sesion.confirmada(request, minutos=minutos):
                return sesion.con_regreso(request, "cuenta:confirmar")
            return vista(request, *args, **kwargs)

        return guardada

    return decorar


def identidad_confirmada(request: HttpRequest, *, minutos: int = sesion.RECIENTE) -> bool:
    """Whether who it is was proved just now, or by the `contrasena` that this form brings."""
    if sesion.confirmada(request, minutos=minutos):
        return True
    correcta = sesion.contrasena_correcta(request, request.POST.get("contrasena", ""))
    if correcta:
        sesion.recordar(request)
    return correcta


def publica(vista: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that says nothing of anybody."""
    vista.guarda = "publica"  # type: ignore[attr-defined]
    return vista


def _marcar(vista: Vista, guarda: str) -> Vista:
    vista.guarda = guarda  # type: ignore[attr-defined]
    return vista
