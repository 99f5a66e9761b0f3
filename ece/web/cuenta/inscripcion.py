"""Opening an account with the code that the institution handed over."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consentimiento.services import inscripcion
from consentimiento.services.inscripcion import Comprobada, InvitacionInvalida, NombreOcupado
from ece.web.cuenta import formularios
from ece.web.guardas import publica
from ece.web.verificar.ritmo import moderado

_EN_SESION, _DURA = "inscripcion", timedelta(minutes=20)


@publica
@moderado
def inscribirse(request: HttpRequest) -> HttpResponse:
    """First, that the code is in the right hands."""
    form = formularios.Codigo(request.POST or None)
    if form.is_valid():
        ahora = timezone.now()
        try:
            hallada = inscripcion.comprobar(**form.cleaned_data, ahora=ahora)
        except InvitacionInvalida:
            form.add_error(
                None,
                _(
                    "No coincide, o el código ya no sirve. Revise los tres datos; al tercer error "
                    "el código se anula y hay que pedir otro en el hospital."
                ),
            )
        else:
            request.session[_EN_SESION] = (str(hallada.id), ahora.isoformat())
            return redirect("cuenta:inscribirse-datos")
    return _pagina(
        request,
        form,
        titulo=_("Abrir mi cuenta"),
        texto=_("Con el código que le dieron en el hospital al revisar su identidad."),
        boton=_("Seguir"),
    )


@publica
@moderado
def datos(request: HttpRequest) -> HttpResponse:
    """Then, how they will sign in."""
    hallada = _comprobada(request)
    if hallada is None:
        return redirect("cuenta:inscribirse")
    form = _formulario(request, hallada)
    if request.method == "POST" and (form is None or form.is_valid()):
        dados = {} if form is None else form.cleaned_data
        try:
            hecha = inscripcion.inscribir(
                hallada.id,
                usuario=dados.get("usuario", ""),
                contrasena=dados.get("contrasena", ""),
                correo=dados.get("correo", ""),
                idioma=translation.get_language() or "es-mx",
                ahora=timezone.now(),
            )
        except InvitacionInvalida:
            return redirect("cuenta:inscribirse")
        except NombreOcupado:
            assert form is not None
            form.add_error("usuario", _("Ese nombre ya es de alguien. Invente otro."))
        else:
            request.session.pop(_EN_SESION)
            return render(request, "cuenta/hecho.html", {"hecha": hecha})
    titulo = _("Su cuenta") if hallada.con_cuenta else _("¿Cómo entrará?")
    texto = _("Usted ya tiene cuenta. Desde ella verá también este expediente.")
    if hallada.pide_contrasena:
        texto = _("Anote estos datos en un lugar seguro.")
    return _pagina(request, form, titulo=titulo, texto=texto, boton=_("Guardar"))


def _comprobada(request: HttpRequest) -> Comprobada | None:
    id_, cuando = request.session.get(_EN_SESION, ("", ""))
    ahora = timezone.now()
    if not id_ or datetime.fromisoformat(cuando) + _DURA < ahora:
        return None
    try:
        return inscripcion.leer(UUID(id_), ahora=ahora)
    except InvitacionInvalida:
        return None


def _formulario(request: HttpRequest, hallada: Comprobada) -> formularios.Contrasena | None:
    if not hallada.pide_contrasena:
        return None
    clase = formularios.Contrasena if hallada.con_cuenta else formularios.CuentaNueva
    return clase(request.POST or None)


def _pagina(request: HttpRequest, form: object, **palabras: str) -> HttpResponse:
    respuesta = render(request, "cuenta/puerta_del_portal.html", {"form": form, **palabras})
    respuesta["Cache-Control"] = "no-store"
    return respuesta
