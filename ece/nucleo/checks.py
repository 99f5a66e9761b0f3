"""The house refuses to start when one of its rules is broken."""

from collections.abc import Iterable, Sequence

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from ece.nucleo.modelos import Guardado


def campos_sin_declarar(modelo: type[Guardado]) -> Iterable[str]:
    declarados = modelo.CAMPOS_CIFRADOS | modelo.CAMPOS_EN_CLARO
    return sorted(campo.name for campo in modelo._meta.fields if campo.name not in declarados)


@register("ece")
def todo_campo_esta_declarado(
    app_configs: Sequence[AppConfig] | None, **_: object
) -> list[CheckMessage]:
    """Every field of a guarded model is encrypted content or declared clear (DESIGN section 4)."""
    modelos: Iterable[type[models.Model]] = (
        apps.get_models()
        if app_configs is None
        else (m for a in app_configs for m in a.get_models())
    )
    return [
        Error(
            f"{modelo.__name__}.{campo} quedaría legible en el disco.",
            hint="Guárdelo dentro de `contenido` o declárelo en CAMPOS_EN_CLARO, con su razón.",
            obj=modelo,
            id="ece.E001",
        )
        for modelo in modelos
        if issubclass(modelo, Guardado)
        for campo in campos_sin_declarar(modelo)
    ]


@register("ece")
def toda_relacion_a_lo_guardado_es_por_valor(
    app_configs: Sequence[AppConfig] | None, **_: object
) -> list[CheckMessage]:
    """No foreign key reaches a guarded table: a related manager would be a way around the guard."""
    return [
        Error(
            f"{modelo.__name__}.{campo.name} es una llave foránea hacia {destino.__name__}.",
            hint="Use un UUIDField y llegue al registro con su Acceso.",
            obj=modelo,
            id="ece.E002",
        )
        for modelo in apps.get_models()
        for campo in modelo._meta.get_fields()
        if isinstance(campo, models.ForeignKey | models.ManyToManyField)
        and isinstance(destino := campo.related_model, type)
        and issubclass(destino, Guardado)
    ]
