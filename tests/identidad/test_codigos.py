"""Six-digit codes and codes of recovery: once each, in their time, and unreadable at rest."""

import base64
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.identidad import cuentas
from ece.identidad.models import CodigoDeRecuperacion, Generador
from ece.identidad.services import codigos
from ece.identidad.services.codigos import CodigoIncorrecto
from ece.nucleo.acceso import Actor
from tests.elenco import AHORA, Elenco

pytestmark = pytest.mark.django_db


@pytest.fixture
def medica(elenco: Elenco) -> Actor:
    return elenco.actor(elenco.medica)


def codigo(clave: str, mas: int = 0) -> str:
    secreto = base64.b32decode(clave)
    return codigos.en(secreto, int(AHORA.timestamp()) // codigos.PASO + mas)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, cut to six digits."""
    secreto = b"12345678901234567890"
    casos = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {t: codigos.en(secreto, t // codigos.PASO) for t in casos} == casos


def test_a_generator_counts_once_confirmed_and_each_code_once(medica: Actor) -> None:
    clave, direccion = codigos.empezar(medica)
    assert f"secret={clave}" in direccion
    assert not cuentas.factores(medica.id).generador
    codigos.confirmar(medica, codigo=codigo(clave), ahora=AHORA)
    assert cuentas.factores(medica.id).generador
    with pytest.raises(CodigoIncorrecto):
        codigos.verificar(usuario_id=medica.id, codigo=codigo(clave), ahora=AHORA)
    codigos.verificar(usuario_id=medica.id, codigo=codigo(clave, 1), ahora=AHORA)
    with pytest.raises(CodigoIncorrecto):
        codigos.verificar(usuario_id=medica.id, codigo=codigo(clave, 2), ahora=AHORA)
    with pytest.raises(CodigoIncorrecto):
        codigos.empezar(medica)
    codigos.retirar(medica, ahora=AHORA)
    tipos = Evento.objects.filter(tipo__startswith="factor.").values_list("tipo", flat=True)
    assert sorted(tipos) == [TipoDeEvento.FACTOR_REGISTRADO, TipoDeEvento.FACTOR_RETIRADO]


def test_too_many_guesses_wait_and_recovery_does_not(medica: Actor) -> None:
    clave, _ = codigos.empezar(medica)
    codigos.confirmar(medica, codigo=codigo(clave), ahora=AHORA)
    suelto, *_ = codigos.generar_recuperacion(medica, ahora=AHORA)
    for _ in range(codigos.FALLOS):
        with pytest.raises(CodigoIncorrecto):
            codigos.verificar(usuario_id=medica.id, codigo="000000", ahora=AHORA)
    with pytest.raises(CodigoIncorrecto):
        codigos.verificar(usuario_id=medica.id, codigo=codigo(clave, 1), ahora=AHORA)
    codigos.recuperar(usuario_id=medica.id, codigo=suelto.lower(), ahora=AHORA)
    with pytest.raises(CodigoIncorrecto):
        codigos.recuperar(usuario_id=medica.id, codigo=suelto, ahora=AHORA)
    despues = AHORA + codigos.PAUSA + timedelta(seconds=1)
    codigos.verificar(
        usuario_id=medica.id,
        codigo=codigos.en(base64.b32decode(clave), int(despues.timestamp()) // codigos.PASO),
        ahora=despues,
    )


def test_at_rest_nothing_is_read_and_a_seed_opens_for_nobody_else(
    elenco: Elenco, medica: Actor
) -> None:
    clave, _ = codigos.empezar(medica)
    dados = codigos.generar_recuperacion(medica, ahora=AHORA)
    guardado = bytes(Generador.objects.get().secreto)
    guardado += b"".join(bytes(c.resumen) for c in CodigoDeRecuperacion.objects.all())
    assert base64.b32decode(clave) not in guardado
    for secreto in (clave, *(d.replace("-", "") for d in dados)):
        assert secreto.encode() not in guardado
    Generador.objects.update(usuario=elenco.enfermera)
    with pytest.raises(InvalidTag):
        codigos.confirmar(elenco.actor(elenco.enfermera), codigo=codigo(clave), ahora=AHORA)
    assert not cuentas.factores(elenco.enfermera.pk).generador
