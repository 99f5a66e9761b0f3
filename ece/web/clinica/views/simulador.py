"""Who could see a record, and why: the decision itself answers, with the facts as they are."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.services import simulador as servicio
from consentimiento.services.simulador import Podria
from ece.nucleo.acceso import Alcance
from ece.nucleo.reserva import Ambito, Veda
from ece.nucleo.roles import Permiso, Rol
from ece.web import constancias, fundamentos
from ece.web.clinica import forms
from ece.web.guardas import con_alcance
from registros.catalogos.sensibles import CATEGORIAS
from registros.selectors import pacientes
from registros.selectors.descripciones import CLASES


@con_alcance(Permiso.DECISION_SIMULAR, motivo="simulacion")
def simulador(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    form = forms.Simulacion(request.POST or None)
    contexto: dict[str, Any] = {"form": form}
    if form.is_valid():
        datos = form.cleaned_data
        paciente = pacientes.id_de_expediente(alcance, numero=datos["numero"])
        if paciente is None:
            form.add_error("numero", _("No hay un expediente con ese número."))
        else:
            contexto["numero"] = datos["numero"]
            contexto["podrian"] = [_en_palabras(p) for p in _preguntar(alcance, paciente, datos)]
            contexto["de_todos"] = not datos["persona"]
    return render(request, "clinica/simulador.html", contexto, status=422 if form.errors else 200)


def _preguntar(alcance: Alcance, paciente: UUID, datos: dict[str, Any]) -> list[Podria]:
    ahora = timezone.now()
    if not datos["persona"]:
        return servicio.quienes(alcance, paciente=paciente, ahora=ahora)
    una = servicio.simular(
        alcance,
        usuario_id=UUID(datos["persona"]),
        paciente=paciente,
        permiso=datos["permiso"],
        proposito=datos["proposito"],
        ahora=ahora,
    )
    return [una]


def _en_palabras(podria: Podria) -> dict[str, Any]:
    decision = podria.decision
    negativa = fundamentos.NEGATIVA_DE.get(decision.fundamento)
    return {
        "podria": podria,
        "puestos": ", ".join(str(constancias.PUESTOS[Rol(r)]) for r in podria.roles),
        "porque": _(negativa.titulo) if negativa else constancias.FUNDAMENTOS[decision.fundamento],
        "fuente": fundamentos.FUENTES[decision.fundamento],
        "reservas": [dicha for veda in podria.vedas if (dicha := _reserva(veda))],
    }


def _reserva(veda: Veda) -> str:
    """What a veto withholds, in words; and what it leaves in sight all the same."""
    sobre, salvo = _ambito(veda.sobre), [a for a in map(_ambito, veda.salvo) if a]
    if not sobre:
        return ""
    if not salvo:
        return sobre
    return _("%(sobre)s, salvo %(salvo)s") % {"sobre": sobre, "salvo": "; ".join(salvo)}


def _ambito(ambito: Ambito) -> str:
    partes = []
    if ambito.etiquetas is not None:
        nombres = {c.value: _(descrita.nombre) for c, descrita in CATEGORIAS.items()}
        dichas = sorted(nombres[str(e)] for e in ambito.etiquetas if str(e) in nombres)
        if not dichas:
            return _("lo que la persona dispuso sobre sus datos")
        partes.append(", ".join(dichas))
    if ambito.tipos is not None:
        partes.append(", ".join(sorted({_(CLASES.get(t, t)) for t in ambito.tipos})))
    if ambito.autores is not None:
        partes.append(_("lo que escribió"))
    if ambito.encuentros is not None:
        partes.append(_("algunos episodios"))
    if ambito.registros is not None:
        partes.append(_("algunos registros"))
    return ": ".join(partes) if partes else _("todo")
