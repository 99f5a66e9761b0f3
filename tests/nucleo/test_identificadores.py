"""Official identifiers, against the rules of the CURP's issuer and invented people."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ece.nucleo import frecuencias, identificadores
from ece.nucleo.identificadores import CurpInvalida, RfcInvalido, calcular_curp, validar_curp

NACIMIENTO = date(1985, 3, 12)
INVENTADOS = st.fixed_dictionaries(
    {
        "nombre": st.lists(
            st.sampled_from([n for sexo in ("H", "M") for n, _ in frecuencias.nombres(sexo)]),
            min_size=1,
            max_size=2,
        ).map(" ".join),
        "primer_apellido": st.sampled_from([a for a, _ in frecuencias.apellidos()]),
        "segundo_apellido": st.sampled_from(["", *(a for a, _ in frecuencias.apellidos())]),
        "fecha_nacimiento": st.dates(date(1900, 1, 1), date(2099, 12, 31)),
        "sexo": st.sampled_from("HMX"),
        "entidad": st.sampled_from(sorted(identificadores.ENTIDADES)),
    }
)


def raiz(nombre: str, primero: str, segundo: str) -> str:
    """The letters of a name in a CURP: the first four and the inner consonants."""
    entera = identificadores.raiz_curp(
        nombre=nombre,
        primer_apellido=primero,
        segundo_apellido=segundo,
        fecha_nacimiento=NACIMIENTO,
        sexo="M",
        entidad="DF",
    )
    return f"{entera[:4]}-{entera[13:]}"


def homoclave(fecha: date) -> str:
    return "0" if fecha.year < 2000 else "A"


@pytest.mark.parametrize(
    ("nombre", "primero", "segundo", "esperada"),
    [
        ("Concepción", "Salgado", "Briseño", "SABC-LRN"),
        ("María Fernanda", "Escamilla", "Arroyo", "EAAF-SRR"),
        ("José", "Pérez", "Luna", "PELJ-RNS"),
        ("Ma. de los Ángeles", "Moreno", "Sánchez", "MOSA-RNN"),
        ("J. Guadalupe", "Torres", "Rojas", "TORG-RJD"),
        ("Juan José", "Torres", "Rojas", "TORJ-RJN"),
        ("Luis", "de la Cruz", "del Río", "CURL-RXS"),
        ("Ana", "Ñáñez", "Muñoz", "XAMA-XXN"),
        ("Ana", "Mun\u0303oz", "Peña", "MUPA-XXN"),
        ("Álvaro", "Argüelles", "Güemes", "AUGA-RML"),
        ("Carlos", "McGregor", "", "MEXC-CXR"),
        ("Álvaro", "D'Amico", "Ek", "DAEA-XKL"),
        ("Eva", "Ek", "Uc", "EXUE-KCV"),
        ("Andrea", "Bueno", "Cano", "BUCA-NNN"),
        ("Ofelia", "Pedrero", "Domínguez", "PXDO-DMF"),
        ("Ana", "Vázquez", "Castro", "VXCA-ZSN"),
        ("María", "Van", "Y", "VAYM-NXR"),
    ],
)
def test_letras_de_la_curp(nombre: str, primero: str, segundo: str, esperada: str) -> None:
    assert raiz(nombre, primero, segundo) == esperada


@given(INVENTADOS)
def test_una_curp_calculada_es_valida_y_no_discrepa(persona: dict[str, object]) -> None:
    fecha = persona["fecha_nacimiento"]
    assert isinstance(fecha, date)
    curp = calcular_curp(**persona, homoclave=homoclave(fecha))  # type: ignore[arg-type]
    leida = validar_curp(f" {curp.lower()} ")
    assert (leida.valor, leida.fecha_nacimiento) == (curp, fecha)
    assert (leida.sexo, leida.entidad) == (persona["sexo"], persona["entidad"])
    assert identificadores.discrepancias_curp(curp, **persona) == []  # type: ignore[arg-type]


@given(INVENTADOS, st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_cambiar_un_caracter_casi_siempre_se_nota(
    persona: dict[str, object], lugar: int, otro: str
) -> None:
    fecha = persona["fecha_nacimiento"]
    assert isinstance(fecha, date)
    curp = calcular_curp(**persona, homoclave=homoclave(fecha))  # type: ignore[arg-type]
    cambiada = curp[:lugar] + otro + curp[lugar + 1 :]
    try:
        validar_curp(cambiada)
    except CurpInvalida:
        return
    # What modulus ten lets through is what weighs a multiple of ten: the person tells it apart.
    discrepancias = identificadores.discrepancias_curp(cambiada, **persona)  # type: ignore[arg-type]
    assert cambiada == curp or discrepancias or lugar == 16


def _sin_forma(forma: str, cuerpo: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts but those of that form: constants of this very code are drawn too."""
    return cuerpo.filter(lambda texto: not re.fullmatch(forma, texto.strip().upper()))


