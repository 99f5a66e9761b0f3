"""The institution's privacy notice, both forms, for whoever asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consentimiento.selectors import avisos
from ece.web.guardas import publica


@publica
def aviso_de_privacidad(request: HttpRequest) -> HttpResponse:
    contexto = {
        "aviso": avisos.publicado(),
        "simplificado": request.GET.get("forma") == "simplificado",
    }
    return render(request, "avisos/publico.html", contexto)
