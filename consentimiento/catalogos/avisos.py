"""What each data protection law asks of a privacy notice, fraction by fraction.

Public institutions: LGPDPPSO 21 (integral) and 22 (simplified). Private ones: LFPDPPP 15
(integral), 16-II (simplified) and 35 (transfers). Both of 2025.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

PUBLICO, PARTICULAR = "publico", "particular"
MINIMO = 10
"""Fewer letters than this say nothing."""


@dataclass(frozen=True, slots=True)
class Fraccion:
    """One thing the notice must say; `breve` if the simplified form says it too.

    `palabra` is one that the text cannot do without.
    """

    clave: str
    articulo: str
    titulo: str
    ayuda: str = ""
    breve: bool = False
    palabra: str = ""


LEYES = {
    PUBLICO: _("Ley General de Protección de Datos Personales en Posesión de Sujetos Obligados"),
    PARTICULAR: _("Ley Federal de Protección de Datos Personales en Posesión de los Particulares"),
}
_SITIO = _("Dónde se consulta el aviso integral")
_DATOS = _("Diga cuáles son sensibles.")
_FINALIDADES = _("Distinga las que requieren consentimiento de las que no.")

FRACCIONES: dict[str, tuple[Fraccion, ...]] = {
    PUBLICO: (
        Fraccion("responsable", "21-I", _("Denominación y domicilio del responsable"), breve=True),
        Fraccion("datos", "21-II", _("Datos que se tratan"), _DATOS, palabra="sensibles"),
        Fraccion("fundamento", "21-III", _("Fundamento legal del tratamiento")),
        Fraccion("finalidades", "21-IV", _("Finalidades"), _FINALIDADES, breve=True),
        Fraccion("arco", "21-V", _("Cómo ejercer los derechos ARCO")),
        Fraccion("unidad", "21-VI", _("Domicilio de la Unidad de Transparencia")),
        Fraccion(
            "transferencias",
            "21-VII",
            _("Transferencias que requieren consentimiento: a quién y para qué"),
            breve=True,
        ),
        Fraccion(
            "negativa",
            "21-VIII",
            _("Cómo negarse, antes del tratamiento, a finalidades y transferencias"),
            breve=True,
        ),
        Fraccion("cambios", "21-IX", _("Cómo se avisa de los cambios")),
        Fraccion("sitio", "22", _SITIO, breve=True),
    ),
    PARTICULAR: (
        Fraccion("responsable", "15-I", _("Identidad y domicilio del responsable"), breve=True),
        Fraccion(
            "datos", "15-II", _("Datos que se tratan"), _DATOS, breve=True, palabra="sensibles"
        ),
        Fraccion("finalidades", "15-III", _("Finalidades"), _FINALIDADES, breve=True),
        Fraccion(
            "limitar", "15-IV", _("Cómo limitar el uso o la divulgación de los datos"), breve=True
        ),
        Fraccion("arco", "15-V", _("Cómo ejercer los derechos ARCO")),
        Fraccion("cambios", "15-VI", _("Cómo se avisa de los cambios")),
        Fraccion("transferencias", "35", _("Cláusula de aceptación de las transferencias")),
        Fraccion("sitio", "16-II", _SITIO, breve=True),
    ),
}


def faltantes(regimen: str, contenido: dict[str, str]) -> list[Fraccion]:
    """The fractions of the regime that `contenido` (key -> text) does not say."""
    return [f for f in FRACCIONES[regimen] if not _dice(f, contenido.get(f.clave, ""))]


def _dice(fraccion: Fraccion, texto: str) -> bool:
    return len(texto.strip()) >= MINIMO and fraccion.palabra in texto.lower()
