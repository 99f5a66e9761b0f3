"""The administrator's lists for signing: authorities, rules, who is who."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ece.identidad.models import (
    Autoridad,
    ConstanciaDeRevocacion,
    Credencial,
    Firmante,
    ReglaDeFirma,
)
from ece.identidad.solo_lectura import SoloLectura
from ece.nucleo.firma import FirmaInvalida, certificados, pem

LARGO_MAXIMO = 64 * 1024


class AutoridadForm(forms.ModelForm[Autoridad]):
    """The certificate comes as a file, in DER or PEM; one that is kept is not asked for again."""

    archivo = forms.FileField(label=_("Certificado (.cer, .crt, .pem)"), required=False)

    class Meta:
        model = Autoridad
        fields = (
            *("nombre", "uso", "raiz", "archivo", "activa"),
            *("url_ocsp", "url_crl", "exige_revocacion"),
        )

    def clean_archivo(self) -> bytes:
        subido = self.cleaned_data["archivo"]
        if subido is None:
            if self.instance.certificado:
                return bytes(self.instance.certificado)
            raise ValidationError(_("Suba el certificado de la autoridad."))
        try:
            der = pem.a_der(subido.read(LARGO_MAXIMO))
            certificados.exigir_fuerza(certificados.leer(der))
        except FirmaInvalida as error:
            raise ValidationError(_("No es un certificado RSA admisible.")) from error
        self.instance.certificado = der
        return der


@admin.register(Autoridad)
class AutoridadAdmin(admin.ModelAdmin[Autoridad]):
    form = AutoridadForm
    list_display = ("nombre", "uso", "raiz", "activa", "vence", "url_ocsp")
    readonly_fields = ("huella",)
    list_filter = ("uso", "activa")

    @admin.display(description=_("vence"))
    def vence(self, obj: Autoridad) -> Any:
        return certificados.titular(certificados.leer(bytes(obj.certificado))).hasta


@admin.register(ConstanciaDeRevocacion)
class ConstanciaAdmin(SoloLectura, admin.ModelAdmin[ConstanciaDeRevocacion]):
    """The offline cache, with the age of each answer."""

    list_display = ("autoridad", "clase", "serie", "de", "hasta", "obtenida_at")
    list_select_related = ("autoridad",)
    exclude = ("contenido",)


@admin.register(Credencial)
class CredencialAdmin(SoloLectura, admin.ModelAdmin[Credencial]):
    list_display = ("uso", "desde", "hasta", "retirada_at")
    exclude = ("certificado", "llave")


@admin.register(Firmante)
class FirmanteAdmin(admin.ModelAdmin[Firmante]):
    list_display = ("usuario", "numero_de_empleado", "rfc", "curp")
    list_select_related = ("usuario",)
    search_fields = ("usuario__username", "rfc", "curp")


@admin.register(ReglaDeFirma)
class ReglaDeFirmaAdmin(admin.ModelAdmin[ReglaDeFirma]):
    fieldsets = (
        (
            None,
            {
                "fields": ("documento", "nivel", "conjuntas", "delegable"),
                "description": _(
                    "También «receta» e «informe» (de resultados), que sólo se firman si tienen "
                    "una regla."
                ),
            },
        ),
    )
    list_display = ("documento", "nivel", "conjuntas", "delegable")
