"""Correcting what a record is labelled with: by a clinician, with a reason, and nothing else."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import sensibles
from registros.catalogos.sensibles import PUESTA, RETIRADA, SISTEMA, Categoria
from registros.models import NotaClinica, Paciente, RegistroClinico, clase_de, nacimiento
from registros.models.base import Recurso
from registros.services.observaciones import quien


class RegistroInexistente(Exception):
    """There is no such record of this patient, or it is one that takes no labels."""


class NotaSinTerminar(Exception):
    """A draft is labelled anew each time it is saved: it is corrected once it is finished."""


class SinMotivo(Exception):
    """A correction says why."""


class SinCambio(Exception):
    """It says what the labels already say, or asks for a category and its contrary."""


def corregir(
    acceso: Acceso,
    *,
    tipo: str,
    id: UUID,
    agregar: Collection[Categoria],
    retirar: Collection[Categoria],
    motivo: str,
    ahora: datetime,
) -> int:
    """Put `agregar` on a record of the R4 type `tipo` and take `retirar` off; its new version.

    Only `meta` changes, even of a finished note; the author stays who they were. Raises
    `RegistroInexistente`, `NotaSinTerminar`, `SinMotivo`, `SinCambio`.
    """
    acceso.exigir(Permiso.ETIQUETA_CORREGIR)
    if not motivo.strip():
        raise SinMotivo
    with acto(acceso, tipo=TipoDeEvento.ETIQUETA_CORREGIDA, ahora=ahora) as el_acto:
        registro = _leer(acceso, tipo, id)
        antes = nacimiento.edad_al_escribir(acceso, registro.recurso)
        vigentes = sensibles.etiquetar(registro.recurso, edad=antes)
        nuevas, sobran = frozenset(agregar) - vigentes, frozenset(retirar) & vigentes
        if not nuevas | sobran or frozenset(agregar) & frozenset(retirar):
            raise SinCambio
        por_que = _por_que(acceso, motivo, ahora)
        corregido = _corregido(registro.recurso, nuevas, sobran, por_que)
        quedan = sensibles.etiquetar(corregido, edad=lambda: nacimiento.edad(acceso, ahora))
        recurso = sensibles.aplicar(corregido, quedan)
        proxima = registro.siguiente(acceso, recurso, ahora=ahora)
        proxima.autor = registro.autor
        el_acto.reemplazar(proxima)
    return proxima.version


def _leer(acceso: Acceso, tipo: str, id: UUID) -> RegistroClinico:
    registro = clase_de(tipo).objects.uno(acceso, id)
    if registro is None or registro.tipo_fhir != tipo or isinstance(registro, Paciente):
        raise RegistroInexistente(f"{tipo}/{id}")
    if isinstance(registro, NotaClinica) and not registro.finalizada:
        raise NotaSinTerminar(str(id))
    return registro


def _por_que(acceso: Acceso, motivo: str, ahora: datetime) -> list[Mapping[str, Any]]:
    return [
        {"url": "motivo", "valueString": motivo.strip()},
        {"url": "quien", "valueReference": quien(acceso)},
        {"url": "cuando", "valueDateTime": ahora.isoformat(timespec="seconds")},
    ]


def _corregido(
    recurso: Recurso,
    nuevas: frozenset[Categoria],
    sobran: frozenset[Categoria],
    por_que: list[Mapping[str, Any]],
) -> Recurso:
    """`recurso` with its corrections in `meta`: what is put, as codes; what is taken off, by whom
    and why."""
    meta = recurso.get("meta", {})
    cambian = nuevas | sobran
    seguridad = [
        c
        for c in meta.get("security", ())
        if c.get("system") != SISTEMA or c.get("code") not in cambian
    ]
    seguridad += [{"system": SISTEMA, "code": c.value} for c in sorted(nuevas)]
    dichas = [e for e in meta.get("extension", ()) if sensibles.corrige(e) not in cambian]
    dichas += [
        {"url": url, "extension": [{"url": "categoria", "valueCode": c.value}, *por_que]}
        for url, categorias in ((PUESTA, nuevas), (RETIRADA, sobran))
        for c in sorted(categorias)
    ]
    resto = {k: v for k, v in meta.items() if k not in ("security", "extension")}
    meta = {**resto, **({"security": seguridad} if seguridad else {}), "extension": dichas}
    return {**recurso, "meta": meta}
