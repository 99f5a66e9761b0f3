"""Letters of consent: written and frozen, then given, refused or revoked.

NOM-004 10.1; LGS 51 Bis 2; RLGSMPSAM 80 to 83. A letter's text never changes once somebody can
sign it: what is signed names the digest of what was read.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import (
    CALIDADES,
    CARTAS,
    ELEMENTOS,
    MAYORIA_DE_EDAD,
    Elemento,
    TipoDeCarta,
)
from registros.catalogos.edades import meses_cumplidos
from registros.models import Consentimiento, Paciente, Tarea
from registros.models.base import Recurso
from registros.models.carta import (
    ATESTIGUA,
    COMPRENSION,
    IDIOMA,
    INFORMA,
    INTERPRETE,
    MOTIVO,
    huella_de,
    texto_de,
    tipo_de,
    vigencia_de,
)
from registros.models.tarea import PENDIENTES
from registros.services.carta_en_fhir import (
    RECABAR,
    Firma,
    QuienDecide,
    con_vigencia,
    consentimiento,
    decidido,
    firma_de,
    instante,
    periodo,
    texto,
)
from registros.services.ordenes import autor

__all__ = [
    "CartaEnOtroEstado",
    "CartaIncompleta",
    "CartaInexistente",
    "Firma",
    "NoLeCorresponde",
    "QuienDecide",
    "TextoDistinto",
    "otorgar",
    "preparar",
    "rechazar",
    "revocar",
]


class CartaInexistente(Exception):
    """There is no such letter of this patient."""


class CartaEnOtroEstado(Exception):
    """It was already decided, revoked or replaced."""


class CartaIncompleta(Exception):
    """It lacks `elementos`; says each with its numeral, in Spanish."""

    def __init__(self, elementos: Sequence[Elemento]) -> None:
        super().__init__(" ".join(f"Falta «{e.titulo}» ({e.numeral})." for e in elementos))
        self.elementos = tuple(elementos)


class NoLeCorresponde(Exception):
    """Somebody of this post does not ask for this letter, or does not decide for this patient."""


class TextoDistinto(Exception):
    """What was read is not what is kept."""


def preparar(
    acceso: Acceso,
    *,
    tipo: str,
    textos: Mapping[str, str],
    unidad_id: UUID | None,
    ahora: datetime,
    idioma: str = "Español",
    interprete: str = "",
) -> UUID:
    """Write a letter and freeze its text; returns its id. The actor answers for having informed.

    Raises `NoLeCorresponde`, `CartaIncompleta`.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    carta = CARTAS[tipo]
    if not acceso.actor.roles & carta.recaban:
        raise NoLeCorresponde(tipo)
    dice = contenido(acceso, carta, textos, unidad_id, ahora)
    if faltan := [ELEMENTOS[c] for c in carta.elementos if c in dice and not dice[c]]:
        raise CartaIncompleta(faltan)
    extensiones = [{"url": IDIOMA, "valueString": idioma}]
    if interprete:
        extensiones.append({"url": INTERPRETE, "valueString": interprete})
    dice |= {"idioma": idioma, "interprete": interprete}
    recurso = consentimiento(acceso, carta, texto(carta, dice), ahora)
    recurso["extension"] = extensiones
    if carta.de_medico:
        recurso["extension"].append(firma_de(INFORMA, ahora, autor(acceso), Firma("")))
    with acto(acceso, tipo=TipoDeEvento.CARTA_PREPARADA, ahora=ahora) as el_acto:
        preparada = Consentimiento.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(preparada)
    return preparada.id


