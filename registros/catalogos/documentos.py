"""Kinds of documents made elsewhere, with their LOINC code."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class ClaseDeDocumento:
    clave: str
    nombre: str
    loinc: str


CLASES: dict[str, ClaseDeDocumento] = {
    clase.clave: clase
    for clase in (
        ClaseDeDocumento("laboratorio", _("Resultado de laboratorio"), "11502-2"),
        ClaseDeDocumento("imagen", _("Estudio de imagen"), "18748-4"),
        ClaseDeDocumento("resumen", _("Resumen clínico"), "34133-9"),
        ClaseDeDocumento("referencia", _("Nota de referencia"), "57133-1"),
        ClaseDeDocumento("egreso", _("Nota de egreso"), "18842-5"),
        ClaseDeDocumento("consulta", _("Nota de consulta"), "11488-4"),
        ClaseDeDocumento("cirugia", _("Nota de cirugía"), "11504-8"),
        ClaseDeDocumento("patologia", _("Informe de patología"), "11526-1"),
        ClaseDeDocumento("consentimiento", _("Carta de consentimiento"), "59284-0"),
        ClaseDeDocumento("identificacion", _("Identificación o constancia"), "52460-3"),
        ClaseDeDocumento("otro", _("Otro documento"), "34109-9"),
    )
}
