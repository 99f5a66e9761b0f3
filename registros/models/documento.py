from typing import ClassVar
from uuid import UUID

from ece.cda import MIME_DE_FIRMA
from ece.nucleo import fichas
from registros.models.base import Recurso, RegistroClinico, referido

TEXTO, PAGINAS = "urn:ece:fhir:texto", "urn:ece:fhir:paginas"
AVISO, HUELLA = "urn:ece:fhir:aviso", "urn:ece:fhir:sha256"
DATO = "urn:ece:fhir:del-archivo:"


class Documento(RegistroClinico):
    """A document made elsewhere (FHIR DocumentReference); its bytes are a Binary it refers to."""

    TIPO: ClassVar[str] = "DocumentReference"

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Also of the words of the document."""
        textos = [str(recurso.get("description", "")), texto_de_documento(recurso)]
        return super()._fichas(recurso) | fichas.fichas_de_texto(self.paciente, textos)

    @property
    def texto(self) -> str:
        """The words read from it, for who looks for them and for who cannot see it."""
        return texto_de_documento(self.recurso)

    @property
    def titulo(self) -> str:
        return str(self.recurso.get("description", ""))

    @property
    def adjunto(self) -> Recurso:
        """The attachment: its kind, its digest, its name and its Binary."""
        contenido: Recurso = next(iter(self.recurso.get("content", ())), {})
        return dict(contenido.get("attachment", {}))

    @property
    def binario(self) -> UUID | None:
        return referido({"reference": self.adjunto.get("url", "")}, "Binary")

    @property
    def binario_de_firma(self) -> UUID | None:
        """The Binary of the detached signature over its bytes, if one came beside it."""
        for contenido in self.recurso.get("content", ())[1:]:
            dicho = contenido.get("attachment", {})
            if dicho.get("contentType") == MIME_DE_FIRMA:
                return referido({"reference": dicho.get("url", "")}, "Binary")
        return None

    @property
    def tipo(self) -> str:
        """Its media type."""
        return str(self.adjunto.get("contentType", ""))

    @property
    def huella(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        return next(
            (
                e.get("valueString", "")
                for e in self.adjunto.get("extension", ())
                if e["url"] == HUELLA
            ),
            "",
        )

    @property
    def paginas(self) -> int:
        return next(
            (e.get("valueInteger", 1) for e in self._extensiones() if e["url"] == PAGINAS), 1
        )

    @property
    def avisos(self) -> list[str]:
        """What was erased of it or did not agree, and why it was withdrawn."""
        return [e.get("valueString", "") for e in self._extensiones() if e["url"] == AVISO]

    @property
    def datos(self) -> dict[str, str]:
        """What the file says of itself (the header of a DICOM)."""
        return {
            e["url"].removeprefix(DATO): e.get("valueString", "")
            for e in self._extensiones()
            if e["url"].startswith(DATO)
        }

    def _extensiones(self) -> list[Recurso]:
        return list(self.recurso.get("extension", ()))


def texto_de_documento(recurso: Recurso) -> str:
    return next(
        (str(e.get("valueString", "")) for e in recurso.get("extension", ()) if e["url"] == TEXTO),
        "",
    )
