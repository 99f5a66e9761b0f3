"""The verbs of an agreement: who drafts, who signs, what a signature is worth, what the database
keeps."""

import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, IntegrityError, connection, transaction
from jwt.algorithms import ECAlgorithm

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.convenios import ConPacientes, Estado, TerminosInvalidos, leer
from consentimiento.decision import AccesoDenegado, pactos
from consentimiento.models import Convenio, FirmaDeConvenio
from consentimiento.selectors import convenios as selectores
from consentimiento.services import compartidos, convenios, firmas_de_convenio
from consentimiento.services.firmas_de_convenio import FirmaInvalida
from ece.identidad.services import clientes
from ece.nucleo.acceso import PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from tests.convenios import (
    JWK,
    Alianza,
    alcance,
    firma_de_aliada,
    pactar,
    persona,
    registrar_aliado,
    terminos,
)
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta

pytestmark = pytest.mark.django_db


def _b64(datos: bytes) -> str:
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()


def estado(alianza: Alianza) -> str:
    return Convenio.objects.get(pk=alianza.convenio).estado


def eventos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def test_from_draft_to_end_each_step_with_its_event() -> None:
    alianza = pactar(iniciado=False)
    assert estado(alianza) == Estado.FIRMADO
    pasos = [
        (convenios.iniciar, {}, Estado.VIGENTE, TipoDeEvento.CONVENIO_INICIADO),
        (
            convenios.suspender,
            {"motivo": "Incidente en la aliada"},
            Estado.SUSPENDIDO,
            TipoDeEvento.CONVENIO_SUSPENDIDO,
        ),
        (
            convenios.reanudar,
            {"motivo": "Ya se resolvió"},
            Estado.VIGENTE,
            TipoDeEvento.CONVENIO_REANUDADO,
        ),
        (
            convenios.terminar,
            {"motivo": "Fin de la relación"},
            Estado.TERMINADO,
            TipoDeEvento.CONVENIO_TERMINADO,
        ),
    ]
    for paso, motivo, queda, tipo in pasos:
        paso(alianza.enlace, convenio_id=alianza.convenio, ahora=AHORA, **motivo)  # type: ignore[operator]
        assert estado(alianza) == queda
        assert eventos(tipo) == 1
    for paso, motivo, _, tipo in pasos:  # twice is refused, and leaves nothing
        with pytest.raises(convenios.PasoInvalido):
            paso(alianza.enlace, convenio_id=alianza.convenio, ahora=AHORA, **motivo)  # type: ignore[operator]
        assert eventos(tipo) == 1


def test_who_drafts_does_not_sign_and_who_signs_does_not_draft() -> None:
    cliente = registrar_aliado()
    enlace, direccion = persona("enlace", Rol.ENLACE), persona("direccion", Rol.DIRECCION)
    gobierna = alcance(enlace, Permiso.CONVENIO_GOBERNAR)
    firma = alcance(direccion, Permiso.CONVENIO_FIRMAR)
    with pytest.raises(PermisoInsuficiente):
        convenios.redactar(firma, terminos=terminos(cliente), ahora=AHORA)
    id_ = convenios.redactar(gobierna, terminos=terminos(cliente), ahora=AHORA)
    with pytest.raises(PermisoInsuficiente):
        convenios.firmar(gobierna, convenio_id=id_, ahora=AHORA)
    with pytest.raises(convenios.PasoInvalido):
        convenios.iniciar(gobierna, convenio_id=id_, ahora=AHORA)
    with pytest.raises(AccesoDenegado):
        alcance(persona("otro", Rol.MEDICO), Permiso.CONVENIO_LEER)
    convenios.firmar(firma, convenio_id=id_, ahora=AHORA)
    with pytest.raises(convenios.YaFirmado):
        convenios.firmar(firma, convenio_id=id_, ahora=AHORA)
    otros = terminos(cliente, por_dia=20_000)
    with pytest.raises(convenios.YaFirmado):
        convenios.corregir(gobierna, convenio_id=id_, terminos=otros, ahora=AHORA)


def _borrador() -> tuple[Alianza, bytes]:
    cliente = registrar_aliado()
    gobierna = alcance(persona("enlace", Rol.ENLACE), Permiso.CONVENIO_GOBERNAR)
    acordado = terminos(cliente)
    id_ = convenios.redactar(gobierna, terminos=acordado, ahora=AHORA)
    return Alianza(cliente, id_, gobierna), acordado.canonico()


