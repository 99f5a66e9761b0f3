"""Clinical notes: drafted, autosaved, finished once and for all, and then only added to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria.actos import Acto, VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import notas as catalogo
from registros.catalogos.notas import (
    EN_FORMACION,
    MEDICOS,
    SISTEMA_LOINC,
    SISTEMA_NOTA,
    SISTEMA_SECCION,
    Clase,
    TipoDeNota,
)
from registros.models import Diagnostico, NotaClinica, Observacion
from registros.models.base import Recurso, RegistroClinico
from registros.models.firma import Papel
from registros.services import diagnosticos, firmas, requisitos, respuestas, revisiones, signos
from registros.services.contenido import Contenido, Falta, faltas
from registros.services.requisitos import FaltaConsentimiento
from registros.services.respuestas import Valor

SISTEMA_VACIO = "http://terminology.hl7.org/CodeSystem/list-empty-reason"

__all__ = [
    "Contenido",
    "Falta",
    "FaltaConsentimiento",
    "NotaInexistente",
    "NotaYaFinalizada",
    "OtroAutor",
    "RolSinEstaNota",
    "SeccionesIncompletas",
    "VersionEnConflicto",
    "adendar",
    "faltantes",
    "faltas",
    "finalizar",
    "guardar_borrador",
    "redactar",
]


class NotaInexistente(Exception):
    """There is no such note of this patient."""


class NotaYaFinalizada(Exception):
    """A finished note does not change (NOM-004 5.11); nor one that waits for a countersignature."""


class NotaSinFinalizar(Exception):
    """Only a finished note takes an addendum."""


class OtroAutor(Exception):
    """Only its author writes or finishes a draft (NOM-004 5.10)."""


class RolSinEstaNota(Exception):
    """This type of note is not for the author's role to write."""


class SeccionesIncompletas(Exception):
    """Something required is empty; says each with its numeral, in Spanish (`faltas`)."""

    def __init__(self, pendientes: tuple[Falta, ...]) -> None:
        super().__init__(" ".join(str(falta) for falta in pendientes))
        self.faltas = pendientes


def faltantes(tipo: TipoDeNota, contenido: Contenido) -> tuple[str, ...]:
    """Keys of the sections where something required is still empty, in the norm's order."""
    return tuple(dict.fromkeys(falta.seccion.clave for falta in faltas(tipo, contenido)))


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
    exigir_autoria(acceso, descripcion)
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
    acceso: Acceso,
    *,
    nota_id: UUID,
    contenido: Contenido,
    version: int,
    ahora: datetime,
    metodo: Sequence[str] = firmas.CONTRASENA,
) -> None:
    """Finish a draft with `contenido`: it becomes immutable, its signs and diagnoses, records.

    It is signed in the same act (`firmas`): the caller has just verified who the author is, and
    `metodo` says how. What somebody in training finishes waits, as they wrote it, for a physician
    to countersign it (`contrafirmas`). Also raises `SeccionesIncompletas`, `RolSinEstaNota`,
    `RespuestaInvalida` and `FaltaConsentimiento`.
    """
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    espera = en_formacion(acceso)
    tipo = TipoDeEvento.NOTA_PRESENTADA if espera else TipoDeEvento.NOTA_FINALIZADA
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        nota = _borrador_propio(acceso, nota_id, version)
        descripcion = tipo_de(nota.recurso)
        exigir_autoria(acceso, descripcion)
        if pendientes := faltas(descripcion, contenido):
            raise SeccionesIncompletas(pendientes)
        if espera:
            recurso = _con_contenido(acceso, nota, contenido, ahora)
            requisitos.exigir(acceso, recurso, ahora=ahora)
            recurso["attester"] = [_testimonio(acceso, "professional", ahora)]
            presentada = nota.siguiente(acceso, recurso, ahora=ahora)
            el_acto.reemplazar(presentada)
            revisiones.pedir(el_acto, acceso, nota, ahora=ahora)
            firmas.asentar(
                el_acto, acceso, presentada, papel=Papel.AUTOR, ahora=ahora, metodo=metodo
            )
        else:
            terminar(el_acto, acceso, nota, contenido, ahora=ahora, metodo=metodo)


def en_formacion(acceso: Acceso) -> bool:
    """Whether what the actor writes waits for a countersignature."""
    return bool(EN_FORMACION & acceso.actor.roles) and not MEDICOS & acceso.actor.roles


