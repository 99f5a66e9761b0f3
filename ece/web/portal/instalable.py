"""What lets a phone keep the portal among its applications: never a person's data."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from ece.web.guardas import publica


@publica
def manifiesto(request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the reader's language."""
    icono = {"src": static("ece/portal/icono.svg"), "type": "image/svg+xml"}
    contenido = {
        "name": _("Mi expediente clínico"),
        "short_name": _("Mi expediente"),
        "id": reverse("portal:inicio"),
        "start_url": reverse("portal:inicio"),
        "scope": reverse("portal:inicio"),
        "display": "standalone",
        "background_color": "#f4f7f6",
        "theme_color": "#0b6659",
        "icons": [
            {**icono, "sizes": "any", "purpose": "any maskable"},
            *(
                {
                    "src": static(f"ece/portal/icono-{lado}.png"),
                    "type": "image/png",
                    "sizes": f"{lado}x{lado}",
                }
                for lado in (192, 512)
            ),
        ],
    }
    return JsonResponse(contenido, content_type="application/manifest+json")


@publica
def obrero(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps the style sheets, the scripts and one page that says nothing."""
    return render(request, "portal/obrero.js", content_type="text/javascript")


@publica
def sin_conexion(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/sin_conexion.html")
