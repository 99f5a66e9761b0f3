"""The inbox: kept before it is acknowledged, once, sealed, and refused with a true reason."""

import pytest
from django.db import connection

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from interoperabilidad.hl7v2.interlocutores import Origen
from interoperabilidad.models import Estado, Interlocutor, MensajeRecibido
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import Recibir

pytestmark = pytest.mark.django_db


def acuse(leido: object) -> tuple[str, str, str]:
    """(MSA-1, MSA-2, ERR-8)."""
    msa, err = leido.primero("MSA"), leido.primero("ERR")  # type: ignore[attr-defined]
    return msa[1], msa[2], err[8] if err is not None else ""


def test_se_acusa_lo_que_quedo_guardado(recibir: Recibir) -> None:
    assert acuse(recibir(mensajes.adt("A04"), aplicar=False)) == ("AA", "C1", "")
    fila = MensajeRecibido.objects.get()
    assert (fila.estado, fila.tipo, fila.familia) == (Estado.RECIBIDO, "ADT^A04", "ADT")
    evento = Evento.objects.get(tipo=TipoDeEvento.MENSAJE_RECIBIDO)
    assert str(fila.id).encode() in bytes(evento.contenido)


def test_lo_mismo_otra_vez_tiene_el_mismo_acuse_y_no_se_guarda_dos_veces(recibir: Recibir) -> None:
    uno = recibir(mensajes.adt("A04"), aplicar=False)
    dos = recibir(mensajes.adt("A04"), aplicar=False)
    assert str(uno) == str(dos)
    assert MensajeRecibido.objects.count() == 1


def test_el_mismo_numero_con_otro_contenido_se_rechaza(recibir: Recibir) -> None:
    recibir(mensajes.adt("A04"), aplicar=False)
    codigo, control, texto = acuse(recibir(mensajes.adt("A08"), aplicar=False))
    assert (codigo, control) == ("AR", "C1")
    assert "MSH-10" in texto
    assert sorted(MensajeRecibido.objects.values_list("estado", flat=True)) == [
        Estado.RECHAZADO,
        Estado.RECIBIDO,
    ]


def test_lo_rechazado_se_puede_enviar_corregido_con_el_mismo_numero(recibir: Recibir) -> None:
    malo = mensajes.adt("A04").replace(b"19840517", b"1984-05-17")
    codigo, _, texto = acuse(recibir(malo, aplicar=False))
    assert (codigo, "1984-05-17" in texto) == ("AE", True)
    assert acuse(recibir(mensajes.adt("A04"), aplicar=False))[0] == "AA"


@pytest.mark.parametrize(
    ("de", "a", "codigo", "texto"),
    [
        ("ADT^A04^ADT_A01", "BAR^P01", "AR", "no se admite BAR^P01"),
        ("ADT^A04^ADT_A01", "ADT^A99", "AR", "no se admite ADT^A99"),
        ("|2.5.1|", "|9.9|", "AR", "versión"),
        ("|P|2.5.1", "|X|2.5.1", "AR", "MSH-11"),
        ("PID|1||000123^^^HGX^MR|", "PID|1||^^^HGX^MR|", "AE", "PID-3"),
        ("PID|1|", "PID|1\r" * 100 + "PID|101|", "AE", "más de 100 pacientes"),
        ("UNICODE UTF-8", "MARCIANO", "AR", "juego"),
        ("|C1|", "||", "AR", "identificador del mensaje"),
    ],
)
def test_cada_rechazo_dice_su_razon(
    recibir: Recibir, de: str, a: str, codigo: str, texto: str
) -> None:
    datos = mensajes.adt("A04").replace(de.encode(), a.encode())
    leido = recibir(datos, aplicar=False)
    assert acuse(leido)[0] == codigo
    assert texto in acuse(leido)[2]
    assert not MensajeRecibido.objects.filter(estado=Estado.RECIBIDO).exists()


