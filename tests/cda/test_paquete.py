"""A document and its signature in a ZIP, as anybody may send one."""

import io
import zipfile

import pytest

from ece import cda
from ece.cda import Firmado
from tests.cda.documentos import ccda


def test_a_zip_is_no_way_in_for_anything_else() -> None:
    bomba = io.BytesIO()
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as escrito:
        escrito.writestr("x.xml", b" " * 2_000_000)
    for malo in (bomba.getvalue(), b"PK\x03\x04nada", bomba.getvalue()[:-30]):
        with pytest.raises(cda.CdaInvalido):
            cda.partir(malo, limite=1_000_000)
    assert cda.partir(ccda(), limite=10) == Firmado(ccda())  # what is no ZIP is weighed elsewhere
