"""Printed documents: PDF/A with the headings that NOM-004 5.2, 5.9 and 5.10 ask for."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any
from uuid import UUID

import typst
from django.utils import timezone

from consentimiento.services import impresiones
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.web.clinica import lectura, paneles
from ece.web.palabras_de_firma import NIVELES, papel
from ece.web.templatetags import fechas
from registros.catalogos.notas import Clase
from registros.selectors import expediente
from registros.selectors.firmas import Veredicto
from registros.selectors.notas import Nota
from registros.services.notas import contenido_de


@dataclass(frozen=True, slots=True)
class Lista:
    """A table of a printed record: rows of (date or nothing, what, detail)."""

    titulo: str
    filas: list[tuple[str, str, str]]


def componer(
    acceso: Acceso,
    titulo: str,
    notas: Iterable[tuple[Nota, list[Nota]]],
    *,
    ahora: datetime,
    huella: str = "",
    listas: Iterable[Lista] = (),
    alcance: str = "",
    elabora: UUID | None = None,
    firmas: Mapping[UUID, list[Veredicto]] | None = None,
) -> bytes:
    """The PDF/A of `notas` with their addenda; with `alcance`, an index comes before all.

    `elabora` is the professional who answers for a document that nobody else wrote; `firmas` are
    those of each note, which go embedded with the seal. Words travel as data, never as markup.
    """
    quien, recurso, _ = expediente.identidad(acceso)
    domicilio = next(iter(recurso.get("address", ())), None)
    pares = list(notas)
    autores = _autores(escrita for nota, adendas in pares for escrita in (nota, *adendas))
    unidades = _unidades(acceso, {nota.encuentro for nota, _ in pares})
    propia = next((u for u in unidades.values() if u), None) if len(unidades) == 1 else None
    institucion = identidad.institucion()
    datos = {
        "titulo": titulo,
        "encabezado": {
            "institucion": institucion.nombre if institucion else "",
            "razon_social": institucion.razon_social if institucion else "",
            "unidad": _con_clues(propia),
            "domicilio": (propia and propia.domicilio)
            or (institucion.domicilio if institucion else ""),
        },
        "paciente": {
            "nombre": quien.nombre,
            "edad": paneles.edad(quien.nacimiento),
            "sexo": str(paneles.SEXOS.get(quien.sexo, "")),
            "nacimiento": fechas.escribir(quien.nacimiento, "fecha_corta"),
            "expediente": quien.expediente,
            "curp": quien.curp,
            "domicilio": lectura.domicilio(domicilio) if domicilio else "",
        },
        "indice": bool(alcance),
        "alcance": alcance,
        "listas": [{"titulo": lista.titulo, "filas": lista.filas} for lista in listas],
        "notas": [
            {
                **_nota(nota, adendas, autores),
                "electronicas": electronicas((firmas or {}).get(nota.id, [])),
                "edad": paneles.edad(quien.nacimiento, al=timezone.localtime(nota.fecha).date()),
                "unidad": _con_clues(unidades.get(nota.encuentro)),
            }
            for nota, adendas in pares
        ],
        "elabora": _profesional(identidad.profesional(elabora)) if elabora else None,
        "huella": huella,
        "impreso": f"{acceso.actor.nombre}, {_fecha(ahora)}. Folio {impresiones.folio()}",
    }
    plantilla = resources.files("ece.web.impresion").joinpath("documento.typ").read_bytes()
    documento: bytes = typst.compile(
        plantilla,
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        # Only PDF/A-3 may carry the files of a signature.
        pdf_standards=["a-3b" if firmas else "a-2b"],
    )
    return documento


def electronicas(firmas: list[Veredicto]) -> list[dict[str, str]]:
    """What is printed of each signature that holds."""
    return [
        {
            "quien": f.firmante,
            "que": f"{papel(f.papel, f.por)}. {NIVELES[f.nivel]}, {_fecha(f.momento)}.",
            "codigo": "-".join(f.codigo[n : n + 5] for n in range(0, len(f.codigo), 5)),
        }
        for f in firmas
        if f.vale
    ]


Autores = Mapping[UUID, identidad.FichaProfesional | None]


def _autores(escritas: Iterable[Nota]) -> Autores:
    """Each author and countersigner once, however much they wrote."""
    ids = {
        id_
        for nota in escritas
        for id_ in (nota.autor_id, nota.contrafirma and nota.contrafirma.quien_id)
        if id_
    }
    return {id_: identidad.profesional(id_) for id_ in ids}


def _nota(nota: Nota, adendas: list[Nota], autores: Autores) -> dict[str, Any]:
    return {
        **_autoria(nota, autores),
        "contrafirma": _contrafirma(nota, autores),
        "titulo": nota.titulo,
        "dia": fechas.escribir(nota.fecha, "fecha_corta"),
        "secciones": [{"titulo": s.titulo, "texto": s.texto} for s in nota.secciones if s.texto],
        "firmas": _firmas(nota),
        "adendas": [{**_autoria(a, autores), "texto": a.secciones[0].texto} for a in adendas],
    }


def _autoria(nota: Nota, autores: Autores) -> dict[str, str]:
    return {"fecha": _fecha(nota.fecha), **_profesional(autores[nota.autor_id], nota.autor)}


def _contrafirma(nota: Nota, autores: Autores) -> dict[str, str] | None:
    if nota.contrafirma is None:
        return None
    quien = nota.contrafirma.quien_id
    ficha = autores[quien] if quien else None
    profesional = _profesional(ficha, nota.contrafirma.quien)
    return {"fecha": _fecha(nota.contrafirma.momento), **profesional}


def _profesional(ficha: identidad.FichaProfesional | None, nombre: str = "") -> dict[str, str]:
    """Who signs; `nombre` when they are not in the directory (a note from elsewhere)."""
    if ficha is None:
        return {"autor": nombre, "cedula": "", "especialidad": ""}
    return {"autor": ficha.nombre, "cedula": ficha.cedula, "especialidad": ficha.especialidad}


def _firmas(nota: Nota) -> list[dict[str, str]]:
    """Lines for those who sign by hand on paper."""
    if nota.tipo is None:
        return []
    respuestas = contenido_de(nota.recurso).respuestas
    return [
        {"titulo": reactivo.titulo, "nombre": str(respuestas[clave])}
        for seccion in nota.tipo.secciones
        if seccion.clase is Clase.REACTIVOS
        for reactivo in seccion.reactivos
        if reactivo.firma and (clave := seccion.clave_de(reactivo)) in respuestas
    ]


def _unidades(
    acceso: Acceso, encuentros: set[UUID | None]
) -> dict[UUID | None, identidad.FichaUnidad | None]:
    """Where each visit took place."""
    return {
        encuentro: identidad.unidad(unidad)
        if encuentro and (unidad := expediente.unidad_de(acceso, encuentro=encuentro))
        else None
        for encuentro in encuentros
    }


def _con_clues(unidad: identidad.FichaUnidad | None) -> str:
    if unidad is None:
        return ""
    return f"{unidad.nombre} (CLUES {unidad.clues})" if unidad.clues else unidad.nombre


def _fecha(momento: datetime) -> str:
    return fechas.escribir(momento, "fecha_hora")
