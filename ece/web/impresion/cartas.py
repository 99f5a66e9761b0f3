"""A letter of consent on paper: its exact text, who signed it and how, and its digest."""

import json
from datetime import datetime
from importlib import resources

import typst
from django.utils import translation

from consentimiento.services import impresiones
from ece.nucleo.acceso import Acceso
from ece.web.clinica import cartas as en_pagina
from ece.web.impresion import sello
from ece.web.impresion.documento import electronicas
from ece.web.templatetags import fechas
from registros.selectors import expediente
from registros.selectors.cartas import CartaVista


@translation.override("es-mx")
def pdf(acceso: Acceso, carta: CartaVista, *, ahora: datetime) -> bytes:
    """The PDF/A of a letter, decided or still to be; sealed if somebody signed it with an e.firma,
    whose evidence goes inside."""
    firmadas = sello.de(acceso, "Consent", [carta.id])
    quien, _, _ = expediente.identidad(acceso)
    datos = {
        "titulo": carta.tipo.titulo,
        "paciente": quien.nombre,
        "expediente": quien.expediente,
        "curp": quien.curp,
        "bloques": carta.bloques,
        "situacion": str(en_pagina.SITUACIONES[carta.situacion]),
        "decision": [
            (nombre, valor)
            for nombre, valor in (
                ("Decidió", carta.quien),
                ("En calidad de", carta.calidad),
                ("Se identificó con", carta.identificacion),
                ("Por qué decide", carta.ausencia),
                ("Lo que entendió, en sus palabras", carta.comprension),
                ("Desde", fechas.escribir(carta.desde, "fecha_hora")),
                ("Hasta", fechas.escribir(carta.hasta, "fecha_hora")),
                ("Motivo", carta.motivo),
            )
            if valor
        ],
        "firmas": [
            {
                "nombre": f["nombre"],
                "clase": str(f["clase"]),
                "cuando": fechas.escribir(f["cuando"], "fecha_hora"),
                "dibujo": _svg(f["camino"]),
            }
            for f in en_pagina.firmas(carta)
        ],
        "electronicas": electronicas(firmadas.get(carta.id, [])),
        "huella": carta.huella,
        "impreso": f"{acceso.actor.nombre}, {fechas.escribir(ahora, 'fecha_hora')}. "
        f"Folio {impresiones.folio()}",
    }
    documento: bytes = typst.compile(
        resources.files("ece.web.impresion").joinpath("carta.typ").read_bytes(),
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-3b" if firmadas else "a-2b"],
    )
    return sello.sellar(acceso, documento, "Consent", firmadas)


def _svg(camino: str) -> str:
    if not camino:
        return ""
    medidas = f"0 0 {en_pagina.ANCHO} {en_pagina.ALTO}"
    trazo = 'fill="none" stroke="#111" stroke-width="4" stroke-linecap="round"'
    espacio = 'xmlns="http://www.w3.org/2000/svg"'
    return f'<svg {espacio} viewBox="{medidas}"><path {trazo} d="{camino}"/></svg>'