def terminar(
    el_acto: Acto,
    acceso: Acceso,
    nota: NotaClinica,
    contenido: Contenido,
    *,
    ahora: datetime,
    metodo: Sequence[str] = firmas.CONTRASENA,
) -> None:
    """In an act: make `nota` final with `contenido` and sign it; its signs and diagnoses, records.

    A note that waited keeps its author, date and attestation; who acts attests it legally.
    """
    descripcion, momento = tipo_de(nota.recurso), ahora
    if nota.en_espera:
        momento = datetime.fromisoformat(nota.recurso["date"])
    recursos = {
        Clase.SIGNOS: signos.observaciones(
            acceso, contenido.signos, encuentro_id=nota.encuentro, momento=momento
        ),
        Clase.DIAGNOSTICOS: diagnosticos.condiciones(
            acceso, contenido.diagnosticos, encuentro_id=nota.encuentro, momento=momento
        ),
    }
    recurso = _composicion(acceso, descripcion, nota.encuentro, contenido, momento, borrador=False)
    requisitos.exigir(acceso, recurso, ahora=ahora)
    recurso["attester"] = [_testimonio(acceso, "professional", ahora)]
    if nota.en_espera:
        (autor,) = recurso["author"] = nota.recurso["author"]
        recurso["attester"] = [*nota.recurso["attester"], _testimonio(acceso, "legal", ahora)]
        for observacion in recursos[Clase.SIGNOS]:
            observacion["performer"] = [autor]
        for condicion in recursos[Clase.DIAGNOSTICOS]:
            condicion |= {"recorder": autor, "asserter": _autor(acceso)}
    entradas: dict[Clase, Sequence[RegistroClinico]] = {
        Clase.SIGNOS: [Observacion.nuevo(acceso, r, ahora=ahora) for r in recursos[Clase.SIGNOS]],
        Clase.DIAGNOSTICOS: [
            Diagnostico.nuevo(acceso, r, ahora=ahora) for r in recursos[Clase.DIAGNOSTICOS]
        ],
    }
    for seccion in recurso["section"]:
        descrita = descripcion.seccion(seccion["code"]["coding"][0]["code"])
        if registros := entradas.get(descrita.clase):
            seccion["entry"] = [{"reference": f"{r.TIPO}/{r.id}"} for r in registros]
    for registro in (*entradas[Clase.SIGNOS], *entradas[Clase.DIAGNOSTICOS]):
        el_acto.insertar(registro)
    final = nota.siguiente(acceso, recurso, ahora=ahora)
    final.autor = nota.autor
    el_acto.reemplazar(final)
    papel = Papel.CONTRAFIRMA if nota.en_espera else Papel.AUTOR
    revisiones.firmar(el_acto, acceso, final, papel=papel, metodo=metodo, ahora=ahora)


def adendar(
    acceso: Acceso,
    *,
    nota_id: UUID,
    texto: str,
    ahora: datetime,
    metodo: Sequence[str] = firmas.CONTRASENA,
) -> UUID:
    """Add a finished, signed addendum to a finished note, which it cites and leaves as it is.

    Raises `NotaInexistente`, `NotaSinFinalizar`, `RolSinEstaNota`.
    """
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_ADENDADA, ahora=ahora) as el_acto:
        nota = leer(acceso, nota_id)
        if not nota.finalizada:
            raise NotaSinFinalizar(str(nota_id))
        original = nota.recurso
        if en_formacion(acceso):
            raise RolSinEstaNota(original["title"])
        if descripcion := catalogo.de_concepto(original["type"]):
            exigir_autoria(acceso, descripcion)
        recurso = {
            **_cabecera(acceso, ahora),
            "status": "final",
            "type": original["type"],
            **({"encounter": original["encounter"]} if "encounter" in original else {}),
            "title": f"Adenda: {original['title']}",
            "attester": [_testimonio(acceso, "professional", ahora)],
            "relatesTo": [
                {"code": "appends", "targetReference": {"reference": f"Composition/{nota_id}"}}
            ],
            "section": [{"title": "Adenda", "text": _narrativa(texto)}],
        }
        adenda = NotaClinica.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(adenda)
        revisiones.firmar(el_acto, acceso, adenda, metodo=metodo, ahora=ahora)
    return adenda.id


def tipo_de(recurso: Recurso) -> TipoDeNota:
    """The description of a note of ours."""
    descripcion = catalogo.de_concepto(recurso["type"])
    assert descripcion is not None, recurso["type"]
    return descripcion


def contenido_de(recurso: Recurso) -> Contenido:
    """What a draft says, as it was written."""
    textos: dict[str, str] = {}
    for seccion in recurso.get("section", ()):
        clave = catalogo.clave_de_seccion(seccion)
        if clave and "text" in seccion and not seccion.get("entry"):
            textos[clave] = fhir.narrativa.a_texto(seccion["text"]["div"])
    contenidos = recurso.get("contained", ())
    contestadas: dict[str, Valor] = {}
    for contenido in contenidos:
        if contenido["resourceType"] == "QuestionnaireResponse":
            contestadas |= respuestas.de_cuestionario(contenido)
    return Contenido(
        textos=textos,
        respuestas=contestadas,
        signos=signos.mediciones(r for r in contenidos if r["resourceType"] == "Observation"),
        diagnosticos=tuple(
            diagnosticos.de_condicion(r) for r in contenidos if r["resourceType"] == "Condition"
        ),
    )


