"""What a scope lets an app do, in the words of whoever is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo import ambitos
from ece.nucleo.ambitos import AmbitoInvalido, Concedido
from registros.selectors.descripciones import CLASES

_FILTROS = {
    "laboratory": gettext_lazy("de laboratorio"),
    "vital-signs": gettext_lazy("de signos vitales"),
    "imaging": gettext_lazy("de imagen"),
    "social-history": gettext_lazy("de hábitos y entorno"),
    "survey": gettext_lazy("de cuestionarios"),
    "procedure": gettext_lazy("de procedimientos"),
    "exam": gettext_lazy("de exploración física"),
    "problem-list-item": gettext_lazy("de la lista de problemas"),
    "encounter-diagnosis": gettext_lazy("de diagnósticos de consulta"),
}
_SIN_TIPO = {"offline_access": gettext_lazy("Seguir conectada aunque usted no esté usándola.")}


@dataclass(frozen=True, slots=True)
class Dicho:
    """A scope, in a sentence; `escribe` is what deserves a second look."""

    ambito: str
    texto: str
    escribe: bool = False


def decir(pedidos: Iterable[str]) -> list[Dicho]:
    """Each scope in a sentence; those that only tell how it is launched say nothing."""
    dichos = []
    for pedido in pedidos:
        if pedido in _SIN_TIPO:
            dichos.append(Dicho(pedido, str(_SIN_TIPO[pedido])))
            continue
        try:
            dichos.append(_de_recurso(pedido, ambitos.leer(pedido)))
        except AmbitoInvalido:
            continue
    return dichos


def _de_recurso(pedido: str, leido: Concedido) -> Dicho:
    escribe = bool(leido.verbos & {"c", "u", "d"})
    if leido.tipo == ambitos.CUALQUIERA:
        que = _("todo lo que usted puede ver")
        if leido.contexto == "patient":
            que = _("todo el expediente elegido")
    else:
        que = str(CLASES.get(leido.tipo, leido.tipo))
    if leido.filtro is not None:
        codigo = leido.filtro[1].rpartition("|")[2]
        que = f"{que} ({_FILTROS.get(codigo, codigo)})"
    if not escribe:
        return Dicho(pedido, _("Ver: %(que)s.") % {"que": que})
    if leido.verbos & {"r", "s"}:
        return Dicho(pedido, _("Ver y cambiar: %(que)s.") % {"que": que}, escribe=True)
    return Dicho(pedido, _("Agregar o cambiar: %(que)s.") % {"que": que}, escribe=True)


def origen(direccion: str) -> str:
    """Where an address is, as a source of a content policy; of an app of the device, its scheme."""
    partes = urlsplit(direccion)
    if partes.scheme in ("http", "https"):
        return f"{partes.scheme}://{partes.netloc}"
    return f"{partes.scheme}:"
