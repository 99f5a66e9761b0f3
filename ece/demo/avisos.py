"""The privacy notice of the demonstration's hospital (invented, as the hospital is)."""

from datetime import datetime
from uuid import UUID

from consentimiento import decision
from consentimiento.selectors import avisos as selectores
from consentimiento.services import avisos
from ece.demo.elenco import DOMICILIO, INSTITUCION
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Permiso, Rol

CONTENIDO = {
    "responsable": f"{INSTITUCION}, con domicilio en {DOMICILIO}, es responsable de los datos "
    "personales que trata y los protege conforme a la ley.",
    "datos": "Tratamos datos de identificación y contacto (nombre, CURP, domicilio, teléfono y "
    "correo), de derechohabiencia y de trabajo. Son sensibles los de su estado de salud presente, "
    "pasado y futuro, los genéticos, la vida sexual, la lengua indígena y las creencias que usted "
    "decida decir.",
    "fundamento": "Artículos 4 y 16 de la Constitución; 32, 51 Bis 1 y 77 Bis 37 de la Ley General "
    "de Salud; NOM-004-SSA3-2012 y NOM-024-SSA3-2012; 10, 14 y 16 de la Ley General de Protección "
    "de Datos Personales en Posesión de Sujetos Obligados.",
    "finalidades": "No requieren su consentimiento: integrar su expediente, atenderle, e informar "
    "lo que la ley obliga a notificar. Sí lo requieren: docencia, investigación, atención a "
    "distancia y transferencias a terceros; de cada una se le pregunta por separado.",
    "arco": "Puede pedir acceso, rectificación, cancelación u oposición, y la portabilidad de sus "
    "datos, en el portal del paciente o en la Unidad de Transparencia.",
    "unidad": f"Unidad de Transparencia, planta baja, {DOMICILIO}, de lunes a viernes de 9:00 a "
    "15:00 horas.",
    "transferencias": "Con su consentimiento entregamos datos a aseguradoras, para el pago de su "
    "atención, y a otras instituciones de salud, para que continúen su tratamiento.",
    "negativa": "Antes del tratamiento puede negarse en admisión, y en cualquier momento en el "
    "portal, en «Consentimientos». Negarse no afecta su atención.",
    "limitar": "Puede limitar el uso o la divulgación de sus datos en admisión o en el portal.",
    "cambios": "Los cambios se publican en esta página y se le avisan en su siguiente visita.",
    "sitio": "El aviso integral está en la página /aviso-de-privacidad/ y en admisión.",
}


def publicar(*, privacidad: UUID, ahora: datetime) -> None:
    """Put the notice in force, as the privacy officer, unless there is one."""
    if selectores.publicado() is not None:
        return
    actor = Actor(privacidad, "persona", "Privacidad", (Asignado(Rol.PRIVACIDAD),))
    alcance = decision.alcanzar(actor, Permiso.AVISO_PUBLICAR, motivo="avisos", ahora=ahora)
    id_ = avisos.redactar(alcance, contenido=CONTENIDO, ahora=ahora)
    avisos.publicar(alcance, aviso_id=id_, ahora=ahora)
