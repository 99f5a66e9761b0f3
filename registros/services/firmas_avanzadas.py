"""The advanced signature of who works here: with a certificate of their own, whose key never comes.

One signature covers many finished documents.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import Nivel
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida
from ece.nucleo.firma.canonico import NoCanonico
from registros.models import Informe, Observacion
from registros.models.base import RegistroClinico, referido
from registros.selectors.por_firmar import EnEspera
from registros.services import declaraciones, elegidos, pliegos, revisiones
from registros.services.elegidos import NoDelegado
from registros.services.firmas import NadaQueFirmar
from registros.services.pliegos import Caducada, Comprobado, Hoja, Preparado


def preparar(
    accesos: Mapping[UUID, Acceso],
    *,
    documentos: Sequence[tuple[UUID, UUID]],
    certificado: bytes,
    ahora: datetime,
) -> Preparado:
    """What the actor would sign of `documentos`, (patient, document), with `certificado` (DER).

    The certificate is weighed before anything is shown. Raises `FirmaInvalida`, `NadaQueFirmar`,
    `NoDelegado`.
    """
    momento = ahora.replace(microsecond=0)
    _exigir_propio(accesos, certificado, momento=momento)
    esperan = elegidos.esperan(accesos, documentos, nivel=Nivel.AVANZADA, ahora=ahora)
    return _preparar(accesos, esperan, momento)


def firmar(
    accesos: Mapping[UUID, Acceso],
    *,
    documentos: Sequence[tuple[UUID, UUID]],
    certificado: bytes,
    momento: datetime,
    firma_cms: bytes,
    firma_jws: bytes,
    ahora: datetime,
) -> int:
    """Keep the signature of the actor over `documentos`, as they are; how many it covers.

    All or none; `firma_cms` and `firma_jws` as in `pliegos.envolver`. Raises `Caducada`,
    `FirmaInvalida`, `NadaQueFirmar`, `NoDelegado`.
    """
    pliegos.exigir_vigente(momento, ahora=ahora)
    comprobado = _exigir_propio(accesos, certificado, momento=ahora)
    suyos = elegidos.abiertos(accesos, documentos)
    detalle: dict[str, list[str]] = {}
    with acto(
        *suyos.values(), tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora, detalle=detalle
    ) as el_acto:
        esperan = elegidos.esperan(
            suyos, documentos, nivel=Nivel.AVANZADA, ahora=ahora, bloquear=True
        )
        detalle |= elegidos.detalle_de(esperan)
        preparado = _preparar(suyos, esperan, momento)
        firmado = pliegos.envolver(preparado, comprobado, firma_cms=firma_cms, firma_jws=firma_jws)
        for hoja, uno in zip(preparado.hojas, esperan, strict=True):
            acceso = suyos[hoja.paciente]
            pliegos.asentar(
                el_acto, acceso, uno.documento, hoja, firmado, ahora=ahora, delegada=uno.delegada
            )
            revisiones.cumplir(el_acto, acceso, uno.tarea, ahora=ahora)
    return len(preparado.hojas)


def _exigir_propio(
    accesos: Mapping[UUID, Acceso], certificado: bytes, *, momento: datetime
) -> Comprobado:
    """That the certificate is the actor's own, and may sign. Raises `FirmaInvalida`."""
    datos = confianza.firmante(elegidos.actor_de(accesos).id)
    return pliegos.exigir_certificado(certificado, rfc=datos.rfc, curp=datos.curp, momento=momento)


def _preparar(
    accesos: Mapping[UUID, Acceso], esperan: Sequence[EnEspera], momento: datetime
) -> Preparado:
    hojas = []
    for uno in esperan:
        acceso = accesos[uno.documento.paciente]
        papel = elegidos.papel_de(acceso, uno)
        declaracion = declaraciones.declarar(
            acceso,
            uno.documento,
            papel=papel,
            nivel=Nivel.AVANZADA,
            momento=momento,
            metodo=pliegos.METODO,
            delegada=uno.delegada,
        )
        hojas.append(
            Hoja(
                uno.documento.id,
                acceso.paciente,
                papel,
                declaracion,
                pliegos.dicho(uno.documento),
                _citados(acceso, uno.documento),
            )
        )
    return pliegos.reunir(hojas, momento=momento)


def _citados(acceso: Acceso, documento: RegistroClinico) -> dict[str, bytes]:
    """The figures of a report, which is read with them; one of no exact form is not signed."""
    if not isinstance(documento, Informe):
        return {}
    ids = [i for r in documento.recurso.get("result", ()) if (i := referido(r, "Observation"))]
    filas = {fila.id: fila for fila in Observacion.objects.de(acceso).filter(pk__in=ids)}
    try:
        return {str(id_): pliegos.dicho(filas[id_]) for id_ in ids if id_ in filas}
    except NoCanonico as error:
        raise NadaQueFirmar(str(documento.id)) from error


__all__ = [
    "Caducada",
    "FirmaInvalida",
    "Hoja",
    "NadaQueFirmar",
    "NoDelegado",
    "Preparado",
    "firmar",
    "preparar",
]
