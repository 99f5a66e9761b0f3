"""What a person signs in with, and where they are signed in.

Nothing here opens a door by being read: secrets are encrypted, codes and links are digests.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.usuario import Usuario
from ece.nucleo.uuid7 import uuid7


class Sesion(models.Model):
    """An open session: whose, since when, from where.

    `clave` is that of Django's own row: a digest of what the browser has.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="sesiones")
    clave = models.CharField(max_length=40, unique=True)
    inicio_at = models.DateTimeField()
    vista_at = models.DateTimeField()
    origen = models.CharField(max_length=45, blank=True)
    navegador = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("sesión")
        verbose_name_plural = _("sesiones")

    def __str__(self) -> str:
        return f"{self.usuario} · {self.inicio_at:%d/%m/%Y %H:%M}"


class LlaveDeAcceso(models.Model):
    """A passkey (WebAuthn level 3): only its public half is here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="llaves_de_acceso")
    nombre = models.CharField(max_length=60)
    credencial_id = models.BinaryField(unique=True)
    credencial = models.BinaryField()
    contador = models.BigIntegerField(default=0)
    creada_at = models.DateTimeField()
    usada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("llave de acceso")
        verbose_name_plural = _("llaves de acceso")

    def __str__(self) -> str:
        return f"{self.usuario} · {self.nombre}"


class Generador(models.Model):
    """The seed of somebody's six-digit codes (TOTP, RFC 6238), encrypted."""

    usuario = models.OneToOneField(
        Usuario, on_delete=models.CASCADE, primary_key=True, related_name="generador"
    )
    secreto = models.BinaryField()
    confirmado_at = models.DateTimeField(null=True)
    ultimo_paso = models.BigIntegerField(default=0)
    fallos = models.PositiveSmallIntegerField(default=0)
    pausa_hasta = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("generador de códigos")
        verbose_name_plural = _("generadores de códigos")

    def __str__(self) -> str:
        return str(self.usuario)


class CodigoDeRecuperacion(models.Model):
    """A code for whoever lost their device; used once, kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="codigos")
    resumen = models.BinaryField(unique=True)
    usado_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("código de recuperación")
        verbose_name_plural = _("códigos de recuperación")

    def __str__(self) -> str:
        return str(self.usuario)


class InvitacionDePersonal(models.Model):
    """A link that lets a person choose a password, once and until it expires; kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="invitaciones")
    resumen = models.BinaryField(unique=True)
    vence_at = models.DateTimeField()
    usada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitación")
        verbose_name_plural = _("invitaciones")

    def __str__(self) -> str:
        return f"{self.usuario} · {self.vence_at:%d/%m/%Y}"


class Suspension(models.Model):
    """A leave: while it lasts the person holds no post."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="suspensiones")
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"), null=True)

    class Meta:
        verbose_name = _("licencia")
        verbose_name_plural = _("licencias")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="identidad_suspension_termina_despues",
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} · {self.desde:%d/%m/%Y}"
