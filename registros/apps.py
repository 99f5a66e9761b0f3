from django.apps import AppConfig


class RegistrosConfig(AppConfig):
    name = "registros"
    verbose_name = "Registros clínicos"

    def ready(self) -> None:
        from ece.nucleo import llavero
        from registros.models.llave import AlmacenPostgres

        llavero.configurar(almacen=AlmacenPostgres())
