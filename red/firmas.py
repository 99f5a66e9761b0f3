"""Signing, with our key, an agreement that the other institution drafted (docs/api.md)."""

from datetime import datetime

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import convenios
from consentimiento.asientos import asiento
from consentimiento.selectors.convenios import Destino
from consentimiento.services import firmas_de_convenio
from ece import fhir
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from red import socio
from red.socio import Quien


class ConvenioAusente(Exception):
    """The other institution shows us no such agreement that waits to be signed."""


class TerminosDistintos(Exception):
    """What is to be signed is not what was agreed to sign (its digest is another)."""


def leer(a: Destino, *, folio: str, quien: Quien) -> tuple[str, bytes]:
    """(id there, terms as they are signed) of an agreement with us.

    Raises `ConvenioAusente`, `SocioCallado`, `SocioNiega`.
    """
    dichos = fhir.json.leer(socio.de_convenios(a, "GET", "", quien=quien)).get("convenios", [])
    ids = [str(c["id"]) for c in dichos if c.get("folio") == folio]
    if not ids:
        raise ConvenioAusente(folio)
    canonico = socio.de_convenios(a, "GET", f"{ids[0]}/terminos", quien=quien)
    convenios.leer(canonico)
    return ids[0], canonico


def firmar(
    alcance: Alcance, a: Destino, *, folio: str, huella: str, quien: Quien, ahora: datetime
) -> None:
    """Sign those terms, if their digest is `huella`, and hand our signature to the other side.

    Also raises `TerminosDistintos`, `convenios.TerminosInvalidos`.
    """
    alcance.exigir(Permiso.CONVENIO_FIRMAR)
    id_, canonico = leer(a, folio=folio, quien=quien)
    if convenios.huella(canonico) != huella:
        raise TerminosDistintos(folio)
    evento = asiento(
        alcance,
        TipoDeEvento.CONVENIO_FIRMADO,
        ahora=ahora,
        detalle={"ajeno": id_, "huella": huella, "parte": convenios.Parte.ALIADA.value},
    )
    bitacora.anexar([evento])
    jws = firmas_de_convenio.firmar(canonico)
    socio.de_convenios(a, "POST", f"{id_}/firma", quien=quien, cuerpo=jws.encode())