def test_en_versiones_viejas_la_razon_va_en_msa_3(recibir: Recibir) -> None:
    datos = mensajes.adt("A04").replace(b"|2.5.1|", b"|2.3.1|").replace(b"19840517", b"ayer")
    leido = recibir(datos, aplicar=False)
    msa, err = leido.primero("MSA"), leido.primero("ERR")
    assert msa is not None
    assert err is not None
    assert "ayer" in msa[3]
    assert leido.version == "2.3.1"


def test_a_quien_no_se_conoce_no_se_le_dice_ni_se_le_guarda_nada(recibir: Recibir) -> None:
    for datos, origen in (
        (mensajes.adt("A04").replace(b"|HIS|", b"|OTRO|"), Origen("mllp", "127.0.0.1")),
        (mensajes.adt("A04"), Origen("mllp", "203.0.113.9")),
        (mensajes.adt("A04"), Origen("mllp", "127.0.0.1", certificado="ab" * 32)),
    ):
        codigo, _, texto = acuse(recibir(datos, origen=origen, aplicar=False))
        assert (codigo, texto) == ("AR", "el remitente no está registrado para esta conexión")
    assert not MensajeRecibido.objects.exists()
    assert Evento.objects.filter(tipo=TipoDeEvento.MENSAJE_RECHAZADO).count() == 3


def test_con_certificado_basta_el_certificado_y_sin_el_no_hay_red_que_valga(
    recibir: Recibir,
) -> None:
    huella = "0f" * 32
    Interlocutor.objects.filter(aplicacion="HIS").update(certificado=huella.upper())
    con = Origen("mllp", "198.51.100.7", certificado=huella)
    assert acuse(recibir(mensajes.adt("A04"), origen=con, aplicar=False))[0] == "AA"
    assert acuse(recibir(mensajes.adt("A04", "C2"), aplicar=False))[0] == "AR"


def test_solo_lo_que_se_acordo_que_envie(recibir: Recibir) -> None:
    Interlocutor.objects.filter(aplicacion="HIS").update(familias="SIU, ORU")
    assert "no tiene acordado" in acuse(recibir(mensajes.adt("A04"), aplicar=False))[2]


def test_un_cliente_sin_derecho_a_escribir_no_entra(recibir: Recibir, clientes: None) -> None:
    from ece.identidad.models import Cliente

    ajeno = Cliente.objects.get(nombre="sin-convenio")
    Interlocutor.objects.filter(aplicacion="HIS").update(cliente=ajeno)
    assert acuse(recibir(mensajes.adt("A04"), aplicar=False))[0] == "AR"
    assert not MensajeRecibido.objects.filter(estado=Estado.RECIBIDO).exists()


def test_en_la_base_no_hay_ni_una_palabra_de_nadie(recibir: Recibir) -> None:
    recibir(mensajes.adt("A04"), aplicar=False)
    recibir(mensajes.adt("A08", "C2").replace(b"19840517", b"ayer"), aplicar=False)
    with connection.cursor() as cursor:
        for tabla in ("interoperabilidad_mensajerecibido", "auditoria_evento"):
            cursor.execute(f"SELECT * FROM {tabla}")
            for fila in cursor.fetchall():
                en_claro = b"|".join(
                    bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for v in fila
                ).upper()
                for palabra in (b"HERNANDEZ", b"GUADALUPE", b"000123", b"9511234567", b"AYER"):
                    assert palabra not in en_claro


def test_en_modo_ampliado_se_acusa_primero_la_aceptacion(recibir: Recibir) -> None:
    datos = mensajes.adt("A04").replace(b"2.5.1||||||", b"2.5.1|||AL|NE||")
    assert acuse(recibir(datos, aplicar=False))[0] == "CA"
    malo = datos.replace(b"|C1|", b"|C2|").replace(b"19840517", b"ayer")
    assert acuse(recibir(malo, aplicar=False))[0] == "CE"
