"""The acknowledgment of an ARCO request: its folio, what was asked, and by when it is answered."""

import json
from datetime import datetime
from importlib import resources

import typst
from django.conf import settings
from django.utils import timezone, translation

from consentimiento import plazos
from consentimiento.selectors.arco import Detalle
from consentimiento.services import arco, impresiones
from ece.identidad import selectors as identidad
from ece.web.clinica import palabras
from ece.web.templatetags import fechas


@translation.override("es-mx")
def pdf(detalle: Detalle, *, ahora: datetime) -> bytes:
    """The PDF/A that whoever asks takes away (LGPDPPSO 46; LFPDPPP 28)."""
    solicitud = detalle.solicitud
    terminos = arco.terminos(solicitud.regimen)
    recibida = timezone.localdate(solicitud.recibida_at)

    def hasta(dias: int) -> str:
        dia = plazos.sumar(recibida, dias, settings.ECE_DIAS_INHABILES)
        return fechas.escribir(dia, "fecha")

    institucion = identidad.institucion()
    datos = {
        "institucion": institucion.nombre if institucion else "",
        "folio": solicitud.folio,
        "datos": [
            ("Recibida", fechas.escribir(solicitud.recibida_at, "fecha_hora")),
            ("Derecho", str(solicitud.derecho.label)),
            ("La presenta", str(solicitud.calidad.label)),
            *(
                (str(palabras.TEXTOS_DE_ARCO[clave]), texto)
                for clave, texto in detalle.textos.items()
                if clave != "registro"
            ),
        ],
        "plazos": [
            f"Si falta algo, se le pedirá a más tardar el {hasta(terminos.prevencion)}.",
            f"Se le responderá a más tardar el {hasta(terminos.resolver)} "
            f"({terminos.resolver} días hábiles; {terminos.fuente}).",
            f"El plazo puede ampliarse una vez, hasta {terminos.prorroga} días hábiles más, si se "
            "le avisa antes de que termine.",
            f"Si procede, se hará efectiva dentro de {terminos.efectuar} días hábiles más.",
        ],
        "impreso": f"{fechas.escribir(ahora, 'fecha_hora')}, copia {impresiones.folio()}",
    }
    documento: bytes = typst.compile(
        resources.files("ece.web.impresion").joinpath("acuse.typ").read_bytes(),
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return documento
