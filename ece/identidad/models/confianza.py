"""Whom the institution believes when somebody signs, and with which keys it signs itself."""

from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.usuario import Usuario
from ece.nucleo.firma import FirmaInvalida, certificados
from ece.nucleo.uuid7 import uuid7

de_http = URLValidator(["http", "https"])
"""Authorities answer over plain HTTP: what they say is signed (RFC 5280, 8; RFC 6960)."""


class Uso(models.TextChoices):
    """What an authority is believed for, or a key pair of the institution is used for."""

    AVANZADA = "avanzada", _("Firma electrónica avanzada de personas")
    SELLO = "sello", _("Sello de la institución")
    TIEMPO = "tiempo", _("Sellos de tiempo")


class Nivel(models.TextChoices):
    """The two levels of a signature."""

    INSTITUCIONAL = "institucional", _("Institucional: clave confidencial y número de empleado")
    AVANZADA = "avanzada", _("Avanzada: e.firma o certificado de la institución")


class Firmante(models.Model):
    """What identifies a person when they sign; RFC and CURP must be those of their certificate."""

    usuario = models.OneToOneField(
        Usuario, on_delete=models.PROTECT, primary_key=True, related_name="firmante"
    )
    numero_de_empleado = models.CharField(_("número de empleado"), max_length=20, blank=True)
    rfc = models.CharField(_("RFC"), max_length=13, blank=True)
    curp = models.CharField(_("CURP"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("datos de firma")
        verbose_name_plural = _("datos de firma")
        constraints = [
            models.UniqueConstraint(
                fields=["curp"],
                condition=~models.Q(curp=""),
                name="identidad_firmante_curp_de_una_persona",
            ),
            models.UniqueConstraint(
                fields=["numero_de_empleado"],
                condition=~models.Q(numero_de_empleado=""),
                name="identidad_firmante_empleado_de_una_persona",
            ),
        ]

    def __str__(self) -> str:
        return self.usuario.nombre


class Autoridad(models.Model):
    """A certificate that the administrator put in the list: a root, or one under it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nombre = models.CharField(_("nombre"), max_length=120)
    uso = models.CharField(_("se le cree para"), max_length=12, choices=Uso.choices)
    raiz = models.BooleanField(_("es raíz"), default=True)
    certificado = models.BinaryField(_("certificado"))
    huella = models.CharField(_("SHA-256"), max_length=64, editable=False)
    activa = models.BooleanField(_("activa"), default=True)
    url_ocsp = models.CharField(_("OCSP"), max_length=200, blank=True, validators=[de_http])
    url_crl = models.CharField(
        _("lista de revocación (CRL)"), max_length=200, blank=True, validators=[de_http]
    )
    exige_revocacion = models.BooleanField(
        _("exige saber si fue revocado"),
        default=True,
        help_text=_("Sin una constancia vigente, lo que emitió no sirve para firmar."),
    )

    class Meta:
        verbose_name = _("autoridad de certificación")
        verbose_name_plural = _("autoridades de certificación")

    def __str__(self) -> str:
        return f"{self.nombre} ({self.get_uso_display()})"

    def save(self, **opciones: Any) -> None:
        """With the digest of its certificate, by which the log of changes tells it from another."""
        self.huella = sha256(bytes(self.certificado)).hexdigest()
        super().save(**opciones)

    def clean(self) -> None:
        try:
            certificados.exigir_fuerza(certificados.leer(bytes(self.certificado)))
        except FirmaInvalida as error:
            raise ValidationError(_("No es un certificado RSA admisible.")) from error


class ConstanciaDeRevocacion(models.Model):
    """A CRL, or an OCSP answer about one serial number, as it came: the offline cache."""

    PRIVILEGIOS = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    autoridad = models.ForeignKey(
        Autoridad, on_delete=models.CASCADE, related_name="constancias", verbose_name=_("autoridad")
    )
    clase = models.CharField(_("clase"), max_length=4)
    serie = models.CharField(_("serie"), max_length=64, blank=True)
    contenido = models.BinaryField()
    de = models.DateTimeField(_("dicha el"))
    hasta = models.DateTimeField(_("vale hasta"))
    obtenida_at = models.DateTimeField(_("obtenida"))

    class Meta:
        verbose_name = _("constancia de revocación")
        verbose_name_plural = _("constancias de revocación")
        constraints = [
            models.UniqueConstraint(
                fields=["autoridad", "clase", "serie"], name="identidad_constancia_la_ultima"
            )
        ]

    def __str__(self) -> str:
        return f"{self.autoridad.nombre} · {self.clase} {self.serie}"


class Credencial(models.Model):
    """A key pair of the institution. The private half is sealed under a key of the key ring.

    `uso` is empty for the internal authority, which only certifies.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    uso = models.CharField(_("uso"), max_length=12, choices=Uso.choices, blank=True)
    certificado = models.BinaryField()
    llave = models.BinaryField()
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))
    retirada_at = models.DateTimeField(_("retirada"), null=True)

    class Meta:
        verbose_name = _("credencial de la institución")
        verbose_name_plural = _("credenciales de la institución")
        constraints = [
            models.UniqueConstraint(
                fields=["uso"],
                condition=models.Q(retirada_at=None),
                name="identidad_credencial_una_vigente",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_uso_display() or _('Autoridad interna')} · {self.desde:%d/%m/%Y}"


class ReglaDeFirma(models.Model):
    """Which signature the institution asks of a type of document (``*``: of all the others)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    documento = models.CharField(
        _("documento"),
        max_length=40,
        unique=True,
        help_text=_("Clave del tipo de nota, o * para todos los demás."),
    )
    nivel = models.CharField(
        _("firma"), max_length=14, choices=Nivel.choices, default=Nivel.INSTITUCIONAL
    )
    conjuntas = models.PositiveSmallIntegerField(
        _("firmas de otras personas"),
        default=0,
        help_text=_("Cuántas, además de la de su autor: cirugía, transfusión."),
    )
    delegable = models.BooleanField(
        _("se puede delegar"),
        default=True,
        help_text=_("Si su autor puede dejar que otra persona lo firme por él. Con otras, nunca."),
    )

    class Meta:
        verbose_name = _("regla de firma")
        verbose_name_plural = _("reglas de firma")

    def __str__(self) -> str:
        return f"{self.documento}: {self.get_nivel_display()}"
