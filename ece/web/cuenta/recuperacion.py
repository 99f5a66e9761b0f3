"""Coming back into an account whose password was lost."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.services import recuperacion
from consentimiento.services.inscripcion import Hecha
from consentimiento.services.recuperacion import RecuperacionInvalida
from ece.web.cuenta import formularios
from ece.web.guardas import publica
from ece.web.verificar.ritmo import moderado


@publica
@moderado
def recuperar(request: HttpRequest) -> HttpResponse:
    """Ask for the link; what is answered says nothing of whether there is such an account."""
    form = formularios.QuienEntra(request.POST or None)
    if form.is_valid():
        recuperacion.pedir(usuario=form.cleaned_data["usuario"], ahora=timezone.now())
        return render(request, "cuenta/recuperar_pedida.html")
    return _pagina(
        request,
        form,
        titulo=_("Volver a entrar a mi cuenta"),
        texto=_(
            "Le enviaremos un enlace al correo de su cuenta. También necesitará su código de "
            "recuperación. Si no los tiene, acuda al hospital con una identificación."
        ),
        boton=_("Enviar el enlace"),
    )


@publica
@moderado
def enlace(request: HttpRequest, id: UUID, secreto: str) -> HttpResponse:
    """What the link leads to: the recovery code, the wait, the new password."""
    ahora = timezone.now()
    try:
        if "cancelar" in request.POST:
            recuperacion.cancelar(id, secreto, ahora=ahora)
            return render(request, "cuenta/recuperar_cancelada.html")
        estado = recuperacion.estado(id, secreto, ahora=ahora)
    except RecuperacionInvalida as error:
        raise Http404(_("El enlace ya no sirve. Pida otro.")) from error
    if estado.lista:
        return _terminar(request, id, secreto)
    if estado.comprobada:
        return render(request, "cuenta/recuperar_espera.html", {"desde": estado.disponible_at})
    return _comprobar(request, id, secreto)


def _comprobar(request: HttpRequest, id: UUID, secreto: str) -> HttpResponse:
    form = formularios.Rescate(request.POST or None)
    if form.is_valid():
        try:
            recuperacion.comprobar(id, secreto, **form.cleaned_data, ahora=timezone.now())
            return redirect(request.path)
        except RecuperacionInvalida:
            form.add_error("rescate", _("No es ese código. Al tercer error el enlace se anula."))
    return _pagina(
        request,
        form,
        titulo=_("Su código de recuperación"),
        texto=_("El correo no basta: así, quien tenga su teléfono no entra a su expediente."),
        boton=_("Comprobar"),
        cancelable=True,
    )


def _terminar(request: HttpRequest, id: UUID, secreto: str) -> HttpResponse:
    form = formularios.Contrasena(request.POST or None)
    if form.is_valid():
        rescate = recuperacion.terminar(
            id, secreto, contrasena=form.cleaned_data["contrasena"], ahora=timezone.now()
        )
        return render(request, "cuenta/hecho.html", {"hecha": Hecha("", rescate)})
    return _pagina(
        request,
        form,
        titulo=_("Contraseña nueva"),
        texto=_("Al guardarla se cierran todas las sesiones abiertas."),
        boton=_("Guardar"),
        cancelable=True,
    )


def _pagina(
    request: HttpRequest, form: object, *, cancelable: bool = False, **palabras: str
) -> HttpResponse:
    contexto = {"form": form, "cancelable": cancelable, **palabras}
    respuesta = render(request, "cuenta/puerta_del_portal.html", contexto)
    respuesta["Cache-Control"] = "no-store"
    return respuesta
