"""C2SP notes: those that Go's own implementation published, and the witness's lines."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditoria import notas
from auditoria.notas import COFIRMA, Checkpoint, Firmante, Nota, NotaInvalida, Verificadora

# golang.org/x/mod/sumdb/note, its documentation's example
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVADA = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXTO = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
DE_PETER = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
DE_ENOCH = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
    "ox33WWd1RvMc+QQ=\n"
)
# A tree head that Go's checksum database signed, and its published key
GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
NOTA_DE_GO = base64.b64decode(
    "Z28uc3VtIGRhdGFiYXNlIHRyZWUKNjU2NjQyNTgKV1ZWTlZEMnF4K2ZUcTMxemtqNlVBcXhUNVg2SHZHcGhHTStvOFRob"
    "mJzZz0KCuKAlCBzdW0uZ29sYW5nLm9yZyBBejNncmxpZ0ptZ1g3S0d5R1BLeWJ5a05UaDNWZ3NiTHZVdXZPd3JNNXpMVm"
    "x1bG1GcDJ3ZHZieE93NzQvZ2NOeFVSU2hYRXBiN1JYY3MzK0JZZmxZTit3MGdRPQo="
).decode()
# A witness key of type 0x04 (transparency-dev/formats, note_cosigv1_test.go)
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def test_go_s_notes_verify_and_ours_are_theirs_byte_by_byte() -> None:
    peter, enoch = Verificadora.de_vkey(PETER), Verificadora.de_vkey(ENOCH)
    nota = Nota.leer(TEXTO + "\n" + DE_PETER + DE_ENOCH)
    assert nota.texto == TEXTO
    assert nota.firmada_por([peter, enoch]) == [peter, enoch]
    semilla = base64.b64decode(PETER_PRIVADA)[1:]
    firmante = Firmante("PeterNeumann", Ed25519PrivateKey.from_private_bytes(semilla))
    assert firmante.verificadora.vkey == PETER
    assert notas.firmar(TEXTO, [firmante]) == TEXTO + "\n" + DE_PETER


def test_a_tree_head_of_go_s_checksum_database_verifies() -> None:
    nota = Nota.leer(NOTA_DE_GO)
    assert nota.firmada_por([Verificadora.de_vkey(GO)])
    checkpoint = Checkpoint.leer(nota.texto)
    assert (checkpoint.origen, checkpoint.tamano) == ("go.sum database tree", 65664258)
    assert checkpoint.texto == nota.texto


def test_a_witness_says_when() -> None:
    """The key's id is of type 0x04; the time of a published line is read as its author reads it."""
    assert Verificadora.de_vkey(REMORA).clase == COFIRMA
    publicada = (
        "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJ"
        "XORmnFBOBA=="
    )
    (firma,) = Nota.leer(f"x\n\n\u2014 alguien {publicada}\n").firmas
    assert firma.segundos == 1727964367
    testigo = Firmante("testigo.example/w", Ed25519PrivateKey.generate(), COFIRMA)
    texto = Checkpoint("bitacora.example", 3, bytes(32), b"m" * 32).texto
    nota = texto + "\n" + testigo.renglon(texto, segundos=1_700_000_000)
    leida = Nota.leer(nota)
    assert leida.firmada_por([testigo.verificadora]) == [testigo.verificadora]
    # It covers the extension lines, and the time.
    with pytest.raises(NotaInvalida, match="falsa"):
        Nota.leer(nota.replace("ece.mapa", "ece.mapo")).firmada_por([testigo.verificadora])


@pytest.mark.parametrize(
    "nota",
    [
        "",
        "texto\n",
        "texto\n\nsin raya x08go\n",
        "texto\n\n\u2014 PeterNeumann !!!\n",
        "texto\n\n\u2014 Peter+Neumann x08gow==\n",
        "tex\x07to\n\n" + DE_PETER,
        TEXTO + "\n" + DE_PETER.rstrip("\n"),
        "x" * (notas.LARGA + 1) + "\n\n" + DE_PETER,
    ],
)
def test_what_is_not_a_note_is_refused(nota: str) -> None:
    with pytest.raises(NotaInvalida):
        Nota.leer(nota)


def test_a_false_line_of_a_known_key_refuses_the_note_and_one_of_nobody_is_ignored() -> None:
    peter, enoch = Verificadora.de_vkey(PETER), Verificadora.de_vkey(ENOCH)
    with pytest.raises(NotaInvalida, match="falsa"):
        Nota.leer("otro texto\n\n" + DE_PETER).firmada_por([peter])
    assert Nota.leer(TEXTO + "\n" + DE_ENOCH + DE_PETER).firmada_por([peter]) == [peter]
    with pytest.raises(NotaInvalida, match="ninguna"):
        Nota.leer(TEXTO + "\n" + DE_PETER).firmada_por([enoch])


@pytest.mark.parametrize(
    "texto",
    ["", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\n" + "A" * 43 + "=\n", "\n1\n" + "A" * 43 + "=\n"],
)
def test_what_is_not_a_checkpoint_is_refused(texto: str) -> None:
    with pytest.raises(NotaInvalida):
        Checkpoint.leer(texto)
