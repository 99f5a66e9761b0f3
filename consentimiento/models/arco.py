from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consentimiento.arco import Calidad, Canal, Derecho, Estado
from ece.identidad.models import Regimen
from ece.nucleo.uuid7 import uuid7


class SolicitudArco(models.Model):
    """A request of ARCO rights: whose, which right, in what state, and its clock.

    What the person wrote, and what they were answered, is in the record (`constancia`, a FHIR
    Communication), encrypted as the rest.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    folio = models.CharField(_("folio"), max_length=24, unique=True)
    paciente = models.UUIDField(_("paciente"))
    derecho = models.CharField(_("derecho"), max_length=16, choices=Derecho.choices)
    calidad = models.CharField(_("calidad"), max_length=16, choices=Calidad.choices)
    canal = models.CharField(_("canal"), max_length=12, choices=Canal.choices)
    regimen = models.CharField(_("régimen"), max_length=12, choices=Regimen.choices)
    estado = models.CharField(_("estado"), max_length=16, choices=Estado.choices)
    constancia = models.UUIDField(_("constancia"))
    recibida_at = models.DateTimeField(_("recibida"))
    base = models.DateField(_("inicio del plazo"))
    vence = models.DateField(_("vence"), null=True)
    ampliada = models.BooleanField(_("ampliada"), default=False)
    causal = models.CharField(_("causal"), max_length=12, blank=True)
    concluida_at = models.DateTimeField(null=True)
    entrega_hasta = models.DateField(_("se descarga hasta"), null=True)

    class Meta:
        verbose_name = _("solicitud ARCO")
        verbose_name_plural = _("solicitudes ARCO")
        indexes = [
            # the person's own, newest first
            models.Index(fields=["paciente", "-recibida_at"], name="consentimiento_arco_paciente"),
            # the officer's desk: what is about to end
            models.Index(
                fields=["vence"],
                name="consentimiento_arco_reloj",
                condition=models.Q(vence__isnull=False),
            ),
        ]


class Bloqueo(models.Model):
    """A cancellation that was granted: the record is kept for the law, and used by nobody.

    `conserva_hasta` is five years from the last medical act (NOM-004 5.4); `retenido`, a legal hold
    that stops the clock. Once it ends the keys are destroyed (`destruido_at`).
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    paciente = models.UUIDField(_("paciente"), primary_key=True)
    desde = models.DateTimeField(_("desde"))
    conserva_hasta = models.DateField(_("se conserva hasta"))
    retenido = models.BooleanField(_("retenido por mandato legal"), default=False)
    destruido_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("expediente bloqueado")
        verbose_name_plural = _("expedientes bloqueados")
