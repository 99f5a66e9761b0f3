"""Privacy notices for tests: a draft with nothing missing, and one in force."""

from uuid import UUID

from consentimiento import decision
from consentimiento.catalogos.avisos import FRACCIONES
from consentimiento.services import avisos
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso
from tests.elenco import AHORA

COMPLETO = {
    f.clave: f"{f.titulo}, dicho con palabras. Hay datos sensibles."
    for fracciones in FRACCIONES.values()
    for f in fracciones
}


def alcance(actor: Actor) -> Alcance:
    return decision.alcanzar(actor, Permiso.AVISO_PUBLICAR, motivo="avisos", ahora=AHORA)


def borrador(actor: Actor) -> UUID:
    return avisos.redactar(alcance(actor), contenido=COMPLETO, ahora=AHORA)


def publicado(actor: Actor) -> UUID:
    id_ = borrador(actor)
    avisos.publicar(alcance(actor), aviso_id=id_, ahora=AHORA)
    return id_