def exigir_autoria(acceso: Acceso, tipo: TipoDeNota) -> None:
    """That the actor's posts write this type of note. Raises `RolSinEstaNota`."""
    if not tipo.autores & acceso.actor.roles:
        raise RolSinEstaNota(tipo.titulo)


def leer(acceso: Acceso, nota_id: UUID) -> NotaClinica:
    """A note of the patient. Raises `NotaInexistente`."""
    nota = NotaClinica.objects.uno(acceso, nota_id)
    if nota is None:
        raise NotaInexistente(str(nota_id))
    return nota


def _borrador_propio(acceso: Acceso, nota_id: UUID, version: int) -> NotaClinica:
    nota = leer(acceso, nota_id)
    if nota.autor != acceso.actor.id:
        raise OtroAutor(str(nota_id))
    if nota.finalizada or nota.en_espera:
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
    """The Composition: answers travel inside; signs and diagnoses too, until they are records."""
    recurso: Recurso = {
        **_cabecera(acceso, ahora),
        "status": "preliminary" if borrador else "final",
        "type": {
            "coding": [
                {"system": SISTEMA_LOINC, "code": tipo.loinc},
                {"system": SISTEMA_NOTA, "code": tipo.clave, "display": tipo.titulo},
            ],
            "text": tipo.titulo,
        },
        "title": tipo.titulo,
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    dentro = _contenidos(acceso, tipo, encuentro_id, contenido, ahora, borrador=borrador)
    if todos := [r for grupo in dentro.values() for r in grupo]:
        recurso["contained"] = todos
    secciones = [
        _seccion(seccion, contenido, dentro.get(seccion.clave, ())) for seccion in tipo.secciones
    ]
    # cmp-1: a section has words or entries; what is not yet written is not a section.
    if escritas := [s for s in secciones if "text" in s or "entry" in s]:
        recurso["section"] = escritas
    return recurso


def _contenidos(
    acceso: Acceso,
    tipo: TipoDeNota,
    encuentro_id: UUID | None,
    contenido: Contenido,
    ahora: datetime,
    *,
    borrador: bool,
) -> dict[str, list[Recurso]]:
    """Resources contained in the note, by section; the answers always, the rest in a draft."""
    comun: Recurso = {
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "authored": _instante(ahora),
        "author": _autor(acceso),
    }
    dentro: dict[str, list[Recurso]] = {}
    for seccion in tipo.secciones:
        suyos: list[Recurso] = []
        if seccion.clase is Clase.REACTIVOS:
            contestado = respuestas.cuestionario(
                seccion, contenido.respuestas, comun=comun, terminado=not borrador
            )
            suyos = [contestado] if contestado else []
        elif seccion.clase is Clase.SIGNOS and borrador:
            suyos = signos.observaciones(
                acceso, contenido.signos, encuentro_id=encuentro_id, momento=ahora
            )
        elif seccion.clase is Clase.DIAGNOSTICOS and borrador:
            suyos = diagnosticos.condiciones(
                acceso, contenido.diagnosticos, encuentro_id=encuentro_id, momento=ahora
            )
        for numero, uno in enumerate(suyos, 1):
            uno.setdefault("id", f"{seccion.clave}-{numero}")
        dentro[seccion.clave] = suyos
    return dentro


def _seccion(seccion: catalogo.Seccion, contenido: Contenido, dentro: Sequence[Recurso]) -> Recurso:
    recurso: Recurso = {
        "title": seccion.titulo,
        "code": {"coding": [{"system": SISTEMA_SECCION, "code": seccion.clave}]},
    }
    if texto := _texto(seccion, contenido):
        recurso["text"] = _narrativa(texto)
    if dentro:
        recurso["entry"] = [{"reference": f"#{r['id']}"} for r in dentro]
    return recurso


def _texto(seccion: catalogo.Seccion, contenido: Contenido) -> str:
    if seccion.clase is Clase.SIGNOS:
        return signos.en_palabras(contenido.signos)
    if seccion.clase is Clase.DIAGNOSTICOS:
        return "\n".join(d.en_palabras() for d in contenido.diagnosticos)
    if seccion.clase is Clase.REACTIVOS:
        return respuestas.en_palabras(seccion, contenido.respuestas)
    return contenido.textos.get(seccion.clave, "").strip()


def _narrativa(texto: str) -> Recurso:
    return {"status": "generated", "div": fhir.narrativa.de_texto(texto)}


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")


def _testimonio(acceso: Acceso, modo: str, ahora: datetime) -> Recurso:
    return {"mode": modo, "time": _instante(ahora), "party": _autor(acceso)}


def _autor(acceso: Acceso) -> dict[str, Any]:
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}
