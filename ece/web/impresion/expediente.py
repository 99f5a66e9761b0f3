"""The whole record, or its clinical summary (NOM-004 4.10), as one indexed PDF/A."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique

from django.utils import timezone, translation

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from ece.web.clinica import lectura
from ece.web.impresion import documento
from ece.web.impresion.documento import Lista
from ece.web.templatetags import fechas
from registros.selectors import expediente, notas
from registros.selectors.expediente import Entrada
from registros.selectors.notas import Nota

LIMITE = 2_000
"""Records in one document: a few seconds and a few hundred pages."""


@unique
class Documento(StrEnum):
    EXPEDIENTE = "expediente"
    RESUMEN = "resumen"
    CDA = "resumen-cda"


_ORDEN = ("AllergyIntolerance", "Condition", "MedicationRequest", "Encounter", "Observation")
_TITULOS = {
    "AllergyIntolerance": "Alergias",
    "Condition": "Diagnósticos",
    "MedicationRequest": "Medicamentos",
    "Encounter": "Encuentros",
    "Observation": "Signos y mediciones",
    "DiagnosticReport": "Resultados",
    "Immunization": "Vacunas",
    "Procedure": "Procedimientos",
    "Appointment": "Citas",
    "ServiceRequest": "Solicitudes de servicio",
    "DocumentReference": "Documentos",
}
_TEMAS = {
    "Padecimiento y evolución": ("motivo", "padecimiento-actual", "interrogatorio", "evolucion"),
    "Estudios": ("estudios", "resultados"),
    "Pronóstico": ("pronostico",),
    "Tratamiento y recomendaciones": ("tratamiento", "plan", "terapeutica", "recomendaciones"),
}
"""What a summary tells, and the sections of notes that say it."""


@translation.override("es-mx")
def pdf(
    acceso: Acceso,
    *,
    documento_pedido: Documento,
    desde: date | None,
    hasta: date | None,
    ahora: datetime,
) -> bytes:
    """The record of a period (None: from its beginning, to today); the days are whole.

    Raises `PermisoInsuficiente`, `expediente.PeriodoDemasiadoLargo`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_IMPRIMIR)
    inicio = _medianoche(desde) if desde else None
    fin = _medianoche((hasta or timezone.localdate(ahora)) + timedelta(days=1))
    alcance = _alcance(desde, hasta or timezone.localdate(ahora))
    entradas = expediente.del_periodo(acceso, desde=inicio, hasta=fin, limite=LIMITE)
    escritas = notas.del_periodo(acceso, desde=inicio, hasta=fin)
    if documento_pedido is Documento.RESUMEN:
        return documento.componer(
            acceso,
            "Resumen clínico",
            [],
            ahora=ahora,
            listas=[
                *_vigente(acceso),
                *_de_las_notas(escritas),
                *_por_tipo(entradas, ("Encounter", "DiagnosticReport")),
            ],
            alcance=alcance,
            # who takes their own record away answers for nothing in it
            elabora=acceso.actor.id if acceso.actor.roles - {Rol.PACIENTE} else None,
        )
    tipos = dict.fromkeys([*_ORDEN, *sorted({e.tipo for e in entradas} - {"Composition"})])
    return documento.componer(
        acceso,
        "Expediente clínico",
        escritas,
        ahora=ahora,
        listas=[_ficha(acceso), *_por_tipo(entradas, tipos)],
        alcance=alcance,
    )


def _por_tipo(entradas: Iterable[Entrada], tipos: Iterable[str]) -> list[Lista]:
    todas = list(entradas)
    return [
        Lista(
            _TITULOS.get(tipo) or next((e.clase for e in todas if e.tipo == tipo), tipo),
            [_fila(e) for e in reversed(todas) if e.tipo == tipo],
        )
        for tipo in tipos
        if tipo not in ("Composition", "Patient")
    ]


def _ficha(acceso: Acceso) -> Lista:
    """Everything known of who the patient is (6.1.1)."""
    _, recurso, _ = expediente.identidad(acceso)
    renglones = lectura.renglones(recurso, paciente=acceso.paciente)
    return Lista("Ficha de identificación", [("", r.nombre, r.valor) for r in renglones])


def _vigente(acceso: Acceso) -> list[Lista]:
    """What is true today, whatever the period."""
    hoy = expediente.resumen(acceso, hoy=timezone.localdate())
    return [
        Lista(titulo, [_fila(e) for e in entradas])
        for titulo, entradas in (
            ("Alergias", hoy.alergias),
            ("Problemas activos", hoy.problemas),
            ("Medicamentos vigentes", hoy.medicamentos),
            ("Últimos signos", hoy.signos),
        )
    ]


def _de_las_notas(escritas: Iterable[tuple[Nota, list[Nota]]]) -> list[Lista]:
    todas = [una for una, _ in escritas]
    return [
        Lista(
            tema,
            [
                (fechas.escribir(nota.fecha, "fecha_corta"), nota.titulo, s.texto)
                for nota in todas
                for s in nota.secciones
                if s.clave in claves and s.texto
            ],
        )
        for tema, claves in _TEMAS.items()
    ]


def _fila(entrada: Entrada) -> tuple[str, str, str]:
    return (fechas.escribir(entrada.fecha, "fecha_corta"), entrada.titulo, entrada.detalle)


def _medianoche(dia: date) -> datetime:
    return timezone.make_aware(datetime.combine(dia, time.min))


def _alcance(desde: date | None, hasta: date) -> str:
    fin = fechas.escribir(hasta, "fecha")
    if desde is None:
        return f"Desde el primer registro hasta el {fin}."
    return f"Del {fechas.escribir(desde, 'fecha')} al {fin}."
