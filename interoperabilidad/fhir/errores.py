"""Failures in the form a FHIR client expects: an OperationOutcome and the right status."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse

from ece import fhir

TIPO_MIME = "application/fhir+json; charset=utf-8"


CONVENIO = {
    "convenio.inexistente": "Su institución no tiene un convenio que permita esta operación.",
    "convenio.estado": "El convenio no está vigente: falta firmarlo, o está suspendido.",
    "convenio.vigencia": "El convenio no está en vigor en esta fecha.",
    "convenio.declaracion": "Falta declarar usuario, rol y propósito (docs/api.md).",
    "convenio.proposito": "El propósito declarado no está en el convenio.",
    "convenio.ritmo": "Se alcanzó el límite de solicitudes del convenio: cuentan los expedientes "
    "que se piden y los mensajes de referencia. Reintente en un minuto; si es el del día, mañana.",
}
"""What the door of agreements says: of the partner alone, so that it is the same of any patient."""


class ErrorFhir(Exception):
    """A failed interaction; `codigo` is an OperationOutcome issue type."""

    DEL_CLIENTE: ClassVar[frozenset[str]] = frozenset(
        {"rol.insuficiente", "proposito", "ambito", *CONVENIO}
    )
    """Grounds of a refusal that say something of the client alone; any other is a 404, for it would
    say that there is such a patient."""

    def __init__(
        self, estado: int, codigo: str, mensaje: str, *, problemas: Sequence[fhir.Problema] = ()
    ) -> None:
        super().__init__(mensaje)
        self.estado = estado
        self.codigo = codigo
        self.mensaje = mensaje
        self.problemas = problemas

    def resultado(self) -> dict[str, Any]:
        """The OperationOutcome."""
        if not self.problemas:
            asuntos = [asunto(self.codigo, self.mensaje)]
        else:
            asuntos = [asunto(p.codigo, p.mensaje, lugar=p.ubicacion) for p in self.problemas]
        return {"resourceType": "OperationOutcome", "issue": asuntos}

    def respuesta(self) -> HttpResponse:
        respuesta = HttpResponse(
            fhir.json.escribir(self.resultado()), content_type=TIPO_MIME, status=self.estado
        )
        if self.estado == 401:
            respuesta["WWW-Authenticate"] = 'Bearer realm="ece"'
        if self.estado == 429:
            respuesta["Retry-After"] = "60"
        return respuesta


def asunto(
    codigo: str, mensaje: str, *, lugar: str = "", gravedad: str = "error"
) -> dict[str, Any]:
    """One OperationOutcome.issue."""
    resultado: dict[str, Any] = {"severity": gravedad, "code": codigo, "diagnostics": mensaje}
    if lugar:
        resultado["expression"] = [lugar]
    return resultado


def no_encontrado(que: str) -> ErrorFhir:
    return ErrorFhir(404, "not-found", f"{que} no existe o no está a su alcance.")
