"""A decided letter of consent signed besides by those it names, each with their own certificate.

The patient, who decides for them, and the witnesses: none needs an account. The CURP of the
certificate is that of the record, for the patient, and for anybody else the one that the letter has
had, beside their name, since it was decided.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad.confianza import FichaDeFirmante, Nivel
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida, certificados
from ece.nucleo.roles import Permiso
from registros.models import Consentimiento, Firma, Paciente
from registros.models.carta import OTORGA, FirmanteDeCarta, firmantes_de, huella_de, tipo_de
from registros.models.firma import Papel
from registros.services import declaraciones, pliegos
from registros.services.firmas import NadaQueFirmar
from registros.services.pliegos import Comprobado, Hoja, Preparado

FIRMABLES = ("active", "rejected")
"""Decided, and not taken back: a no is signed as a yes is."""


class SinCurp(Exception):
    """Nobody wrote the CURP of who would sign, so no certificate can be told to be theirs."""


@dataclass(frozen=True, slots=True)
class PorFirmar:
    """Somebody whom the letter names and who has not signed; `con_curp`, whether they can."""

    clave: str
    papel: Papel
    nombre: str
    con_curp: bool


def faltan(acceso: Acceso, *, carta_id: UUID) -> list[PorFirmar]:
    """Who could still sign the letter; nobody, while it is not decided or after it is revoked."""
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    fila = Consentimiento.objects.uno(acceso, carta_id)
    return [] if fila is None else _faltan(acceso, fila)


def _faltan(acceso: Acceso, fila: Consentimiento) -> list[PorFirmar]:
    if fila.estado not in FIRMABLES:
        return []
    ya = {una.autor for una in Firma.objects.de(acceso).filter(objeto=fila.id).exclude(papel="")}
    posibles = [(uno, _curp(acceso, uno)) for uno in firmantes_de(fila.recurso)]
    return [
        PorFirmar(uno.clave, papel_de(uno), uno.nombre, bool(curp))
        for uno, curp in posibles
        if _id(acceso, fila, uno, curp) not in ya
    ]


def preparar(
    acceso: Acceso, *, carta_id: UUID, clave: str, certificado: bytes, ahora: datetime
) -> Preparado:
    """What the person that the letter names by `clave` would sign; the certificate goes first.

    Raises `NadaQueFirmar`, `SinCurp`, `FirmaInvalida`.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    momento = ahora.replace(microsecond=0)
    fila, uno = _por_firmar(acceso, carta_id, clave)
    _, quien = _exigir_suyo(acceso, fila, uno, certificado, momento=momento)
    return _preparar(acceso, fila, uno, quien, momento)


def firmar(
    acceso: Acceso,
    *,
    carta_id: UUID,
    clave: str,
    certificado: bytes,
    momento: datetime,
    firma_cms: bytes,
    firma_jws: bytes,
    ahora: datetime,
) -> None:
    """Keep that person's signature of the letter as it is. Raises as `preparar`, and `Caducada`."""
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    pliegos.exigir_vigente(momento, ahora=ahora)
    fila, uno = _por_firmar(acceso, carta_id, clave)
    comprobado, quien = _exigir_suyo(acceso, fila, uno, certificado, momento=ahora)
    with acto(acceso, tipo=TipoDeEvento.CARTA_FIRMADA, ahora=ahora) as el_acto:
        fila, uno = _por_firmar(acceso, carta_id, clave)
        preparado = _preparar(acceso, fila, uno, quien, momento)
        firmado = pliegos.envolver(preparado, comprobado, firma_cms=firma_cms, firma_jws=firma_jws)
        (hoja,) = preparado.hojas
        pliegos.asentar(el_acto, acceso, fila, hoja, firmado, ahora=ahora, quien=quien)


def papel_de(uno: FirmanteDeCarta) -> Papel:
    return Papel.OTORGANTE if uno.clase == OTORGA else Papel.TESTIGO


def _por_firmar(
    acceso: Acceso, carta_id: UUID, clave: str
) -> tuple[Consentimiento, FirmanteDeCarta]:
    fila = Consentimiento.objects.uno(acceso, carta_id)
    if (
        fila is None
        or tipo_de(fila.recurso) is None
        or clave not in {uno.clave for uno in _faltan(acceso, fila)}
    ):
        raise NadaQueFirmar(str(carta_id))
    return fila, next(uno for uno in firmantes_de(fila.recurso) if uno.clave == clave)


def _exigir_suyo(
    acceso: Acceso,
    fila: Consentimiento,
    uno: FirmanteDeCarta,
    certificado: bytes,
    *,
    momento: datetime,
) -> tuple[Comprobado, FichaDeFirmante]:
    """That the certificate may sign and is of who the letter names; the RFC is as it says.

    The RFC of patients and witnesses is not recorded: the CURP, of one person only, is what tells.
    """
    curp = _curp(acceso, uno)
    if not curp:
        raise SinCurp(uno.clave)
    rfc = certificados.titular(certificados.leer(certificado)).rfc
    comprobado = pliegos.exigir_certificado(certificado, rfc=rfc, curp=curp, momento=momento)
    return comprobado, FichaDeFirmante(
        id=_id(acceso, fila, uno, curp),
        nombre=uno.nombre,
        cedula="",
        numero_de_empleado="",
        rfc=rfc,
        curp=curp,
    )


def _preparar(
    acceso: Acceso,
    fila: Consentimiento,
    uno: FirmanteDeCarta,
    quien: FichaDeFirmante,
    momento: datetime,
) -> Preparado:
    declaracion = declaraciones.declarar(
        acceso,
        fila,
        papel=papel_de(uno),
        nivel=Nivel.AVANZADA,
        momento=momento,
        metodo=pliegos.METODO,
        firmante=quien,
        texto=huella_de(fila.recurso),
    )
    hoja = Hoja(fila.id, acceso.paciente, papel_de(uno), declaracion, pliegos.dicho(fila))
    return pliegos.reunir([hoja], momento=momento)


def _curp(acceso: Acceso, uno: FirmanteDeCarta) -> str:
    if not uno.propia:
        return uno.curp
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    return paciente.identidad.curp


def _id(acceso: Acceso, fila: Consentimiento, uno: FirmanteDeCarta, curp: str) -> UUID:
    """Who signs, as the clear column has it: of anybody but the patient, good for this letter."""
    if uno.propia:
        return acceso.paciente
    clave = llavero.clave_institucional("firma/tercero")
    return UUID(bytes=hmac.digest(clave, f"{fila.id}|{curp or uno.clave}".encode(), "sha256")[:16])


__all__ = ["FirmaInvalida", "PorFirmar", "SinCurp", "faltan", "firmar", "papel_de", "preparar"]