def otorgar(
    acceso: Acceso,
    *,
    carta_id: UUID,
    huella: str,
    quien: QuienDecide,
    ahora: datetime,
    testigos: Sequence[Firma] = (),
    comprension: str = "",
) -> None:
    """The person, or who lawfully acts for them, accepts the text whose digest is `huella`.

    Raises `CartaInexistente`, `CartaEnOtroEstado`, `TextoDistinto`, `CartaIncompleta`,
    `NoLeCorresponde`.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    with acto(acceso, tipo=TipoDeEvento.CONSENTIMIENTO_OTORGADO, ahora=ahora) as el_acto:
        fila, carta = _por_decidir(acceso, carta_id)
        _mismo_texto(fila.recurso, huella)
        hechos = {
            "otorgante": bool(quien.firma.nombre),
            "testigos": _son_dos(testigos, quien.firma, acceso.actor.nombre),
            "comprension": bool(comprension),
        }
        if faltan := [ELEMENTOS[c] for c in carta.elementos if not hechos.get(c, True)]:
            raise CartaIncompleta(faltan)
        _exigir_calidad(acceso, quien, ahora)
        fin = ahora + timedelta(days=carta.dias) if carta.dias else None
        recurso = decidido(acceso, fila.recurso, quien, ahora)
        recurso["status"] = "active"
        recurso = con_vigencia(recurso, carta.ambito, periodo(ahora, fin))
        recurso["extension"] += [
            firma_de(ATESTIGUA, ahora, {"display": t.nombre}, t) for t in testigos
        ]
        if comprension:
            recurso["extension"].append({"url": COMPRENSION, "valueString": comprension})
        el_acto.reemplazar(fila.siguiente(acceso, recurso, ahora=ahora))
        _cumplir_tareas(el_acto, acceso, carta, ahora)


def rechazar(
    acceso: Acceso,
    *,
    carta_id: UUID,
    quien: QuienDecide,
    ahora: datetime,
    motivo: str = "",
) -> None:
    """The person says no; saying why is up to them. Raises as `otorgar`."""
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    with acto(acceso, tipo=TipoDeEvento.CONSENTIMIENTO_RECHAZADO, ahora=ahora) as el_acto:
        fila, carta = _por_decidir(acceso, carta_id)
        _exigir_calidad(acceso, quien, ahora)
        recurso = decidido(acceso, fila.recurso, quien, ahora)
        recurso["status"] = "rejected"
        if motivo:
            recurso["extension"].append({"url": MOTIVO, "valueString": motivo})
        el_acto.reemplazar(fila.siguiente(acceso, recurso, ahora=ahora))
        _cumplir_tareas(el_acto, acceso, carta, ahora)


def revocar(acceso: Acceso, *, carta_id: UUID, motivo: str, ahora: datetime) -> None:
    """End a letter from now on: what was done under it stays done (LFPDPPP 7).

    Raises `CartaInexistente`, `CartaEnOtroEstado`.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    with acto(acceso, tipo=TipoDeEvento.CONSENTIMIENTO_REVOCADO, ahora=ahora) as el_acto:
        fila, carta = _carta_de(acceso, carta_id)
        if fila.estado != "active":
            raise CartaEnOtroEstado(fila.estado)
        vigencia = {**vigencia_de(fila.recurso), "end": instante(ahora)}
        recurso = {
            **fila.recurso,
            "status": "inactive",
            "extension": [
                *fila.recurso.get("extension", ()),
                *([{"url": MOTIVO, "valueString": motivo}] if motivo else ()),
            ],
        }
        recurso = con_vigencia(recurso, carta.ambito, vigencia)
        el_acto.reemplazar(fila.siguiente(acceso, recurso, ahora=ahora))


