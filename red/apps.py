from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RedConfig(AppConfig):
    name = "red"
    verbose_name = _("Red de instituciones")
