"""The institutional signature of what was left waiting for it: many documents, one proof of who."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import Nivel, Uso
from ece.nucleo.acceso import Acceso
from registros.services import elegidos, firmas, revisiones


def firmar(
    accesos: Mapping[UUID, Acceso],
    *,
    documentos: Sequence[tuple[UUID, UUID]],
    metodo: Iterable[str],
    ahora: datetime,
) -> int:
    """Sign `documentos`, (patient, document), as they are; how many. All or none.

    The caller has just verified who the actor is, and `metodo` says how. Raises `NadaQueFirmar`,
    `NoDelegado`, `SinCredencial`.
    """
    suyos = elegidos.abiertos(accesos, documentos)
    detalle: dict[str, list[str]] = {}
    with acto(
        *suyos.values(), tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora, detalle=detalle
    ) as el_acto:
        esperan = elegidos.esperan(
            suyos, documentos, nivel=Nivel.INSTITUCIONAL, ahora=ahora, bloquear=True
        )
        detalle |= elegidos.detalle_de(esperan)
        for uno in esperan:
            acceso = suyos[uno.documento.paciente]
            if not firmas.asentar(
                el_acto,
                acceso,
                uno.documento,
                papel=elegidos.papel_de(acceso, uno),
                ahora=ahora,
                metodo=metodo,
                delegada=uno.delegada,
            ):
                raise confianza.SinCredencial(Uso.SELLO)
            revisiones.cumplir(el_acto, acceso, uno.tarea, ahora=ahora)
    return len(documentos)
