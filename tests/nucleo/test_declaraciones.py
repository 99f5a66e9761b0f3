"""A field nobody declared does not start; nor does a foreign key to what is guarded."""

from types import SimpleNamespace
from typing import ClassVar

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from ece.nucleo import checks
from ece.nucleo.modelos import Guardado
from registros.models import Alergia


def mensajes(modelo: type[models.Model], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of what the checks say of a house with one more model."""
    todos = [*apps.get_models(), modelo]
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda: todos))
    return [m.id or "" for m in run_checks(tags=["ece"])]


@pytest.fixture
def sin_declarar() -> type[Guardado]:
    with isolate_apps("registros"):

        class Apunte(Guardado):
            CAMPOS_CIFRADOS: ClassVar[frozenset[str]] = frozenset({"contenido"})
            CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = frozenset({"id"})
            contenido = models.BinaryField()
            texto = models.TextField()

            class Meta:
                app_label = "registros"

        return Apunte


def test_the_house_as_it_is_passes() -> None:
    assert run_checks(tags=["ece"]) == []


def test_an_undeclared_clear_field_is_an_error(
    sin_declarar: type[Guardado], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.campos_sin_declarar(sin_declarar) == ["texto"]
    assert mensajes(sin_declarar, monkeypatch) == ["ece.E001"]
    sin_declarar.CAMPOS_EN_CLARO |= {"texto"}
    assert mensajes(sin_declarar, monkeypatch) == []


def test_a_foreign_key_to_what_is_guarded_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("registros"):

        class Atajo(models.Model):
            alergia = models.ForeignKey(Alergia, on_delete=models.CASCADE, related_name="+")

            class Meta:
                app_label = "registros"

    assert mensajes(Atajo, monkeypatch) == ["ece.E002"]
