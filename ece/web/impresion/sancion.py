"""The report of an access in question: for an internal body, the authority or a court."""

import json
from importlib import resources
from typing import Any

import typst
from django.utils import translation

from auditoria.selectors import Entero
from consentimiento.services.sancion import Caso
from ece.identidad import selectors as identidad
from ece.web import constancias, fundamentos
from ece.web.templatetags import fechas


@translation.override("es-mx")
def pdf(caso: Caso) -> bytes:
    """The PDF/A that explains the package. Words travel as data, never as markup."""
    institucion = identidad.institucion()
    datos = {
        "institucion": institucion.nombre if institucion else "",
        "quien": caso.quien,
        "paciente": str(caso.paciente),
        "evento": str(caso.evento),
        "eventos": [_evento(evento) for evento in caso.eventos],
        "vistos": [
            (
                v.titulo,
                f"{v.version.tipo}/{v.version.id}, versión {v.version.version}",
                "Lo nombra el evento" if v.nombrado else "Estaba en la página que abrió",
            )
            for v in caso.vistos
        ],
        "directivas": list(caso.directivas),
        "sello": caso.sello.strip(),
        "integra": f"{caso.integra}, {fechas.escribir(caso.integrado_at, 'fecha_hora')}",
    }
    documento: bytes = typst.compile(
        resources.files("ece.web.impresion").joinpath("sancion.typ").read_bytes(),
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return documento


def _evento(evento: Entero) -> dict[str, Any]:
    dicho = evento.dicho
    detalle = dicho["detalle"]
    fundamento = dicho["fundamento"].partition(",")[0]
    motivo = str(constancias.MOTIVOS.get(detalle.get("motivo", ""), ""))
    return {
        "cuando": fechas.escribir(evento.momento, "fecha_hora"),
        "que": detalle.get("pagina") or detalle.get("recurso") or dicho["tipo"],
        "resultado": {"permitido": "Permitido", "denegado": "Negado", "hecho": "Hecho"}[
            dicho["resultado"]
        ],
        "fundamento": str(constancias.FUNDAMENTOS.get(fundamento, fundamento)),
        "fuente": str(fundamentos.FUENTES.get(fundamento, "")),
        "motivo": motivo,
        "puestos": ", ".join(dicho["actor"]["roles"]),
        "origen": dicho["actor"]["origen"],
    }
