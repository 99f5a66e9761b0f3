"""The slip of an appointment: half a page that the patient takes away."""

import json
from datetime import datetime
from importlib import resources

import typst
from django.utils import timezone, translation

from consentimiento.services import impresiones
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.web.templatetags import fechas
from registros.selectors import expediente
from registros.selectors.agenda import CitaLeida


@translation.override("es-mx")
def pdf(acceso: Acceso, cita: CitaLeida, *, ahora: datetime) -> bytes:
    """The PDF/A of the slip; it says when, where and with whom, and never why."""
    quien, _, _ = expediente.identidad(acceso)
    unidad = identidad.unidad(cita.unidad_id) if cita.unidad_id else None
    datos = {
        "institucion": unidad.institucion if unidad else "",
        "unidad": unidad.nombre if unidad else cita.unidad,
        "domicilio": unidad.domicilio if unidad else "",
        "paciente": quien.nombre,
        "expediente": quien.expediente,
        "dia": fechas.escribir(cita.inicio, "dia"),
        "hora": f"{timezone.localtime(cita.inicio):%H:%M}",
        "profesional": cita.profesional,
        "consultorio": cita.consultorio,
        "impreso": f"{fechas.escribir(ahora, 'fecha_hora')}. Folio {impresiones.folio()}",
    }
    documento: bytes = typst.compile(
        resources.files("ece.web.impresion").joinpath("cita.typ").read_bytes(),
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return documento
