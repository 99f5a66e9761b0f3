from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.institucion import Unidad
from ece.identidad.models.usuario import Usuario
from ece.nucleo.uuid7 import uuid7


class Dia(models.IntegerChoices):
    """Days of the week, as Python numbers them."""

    LUNES = 0, _("lunes")
    MARTES = 1, _("martes")
    MIERCOLES = 2, _("miércoles")
    JUEVES = 3, _("jueves")
    VIERNES = 4, _("viernes")
    SABADO = 5, _("sábado")
    DOMINGO = 6, _("domingo")


class Consultorio(models.Model):
    """A room of a unit, where one professional receives at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unidad = models.ForeignKey(
        Unidad, on_delete=models.PROTECT, related_name="consultorios", verbose_name=_("unidad")
    )
    nombre = models.CharField(_("nombre"), max_length=80)

    class Meta:
        verbose_name = _("consultorio")
        verbose_name_plural = _("consultorios")
        constraints = [
            models.UniqueConstraint(
                fields=["unidad", "nombre"], name="identidad_consultorio_nombre_unico"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nombre} · {self.unidad.nombre}"


class Horario(models.Model):
    """When a professional receives each week; slots are computed from it and never stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profesional = models.ForeignKey(
        Usuario, on_delete=models.CASCADE, related_name="horarios", verbose_name=_("profesional")
    )
    unidad = models.ForeignKey(
        Unidad, on_delete=models.PROTECT, related_name="horarios", verbose_name=_("unidad")
    )
    consultorio = models.ForeignKey(
        Consultorio,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="horarios",
        verbose_name=_("consultorio"),
    )
    dia = models.PositiveSmallIntegerField(_("día"), choices=Dia.choices)
    desde = models.TimeField(_("desde"))
    hasta = models.TimeField(_("hasta"))
    minutos = models.PositiveSmallIntegerField(
        _("minutos por cita"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    vigente_desde = models.DateField(_("vigente desde"))
    vigente_hasta = models.DateField(_("vigente hasta"), null=True, blank=True)

    class Meta:
        verbose_name = _("horario")
        verbose_name_plural = _("horarios")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="identidad_horario_termina_despues",
            ),
            models.CheckConstraint(
                condition=models.Q(minutos__gte=5, minutos__lte=480),
                name="identidad_horario_minutos",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profesional} · {Dia(self.dia).label} {self.desde:%H:%M}–{self.hasta:%H:%M}"


class Ausencia(models.Model):
    """When nobody is received: a professional's leave or, without one, a day off for everybody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profesional = models.ForeignKey(
        Usuario,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="ausencias",
        verbose_name=_("profesional"),
        help_text=_("Vacío: un día inhábil, para todos."),
    )
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))
    motivo = models.CharField(_("motivo"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("ausencia o día inhábil")
        verbose_name_plural = _("ausencias y días inhábiles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="identidad_ausencia_termina_despues",
            )
        ]

    def __str__(self) -> str:
        return f"{self.profesional or '—'} · {self.desde:%d/%m/%Y} – {self.hasta:%d/%m/%Y}"