def test_a_signature_of_other_terms_or_another_key_is_refused() -> None:
    alianza, canonico = _borrador()
    ajena = ec.generate_private_key(ec.SECP384R1())
    buena = firma_de_aliada(canonico)
    cabeza, _, firma = buena.split(".")
    otros = terminos(alianza.cliente, por_dia=99_999).canonico()
    con_otros = _b64(otros)
    ninguna = _b64(b'{"alg":"none","kid":"k1"}')
    for mala in (
        firma_de_aliada(otros),
        firma_de_aliada(canonico, con=ajena),
        firma_de_aliada(canonico, kid="k2"),
        f"{cabeza}.{con_otros}.{firma}",
        f"{ninguna}..",
        f"{cabeza}..{firma[:-4]}AAAA",
        "no es una firma",
        firmas_de_convenio.firmar(canonico),  # ours is not theirs
    ):
        with pytest.raises(FirmaInvalida):
            convenios.recibir_firma(
                alianza.enlace, convenio_id=alianza.convenio, jws=mala, ahora=AHORA
            )
    assert not FirmaDeConvenio.objects.exists()
    convenios.recibir_firma(alianza.enlace, convenio_id=alianza.convenio, jws=buena, ahora=AHORA)
    assert FirmaDeConvenio.objects.get().llave["kid"] == "k1"
    # encoded as JWS usually is, with its payload or without it
    entera = firma_de_aliada(canonico, cruda=False)
    cabeza, _, firma = entera.split(".")
    for buena in (entera, f"{cabeza}..{firma}"):
        assert firmas_de_convenio.verificar(canonico, buena, [JWK])["kid"] == "k1"


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    """HS256 keyed with the public key, and an algorithm that is not the key's."""
    _, canonico = _borrador()
    cabeza = _b64(b'{"alg":"HS256","kid":"k1"}')
    dicho = f"{cabeza}.{_b64(canonico)}"
    firma = hmac.digest(json.dumps(JWK).encode(), dicho.encode(), "sha256")
    with pytest.raises(FirmaInvalida):
        firmas_de_convenio.verificar(canonico, f"{dicho}.{_b64(firma)}", [JWK])


