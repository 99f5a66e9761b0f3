"""What the right of access, or of portability, delivers: one file with the whole record."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from auditoria import selectors as auditoria
from auditoria.selectors import Asentado
from consentimiento.services import impresiones
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import juntar
from ece.web.impresion import expediente
from ece.web.impresion.expediente import Documento
from registros.selectors import paquetes

ACCESOS = 2_000
"""Events of the log that are listed, the newest."""


@translation.override("es-mx")
def paquete(acceso: Acceso, *, folio: str, ahora: datetime) -> bytes:
    """A ZIP: the record on paper (PDF/A) and for another system (FHIR R4 Bundle, LGPDPPSO 51), who
    has used it, and a page that says what each file is.

    Raises `PermisoInsuficiente`, `expediente.PeriodoDemasiadoLargo`,
    `paquetes.ExpedienteDemasiadoGrande`.
    """
    papel = expediente.pdf(
        acceso, documento_pedido=Documento.EXPEDIENTE, desde=None, hasta=None, ahora=ahora
    )
    impresiones.asentar(acceso, papel, ahora=ahora)
    usos = auditoria.del_paciente(acceso, limite=ACCESOS)
    nombres = _nombres(usos)
    contexto = {
        "folio": folio,
        "ahora": ahora,
        "usos": [(uso, nombres[uso.actor]) for uso in usos],
    }
    return juntar(
        {
            "LEAME.html": render_to_string("impresion/entrega.html", contexto).encode(),
            "accesos.html": render_to_string("impresion/accesos.html", contexto).encode(),
            "expediente.pdf": papel,
            "expediente-fhir.json": paquetes.completo(acceso, ahora=ahora),
        }
    )


def _nombres(usos: list[Asentado]) -> dict[object, str]:
    """actor -> their name, for professionals; what kind of actor, for anybody else."""
    nombres: dict[object, str] = {}
    for uso in usos:
        if uso.actor not in nombres:
            ficha = identidad.profesional(uso.actor)
            nombres[uso.actor] = ficha.nombre if ficha else ", ".join(uso.roles) or uso.clase
    return nombres
