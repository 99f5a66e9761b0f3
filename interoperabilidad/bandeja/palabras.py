"""Reasons and states, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOTIVOS: dict[str, Promise] = {
    "por-archivar": _("Está por archivarse"),
    "cda": _("No es un documento clínico que se pueda leer"),
    "archivo": _("Trae un archivo que no se admite"),
    "consulta": _("La consulta no se entiende"),
    "control": _("Sin identificador de mensaje"),
    "control-repetido": _("Repite el identificador de otro mensaje"),
    "curp-distinta": _("La CURP no es la del expediente"),
    "dato": _("Un dato no tiene la forma del estándar"),
    "decision": _("La decisión no lo permite"),
    "fallo": _("Falló de nuestro lado"),
    "fhir": _("No se puede expresar en el expediente"),
    "identidad-discrepante": _("El número es aquí de otra persona"),
    "identificadores-cruzados": _("Los identificadores son de personas distintas"),
    "incompleto": _("Le falta algo indispensable"),
    "juego": _("Juego de caracteres"),
    "orden-ambigua": _("No se sabe qué orden responde"),
    "orden-de-otro": _("La orden es de otro paciente"),
    "orden-desconocida": _("No está la orden que responde"),
    "paciente-desconocido": _("No está el paciente"),
    "proceso": _("No es de producción ni de prueba"),
    "rechazado": _("El destino lo rechazó"),
    "remitente": _("El remitente ya no está registrado"),
    "reservado": _("Está reservado para ese sistema"),
    "sin-acuerdo": _("No está acordado que lo envíe"),
    "sin-nombre": _("No dice cómo se llama la persona"),
    "sin-previo": _("Cambia algo que no está"),
    "sintaxis": _("No es un mensaje HL7 v2"),
    "tipo": _("Tipo de mensaje que no se admite"),
    "version": _("Versión que no se admite"),
    "vinculo": _("Los expedientes no se pueden vincular"),
}
DISPENSAS: dict[str, Promise] = {
    "sin-orden": _("Aplicar sin orden: nadie la pidió aquí"),
    "misma-persona": _("Es la misma persona: lo comprobé"),
}


def motivo(codigo: str) -> Promise | str:
    return MOTIVOS.get(codigo, codigo)
