"""Quality of the record: the dashboard, the draw, and the evaluation of one record (MECIC)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from statistics import fmean
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consentimiento import decision
from consentimiento.services import muestras
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, graficas, palabras, paneles
from ece.web.guardas import con_acceso, con_alcance
from registros.catalogos.mecic import DOMINIOS, UMBRAL
from registros.catalogos.signos import Signo
from registros.selectors import calidad as selectores
from registros.selectors.calidad import Evaluado
from registros.selectors.signos import Punto, Serie
from registros.services import calidad as servicios


@con_alcance(Permiso.CALIDAD_EVALUAR, motivo="calidad")
def tablero(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Records to evaluate, how units come out, and the form that draws more."""
    return _tablero(request, alcance, forms.Sorteo())


@require_POST
def _sortear(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    form = forms.Sorteo(request.POST)
    if not form.is_valid():
        return _tablero(request, alcance, form)
    cuantos = muestras.sortear(alcance, **form.cleaned_data, ahora=timezone.now())
    dicho = ngettext("Se sorteó %(n)s expediente.", "Se sortearon %(n)s expedientes.", cuantos)
    messages.success(request, dicho % {"n": cuantos})
    return redirect("clinica:calidad")


sortear = con_alcance(Permiso.CALIDAD_EVALUAR, motivo="calidad")(_sortear)


def _tablero(request: HttpRequest, alcance: Alcance, form: forms.Sorteo) -> HttpResponse:
    ahora = timezone.now()
    institucional = decision.abrir_directorio(alcance.actor, Permiso.CALIDAD_EVALUAR, ahora=ahora)
    medidas = selectores.medidas(institucional)
    unidades = {u.id: u.nombre for u in identidad.unidades()}
    contexto = {
        "form": form,
        "pendientes": [
            {"uno": uno, "unidad": unidades.get(uno.unidad, "")}
            for uno in muestras.pendientes(alcance, ahora=ahora)
        ],
        "graficas": graficas.de_series(_series(medidas, unidades)),
        "filas": _filas(medidas, unidades),
        "dominios": [_(d.titulo) for d in DOMINIOS],
        "total": len(medidas),
        "umbral": UMBRAL,
    }
    return render(request, "clinica/calidad.html", contexto, status=422 if form.errors else 200)


@con_acceso(Permiso.CALIDAD_EVALUAR)
def evaluar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What the data tell and what remains to be judged; once evaluated, how it came out."""
    hallazgos = selectores.automatica(acceso, ahora=timezone.now())
    resultado = selectores.resultado(acceso)
    preguntados = [] if resultado else selectores.aplicables(hallazgos)
    form = forms.Evaluacion(request.POST or None, preguntados=preguntados)
    if request.method == "POST" and not resultado and form.is_valid():
        return _evaluar(request, acceso, form)
    respuestas = {c: r for c, (r, _comentario) in (resultado or {}).items()}
    puntaje = selectores.puntuar(respuestas or {c: h.respuesta for c, h in hallazgos.items()})
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "evaluado": bool(resultado),
        "puntaje": puntaje,
        "nivel": palabras.NIVELES[puntaje.nivel],
        "dominios": _dominios(hallazgos, resultado or {}, form, puntaje),
    }
    estado = 422 if form.errors else 200
    return render(request, "clinica/calidad_evaluar.html", contexto, status=estado)


def _evaluar(request: HttpRequest, acceso: Acceso, form: forms.Evaluacion) -> HttpResponse:
    ahora = timezone.now()
    unidad = muestras.unidad_de(acceso.actor.id, acceso.paciente)
    assert unidad is not None
    try:
        servicios.evaluar(
            acceso,
            decision.abrir_directorio(acceso.actor, Permiso.CALIDAD_EVALUAR, ahora=ahora),
            unidad_id=unidad,
            juicios=form.juicios(),
            ahora=ahora,
        )
        messages.success(request, _("Evaluación guardada."))
    except servicios.YaEvaluado:
        messages.error(request, _("Ya había evaluado este expediente."))
    except servicios.EvaluacionIncompleta:
        messages.error(request, _("El expediente cambió mientras tanto; revíselo otra vez."))
    return redirect("clinica:calidad-evaluar", paciente=acceso.paciente)


def _dominios(
    hallazgos: dict[str, selectores.Hallazgo],
    resultado: dict[str, Any],
    form: forms.Evaluacion,
    puntaje: selectores.Puntaje,
) -> list[dict[str, Any]]:
    """Each domain that applies with its lines: criterion, answer, what lacks, or the question."""
    dominios = []
    for dominio in DOMINIOS:
        lineas = []
        for criterio in dominio.criterios:
            hallazgo = hallazgos.get(criterio.clave)
            respuesta, comentario = resultado.get(
                criterio.clave, (hallazgo.respuesta if hallazgo else None, "")
            )
            pregunta = criterio.clave in form.fields
            if not pregunta and respuesta in (None, "na"):
                continue
            lineas.append(
                {
                    "criterio": criterio,
                    "respuesta": respuesta,
                    "dicho": palabras.RESPUESTAS.get(respuesta or "", ""),
                    "hallazgo": hallazgo,
                    "comentario": comentario,
                    "campo": form[criterio.clave] if pregunta else None,
                    "nota": form[f"{criterio.clave}-comentario"] if pregunta else None,
                }
            )
        if lineas:
            porcentaje = puntaje.por_dominio[dominio.clave]
            dominios.append({"dominio": dominio, "lineas": lineas, "puntaje": porcentaje})
    return dominios


def _series(medidas: Iterable[Evaluado], unidades: dict[UUID, str]) -> list[Serie]:
    """A series a unit: the mean score of each day on which it was evaluated."""
    por_unidad: dict[UUID, dict[datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for medida in medidas:
        dia = timezone.localtime(medida.fecha).replace(hour=12, minute=0, second=0, microsecond=0)
        por_unidad[medida.unidad][dia].append(medida.total)
    return [
        Serie(
            Signo(
                str(unidad),
                unidades.get(unidad, "—"),
                str(unidad),
                "%",
                "%",
                Decimal(0),
                Decimal(100),
            ),
            [Punto(dia, Decimal(round(fmean(suyas)))) for dia, suyas in sorted(dias.items())],
        )
        for unidad, dias in por_unidad.items()
    ]


def _filas(medidas: Iterable[Evaluado], unidades: dict[UUID, str]) -> list[dict[str, Any]]:
    """A row a unit: how many, the mean score, and the mean of each domain."""
    por_unidad: dict[UUID, list[Evaluado]] = defaultdict(list)
    for medida in medidas:
        por_unidad[medida.unidad].append(medida)
    return [
        {
            "unidad": unidades.get(unidad, "—"),
            "cuantas": len(suyas),
            "total": round(fmean(m.total for m in suyas)),
            "dominios": [
                round(fmean(valores))
                if (valores := [m.dominios[d.clave] for m in suyas if d.clave in m.dominios])
                else None
                for d in DOMINIOS
            ],
        }
        for unidad, suyas in por_unidad.items()
    ]
