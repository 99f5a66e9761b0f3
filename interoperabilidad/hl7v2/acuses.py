"""Acknowledgements: what is answered to a message, and how a refusal says why (chapter 2.9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from interoperabilidad.hl7v2 import catalogo
from interoperabilidad.hl7v2.er7 import Delimitadores, Escritor, Segmento

APLICACION, INSTITUCION = "ECE", "ECE"
TABLA_0357 = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "200": "Unsupported message type",
    "201": "Unsupported event code",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "207": "Application internal error",
}
_DE_ACEPTACION = {"AA": "CA", "AE": "CE", "AR": "CR"}


@dataclass(frozen=True, slots=True)
class Rechazo:
    """Why a message is not taken: the acknowledgement (AE: its content; AR: anything else), a code
    of table 0357, the code of the reason, the reason in words, and where (segment, sequence,
    field)."""

    acuse: str
    codigo: str
    motivo: str
    texto: str
    lugar: tuple[str, int, int] | None = None


def acuse(
    msh: Segmento | None,
    *,
    id: UUID,
    momento: datetime,
    rechazo: Rechazo | None = None,
    control: str = "",
    de_aceptacion: bool = False,
) -> str:
    """The acknowledgement of the message of `msh` (None: not even that could be read).

    `id` and `momento` are of the message that was kept: the same make the same acknowledgement.
    """
    d = msh.delimitadores if msh is not None else Delimitadores()
    codigo = rechazo.acuse if rechazo is not None else "AA"
    if de_aceptacion:
        codigo = _DE_ACEPTACION[codigo]
    evento = msh.valor(9)[2] if msh is not None else ""
    version = version_de(msh)
    escritor = Escritor(d)
    escritor.segmento("MSH", cabecera(msh, id=id, momento=momento, tipo=("ACK", evento, "ACK")))
    de_antes = version in ("2.3", "2.3.1", "2.4")
    texto = rechazo.texto if rechazo is not None and de_antes else ""
    escritor.segmento("MSA", {1: codigo, 2: msh[10] if msh is not None else control, 3: texto[:80]})
    if rechazo is not None:
        escritor.segmento("ERR", _err(rechazo, de_antes=de_antes))
    return str(escritor)


def cabecera(
    msh: Segmento | None, *, id: UUID, momento: datetime, tipo: tuple[str, str, str]
) -> dict[int, object]:
    """The MSH of an answer to the message of `msh`: who received it now sends."""
    version = version_de(msh)
    componentes: tuple[str, ...] = tipo if version != "2.3" else tipo[:2]
    if not tipo[1]:
        componentes = tipo[:1]
    campos: dict[int, object] = {
        3: APLICACION,
        4: INSTITUCION,
        7: momento.strftime("%Y%m%d%H%M%S%z"),
        9: componentes,
        10: control_de(id),
        11: "P",
        12: version,
    }
    if msh is None:
        return campos

    def dicho(numero: int) -> object:
        valor = msh.valor(numero)
        return (valor[1], valor[2], valor[3])

    campos |= {3: dicho(5) if msh[5] else APLICACION, 4: dicho(6) if msh[6] else INSTITUCION}
    campos |= {5: dicho(3), 6: dicho(4), 11: msh[11] or "P", 18: msh[18]}
    return campos


def control_de(id: UUID) -> str:
    """A control id of ours (MSH-10, twenty characters at most) from a UUID."""
    return id.hex[-20:].upper()


def version_de(msh: Segmento | None) -> str:
    dicha = msh[12] if msh is not None else ""
    return dicha if dicha in catalogo.VERSIONES else "2.5.1"


def _err(rechazo: Rechazo, *, de_antes: bool) -> dict[int, object]:
    codigo = (rechazo.codigo, TABLA_0357.get(rechazo.codigo, ""), "HL70357")
    lugar = rechazo.lugar or ("", "", "")
    campo = lugar[2] or ""
    if de_antes:
        return {1: (lugar[0], lugar[1], campo, codigo)}
    return {2: (lugar[0], lugar[1], campo), 3: codigo, 4: "E", 8: rechazo.texto[:250]}
