"""Clinical notes: drafted, autosaved, finished once and for all, and then only added to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from auditoria.actos import VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import notas as catalogo
from registros.catalogos.notas import SISTEMA_LOINC, SISTEMA_SECCION, Clase, TipoDeNota
from registros.models import Diagnostico, NotaClinica, Observacion
from registros.models.base import Recurso, RegistroClinico
from registros.services import diagnosticos, signos
from registros.services.diagnosticos import NuevoDiagnostico

SISTEMA_VACIO = "http://terminology.hl7.org/CodeSystem/list-empty-reason"

__all__ = [
    "Contenido",
    "NotaInexistente",
    "NotaYaFinalizada",
    "OtroAutor",
    "RolSinEstaNota",
    "SeccionesIncompletas",
    "VersionEnConflicto",
    "adendar",
    "faltantes",
    "finalizar",
    "guardar_borrador",
    "redactar",
]


class NotaInexistente(Exception):
    """There is no such note of this patient."""


class NotaYaFinalizada(Exception):
    """A finished note does not change (NOM-004 5.11); add an addendum."""


class NotaSinFinalizar(Exception):
    """Only a finished note takes an addendum."""


class OtroAutor(Exception):
    """Only its author writes or finishes a draft (NOM-004 5.10)."""


class RolSinEstaNota(Exception):
    """This type of note is not for the author's role to write."""


class SeccionesIncompletas(Exception):
    """Required sections are empty; `faltan` are their keys."""

    def __init__(self, faltan: tuple[str, ...]) -> None:
        super().__init__(", ".join(faltan))
        self.faltan = faltan


@dataclass(frozen=True, slots=True)
class Contenido:
    """What the author has written so far."""

    textos: Mapping[str, str] = field(default_factory=dict)
    signos: Mapping[str, Decimal] = field(default_factory=dict)
    diagnosticos: tuple[NuevoDiagnostico, ...] = ()


def faltantes(tipo: TipoDeNota, contenido: Contenido) -> tuple[str, ...]:
    """Keys of the required sections still empty, in the norm's order."""
    llenas = {clave for clave, texto in contenido.textos.items() if texto.strip()}
    for seccion in tipo.secciones:
        if seccion.clase is Clase.SIGNOS and contenido.signos:
            llenas.add(seccion.clave)
        if seccion.clase is Clase.DIAGNOSTICOS and contenido.diagnosticos:
            llenas.add(seccion.clave)
    return tuple(s.clave for s in tipo.requeridas if s.clave not in llenas)


def redactar(
    acceso: Acceso,
    *,
    tipo: str,
    encuentro_id: UUID,
    ahora: datetime,
    contenido: Contenido | None = None,
) -> UUID:
    """Start a draft of the note type `tipo` in an encounter; returns its id."""
    acceso.exigir(Permiso.NOTA_REDACTAR)
    descripcion = catalogo.TIPOS[tipo]
    if not descripcion.autores & acceso.actor.roles:
        raise RolSinEstaNota(descripcion.titulo)
    recurso = _composicion(acceso, descripcion, encuentro_id, contenido or Contenido(), ahora)
    with acto(acceso, tipo=TipoDeEvento.NOTA_REDACTADA, ahora=ahora) as el_acto:
        nota = NotaClinica.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(nota)
    return nota.id


def guardar_borrador(
    acceso: Acceso, *, nota_id: UUID, contenido: Contenido, version: int, ahora: datetime
) -> int:
    """Replace what a draft says; returns its new version.

    Raises `NotaInexistente`, `OtroAutor`, `NotaYaFinalizada`, `VersionEnConflicto`.
    """
    acceso.exigir(Permiso.NOTA_REDACTAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_GUARDADA, ahora=ahora) as el_acto:
        nota = _borrador_propio(acceso, nota_id, version)
        proxima = nota.siguiente(
            acceso, _con_contenido(acceso, nota, contenido, ahora), ahora=ahora
        )
        el_acto.reemplazar(proxima)
    return proxima.version


