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
from ece.nucleo.roles import Permiso
from registros.models import Firma, Informe, NotaClinica, Observacion, Receta, Tarea
from registros.models.base import RegistroClinico, referido
from registros.models.firma import Papel
from registros.models.tarea import espera_firma_de
from registros.services import declaraciones, pliegos, revisiones
from registros.services.firmas import NadaQueFirmar
from registros.services.pliegos import Caducada, Comprobado, Hoja, Preparado

ESTADOS: dict[type[RegistroClinico], tuple[str, ...]] = {
    NotaClinica: ("final", "amended"),
    Receta: ("active", "on-hold", "completed"),
    Informe: ("final", "corrected", "amended"),
}
"""What is signed afterwards, and in which states it is finished and stands."""
MAXIMO = 200
"""Documents that one signature covers at most."""


def preparar(
    accesos: Mapping[UUID, Acceso],
    *,
    documentos: Sequence[tuple[UUID, UUID]],
    certificado: bytes,
    ahora: datetime,
) -> Preparado:
    """What the actor would sign of `documentos`, (patient, document), with `certificado` (DER).

    The certificate is weighed before anything is shown. Raises `FirmaInvalida`, `NadaQueFirmar`.
    """
    momento = ahora.replace(microsecond=0)
    _exigir_propio(accesos, certificado, momento=momento)
    return _preparar(accesos, documentos, momento)[0]


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
    `FirmaInvalida`, `NadaQueFirmar`.
    """
    pliegos.exigir_vigente(momento, ahora=ahora)
    comprobado = _exigir_propio(accesos, certificado, momento=ahora)
    elegidos = {paciente: accesos[paciente] for paciente, _ in documentos if paciente in accesos}
    if not elegidos:
        raise NadaQueFirmar
    with acto(*elegidos.values(), tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora) as el_acto:
        preparado, filas = _preparar(accesos, documentos, momento)
        firmado = pliegos.envolver(preparado, comprobado, firma_cms=firma_cms, firma_jws=firma_jws)
        for hoja, (documento, tarea) in zip(preparado.hojas, filas, strict=True):
            acceso = accesos[hoja.paciente]
            pliegos.asentar(el_acto, acceso, documento, hoja, firmado, ahora=ahora)
            revisiones.cumplir(el_acto, acceso, tarea, ahora=ahora)
    return len(preparado.hojas)


def _exigir_propio(
    accesos: Mapping[UUID, Acceso], certificado: bytes, *, momento: datetime
) -> Comprobado:
    """That the certificate is the actor's own, and may sign. Raises `FirmaInvalida`."""
    actor = next((a.actor for a in accesos.values()), None)
    if actor is None:
        raise NadaQueFirmar
    datos = confianza.firmante(actor.id)
    return pliegos.exigir_certificado(certificado, rfc=datos.rfc, curp=datos.curp, momento=momento)


def _preparar(
    accesos: Mapping[UUID, Acceso], documentos: Sequence[tuple[UUID, UUID]], momento: datetime
) -> tuple[Preparado, list[tuple[RegistroClinico, Tarea]]]:
    if not 0 < len(documentos) <= MAXIMO or len(set(documentos)) != len(documentos):
        raise NadaQueFirmar
    hallados: dict[UUID, tuple[RegistroClinico, Tarea]] = {}
    for paciente in dict.fromkeys(paciente for paciente, _ in documentos):
        if paciente in accesos:
            hallados |= _por_firmar(accesos[paciente])
    hojas = []
    for paciente, id_ in documentos:
        documento, _ = hallados.get(id_, (None, None))
        if documento is None or documento.paciente != paciente:
            raise NadaQueFirmar(str(id_))
        acceso = accesos[paciente]
        ajena = isinstance(documento, NotaClinica) and documento.autor != acceso.actor.id
        papel = Papel.CONTRAFIRMA if ajena else Papel.AUTOR
        declaracion = declaraciones.declarar(
            acceso,
            documento,
            papel=papel,
            nivel=Nivel.AVANZADA,
            momento=momento,
            metodo=pliegos.METODO,
        )
        dicho = pliegos.dicho(documento)
        hojas.append(Hoja(id_, paciente, papel, declaracion, dicho, _citados(acceso, documento)))
    return pliegos.reunir(hojas, momento=momento), [hallados[id_] for _, id_ in documentos]


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


def _por_firmar(acceso: Acceso) -> dict[UUID, tuple[RegistroClinico, Tarea]]:
    """The finished documents of a patient that wait for the actor's signature, with their tasks."""
    acceso.exigir(Permiso.DOCUMENTO_FIRMAR)
    pendientes = Tarea.objects.de(acceso).filter(espera_firma_de(acceso.actor.id))
    tareas = {tarea.documento: tarea for tarea in pendientes if tarea.documento}
    suyas = Firma.objects.de(acceso).filter(
        objeto__in=tareas, autor=acceso.actor.id, nivel=Nivel.AVANZADA
    )
    firmadas = {(una.objeto, una.declaracion["documento"]["version"]) for una in suyas}
    return {
        documento.id: (documento, tareas[documento.id])
        for clase, estados in ESTADOS.items()
        for documento in clase.objects.de(acceso).filter(pk__in=tareas, estado__in=estados)
        if (documento.id, documento.version) not in firmadas
    }


__all__ = [
    "Caducada",
    "FirmaInvalida",
    "Hoja",
    "NadaQueFirmar",
    "Preparado",
    "firmar",
    "preparar",
]