@given(
    _sin_forma(
        r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d",
        st.text(max_size=20) | st.text(max_size=18, min_size=18),
    )
)
def test_cualquier_otra_cosa_se_rechaza_con_su_razon(texto: str) -> None:
    with pytest.raises(CurpInvalida, match="CURP"):
        validar_curp(texto)


BUENA = calcular_curp(
    nombre="Concepción",
    primer_apellido="Salgado",
    segundo_apellido="Briseño",
    fecha_nacimiento=date(1956, 6, 26),
    sexo="M",
    entidad="DF",
    homoclave="0",
)


@pytest.mark.parametrize(
    ("lugar", "pone", "razon"),
    [
        (0, "1", "cuatro letras"),
        (1, "B", "vocal"),
        (4, "A", "fecha"),
        (4, "٣", "fecha"),
        (6, "9", "no existe"),
        (10, "K", "sexo"),
        (11, "QQ", "entidad"),
        (13, "A", "consonantes"),
        (16, "-", "homoclave"),
        (17, "X", "dígito verificador"),
        (17, str((int(BUENA[17]) + 1) % 10), "dígito verificador"),
        (17, "", "18 caracteres"),
    ],
)
def test_dice_que_esta_mal(lugar: int, pone: str, razon: str) -> None:
    with pytest.raises(CurpInvalida, match=razon):
        validar_curp(BUENA[:lugar] + pone + BUENA[lugar + max(1, len(pone)) :])


def test_el_ejemplo_publicado_del_instructivo() -> None:
    assert BUENA == "SABC560626MDFLRN01"


def test_el_siglo_lo_dice_la_homoclave() -> None:
    persona = {
        "nombre": "Eva",
        "primer_apellido": "Luna",
        "segundo_apellido": "Mora",
        "sexo": "M",
        "entidad": "NE",
    }
    siglo_xxi = calcular_curp(**persona, fecha_nacimiento=date(2012, 2, 29), homoclave="A")
    assert validar_curp(siglo_xxi).fecha_nacimiento == date(2012, 2, 29)
    with pytest.raises(CurpInvalida, match="siglo"):
        calcular_curp(**persona, fecha_nacimiento=date(2012, 2, 29), homoclave="0")
    with pytest.raises(CurpInvalida):
        calcular_curp(**persona, fecha_nacimiento=date(1950, 1, 1), homoclave="00")


@pytest.mark.parametrize(
    ("cambio", "dice"),
    [
        ({"nombre": "Rosa"}, "el nombre"),
        ({"primer_apellido": "Torres"}, "el primer apellido"),
        ({"segundo_apellido": ""}, "el segundo apellido"),
        ({"fecha_nacimiento": date(2056, 6, 26)}, "26/06/1956"),
        ({"sexo": "X"}, "mujer"),
        ({"entidad": "NE"}, "Ciudad de México"),
    ],
)
def test_dice_en_que_discrepa_y_solo_eso(cambio: dict[str, object], dice: str) -> None:
    persona: dict[str, object] = {
        "nombre": "Concepción",
        "primer_apellido": "Salgado",
        "segundo_apellido": "Briseño",
        "fecha_nacimiento": date(1956, 6, 26),
        "sexo": "M",
        "entidad": "DF",
    }
    persona.update(cambio)
    discrepancias = identificadores.discrepancias_curp(BUENA, **persona)  # type: ignore[arg-type]
    assert len(discrepancias) == 1
    assert dice in discrepancias[0]
    persona["entidad"] = ""
    assert len(identificadores.discrepancias_curp(BUENA, **persona)) <= 1  # type: ignore[arg-type]


def test_discrepancias_de_una_curp_mal_formada() -> None:
    with pytest.raises(CurpInvalida):
        identificadores.discrepancias_curp(
            "NO ES",
            nombre="A",
            primer_apellido="B",
            segundo_apellido="",
            fecha_nacimiento=NACIMIENTO,
            sexo="H",
            entidad="",
        )