def finalizar(
    acceso: Acceso, *, nota_id: UUID, contenido: Contenido, version: int, ahora: datetime
) -> None:
    """Finish a draft with `contenido`: it becomes immutable, its signs and diagnoses, records.

    The caller has just verified the author's password. Also raises `SeccionesIncompletas`.
    """
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_FINALIZADA, ahora=ahora) as el_acto:
        nota = _borrador_propio(acceso, nota_id, version)
        descripcion = tipo_de(nota.recurso)
        if faltan := faltantes(descripcion, contenido):
            raise SeccionesIncompletas(faltan)
        encuentro_id = nota.encuentro
        observaciones = [
            Observacion.nuevo(acceso, recurso, ahora=ahora)
            for recurso in signos.observaciones(
                acceso, contenido.signos, encuentro_id=encuentro_id, momento=ahora
            )
        ]
        condiciones = [
            Diagnostico.nuevo(acceso, recurso, ahora=ahora)
            for recurso in diagnosticos.condiciones(
                acceso, contenido.diagnosticos, encuentro_id=encuentro_id, momento=ahora
            )
        ]
        recurso = _composicion(acceso, descripcion, encuentro_id, contenido, ahora, borrador=False)
        recurso["attester"] = [
            {"mode": "professional", "time": _instante(ahora), "party": _autor(acceso)}
        ]
        entradas: dict[Clase, Sequence[RegistroClinico]] = {
            Clase.SIGNOS: observaciones,
            Clase.DIAGNOSTICOS: condiciones,
        }
        for seccion in recurso["section"]:
            descrita = descripcion.seccion(seccion["code"]["coding"][0]["code"])
            if registros := entradas.get(descrita.clase):
                seccion["entry"] = [{"reference": f"{r.TIPO}/{r.id}"} for r in registros]
        for registro in (*observaciones, *condiciones):
            el_acto.insertar(registro)
        el_acto.reemplazar(nota.siguiente(acceso, recurso, ahora=ahora))


def adendar(acceso: Acceso, *, nota_id: UUID, texto: str, ahora: datetime) -> UUID:
    """Add a finished, dated addendum to a finished note, leaving the note as it is."""
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_ADENDADA, ahora=ahora) as el_acto:
        nota = _leer(acceso, nota_id)
        if not nota.finalizada:
            raise NotaSinFinalizar(str(nota_id))
        original = nota.recurso
        recurso = {
            **_cabecera(acceso, ahora),
            "status": "final",
            "type": original["type"],
            **({"encounter": original["encounter"]} if "encounter" in original else {}),
            "title": f"Adenda: {original['title']}",
            "attester": [
                {"mode": "professional", "time": _instante(ahora), "party": _autor(acceso)}
            ],
            "relatesTo": [
                {"code": "appends", "targetReference": {"reference": f"Composition/{nota_id}"}}
            ],
            "section": [{"title": "Adenda", "text": _narrativa(texto)}],
        }
        adenda = NotaClinica.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(adenda)
    return adenda.id


def tipo_de(recurso: Recurso) -> TipoDeNota:
    """The description of a note, by its LOINC code."""
    codigos = (c.get("code", "") for c in recurso["type"].get("coding", ()))
    return next(tipo for codigo in codigos if (tipo := catalogo.por_loinc(codigo)))


def contenido_de(recurso: Recurso) -> Contenido:
    """What a draft says, as it was written."""
    textos: dict[str, str] = {}
    for seccion in recurso.get("section", ()):
        clave = next(
            (
                c["code"]
                for c in seccion.get("code", {}).get("coding", ())
                if c.get("system") == SISTEMA_SECCION
            ),
            "",
        )
        if clave and "text" in seccion:
            textos[clave] = fhir.narrativa.a_texto(seccion["text"]["div"])
    contenidos = recurso.get("contained", ())
    return Contenido(
        textos=textos,
        signos=signos.mediciones(r for r in contenidos if r["resourceType"] == "Observation"),
        diagnosticos=tuple(
            diagnosticos.de_condicion(r) for r in contenidos if r["resourceType"] == "Condition"
        ),
    )


