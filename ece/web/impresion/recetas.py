"""The printed prescription (Reglamento de Insumos para la Salud, 29 to 31; LGS 83, 226)."""

import io
import json
from importlib import resources

import segno
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from consentimiento.services import impresiones
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.web.clinica import paneles
from ece.web.impresion import sello
from ece.web.impresion.documento import electronicas
from ece.web.templatetags import fechas
from registros.selectors import expediente
from registros.selectors.recetas import Recetado


@translation.override("es-mx")
def pdf(acceso: Acceso, hoja: list[Recetado], *, verificar: str) -> bytes:
    """The sheet of `hoja`, PDF/A; `verificar` is the absolute address of the pharmacy's page.

    The square holds that address and, after its #, the code: what reads it never sends the code in
    a request line.
    """
    firmadas = sello.de(acceso, "MedicationRequest", [uno.id for uno in hoja])
    quien, _recurso, _version = expediente.identidad(acceso)
    institucion = identidad.institucion()
    primera = hoja[0]
    autor = identidad.profesional(primera.prescriptor) if primera.prescriptor else None
    codigo = "-".join(primera.codigo[n : n + 5] for n in range(0, len(primera.codigo), 5))
    datos = {
        "institucion": institucion.nombre if institucion else "",
        "razon_social": institucion.razon_social if institucion else "",
        "domicilio": institucion.domicilio if institucion else "",
        "paciente": quien.nombre,
        "edad": paneles.edad(quien.nacimiento),
        "sexo": str(paneles.SEXOS.get(quien.sexo, "")),
        "expediente": quien.expediente,
        "fecha": fechas.escribir(primera.fecha, "fecha"),
        "medicamentos": [
            {
                "nombre": uno.titulo,
                "indicacion": uno.indicacion,
                "indicaciones": uno.indicaciones,
                "surtir": uno.surtir,
                "estado": _("Suspendido") if uno.estado == "stopped" else "",
                "electronicas": electronicas(firmadas.get(uno.id, [])),
            }
            for uno in hoja
        ],
        "autor": autor.nombre if autor else primera.recurso.get("requester", {}).get("display", ""),
        "cedula": autor.cedula if autor else "",
        "titulo_por": autor.titulo_por if autor else "",
        "especialidad": autor.especialidad if autor else "",
        "cedula_especialidad": autor.cedula_especialidad if autor else "",
        "leyenda": _(primera.leyenda) if primera.leyenda else "",
        "vence": fechas.escribir(primera.vence, "fecha") if primera.vence else "",
        "codigo": codigo,
        "folio": impresiones.folio(),
        "verificar": verificar,
        "qr": _cuadro(f"{verificar}#{primera.codigo}"),
    }
    plantilla = resources.files("ece.web.impresion").joinpath("receta.typ").read_bytes()
    documento: bytes = typst.compile(
        plantilla,
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-3b" if firmadas else "a-2b"],
    )
    return sello.sellar(acceso, documento, "MedicationRequest", firmadas)


def _cuadro(texto: str) -> str:
    dibujo = io.BytesIO()
    segno.make(texto, error="m", micro=False).save(dibujo, kind="svg", border=2, xmldecl=False)
    return dibujo.getvalue().decode()