def test_the_terms_are_canonical_and_come_back_equal() -> None:
    acordado = terminos(registrar_aliado())
    assert leer(acordado.canonico()) == acordado
    with pytest.raises(TerminosInvalidos):
        leer(acordado.canonico().replace(b'"folio":', b'"folio": '))


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"propositos": frozenset()}, "propositos"),
        ({"propositos": frozenset({"HRESCH"})}, "propositos"),
        ({"bases": frozenset({"salud.publica"})}, "bases"),
        ({"bases": frozenset({"consentimiento"})}, "bases"),
        ({"sale": frozenset({"Hechizo"})}, "sale"),
        ({"sale": frozenset(), "entra": frozenset()}, "sale"),
        ({"por_minuto": 0}, "por_dia"),
        ({"por_minuto": 20_000}, "por_dia"),
        ({"hasta": AHORA.date().replace(year=2020)}, "hasta"),
    ],
)
def test_terms_that_could_not_be_kept_are_refused(cambios: dict, campo: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(TerminosInvalidos) as error:
        terminos(registrar_aliado(), **cambios).validar()
    assert campo in error.value.problemas


@pytest.mark.parametrize(
    "orden",
    [
        "UPDATE consentimiento_convenio SET terminos = '{{}}'::bytea WHERE id = '{id}'",
        "UPDATE consentimiento_convenio SET estado = 'borrador' WHERE id = '{id}'",
        "UPDATE consentimiento_convenio SET folio = 'X' WHERE id = '{id}'",
        "DELETE FROM consentimiento_convenio WHERE id = '{id}'",
        "DELETE FROM consentimiento_firmadeconvenio WHERE convenio_id = '{id}'",
        "UPDATE consentimiento_firmadeconvenio SET jws = 'x' WHERE convenio_id = '{id}'",
        "INSERT INTO consentimiento_convenio (id, folio, cliente, estado, terminos, redactado_por,"
        " creado_at, estado_at, motivo) SELECT gen_random_uuid(), 'Y', cliente, 'vigente',"
        " terminos, redactado_por, creado_at, estado_at, '' FROM consentimiento_convenio",
    ],
)
def test_the_database_itself_keeps_terms_and_states(orden: str) -> None:
    alianza = pactar()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(orden.format(id=alianza.convenio))
    assert estado(alianza) == Estado.VIGENTE


def test_a_draft_that_nobody_signed_does_not_begin_in_the_database_either() -> None:
    alianza, _ = _borrador()
    for salto in ("vigente", "firmado", "suspendido"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Convenio.objects.filter(pk=alianza.convenio).update(estado=salto)


def test_signatures_that_do_not_hold_suspend_the_agreement(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Whoever got past the triggers: another key of ours means that somebody else signed for us."""
    alianza = pactar()
    (bueno,) = pactos.de_cliente(alianza.cliente, piden=1, ahora=AHORA)
    assert bueno.estado is Estado.VIGENTE
    monkeypatch.setattr(firmas_de_convenio, "kid", lambda: "otra")
    (malo,) = pactos.de_cliente(alianza.cliente, piden=1, ahora=AHORA)
    assert malo.estado is Estado.SUSPENDIDO


def test_sharing_a_patient_opens_them_and_taking_back_closes(elenco: Elenco, paciente) -> None:  # type: ignore[no-untyped-def]
    alianza = pactar()
    en_consulta(elenco, paciente)
    medica = acceso_de_medica(elenco, paciente)
    lee = Permiso.RECURSO_LEER
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(alianza.actor(), paciente, lee, ahora=AHORA)
    hasta = AHORA.replace(year=2030)
    id_ = compartidos.compartir(
        medica,
        convenio_id=alianza.convenio,
        base=ConPacientes.REFERENCIA,
        hasta=hasta,
        ahora=AHORA,
    )
    acceso = decision.abrir_paciente(alianza.actor(), paciente, lee, ahora=AHORA)
    assert acceso.fundamento == "convenio.referencia"
    assert eventos(TipoDeEvento.EXPEDIENTE_COMPARTIDO) == 1
    (prestado,) = selectores.de_paciente(medica, ahora=AHORA)
    assert prestado.id == id_
    with pytest.raises(AccesoDenegado):  # its term ended
        decision.abrir_paciente(alianza.actor(), paciente, lee, ahora=hasta)
    compartidos.retirar(medica, compartido_id=id_, ahora=AHORA)
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(alianza.actor(), paciente, lee, ahora=AHORA)
    with pytest.raises(compartidos.CompartidoInexistente):
        compartidos.retirar(medica, compartido_id=id_, ahora=AHORA)


def test_a_basis_that_was_not_agreed_shares_nothing(elenco: Elenco, paciente) -> None:  # type: ignore[no-untyped-def]
    alianza = pactar(bases=frozenset({"consentimiento"}), propositos=frozenset({"TREAT"}))
    en_consulta(elenco, paciente)
    medica = acceso_de_medica(elenco, paciente)
    hasta = AHORA.replace(year=2030)
    dicho = {"convenio_id": alianza.convenio, "ahora": AHORA}
    with pytest.raises(compartidos.BaseNoPactada):
        compartidos.compartir(medica, base=ConPacientes.REFERENCIA, hasta=hasta, **dicho)
    with pytest.raises(compartidos.BaseNoPactada):
        compartidos.compartir(medica, base=ConPacientes.CONSENTIMIENTO, hasta=AHORA, **dicho)
    convenios.suspender(
        alianza.enlace, convenio_id=alianza.convenio, motivo="Revisión anual", ahora=AHORA
    )
    with pytest.raises(compartidos.BaseNoPactada):
        compartidos.compartir(medica, base=ConPacientes.CONSENTIMIENTO, hasta=hasta, **dicho)


def test_an_emergency_is_told_once_a_day_for_each_user(elenco: Elenco, paciente) -> None:  # type: ignore[no-untyped-def]
    alianza = pactar()
    for usuario in ("dr-uitz", "dr-uitz", "dra-may"):
        urgente = alianza.actor("ETREAT", usuario=usuario)
        acceso = decision.abrir_paciente(urgente, paciente, Permiso.RECURSO_LEER, ahora=AHORA)
        assert acceso.proposito == "ETREAT"
    assert eventos(TipoDeEvento.CONVENIO_URGENCIA) == 2
    lee = alcance(alianza.enlace.actor, Permiso.CONVENIO_LEER)
    vistas = selectores.urgencias(lee, convenio_id=alianza.convenio, ahora=AHORA)
    assert [(u.usuario, u.pacientes) for u in vistas] == [("dr-uitz", 1), ("dra-may", 1)]


def test_a_key_registered_after_signing_is_not_in_the_terms() -> None:
    alianza, canonico = _borrador()
    nueva = ec.generate_private_key(ec.SECP384R1())
    jwk = {**json.loads(ECAlgorithm.to_jwk(nueva.public_key())), "kid": "k9"}
    clientes.registrar(
        client_id="hospital-aliado",
        nombre="Hospital aliado",
        rol=Rol.ALIADO,
        secreto="x" * 12,
        llaves={"k9": jwk},
    )
    jws = firma_de_aliada(canonico, con=nueva, kid="k9")
    with pytest.raises(FirmaInvalida):
        convenios.recibir_firma(alianza.enlace, convenio_id=alianza.convenio, jws=jws, ahora=AHORA)
