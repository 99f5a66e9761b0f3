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
from ece.nucleo.roles import Permiso
from registros.models import Firma, NotaClinica, Tarea
from registros.models.firma import Papel
from registros.models.tarea import FIRMA, PENDIENTES, ficha_de
from registros.services import declaraciones, firmas, pliegos, revisiones
from registros.services.firmas import NadaQueFirmar
from registros.services.pliegos import Caducada, Comprobado, Hoja, Preparado

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
        sobre, token = pliegos.envolver(
            preparado, comprobado, firma_cms=firma_cms, firma_jws=firma_jws
        )
        for hoja, (nota, tarea) in zip(preparado.hojas, filas, strict=True):
            acceso = accesos[hoja.paciente]
            firmas.insertar(
                el_acto,
                acceso,
                nota,
                papel=hoja.papel,
                nivel=Nivel.AVANZADA,
                declaracion=hoja.declaracion,
                pliego=preparado.pliego,
                sobre=sobre,
                token=token,
                ahora=ahora,
            )
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
) -> tuple[Preparado, list[tuple[NotaClinica, Tarea]]]:
    if not 0 < len(documentos) <= MAXIMO or len(set(documentos)) != len(documentos):
        raise NadaQueFirmar
    halladas: dict[UUID, tuple[NotaClinica, Tarea]] = {}
    for paciente in dict.fromkeys(paciente for paciente, _ in documentos):
        if paciente in accesos:
            halladas |= _por_firmar(accesos[paciente])
    hojas = []
    for paciente, id_ in documentos:
        nota, _ = halladas.get(id_, (None, None))
        if nota is None or nota.paciente != paciente:
            raise NadaQueFirmar(str(id_))
        propia = nota.autor == accesos[paciente].actor.id
        papel = Papel.AUTOR if propia else Papel.CONTRAFIRMA
        declaracion = declaraciones.declarar(
            accesos[paciente],
            nota,
            papel=papel,
            nivel=Nivel.AVANZADA,
            momento=momento,
            metodo=pliegos.METODO,
        )
        hojas.append(Hoja(id_, paciente, papel, declaracion, pliegos.dicho(nota)))
    return pliegos.reunir(hojas, momento=momento), [halladas[id_] for _, id_ in documentos]


def _por_firmar(acceso: Acceso) -> dict[UUID, tuple[NotaClinica, Tarea]]:
    """The finished notes of a patient that wait for the actor's signature, with their tasks."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    pendientes = Tarea.objects.de(acceso).filter(
        responsable=acceso.actor.id, estado__in=PENDIENTES, fichas__contains=[ficha_de(FIRMA)]
    )
    tareas = {tarea.nota: tarea for tarea in pendientes if tarea.nota}
    suyas = Firma.objects.de(acceso).filter(
        objeto__in=tareas, autor=acceso.actor.id, nivel=Nivel.AVANZADA
    )
    firmadas = {una.objeto for una in suyas}
    return {
        nota.id: (nota, tareas[nota.id])
        for nota in NotaClinica.objects.de(acceso).filter(pk__in=tareas)
        if nota.finalizada and nota.id not in firmadas
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
