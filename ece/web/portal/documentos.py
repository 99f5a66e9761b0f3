"""Documents made elsewhere, and those that the person brings."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece import cda
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica.views import documentos as del_expediente
from ece.web.guardas import con_acceso
from ece.web.portal import forms
from ece.web.portal.marco import marco
from registros.selectors import conciliacion, expediente
from registros.selectors import documentos as selectores
from registros.services import aportaciones
from registros.services.documentos import ArchivoRechazado, DocumentoRepetido


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def documentos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {
        **marco(acceso),
        "documentos": expediente.ultimas(acceso, "DocumentReference", 200),
    }
    return render(request, "portal/documentos.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def documento(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    visto = selectores.documento(acceso, documento_id=documento)
    if visto is None:
        raise Http404
    en_imagen = visto.con_archivo and visto.tipo in del_expediente.EN_IMAGEN
    clinico = conciliacion.leer(acceso, documento_id=documento) if visto.clinico else None
    contexto = {
        **marco(acceso),
        "documento": visto,
        "clinico": clinico,
        "firma": del_expediente.firma_separada(acceso, visto),
        "apartados": cda.apartados(clinico) if clinico is not None else [],
        "paginas": range(1, min(visto.paginas, 20) + 1) if en_imagen else (),
    }
    return render(request, "portal/documento.html", contexto)


original = con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)(del_expediente.entregar)
imagen = con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)(del_expediente.dibujar)


@con_acceso(Permiso.APORTACION_AGREGAR, en_portal=True)
def agregar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Bring a file; one that may not stay is refused beside its field, and nothing is kept."""
    enviado = request.method == "POST"
    form = forms.DocumentoPropio(
        request.POST if enviado else None, request.FILES if enviado else None
    )
    if enviado and form.is_valid():
        datos = {k: v for k, v in form.cleaned_data.items() if k != "archivo"}
        archivo = form.cleaned_data["archivo"]
        try:
            id_ = aportaciones.adjuntar(
                acceso,
                contenido=archivo.read(),
                nombre=archivo.name,
                **datos,
                limite=settings.ECE_DOCUMENTO_BYTES,
                ahora=timezone.now(),
            )
        except ArchivoRechazado as rechazo:
            form.add_error("archivo", _(rechazo.mensaje))
        except DocumentoRepetido:
            form.add_error("archivo", _("Ese documento ya está en su expediente."))
        else:
            messages.success(request, _("Su documento quedó en el expediente."))
            return redirect("portal:documento", acceso.paciente, id_)
    contexto = {**marco(acceso), "form": form, "titulo": _("Agregar un documento")}
    return render(request, "portal/formulario.html", contexto, status=422 if enviado else 200)