def _leer(acceso: Acceso, nota_id: UUID) -> NotaClinica:
    nota = NotaClinica.objects.uno(acceso, nota_id)
    if nota is None:
        raise NotaInexistente(str(nota_id))
    return nota


def _borrador_propio(acceso: Acceso, nota_id: UUID, version: int) -> NotaClinica:
    nota = _leer(acceso, nota_id)
    if nota.autor != acceso.actor.id:
        raise OtroAutor(str(nota_id))
    if nota.finalizada:
        raise NotaYaFinalizada(str(nota_id))
    if nota.version != version:
        raise VersionEnConflicto(f"la versión vigente es la {nota.version}")
    return nota


def _con_contenido(
    acceso: Acceso, nota: NotaClinica, contenido: Contenido, ahora: datetime
) -> Recurso:
    return _composicion(acceso, tipo_de(nota.recurso), nota.encuentro, contenido, ahora)


def _cabecera(acceso: Acceso, ahora: datetime) -> Recurso:
    return {
        "resourceType": "Composition",
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "date": _instante(ahora),
        "author": [_autor(acceso)],
    }


def _composicion(
    acceso: Acceso,
    tipo: TipoDeNota,
    encuentro_id: UUID | None,
    contenido: Contenido,
    ahora: datetime,
    *,
    borrador: bool = True,
) -> Recurso:
    """The Composition: a draft carries its signs and diagnoses, a finished note cites them."""
    recurso: Recurso = {
        **_cabecera(acceso, ahora),
        "status": "preliminary" if borrador else "final",
        "type": {
            "coding": [{"system": SISTEMA_LOINC, "code": tipo.loinc}],
            "text": tipo.titulo,
        },
        "title": tipo.titulo,
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    contenidos: dict[Clase, list[Recurso]] = {}
    if borrador:
        contenidos = {
            Clase.SIGNOS: signos.observaciones(
                acceso, contenido.signos, encuentro_id=encuentro_id, momento=ahora
            ),
            Clase.DIAGNOSTICOS: diagnosticos.condiciones(
                acceso, contenido.diagnosticos, encuentro_id=encuentro_id, momento=ahora
            ),
        }
        dentro = [r for grupo in contenidos.values() for r in grupo]
        for numero, contenido_en in enumerate(dentro, 1):
            contenido_en["id"] = f"c{numero}"
        if dentro:
            recurso["contained"] = dentro
    secciones = [
        _seccion(seccion, contenido, contenidos.get(seccion.clase, []))
        for seccion in tipo.secciones
    ]
    # cmp-1: a section has words or entries; what is not yet written is not a section.
    if escritas := [s for s in secciones if "text" in s or "entry" in s]:
        recurso["section"] = escritas
    return recurso


def _seccion(seccion: catalogo.Seccion, contenido: Contenido, dentro: list[Recurso]) -> Recurso:
    recurso: Recurso = {
        "title": seccion.titulo,
        "code": {"coding": [{"system": SISTEMA_SECCION, "code": seccion.clave}]},
    }
    if dentro:
        recurso["entry"] = [{"reference": f"#{r['id']}"} for r in dentro]
    elif texto := _texto(seccion, contenido):
        recurso["text"] = _narrativa(texto)
    return recurso


def _texto(seccion: catalogo.Seccion, contenido: Contenido) -> str:
    if seccion.clase is Clase.SIGNOS:
        return signos.en_palabras(contenido.signos)
    if seccion.clase is Clase.DIAGNOSTICOS:
        return "\n".join(d.en_palabras() for d in contenido.diagnosticos)
    return contenido.textos.get(seccion.clave, "").strip()


def _narrativa(texto: str) -> Recurso:
    return {"status": "generated", "div": fhir.narrativa.de_texto(texto)}


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")


def _autor(acceso: Acceso) -> dict[str, Any]:
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}
