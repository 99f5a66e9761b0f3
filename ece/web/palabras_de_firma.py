"""What the pages say of signatures: as what, at which level, and why one does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registros.selectors.firmas import Veredicto
from registros.selectors.firmas_separadas import Separada

PAPELES = {
    "autor": _("Firmó como autor"),
    "contrafirma": _("Contrafirmó"),
    "conjunta": _("Firmó también"),
    "delegada": _("Firmó por delegación de %(quien)s"),
    "rechazo": _("Rehusó firmar"),
    "otorgante": _("Firmó como quien decide"),
    "testigo": _("Firmó como testigo"),
    "conservacion": _("Constancia de conservación"),
}
NIVELES = {
    "institucional": _("Firma institucional"),
    "avanzada": _("Firma electrónica avanzada"),
}
FALLAS = {
    "malformada": _("La firma no tiene la forma que debe."),
    "algoritmo": _("Usa un algoritmo o una llave que no se admite."),
    "contenido": _("Lo firmado no es este documento."),
    "firma": _("La firma no corresponde a la llave del certificado."),
    "certificado": _("Se firmó con otro certificado que el que la acompaña."),
    "uso": _("El certificado no es para firmar: use el de su e.firma, no un sello digital (CSD)."),
    "cadena": _("El certificado no es de una autoridad que la institución reconozca."),
    "vigencia": _("El certificado no estaba vigente."),
    "revocado": _("El certificado fue revocado."),
    "sin-revocacion": _("No se pudo saber si el certificado fue revocado. Intente más tarde."),
    "titular": _("El certificado es de otra persona: su RFC y su CURP deben ser los de usted."),
    "llave": _("La llave y el certificado no son pareja."),
    "sello": _("El sello de tiempo no corresponde."),
    "delegacion": _("No consta una delegación de su autor que cubra esta firma."),
}
NEGATIVAS = {
    "vigencia": _("La delegación no ha empezado, terminó o se revocó."),
    "puesto": _(
        "Uno de los dos no tiene, en la misma unidad, un puesto que escriba ese documento."
    ),
    "clase": _("Ese documento no es de los que le delegaron."),
    "autor": _("Lo escribió otra persona que quien le delegó: sólo se delega lo propio."),
    "personal": _("La institución pide que ese documento lo firme su autor en persona."),
    "propia": _("No se delega en uno mismo."),
}
"""Why somebody does not sign in the name of another."""
DE_LA_CARTA = _("El certificado es de otra persona: su CURP debe ser la de quien firma.")
"""Of `titular`, to whom a letter names."""
DE_CARTA = {"otorgante": _("Quien decide"), "testigo": _("Testigo")}
CADUCADA = _("Pasó mucho tiempo desde que se preparó. Empiece de nuevo.")
DE_OTRO = _("El certificado no es de quien el documento dice que firmó.")
"""Of `titular`, to whoever verifies and is not who signed."""
DOCUMENTOS = {
    "igual": _("El documento es el que se firmó."),
    "cambiado": _("Hay una versión posterior; la que se firmó se conserva."),
    "alterado": _("El documento no es el que se firmó."),
}

LEEME = """Evidencia de una firma

documento.json   lo firmado, en su forma canónica (RFC 8785)
declaracion.json lo que declara quien firma: nombra el documento y lo que cita por versión y SHA-256
texto.txt        de una carta, el texto que se leyó; su SHA-256 está en «texto» de declaracion.json
firmado.json     los bytes que cubre la firma: la declaración, o el pliego con su SHA-256
firma.p7s        la firma, en CMS (CAdES), con el certificado y el sello de tiempo
firma.jws        la misma firma, en JWS separado de su contenido (RFC 7515, apéndice F)
sello.tst        de una constancia, el sello de tiempo sobre declaracion.json
autoridades.pem  las autoridades en las que confía la institución

Para verificarla sin nosotros:
  sha256sum documento.json declaracion.json
  openssl cms -verify -cades -inform DER -in firma.p7s -content firmado.json -binary \\
    -CAfile autoridades.pem -purpose any -out /dev/null
  openssl ts -verify -token_in -in sello.tst -data declaracion.json -CAfile autoridades.pem
El primer SHA-256 está en declaracion.json. El segundo está en «hojas» de firmado.json, si no son el
mismo archivo.
"""
"""What goes with the evidence of a signature; its commands are those of docs/evidence.md."""


def papel(clave: str, por: str = "") -> str:
    """As what somebody signed, and in whose name if it was not their own."""
    return str(PAPELES[clave]) % {"quien": por}


def falla(motivo: str, *, propia: bool = True) -> str:
    """Why a signature does not hold, to who signs (`propia`) or to who verifies."""
    return str(DE_OTRO if motivo == "titular" and not propia else FALLAS[motivo])


def de_separada(firma: Separada) -> str:
    """Of a signature beside a document: whether it holds, or why not."""
    return falla(firma.falla, propia=False) if firma.falla else str(DOCUMENTOS["igual"])


@dataclass(frozen=True, slots=True)
class Dicho:
    """A signature in words."""

    papel: str
    nivel: str
    falla: str
    documento: str


def de(firma: Veredicto) -> Dicho:
    return Dicho(
        papel=papel(firma.papel, firma.por),
        nivel=str(NIVELES[firma.nivel]),
        falla=falla(firma.falla, propia=False) if firma.falla else "",
        documento=str(DOCUMENTOS[firma.documento]),
    )


def dichas(firmas: Iterable[Veredicto]) -> list[tuple[Veredicto, Dicho]]:
    """Each, with what the pages say of it."""
    return [(firma, de(firma)) for firma in firmas]
