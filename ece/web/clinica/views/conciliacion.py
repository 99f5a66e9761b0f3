"""What a document from elsewhere says: taken into the record, joined to what is there, or left."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from auditoria.actos import VersionEnConflicto
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.clinica.palabras_ajenas import DATOS, ESTADOS, SUERTES
from ece.web.guardas import con_acceso
from ece.web.templatetags import fechas
from registros.selectors import conciliacion as selectores
from registros.selectors.conciliacion import Propuesta
from registros.services import conciliacion as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=Permiso.ALERGIA_REGISTRAR)
def conciliar(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    """Each datum beside what there is of its kind; by POST, what is done with one."""
    if request.method == "POST":
        return _hacer(request, acceso, documento)
    hallada = selectores.de_documento(acceso, documento_id=documento)
    if hallada is None:
        raise Http404
    contexto = {
        **paneles.cabecera_de(acceso),
        "hallada": hallada,
        "persona": hallada.leido.persona,
        "nacimiento": _dia(hallada.leido.persona.nacimiento),
        "discrepancia": hallada.discrepancia,
        "grupos": [
            {"nombre": DATOS[tipo], "puede": _puede(acceso, tipo), "datos": suyos}
            for tipo, suyos in _por_tipo(hallada.propuestas)
        ],
    }
    return render(request, "clinica/conciliar.html", contexto)


def _por_tipo(propuestas: list[Propuesta]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (
            tipo,
            [
                {
                    "p": p,
                    "estado": "" if tipo == "Immunization" else ESTADOS.get(p.estado, p.estado),
                    "desde": _dia(p.desde),
                    "suerte": SUERTES[p.suerte.que] if p.suerte is not None else "",
                }
                for p in suyas
            ],
        )
        for tipo, suyas in groupby(propuestas, key=lambda p: p.dato.tipo)
    ]


def _dia(escrito: str) -> str:
    """A day as people write it; a year or a month alone, as it came."""
    try:
        return fechas.escribir(date.fromisoformat(escrito), "fecha_corta")
    except ValueError:
        return escrito


def _puede(acceso: Acceso, tipo: str) -> bool:
    return servicios.PERMISOS[tipo] in acceso.permisos


def _hacer(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    form = forms.DatoAjeno(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return _de_vuelta(acceso, documento, "")
    datos, ahora = form.cleaned_data, timezone.now()
    cual: dict[str, Any] = {"documento_id": documento, "llave": datos["llave"], "ahora": ahora}
    try:
        match datos["accion"]:
            case "incorporar":
                servicios.incorporar(acceso, **cual)
                messages.success(request, _("Incorporado al expediente, con su procedencia."))
            case "fusionar":
                servicios.fusionar(acceso, **cual, con=datos["con"])
                messages.success(request, _("Se sumó a lo que ya había, con su procedencia."))
            case _:
                servicios.descartar(acceso, **cual, motivo=datos["motivo"])
                messages.success(request, _("Descartado: queda sólo en el documento."))
    except servicios.DatoInexistente as error:
        raise Http404 from error
    except servicios.DeOtraPersona:
        messages.error(request, _("Este documento dice ser de otra persona."))
    except servicios.YaConciliado:
        messages.error(request, _("Alguien más ya decidió sobre ese dato."))
    except (servicios.RegistroInexistente, VersionEnConflicto):
        messages.error(request, _("Ese registro cambió o ya no está; vuelva a elegir."))
    return _de_vuelta(acceso, documento, datos["llave"])


def _de_vuelta(acceso: Acceso, documento: UUID, llave: str) -> HttpResponse:
    camino = reverse("clinica:conciliar", args=[acceso.paciente, documento])
    return HttpResponseRedirect(f"{camino}#dato-{llave}" if llave else camino)
