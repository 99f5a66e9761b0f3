"""The pages of the desk: figures and queues, one message that came in, one that goes out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Alcance
from interoperabilidad.bandeja import forms, palabras, selectores, servicios
from interoperabilidad.bandeja.guardas import con_bandeja
from interoperabilidad.bandeja.selectores import Abierto, Renglon
from interoperabilidad.models import Estado
from red import envio, listas

FILTROS = (
    (Estado.EN_ESPERA, gettext_lazy("En espera")),
    (Estado.RECHAZADO, gettext_lazy("Rechazados")),
    (Estado.RECIBIDO, gettext_lazy("Por aplicar")),
    (Estado.APLICADO, gettext_lazy("Aplicados")),
    (Estado.DESCARTADO, gettext_lazy("Descartados")),
)
ALTO = 60


@con_bandeja
def bandeja(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """What came in and what waits, by state; what is to be sent."""
    estado = request.GET.get("estado", Estado.EN_ESPERA)
    if estado not in {valor for valor, _nombre in FILTROS}:
        estado = Estado.EN_ESPERA
    pagina = _pagina(request.GET.get("pagina", "1"))
    hallado = selectores.tablero(alcance, ahora=timezone.localtime())
    renglones = selectores.recibidos(alcance, estado=estado, pagina=pagina)
    ahora = timezone.now()
    socios = listas.socios(alcance, ahora=ahora)
    de_la_red = [cuantos for _hora, cuantos in listas.por_hora(alcance, ahora=ahora)]
    contexto = {
        "tablero": hallado,
        "socios": socios,
        "detenidos": listas.detenidos(alcance),
        "barras_de_red": _barras(de_la_red),
        "maximo_de_red": max(de_la_red, default=0),
        "total_de_red": sum(de_la_red),
        "callados": ", ".join(
            [s.institucion for s in socios if s.callado]
            + [q.nombre for q in hallado.remitentes if q.callado]
        ),
        "barras": _barras([cuantos for _hora, cuantos in hallado.por_hora]),
        "maximo": max((cuantos for _hora, cuantos in hallado.por_hora), default=0),
        "filtros": [(valor, nombre, valor == estado) for valor, nombre in FILTROS],
        "estado": estado,
        "renglones": [_con_palabras(r) for r in renglones],
        "anterior": pagina - 1,
        "siguiente": pagina + 1 if len(renglones) == selectores.LIMITE else 0,
        "salientes": [_con_palabras(r) for r in selectores.por_enviar(alcance)],
    }
    return render(request, "bandeja/bandeja.html", contexto)


@con_bandeja
@require_POST
def red(request: HttpRequest, alcance: Alcance, id: UUID) -> HttpResponse:
    """Word of a referral that could not be given: tried again."""
    try:
        envio.reintentar(alcance, id=id, ahora=timezone.now())
    except envio.EnvioInexistente as error:
        raise Http404 from error
    except envio.YaNoEsta:
        messages.error(request, _("Ya no estaba detenido."))
    else:
        messages.success(request, _("Aviso de una referencia, otra vez por enviar."))
    return redirect("bandeja:bandeja")


def _pagina(dicha: str) -> int:
    return min(max(1, int(dicha)), 1000) if dicha.isdecimal() and len(dicha) < 5 else 1


def _barras(cuentas: list[int]) -> list[dict[str, int]]:
    """The drawing: a bar an hour, at most `ALTO` high."""
    mayor = max(cuentas, default=0) or 1
    altos = [round(ALTO * n / mayor) for n in cuentas]
    return [{"x": 10 * n, "y": ALTO - alto, "alto": alto} for n, alto in enumerate(altos)]


def _con_palabras(renglon: Renglon) -> dict[str, Any]:
    return {"r": renglon, "motivo": palabras.motivo(renglon.motivo)}


@con_bandeja
def mensaje(request: HttpRequest, alcance: Alcance, id: UUID) -> HttpResponse:
    """One message that waits or was refused; by POST, what is done about it."""
    ahora = timezone.now()
    abierto = selectores.abrir(alcance, id=id, ahora=ahora)
    if abierto is None:
        raise Http404
    accion = request.POST.get("accion", "")
    corregir = forms.Corregir(
        request.POST if accion == "corregir" else None, initial={"texto": abierto.texto}
    )
    descartar = forms.Descartar(request.POST if accion == "descartar" else None)
    if request.method == "POST":
        try:
            if _atender(request, alcance, abierto, accion, corregir, descartar):
                return redirect("bandeja:bandeja")
        except servicios.YaNoEspera:
            messages.error(request, _("Alguien más ya lo atendió."))
            return redirect("bandeja:bandeja")
        except servicios.SigueMal as error:
            corregir.add_error("texto", str(error))
    dispensa = servicios.DISPENSAS.get(abierto.renglon.motivo, "")
    contexto = {
        "abierto": abierto,
        "motivo": palabras.motivo(abierto.renglon.motivo),
        "puede_reintentar": abierto.renglon.estado == Estado.EN_ESPERA,
        "dispensa": dispensa,
        "dispensa_en_palabras": palabras.DISPENSAS.get(dispensa, ""),
        "corregir": corregir,
        "descartar": descartar,
    }
    estado = 422 if corregir.errors or descartar.errors else 200
    return render(request, "bandeja/mensaje.html", contexto, status=estado)


def _atender(
    request: HttpRequest,
    alcance: Alcance,
    abierto: Abierto,
    accion: str,
    corregir: forms.Corregir,
    descartar: forms.Descartar,
) -> bool:
    """Whether it was done."""
    id_, ahora = abierto.renglon.id, timezone.now()
    if accion == "reintentar":
        dispensa = request.POST.get("dispensa", "")
        servicios.reintentar(alcance, id=id_, ahora=ahora, dispensa=dispensa)
        if abierto.renglon.clinico:
            messages.success(request, _("Se intentó archivar; si sigue aquí, dice por qué."))
        else:
            messages.success(request, _("Se aplicará en un momento."))
    elif accion == "corregir" and corregir.is_valid():
        servicios.corregir(alcance, id=id_, ahora=ahora, **corregir.cleaned_data)
        messages.success(request, _("El mensaje corregido se aplicará en un momento."))
    elif accion == "descartar" and descartar.is_valid():
        servicios.descartar(alcance, id=id_, ahora=ahora, **descartar.cleaned_data)
        messages.success(request, _("No se aplicará. El mensaje se conserva como llegó."))
    else:
        return False
    return True


@con_bandeja
def saliente(request: HttpRequest, alcance: Alcance, id: UUID) -> HttpResponse:
    """One message to be sent; by POST, sent again or let go."""
    ahora = timezone.now()
    abierto = selectores.abrir_salida(alcance, id=id, ahora=ahora)
    if abierto is None:
        raise Http404
    if request.method == "POST":
        hacer = servicios.no_enviar if request.POST.get("accion") == "no" else servicios.reenviar
        try:
            hacer(alcance, id=id, ahora=ahora)
            messages.success(request, _("Hecho."))
        except servicios.YaNoEspera:
            messages.error(request, _("Alguien más ya lo atendió."))
        return redirect("bandeja:bandeja")
    contexto = {"abierto": abierto, "motivo": palabras.motivo(abierto.renglon.motivo)}
    return render(request, "bandeja/saliente.html", contexto)
