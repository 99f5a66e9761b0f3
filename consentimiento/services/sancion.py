"""Expediente de sanción: an access in question, gathered whole into a signed package.

Who, what, when, on what ground; what they saw, as it was then; what the person had directed; and
the proofs of all of it, which whoever judges can check without us. Making it leaves an event.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone

from auditoria import bitacora
from auditoria import selectors as auditoria
from auditoria.selectors import Entero
from auditoria.sello import sellador
from auditoria.tipos import TipoDeEvento
from consentimiento import directivas, frases, paquetes
from consentimiento.asientos import asiento
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.selectors import descripciones, entonces
from registros.selectors.entonces import DeEntonces


class AccesoInexistente(Exception):
    """There is no such event about this record."""


@dataclass(frozen=True, slots=True)
class Visto:
    """A version that could be seen: `nombrado` when an event names it, and not only its page."""

    version: DeEntonces
    titulo: str
    nombrado: bool


@dataclass(frozen=True, slots=True)
class Caso:
    """What the report says: the events of one actor on one day, and what they could see."""

    evento: UUID
    paciente: UUID
    quien: str
    clase: str
    eventos: Sequence[Entero]
    vistos: Sequence[Visto]
    directivas: Sequence[str]
    sello: str
    integrado_at: datetime
    integra: str


def integrar(
    acceso: Acceso,
    *,
    evento_id: UUID,
    ahora: datetime,
    informar: Callable[[Caso], bytes],
    verificador: bytes,
) -> bytes:
    """The package (a zip) of the access that `evento_id` names; `informar` writes its report.

    Raises `AccesoInexistente`, `SinSellar` when the log cannot be sealed yet.
    """
    acceso.exigir(Permiso.SANCION_INTEGRAR)
    cuestionado = auditoria.uno(acceso, evento_id=evento_id)
    if cuestionado is None:
        raise AccesoInexistente(str(evento_id))
    propio = asiento(
        acceso,
        TipoDeEvento.SANCION_INTEGRADA,
        ahora=ahora,
        detalle={"evento": str(evento_id)},
        pacientes=(acceso.paciente,),
    )
    bitacora.anexar([propio])
    for _ in sellador.sellar_todo(ahora=ahora):
        pass
    dia = timezone.localtime(cuestionado.momento).replace(hour=0, minute=0, second=0, microsecond=0)
    eventos = auditoria.del_actor(
        acceso, actor=cuestionado.actor, desde=dia, hasta=dia + timedelta(days=1)
    )
    vistos = _vistos(acceso, eventos)
    pruebas_de = [*(e.id for e in eventos), *(v.version.acto for v in vistos), propio.id]
    paquete = paquetes.evidencia(acceso, pruebas_de)
    nombres = identidad.quienes([cuestionado.actor])
    caso = Caso(
        evento=evento_id,
        paciente=acceso.paciente,
        quien=nombres.get(cuestionado.actor, str(cuestionado.actor)),
        clase=cuestionado.clase,
        eventos=eventos,
        vistos=vistos,
        directivas=_directivas(acceso, cuestionado.momento),
        sello=paquete["bitacora"]["checkpoint"],
        integrado_at=ahora,
        integra=acceso.actor.nombre,
    )
    return paquetes.empaquetar(_archivos(caso, paquete, informar(caso), verificador), ahora)


def _vistos(acceso: Acceso, eventos: Iterable[Entero]) -> list[Visto]:
    """What each event let be seen, as it was then; each version once, those named first."""
    hallados: dict[tuple[UUID, int], Visto] = {}
    for evento in eventos:
        detalle = evento.dicho["detalle"]
        if evento.dicho["resultado"] != "permitido":
            continue
        nombrados = {UUID(id_) for id_ in detalle.get("registros", ())}
        if "/" in detalle.get("recurso", ""):
            nombrados.add(UUID(detalle["recurso"].partition("/")[2]))
        versiones = entonces.vigentes(acceso, momento=evento.momento, nombrados=nombrados or None)
        for version in versiones:
            clave = version.id, version.version
            if nombrados or clave not in hallados:
                titulo = descripciones.describir(msgspec.json.decode(version.json)).titulo
                hallados[clave] = Visto(version, titulo, bool(nombrados))
    return sorted(hallados.values(), key=lambda v: (not v.nombrado, v.version.tipo))


def _directivas(acceso: Acceso, momento: datetime) -> list[str]:
    """What the person directed that was in force then, a sentence each."""
    dichas = []
    for version in entonces.vigentes(acceso, momento=momento):
        if version.tipo != "Consent":
            continue
        recurso = msgspec.json.decode(version.json)
        if recurso.get("status") != "active":
            continue
        nombres = directivas.nombres(recurso)
        dichas += [
            frases.explicar(directiva, nombres)
            for directiva in directivas.leer(version.id, recurso)
            if directiva.hasta is None or momento < directiva.hasta
        ]
    return dichas


def _archivos(
    caso: Caso, paquete: dict[str, Any], reporte: bytes, verificador: bytes
) -> dict[str, bytes]:
    archivos = {
        "LEAME.txt": _LEAME.encode(),
        "reporte.pdf": reporte,
        "evidencia.json": json.dumps(paquete, ensure_ascii=False, indent=1).encode(),
        "verificador.py": verificador,
    }
    for visto in caso.vistos:
        v = visto.version
        nombre = f"{v.tipo}-{v.id}-v{v.version}"
        archivos[f"contenido/{nombre}.json"] = v.json
        archivos[f"sellado/{nombre}.bin"] = v.guardado
    return archivos


_LEAME = """\
Expediente de un acceso en duda.

  reporte.pdf     lo que pasó, en palabras
  evidencia.json  los eventos de la bitácora, con la prueba de que son los que se sellaron
  contenido/      lo que el expediente decía en ese momento, abierto
  sellado/        lo mismo como está guardado: su huella es la que el evento de su escritura asentó
  MANIFIESTO      la huella de cada archivo, firmada por la bitácora
  verificador.py  comprueba todo lo anterior sin red y sin confiar en la institución:

      python3 verificador.py expediente.zip
      python3 verificador.py --llave 'LA LLAVE PUBLICADA' expediente.zip

Lo que cada prueba muestra, y lo que no, está en docs/evidence.md del programa.
"""
