"""The printed page of a note: PDF/A with the header that NOM-004 5.2, 5.9 and 5.10 ask for."""

import json
from datetime import datetime
from importlib import resources

import typst
from django.utils import translation

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.web.clinica import paneles
from ece.web.templatetags import fechas
from registros.selectors import expediente
from registros.selectors.notas import Nota


@translation.override("es-mx")
def pdf(acceso: Acceso, nota: Nota, adendas: list[Nota], *, ahora: datetime) -> bytes:
    """The PDF of a finished note and its addenda; words travel as data, never as markup."""
    quien, _, _ = expediente.identidad(acceso)
    institucion = identidad.institucion()
    autor = identidad.profesional(nota.autor_id)
    datos = {
        "institucion": institucion.nombre if institucion else "",
        "razon_social": institucion.razon_social if institucion else "",
        "domicilio": institucion.domicilio if institucion else "",
        "paciente": quien.nombre,
        "edad": paneles.edad(quien.nacimiento),
        "sexo": str(paneles.SEXOS.get(quien.sexo, "")),
        "expediente": quien.expediente,
        "curp": quien.curp,
        "titulo": nota.titulo,
        "fecha": _fecha(nota.fecha),
        "secciones": [{"titulo": s.titulo, "texto": s.texto} for s in nota.secciones if s.texto],
        "autor": autor.nombre if autor else nota.autor,
        "cedula": autor.cedula if autor else "",
        "especialidad": autor.especialidad if autor else "",
        "huella": nota.huella,
        "adendas": [
            {"fecha": _fecha(a.fecha), "autor": a.autor, "texto": a.secciones[0].texto}
            for a in adendas
        ],
        "impreso": f"{acceso.actor.nombre}, {_fecha(ahora)}",
    }
    plantilla = resources.files("ece.web.impresion").joinpath("nota.typ").read_bytes()
    documento: bytes = typst.compile(
        plantilla,
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return documento


def _fecha(momento: datetime) -> str:
    return fechas.escribir(momento, "fecha_hora")
