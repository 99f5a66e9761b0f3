"""Keeping what was signed provable: time stamps put later, or again before the last one expires;
and the constancia of conservation of a finished episode (NOM-151-SCFI-2016).
"""

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import Nivel
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import tiempo
from ece.nucleo.roles import Permiso
from registros.models import CLASES, Encuentro, Firma, OtroRegistro
from registros.models.base import RegistroClinico
from registros.models.firma import SELLO, Papel
from registros.services import declaraciones, firmas, procedencias
from registros.services.firmas import NadaQueFirmar

ANTES = timedelta(days=180)
"""How long before a stamp's certificate expires it is stamped again."""


def resellar(acceso: Acceso, *, ids: Iterable[UUID], ahora: datetime) -> int:
    """Stamp the signatures `ids` of a patient; how many. Each stamp covers all that came before.

    The stamps are asked for before anything is locked. Raises `SinSello`, `SinCredencial`.
    """
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    filas = list(Firma.objects.de(acceso).filter(pk__in=[*ids]).exclude(papel=""))
    quien = confianza.autoridad_de_tiempo()
    nuevos = [(una, tiempo.sellar(quien, b"".join((una.cms, *una.sellos)))) for una in filas]
    if not nuevos:
        return 0
    with acto(acceso, tipo=TipoDeEvento.FIRMA_RESELLADA, ahora=ahora) as el_acto:
        for una, token in nuevos:
            primera = una.recurso["signature"][0]
            sello = {
                **primera,
                "type": [{"system": primera["type"][0]["system"], "code": procedencias.DE_SELLO}],
                "when": ahora.isoformat(timespec="seconds"),
                "sigFormat": SELLO,
                "data": base64.b64encode(token).decode(),
            }
            recurso = {**una.recurso, "signature": [*una.recurso["signature"], sello]}
            proxima = una.siguiente(acceso, recurso, ahora=ahora)
            # Who signed, where and how hidden stay as they were.
            proxima.autor, proxima.encuentro = una.autor, una.encuentro
            proxima.etiquetas, proxima.fecha = una.etiquetas, una.fecha
            el_acto.reemplazar(proxima)
    return len(nuevos)


def por_resellar(acceso: Acceso, *, ahora: datetime, antes: timedelta = ANTES) -> list[UUID]:
    """The signatures of a patient with no stamp, or whose last one expires within `antes`."""
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    return [
        una.id
        for una in Firma.objects.de(acceso).exclude(papel__in=("", Papel.CONSERVACION))
        if _vence(una) <= ahora + antes
    ]


def por_conservar(acceso: Acceso) -> list[UUID]:
    """The finished visits in which somebody signed, and that have no constancia yet."""
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    firmas_de = Firma.objects.de(acceso)
    con_firmas = {una.encuentro for una in firmas_de.exclude(papel__in=("", Papel.CONSERVACION))}
    con_constancia = {una.objeto for una in firmas_de.filter(papel=Papel.CONSERVACION)}
    terminados = Encuentro.objects.de(acceso).con_estado("finished")
    return [
        uno.id for uno in terminados.filter(pk__in=[e for e in con_firmas - con_constancia if e])
    ]


def conservar(acceso: Acceso, *, encuentro_id: UUID, ahora: datetime) -> UUID:
    """The constancia of a finished episode: a stamp over the manifest of all that it holds.

    Raises `NadaQueFirmar` for a visit that is open or that is not there, `SinSello`.
    """
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    encuentro = Encuentro.objects.uno(acceso, encuentro_id)
    if encuentro is None or encuentro.estado != "finished":
        raise NadaQueFirmar(str(encuentro_id))
    momento = ahora.replace(microsecond=0)
    manifiesto = declaraciones.declarar(
        acceso,
        encuentro,
        papel=Papel.CONSERVACION,
        nivel=Nivel.INSTITUCIONAL,
        momento=momento,
        metodo=("conservacion",),
        ademas=_del_episodio(acceso, encuentro_id),
    )
    token = tiempo.sellar(confianza.autoridad_de_tiempo(), manifiesto)
    with acto(acceso, tipo=TipoDeEvento.EPISODIO_CONSERVADO, ahora=ahora) as el_acto:
        firma = firmas.insertar(
            el_acto,
            acceso,
            encuentro,
            papel=Papel.CONSERVACION,
            nivel=Nivel.INSTITUCIONAL,
            declaracion=manifiesto,
            sobre=None,
            token=None,
            sello=token,
            ahora=ahora,
        )
    return firma.id


def _del_episodio(acceso: Acceso, encuentro_id: UUID) -> Iterator[RegistroClinico]:
    """Every record of the visit, its notes' signatures too."""
    clases: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    for clase in clases:
        if clase is not Encuentro:
            yield from clase.objects.de(acceso).filter(encuentro=encuentro_id)


def _vence(firma: Firma) -> datetime:
    """When the last stamp's certificate expires; long ago, with no stamp."""
    vencimientos = [tiempo.vence(token) for token in (*firma.sellos_de_origen, *firma.sellos)]
    return vencimientos[-1] if vencimientos else datetime.min.replace(tzinfo=firma.fecha.tzinfo)
