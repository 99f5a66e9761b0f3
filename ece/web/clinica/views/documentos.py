"""Documents made elsewhere: brought in, shown without running anything, found by their words."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece import cda
from ece.nucleo import archivos
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import Tipo, dicom, imagenes
from ece.nucleo.roles import Permiso
from ece.web import palabras_de_firma
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import conciliacion, expediente, firmas_separadas
from registros.selectors import documentos as selectores
from registros.selectors.documentos import DocumentoVisto
from registros.selectors.firmas_separadas import Separada
from registros.services import documentos
from registros.services.ordenes import OrdenInexistente

ACERCAMIENTOS = ("1", "2", "4")
EN_IMAGEN = {tipo.value for tipo in Tipo if tipo.imagen or tipo in (Tipo.PDF, Tipo.DICOM)}


@con_acceso(Permiso.DOCUMENTO_AGREGAR)
def agregar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The form; a file that may not stay is refused beside its field, and nothing is kept."""
    recibidos = int(request.META.get("CONTENT_LENGTH") or 0)
    orden_id = _uuid(request.GET.get("orden", ""))
    form = forms.NuevoDocumento(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        recibidos=recibidos,
    )
    if request.method == "POST" and form.is_valid():
        datos = {k: v for k, v in form.cleaned_data.items() if k not in ("archivo", "avala")}
        archivo = form.cleaned_data["archivo"]
        try:
            id_ = documentos.agregar(
                acceso,
                contenido=archivo.read(),
                nombre=archivo.name,
                **datos,
                encuentro_id=_encuentro(acceso),
                orden_id=orden_id,
                limite=settings.ECE_DOCUMENTO_BYTES,
                ahora=timezone.now(),
            )
        except documentos.ArchivoRechazado as rechazo:
            form.add_error("archivo", _(rechazo.mensaje))
        except documentos.DocumentoRepetido:
            form.add_error("archivo", _("Ese documento clínico ya está en el expediente."))
        except OrdenInexistente as error:
            raise Http404 from error
        else:
            messages.success(request, _("Documento guardado en el expediente."))
            if Permiso.EXPEDIENTE_LEER in acceso.permisos:
                return redirect("clinica:documento", acceso.paciente, id_)
            return redirect("clinica:atender", acceso.paciente, orden_id or id_)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "orden_id": orden_id}
    return render(request, "clinica/documento_agregar.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def documento(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    visto = _documento(acceso, documento)
    numero = request.GET.get("pagina", "1")
    acercamiento = request.GET.get("zoom", "1")
    clinico = conciliacion.leer(acceso, documento_id=documento) if visto.clinico else None
    pagina = int(numero) if numero.isdecimal() and 1 <= int(numero) <= visto.paginas else 1
    contexto: dict[str, Any] = {
        **paneles.cabecera_de(acceso),
        "documento": visto,
        "clinico": clinico,
        "apartados": cda.apartados(clinico) if clinico is not None else [],
        "firma": firma_separada(acceso, visto),
        "discrepancia": conciliacion.discrepancia(acceso, clinico) if clinico is not None else "",
        "en_imagen": visto.con_archivo and visto.tipo in EN_IMAGEN,
        "pagina": pagina,
        "zoom": acercamiento if acercamiento in ACERCAMIENTOS else "1",
        "acercamientos": ACERCAMIENTOS,
        "ventana": request.GET.get("ventana", ""),
        "ventanas": _ventanas(visto),
        "form": forms.Motivo(),
    }
    return render(request, "clinica/documento.html", contexto)


@require_POST
def _anular(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    form = forms.Motivo(request.POST)
    if not form.is_valid():
        messages.error(request, _("Escriba por qué se anula."))
        return redirect("clinica:documento", acceso.paciente, documento)
    try:
        documentos.anular(acceso, documento_id=documento, **form.cleaned_data, ahora=timezone.now())
    except documentos.DocumentoInexistente as error:
        raise Http404 from error
    messages.success(request, _("Documento anulado; se conserva para que conste."))
    return redirect("clinica:documento", acceso.paciente, documento)


anular = con_acceso(Permiso.DOCUMENTO_AGREGAR)(_anular)


def entregar(request: HttpRequest, acceso: Acceso, documento: UUID) -> HttpResponse:
    """The bytes as they were kept: to save, never to be opened by the browser.

    With ``cuerpo``, the file that is the body of a clinical document, once it was looked into; with
    ``firma``, a ZIP of the document and the signature that came beside it.
    """
    visto = _documento(acceso, documento)
    contenido, tipo, nombre = _contenido(acceso, documento), visto.tipo, visto.nombre
    if "firma" in request.GET and visto.con_firma:
        firma = selectores.firma(acceso, documento_id=documento) or b""
        contenido = archivos.juntar({nombre: contenido, f"{nombre}.p7s": firma})
        tipo, nombre = "application/zip", f"{nombre}.zip"
    if "cuerpo" in request.GET:
        clinico = conciliacion.leer(acceso, documento_id=documento)
        try:
            archivo = archivos.inspeccionar(
                clinico.cuerpo if clinico is not None else b"",
                nombre="",
                limite=settings.ECE_DOCUMENTO_BYTES,
            )
        except documentos.ArchivoRechazado as error:
            raise Http404 from error
        contenido, tipo = archivo.contenido, archivo.tipo.value
        nombre = archivos.nombre_seguro(nombre, archivo.tipo)
    respuesta = HttpResponse(contenido, content_type=tipo)
    respuesta.headers["Content-Disposition"] = content_disposition_header(True, nombre) or ""
    return _aislada(respuesta)


original = con_acceso(Permiso.EXPEDIENTE_LEER)(entregar)


def firma_separada(acceso: Acceso, visto: DocumentoVisto) -> tuple[Separada, str] | None:
    """The signature that came beside a document, verified again, and what is said of it."""
    if not visto.con_firma:
        return None
    firma = selectores.firma(acceso, documento_id=visto.id) or b""
    separada = firmas_separadas.verificar(firma, _contenido(acceso, visto.id))
    return separada, palabras_de_firma.de_separada(separada)


def dibujar(request: HttpRequest, acceso: Acceso, documento: UUID, numero: int) -> HttpResponse:
    """A page, a picture or a frame, drawn anew on the server.

    What a partner sent did not come through `documentos.agregar`: it is looked into here too.
    """
    visto = _documento(acceso, documento)
    contenido = _contenido(acceso, documento)
    if not 1 <= numero <= visto.paginas:
        raise Http404
    try:
        archivos.inspeccionar(contenido, nombre="", limite=settings.ECE_DOCUMENTO_BYTES)
        png = _dibujar(visto, contenido, numero, request.GET.get("ventana", ""))
    except (documentos.ArchivoRechazado, IndexError, KeyError) as error:
        raise Http404 from error
    return _aislada(HttpResponse(png, content_type="image/png"))


imagen = con_acceso(Permiso.EXPEDIENTE_LEER)(dibujar)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def buscar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Words inside the notes and the documents of this patient."""
    texto = request.GET.get("q", "").strip()[:80]
    contexto = {
        **paneles.cabecera_de(acceso),
        "texto": texto,
        "hallazgos": selectores.buscar(acceso, texto=texto) if texto else [],
    }
    return render(request, "clinica/buscar_en_expediente.html", contexto)


def _dibujar(visto: DocumentoVisto, contenido: bytes, numero: int, ventana: str) -> bytes:
    if visto.tipo == Tipo.PDF:
        from ece.nucleo.archivos import pdf  # slow to load, and few processes draw one

        return pdf.pagina(contenido, numero)
    if visto.tipo == Tipo.DICOM:
        return dicom.cuadro(contenido, numero - 1, ventana=ventana)
    if visto.tipo not in EN_IMAGEN:
        raise IndexError(numero)
    return imagenes.redibujar(contenido, cuadro=numero - 1)


def _ventanas(visto: DocumentoVisto) -> list[tuple[str, str]]:
    if visto.tipo != Tipo.DICOM or not dicom.modalidad_con_ventanas(visto.datos):
        return []
    return [("", _("La del archivo")), *((v.clave, _(v.nombre)) for v in dicom.VENTANAS)]


def _documento(acceso: Acceso, documento_id: UUID) -> DocumentoVisto:
    visto = selectores.documento(acceso, documento_id=documento_id)
    if visto is None:
        raise Http404
    return visto


def _contenido(acceso: Acceso, documento_id: UUID) -> bytes:
    contenido = selectores.contenido(acceso, documento_id=documento_id)
    if contenido is None:
        raise Http404
    return contenido


def _aislada(respuesta: HttpResponse) -> HttpResponse:
    """Whatever it is, the browser runs nothing of it, guesses nothing, and keeps no copy."""
    respuesta.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    respuesta.headers["X-Content-Type-Options"] = "nosniff"
    respuesta.headers["Cache-Control"] = "private, no-store"
    respuesta.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return respuesta


def _encuentro(acceso: Acceso) -> UUID | None:
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return None
    abiertos = expediente.encuentros_abiertos(acceso)
    return abiertos[0].id if abiertos else None


def _uuid(texto: str) -> UUID | None:
    try:
        return UUID(texto)
    except ValueError:
        return None