def contenido(
    acceso: Acceso,
    carta: TipoDeCarta,
    textos: Mapping[str, str],
    unidad_id: UUID | None,
    ahora: datetime,
) -> dict[str, str]:
    """key of element -> what the letter says of it, of those that can be known before signing."""
    institucion = identidad.institucion()
    unidad = identidad.unidad(unidad_id) if unidad_id else None
    domicilio = (unidad and unidad.domicilio) or (institucion and institucion.domicilio) or ""
    local = timezone.localtime(ahora)
    hechos = {
        "institucion": institucion.nombre if institucion else "",
        "establecimiento": f"{unidad.nombre} (CLUES {unidad.clues})" if unidad else "",
        "titulo": carta.titulo,
        "lugar": ", ".join(filter(None, (domicilio, f"{local:%d/%m/%Y, %H:%M}"))),
        "medico": medico(acceso.actor.id) if carta.de_medico else "",
    }
    escritos = {e.clave: textos.get(e.clave, "").strip() for e in carta.redactables}
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    quien = paciente.identidad
    return {
        **{c: v for c, v in hechos.items() if c in carta.elementos or c == "establecimiento"},
        **escritos,
        "paciente": f"{quien.nombre}, expediente {quien.expediente}",
    }


def _exigir_calidad(acceso: Acceso, quien: QuienDecide, ahora: datetime) -> None:
    """Whether somebody of that quality decides for this patient (NOM-004 10.1.1.8; CCF 23, 412)."""
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    calidad, de = CALIDADES[quien.calidad], paciente.identidad
    menor = _es_menor(de.nacimiento, timezone.localdate(ahora))
    if calidad.clave == "paciente" and (menor or de.fallecido):
        raise NoLeCorresponde(calidad.clave)
    if (menor and not calidad.de_menor) or (not menor and calidad.clave == "patria"):
        raise NoLeCorresponde(calidad.clave)
    if calidad.clave != "paciente" and not menor and not quien.ausencia:
        raise CartaIncompleta([ELEMENTOS["otorgante"]])


def _es_menor(nacimiento: date | None, hoy: date) -> bool:
    return nacimiento is not None and meses_cumplidos(nacimiento, hoy) < 12 * MAYORIA_DE_EDAD


def _cumplir_tareas(el_acto: Acto, acceso: Acceso, carta: TipoDeCarta, ahora: datetime) -> None:
    for tarea in Tarea.objects.de(acceso).con_estado(*PENDIENTES):
        codigos = {c.get("code") for c in tarea.recurso["code"].get("coding", ())}
        if {RECABAR, carta.clave} <= codigos:
            hecha = {**tarea.recurso, "status": "completed", "lastModified": instante(ahora)}
            el_acto.reemplazar(tarea.siguiente(acceso, hecha, ahora=ahora))


def _carta_de(acceso: Acceso, carta_id: UUID) -> tuple[Consentimiento, TipoDeCarta]:
    fila = Consentimiento.objects.uno(acceso, carta_id)
    carta = tipo_de(fila.recurso) if fila else None
    if fila is None or carta is None:
        raise CartaInexistente(str(carta_id))
    return fila, carta


def _por_decidir(acceso: Acceso, carta_id: UUID) -> tuple[Consentimiento, TipoDeCarta]:
    fila, carta = _carta_de(acceso, carta_id)
    if fila.estado != "proposed":
        raise CartaEnOtroEstado(fila.estado)
    return fila, carta


def _son_dos(testigos: Sequence[Firma], decide: Firma, pide: str) -> bool:
    """Whether they are two people, and neither decides nor asks (NOM-004 10.1.1.10)."""
    nombres = {fhir.normalizar(t.nombre) for t in testigos if t.nombre}
    curps = [una.curp for una in (*testigos, decide) if una.curp]
    return (
        len(testigos) == len(nombres) == 2
        and len(curps) == len(set(curps))
        and not nombres & set(map(fhir.normalizar, (decide.nombre, pide)))
    )


def _mismo_texto(recurso: Recurso, huella: str) -> None:
    propia = huella_de(recurso)
    if huella != propia or sha256(texto_de(recurso).encode()).hexdigest() != propia:
        raise TextoDistinto


def medico(id_: UUID) -> str:
    ficha = identidad.profesional(id_)
    if ficha is None or not ficha.cedula:
        return ""
    return f"{ficha.nombre}, cédula profesional {ficha.cedula}"
