"""Signing what is recorded, with the institution's own seal and the person's confidential key.

It is the lower of the two levels (the other is `firmas_avanzadas`): who signs has just proved again
who they are, and the institution's seal says so over the declaration. After it nothing changes.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import FichaDeFirmante, Nivel, Uso
from ece.identidad.delegaciones_de_firma import Delegada
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import cms, jws, tiempo
from ece.nucleo.roles import Permiso
from registros.catalogos.firmables import clave_de
from registros.models import Firma, NotaClinica
from registros.models.base import RegistroClinico
from registros.models.firma import Papel
from registros.services import declaraciones, procedencias

CONTRASENA = ("contrasena",)


class NadaQueFirmar(Exception):
    """The document is not finished, is not this person's to sign, or they signed it already."""


class SinMotivo(Exception):
    """Who refuses to sign says why."""


def asentar(
    el_acto: Acto,
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    ahora: datetime,
    metodo: Iterable[str] = CONTRASENA,
    motivo: str = "",
    delegada: Delegada | None = None,
) -> bool:
    """In an act: the institutional signature of the actor over `documento`.

    Whether there was a seal to sign with: an institution that has not prepared one finishes notes
    with the author's attestation alone, and the page of the note says so.
    """
    if not confianza.hay_credencial(Uso.SELLO):
        return False
    momento = ahora.replace(microsecond=0)
    declaracion = declaraciones.declarar(
        acceso,
        documento,
        papel=papel,
        nivel=Nivel.INSTITUCIONAL,
        momento=momento,
        metodo=metodo,
        motivo=motivo,
        delegada=delegada,
        en_acto=el_acto.registros,
    )
    par = confianza.credencial(Uso.SELLO)
    firma = cms.firmar(par.llave, declaracion, par.der, momento)
    sobre = cms.armar(
        firma, declaracion, par.der, momento, cadena=par.cadena, sello=sellar_localmente(firma)
    )
    token = jws.firmar(par.llave, declaracion, par.der, momento)
    insertar(
        el_acto,
        acceso,
        documento,
        papel=papel,
        nivel=Nivel.INSTITUCIONAL,
        declaracion=declaracion,
        sobre=sobre,
        token=token,
        ahora=ahora,
        delegada=delegada,
    )
    return True


def firmar_tambien(
    acceso: Acceso, *, nota_id: UUID, metodo: Iterable[str], ahora: datetime
) -> None:
    """The signature of another person that a document of its kind asks for besides its author's.

    The caller has just verified who it is. Raises `NadaQueFirmar`, `SinCredencial`.
    """
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora) as el_acto:
        nota = _por_firmar(acceso, nota_id)
        if not asentar(el_acto, acceso, nota, papel=Papel.CONJUNTA, ahora=ahora, metodo=metodo):
            raise confianza.SinCredencial(Uso.SELLO)


def rehusar(
    acceso: Acceso, *, nota_id: UUID, motivo: str, metodo: Iterable[str], ahora: datetime
) -> None:
    """A signed refusal to sign, with its reason. Raises as `firmar_tambien`, and `SinMotivo`."""
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    if not motivo.strip():
        raise SinMotivo
    with acto(acceso, tipo=TipoDeEvento.FIRMA_REHUSADA, ahora=ahora) as el_acto:
        nota = _por_firmar(acceso, nota_id)
        if not asentar(
            el_acto,
            acceso,
            nota,
            papel=Papel.RECHAZO,
            ahora=ahora,
            metodo=metodo,
            motivo=motivo.strip(),
        ):
            raise confianza.SinCredencial(Uso.SELLO)


def regla_de(documento: RegistroClinico) -> confianza.Regla:
    """What the institution asks of a note of its type, of a prescription, or of a report."""
    return confianza.regla(clave_de(documento.recurso))


def _por_firmar(acceso: Acceso, nota_id: UUID) -> NotaClinica:
    """A finished note that still takes the actor's signature beside the others."""
    nota = NotaClinica.objects.uno(acceso, nota_id)
    if nota is None or not nota.finalizada or not regla_de(nota).conjuntas:
        raise NadaQueFirmar(str(nota_id))
    firmas = Firma.objects.de(acceso).filter(objeto=nota_id).exclude(papel="")
    if any(una.autor == acceso.actor.id for una in firmas):
        raise NadaQueFirmar(str(nota_id))
    return nota


def insertar(
    el_acto: Acto,
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    nivel: str,
    declaracion: bytes,
    sobre: bytes | None,
    token: str | None,
    ahora: datetime,
    pliego: bytes | None = None,
    sello: bytes | None = None,
    quien: FichaDeFirmante | None = None,
    delegada: Delegada | None = None,
) -> Firma:
    """In an act: the Provenance of a signature, hidden from whom its document is hidden.

    `quien` signs, when it is not the actor; `delegada`, in whose name.
    """
    recurso = procedencias.de_firma(
        acceso,
        documento,
        papel=papel,
        nivel=nivel,
        declaracion=declaracion,
        pliego=pliego,
        sobre=sobre,
        token=token,
        sello=sello,
        quien=quien,
        delegada=delegada,
        ahora=ahora,
    )
    firma = Firma.nuevo(acceso, recurso, ahora=ahora)
    firma.encuentro, firma.etiquetas = documento.encuentro, documento.etiquetas
    firma.autor = quien.id if quien else acceso.actor.id
    el_acto.insertar(firma)
    return firma


def sellar_localmente(datos: bytes) -> bytes | None:
    """A time stamp of the institution's own authority, at once; None where another one is used.

    That one is across a network, and no transaction waits for it: `sellos` asks it later.
    """
    if settings.ECE_AUTORIDAD_DE_TIEMPO or not confianza.hay_credencial(Uso.TIEMPO):
        return None
    par = confianza.credencial(Uso.TIEMPO)
    return tiempo.sellar(tiempo.AutoridadLocal(par.llave, par.certificado), datos)
