from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _instalar_guardas(sender: AppConfig, using: str, **_: object) -> None:
    """Once per `migrate`, when the last app is done: triggers and rights for every table."""
    from ece.nucleo import base_de_datos

    con_modelos = [app for app in apps.get_app_configs() if app.models_module is not None]
    if sender is con_modelos[-1]:
        base_de_datos.instalar(apps.get_models(include_auto_created=True), alias=using)


class NucleoConfig(AppConfig):
    name = "ece.nucleo"
    label = "nucleo"

    def ready(self) -> None:
        from django.conf import settings

        from ece.nucleo import checks, llavero, proveedores  # noqa: F401

        if descripcion := getattr(settings, "ECE_LLAVERO", ""):
            llavero.configurar(proveedor=proveedores.desde(descripcion))
        post_migrate.connect(_instalar_guardas, dispatch_uid="ece.nucleo.guardas")
