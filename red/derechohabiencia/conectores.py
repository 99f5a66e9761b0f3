"""The three forms in which institutions answer: FHIR, SOAP and REST. One interface, one class each.

What they are given is a CURP and a social security number, in the body (an address would tell it to
every proxy); what they answer is bounded and doubted. SOAP is an envelope of one message: lxml
makes and reads it, without a library that would fetch a WSDL of elsewhere.
"""

import http
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

from ece import fhir
from ece.nucleo import salidas
from ece.nucleo.salidas import SinRespuesta
from red.derechohabiencia import modelo
from red.derechohabiencia.modelo import ConectorCallado, Pregunta, Vigencia
from registros.services.pacientes import SISTEMA_CURP, SISTEMA_NSS

SEGUNDOS = 5.0
BYTES = 256 * 1024
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ESPACIO = "urn:ece:derechohabiencia:1"


class Conector(Protocol):
    """Somebody who may be asked: `clave` is what it goes by here."""

    @property
    def clave(self) -> str: ...
    @property
    def nombre(self) -> str: ...
    def preguntar(self, pregunta: Pregunta) -> Vigencia:
        """Raises `ConectorCallado`."""


@dataclass(frozen=True, slots=True)
class _PorHttp:
    clave: str
    nombre: str
    url: str
    credencial: str = field(default="", repr=False)

    def _llamar(self, cuerpo: bytes, tipo: str, camino: str = "", **mas: str) -> bytes:
        cabeceras = {"Content-Type": tipo, "Accept": tipo.partition(";")[0], **mas}
        if self.credencial:
            cabeceras["Authorization"] = f"Bearer {self.credencial}"
        try:
            respuesta = salidas.llamar(
                "POST",
                self.url + camino,
                segundos=SEGUNDOS,
                limite=BYTES,
                cuerpo=cuerpo,
                cabeceras=cabeceras,
            )
        except SinRespuesta as error:
            raise ConectorCallado(str(error)) from error
        if respuesta.estado != http.HTTPStatus.OK:
            raise ConectorCallado(f"HTTP {respuesta.estado}")
        return respuesta.cuerpo


class Rest(_PorHttp):
    """A JSON object in, another out: ``vigente`` (true, false, null), ``numero``, ``plan``,
    ``hasta``, ``mensaje``."""

    def preguntar(self, pregunta: Pregunta) -> Vigencia:
        pedido = {"curp": pregunta.curp, "nss": pregunta.nss, "fecha": pregunta.dia.isoformat()}
        dicho = _json(self._llamar(fhir.json.escribir(pedido), "application/json"))
        vigente = dicho.get("vigente")
        if vigente is not None and not isinstance(vigente, bool):
            raise ConectorCallado("contesta algo que no se entiende")
        return _vigencia(vigente, lambda clave: dicho.get(clave))


class Soap(_PorHttp):
    """SOAP 1.1, document/literal: ``ConsultarVigencia`` and ``ConsultarVigenciaRespuesta``."""

    def preguntar(self, pregunta: Pregunta) -> Vigencia:
        sobre = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "d": ESPACIO})
        cuerpo = etree.SubElement(sobre, f"{{{SOAP}}}Body")
        pedido = etree.SubElement(cuerpo, f"{{{ESPACIO}}}ConsultarVigencia")
        for clave, valor in (
            ("curp", pregunta.curp),
            ("nss", pregunta.nss),
            ("fecha", pregunta.dia.isoformat()),
        ):
            etree.SubElement(pedido, f"{{{ESPACIO}}}{clave}").text = valor
        datos = etree.tostring(sobre, xml_declaration=True, encoding="UTF-8")
        accion = f'"{ESPACIO}/ConsultarVigencia"'
        leido = _xml(self._llamar(datos, "text/xml; charset=utf-8", SOAPAction=accion))
        respuesta = leido.find(f"{{{SOAP}}}Body/{{{ESPACIO}}}ConsultarVigenciaRespuesta")
        if respuesta is None:
            raise ConectorCallado("contesta un fallo de SOAP")

        def de(clave: str) -> str:
            return str(respuesta.findtext(f"{{{ESPACIO}}}{clave}") or "")

        dicho = de("vigente").strip()
        if dicho not in ("true", "false", "1", "0", ""):
            raise ConectorCallado("contesta algo que no se entiende")
        return _vigencia({"true": True, "1": True, "": None}.get(dicho, False), de)


class Fhir(_PorHttp):
    """``CoverageEligibilityRequest/$submit`` (R4), answered with a CoverageEligibilityResponse."""

    def preguntar(self, pregunta: Pregunta) -> Vigencia:
        identificadores = [
            {"system": sistema, "value": valor}
            for sistema, valor in ((SISTEMA_CURP, pregunta.curp), (SISTEMA_NSS, pregunta.nss))
            if valor
        ]
        pedido = {
            "resourceType": "CoverageEligibilityRequest",
            "status": "active",
            "purpose": ["validation"],
            "contained": [
                {"resourceType": "Patient", "id": "quien", "identifier": identificadores}
            ],
            "patient": {"reference": "#quien"},
            "servicedDate": pregunta.dia.isoformat(),
            "created": pregunta.dia.isoformat(),
            "insurer": {"display": self.nombre},
        }
        dicho = _json(
            self._llamar(
                fhir.json.escribir(pedido),
                "application/fhir+json",
                "/CoverageEligibilityRequest/$submit",
            )
        )
        if fhir.validar(dicho):
            raise ConectorCallado("contesta algo que no es FHIR R4")
        return modelo.de_recurso(dicho)


FORMAS: dict[str, type[Rest] | type[Soap] | type[Fhir]] = {
    "rest": Rest,
    "soap": Soap,
    "fhir": Fhir,
}


def configurados() -> list[Conector]:
    """Of ``ECE_DERECHOHABIENCIA``: ``name form address [token]``, separated by commas."""
    conectores: list[Conector] = []
    for dicho in settings.ECE_DERECHOHABIENCIA:
        partes = dicho.split()
        if len(partes) not in (3, 4) or partes[1] not in FORMAS:
            raise ImproperlyConfigured(
                "ECE_DERECHOHABIENCIA: se espera «nombre fhir|soap|rest dirección [token]»."
            )
        nombre, forma, url, *credencial = partes
        conectores.append(FORMAS[forma](nombre[:40], nombre, url.rstrip("/"), *credencial))
    return conectores


def _json(datos: bytes) -> dict[str, Any]:
    try:
        return fhir.json.leer(datos)
    except fhir.JsonInvalido as error:
        raise ConectorCallado("no contesta en JSON") from error


def _xml(datos: bytes) -> Any:
    lector = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        raiz = etree.fromstring(datos, lector)
    except etree.XMLSyntaxError as error:
        raise ConectorCallado("no contesta en XML") from error
    if raiz.getroottree().docinfo.doctype:
        raise ConectorCallado("contesta con un DOCTYPE")
    return raiz


def _vigencia(vigente: bool | None, de: Callable[[str], object]) -> Vigencia:
    try:
        hasta = str(de("hasta") or "")
        return Vigencia(
            vigente,
            str(de("numero") or "")[:60],
            str(de("plan") or "")[:120],
            date.fromisoformat(hasta) if hasta else None,
            str(de("mensaje") or "")[:300],
        )
    except ValueError as error:
        raise ConectorCallado("contesta una fecha que no existe") from error