HOY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("rfc", "nacimiento", "correcto"),
    [
        ("GODE561231GR8", date(1956, 12, 31), True),  # the issuer's published example
        (" gode561231gr8 ", date(1956, 12, 31), True),
        ("GODE561231GR9", date(1956, 12, 31), False),
        ("ÑAÑÑ000229AB0", date(2000, 2, 29), False),
        ("GODE261124GR8", date(1926, 11, 24), False),
        ("GODE261123GR8", date(2026, 11, 23), False),
    ],
)
def test_rfc(rfc: str, nacimiento: date, correcto: bool) -> None:
    leido = identificadores.validar_rfc(rfc, hoy=HOY)
    assert (leido.fecha_nacimiento, leido.digito_correcto) == (nacimiento, correcto)


@pytest.mark.parametrize(
    ("rfc", "razon"),
    [
        ("GODE561231GR", "13 caracteres; este tiene 12"),
        ("XAXX010101000", "genérico"),
        ("G0DE561231GR8", "cuatro letras"),
        ("GODE561231GRB", "homoclave"),
        ("GODE560231GR8", "no existe"),
        ("GODE٥61231GR8", "cuatro letras"),
    ],
)
def test_rfc_dice_que_esta_mal(rfc: str, razon: str) -> None:
    with pytest.raises(RfcInvalido, match=razon):
        identificadores.validar_rfc(rfc, hoy=HOY)


@given(
    st.text("GODEÑ&", min_size=4, max_size=4),
    st.dates(date(1930, 1, 1), HOY),
    st.text("1AZ", min_size=2, max_size=2),
)
def test_rfc_calculado(letras: str, nacimiento: date, homoclave: str) -> None:
    primeros = f"{letras}{nacimiento:%y%m%d}{homoclave}"
    digito = identificadores.digito_de_rfc(primeros)
    leido = identificadores.validar_rfc(primeros + digito, hoy=HOY)
    assert leido.digito_correcto
    assert leido.fecha_nacimiento == nacimiento
    otro = "1" if digito != "1" else "2"
    assert not identificadores.validar_rfc(primeros + otro, hoy=HOY).digito_correcto


@given(
    _sin_forma(
        r"[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}", st.text(max_size=14) | st.text(max_size=13, min_size=13)
    )
)
def test_cualquier_otro_rfc_se_rechaza(texto: str) -> None:
    with pytest.raises(RfcInvalido, match="RFC"):
        identificadores.validar_rfc(texto, hoy=HOY)


@given(st.text("0123456789", min_size=10, max_size=10), st.integers(0, 10), st.integers(1, 9))
def test_nss(cifras: str, lugar: int, suma: int) -> None:
    nss = cifras + identificadores.digito_de_luhn(cifras)
    assert identificadores.nss_valido(nss)
    otra = str((int(nss[lugar]) + suma) % 10)
    assert not identificadores.nss_valido(nss[:lugar] + otra + nss[lugar + 1 :])
    assert not identificadores.nss_valido(cifras)


def test_luhn_conocido() -> None:
    assert identificadores.digito_de_luhn("7992739871") == "3"


@pytest.mark.parametrize(
    ("valida", "texto", "esperado"),
    [
        (identificadores.clues_valida, "DFSSA000012", True),
        (identificadores.clues_valida, "DFSSA00001", False),
        (identificadores.clues_valida, "dfssa000012", False),
        (identificadores.clues_valida, "QQSSA000012", False),
        (identificadores.clues_valida, "NESSA000012", False),
        (identificadores.clues_valida, "DFSSA000012\n", False),
        (identificadores.cedula_valida, "1234567", True),
        (identificadores.cedula_valida, "12345678", True),
        (identificadores.cedula_valida, "123456", False),
        (identificadores.cedula_valida, "١٢٣٤٥٦٧", False),
        (identificadores.telefono_valido, "(55) 1234-5678", True),
        (identificadores.telefono_valido, "5512345678", True),
        (identificadores.telefono_valido, "+525512345678", False),
        (identificadores.telefono_valido, "55 1234 567", False),
        (identificadores.nss_valido, "", False),
    ],
)
def test_formas(valida: object, texto: str, esperado: bool) -> None:
    assert callable(valida)
    assert valida(texto) is esperado
