"""What the log brings that people were not told of: a code redeemed, a passkey, an ARCO answer."""

from datetime import timedelta
from uuid import UUID

import pytest

from auditoria.tipos import TipoDeEvento
from consentimiento.arco import Derecho, Paso
from consentimiento.directivas import Rango
from consentimiento.models import AlcanceDelegado, Notificacion
from consentimiento.models.notificacion import Canal, Tipo
from consentimiento.notificaciones import derivacion
from consentimiento.services import concesiones, delegaciones
from consentimiento.services.concesiones import Motivo
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import codigos, sesiones
from tests import elenco as reparto
from tests.consentimiento import asentada
from tests.consentimiento.permisos import NACIMIENTO_ADOLESCENTE, a, cuenta, dirigir, titular
from tests.consentimiento.solicitudes import dar, de_oficial, pedida
from tests.elenco import AHORA

pytestmark = pytest.mark.django_db(transaction=True)
DESPUES = AHORA + timedelta(hours=2)


def avisos(tipo: Tipo) -> set[str]:
    """Who has one of `tipo` in their portal."""
    filas = Notificacion.objects.filter(tipo=tipo, canal=Canal.PORTAL)
    return set(filas.values_list("usuario__username", flat=True))


def derivar() -> None:
    asentada.esperar()
    derivacion.derivar(ahora=DESPUES)


def test_each_is_told_of_what_they_would_want_to_know() -> None:
    """One clone of the database for all of it: what is told, to whom, and to nobody else."""
    elenco = reparto.reunir()
    paciente = reparto.registrar(elenco)
    persona, hija, madre = cuenta("paciente", paciente), cuenta("hija"), cuenta("madre")
    concesiones.representar(
        usuario_id=madre.pk, paciente=paciente, nacimiento=NACIMIENTO_ADOLESCENTE, ahora=AHORA
    )
    derivacion.derivar(ahora=AHORA)

    # the code that was handed over is used
    acceso = titular(paciente)
    codigo = delegaciones.ofrecer(
        acceso,
        alcance=AlcanceDelegado.TODO,
        con_sensibles=False,
        hasta=AHORA + timedelta(days=90),
        ahora=AHORA,
    )
    delegaciones.canjear(actor_de_usuario(hija, ahora=AHORA), codigo=codigo, ahora=AHORA)
    # what one signs in with changes
    suyo = actor_de_usuario(persona, ahora=AHORA)
    sesiones.asentar(TipoDeEvento.FACTOR_REGISTRADO, suyo, ahora=AHORA, clase="llave")
    codigos.generar_recuperacion(actor_de_usuario(madre, ahora=AHORA), ahora=AHORA)
    # a request is answered
    solicitud = pedida(elenco, paciente, Derecho.ACCESO)
    dar(de_oficial(elenco, paciente), solicitud, Paso.ADMITIR, Paso.CONCEDER)
    # a permission is about to end, and another is not
    dirigir(
        acceso,
        permite=True,
        destinos=a(Rango.PERSONA, elenco.enfermera.pk),
        hasta=AHORA + timedelta(days=10),
    )
    dirigir(
        acceso,
        permite=True,
        destinos=a(Rango.PERSONA, elenco.medica.pk),
        hasta=AHORA + timedelta(days=100),
    )
    derivar()
    assert avisos(Tipo.DELEGACION) == {"paciente", "madre"}
    assert avisos(Tipo.SEGURIDAD) == {"paciente", "madre"}
    # from twelve on, it is the adolescent's
    assert avisos(Tipo.ARCO) == {"paciente"}
    assert avisos(Tipo.CONSENTIMIENTO) == {"paciente"}
    unicos = Notificacion.objects.filter(tipo=Tipo.CONSENTIMIENTO, canal=Canal.PORTAL)
    assert unicos.count() == 1
    derivacion.derivar(ahora=DESPUES + timedelta(hours=2))
    assert unicos.count() == 1


def test_a_delegate_is_not_told_what_is_between_the_person_and_the_institution() -> None:
    elenco = reparto.reunir()
    paciente = reparto.registrar(elenco)
    cuenta("paciente", paciente)
    amiga = cuenta("amiga")
    concesiones.otorgar(
        usuario_id=amiga.pk,
        paciente=paciente,
        permisos=delegaciones.PERMISOS,
        motivo=Motivo.DELEGADO,
        desde=AHORA - timedelta(days=1),
        hasta=AHORA + timedelta(days=200),
    )
    derivacion.derivar(ahora=AHORA)
    solicitud: UUID = pedida(elenco, paciente, Derecho.ACCESO)
    dar(de_oficial(elenco, paciente), solicitud, Paso.ADMITIR, Paso.CONCEDER)
    derivar()
    assert avisos(Tipo.ARCO) == {"paciente"}
