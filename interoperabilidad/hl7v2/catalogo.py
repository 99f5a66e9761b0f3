"""Which messages are taken in, what each needs, and what it may do. Anything else is refused."""

from dataclasses import dataclass

VERSIONES = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2")


@dataclass(frozen=True, slots=True)
class Evento:
    """A trigger event: the family whose order it keeps, the segments it cannot do without, and
    whether it may register a person who is not here."""

    familia: str
    exige: tuple[str, ...] = ("PID",)
    registra: bool = False


_ADT = Evento("ADT", ("PID",))
_ADT_VISITA = Evento("ADT", ("PID", "PV1"))
_INGRESO = Evento("ADT", ("PID", "PV1"), registra=True)
_SIU = Evento("SIU", ("SCH", "PID"))

EVENTOS: dict[tuple[str, str], Evento] = {
    **{("ADT", e): _INGRESO for e in ("A01", "A04", "A05", "A08")},
    **{("ADT", e): _ADT_VISITA for e in ("A02", "A03", "A06", "A07", "A11", "A12", "A13")},
    # Departures, arrivals and what is pending: they describe a visit and decide nothing of it.
    **{("ADT", f"A{n:02}"): _ADT_VISITA for n in (9, 10, 14, 15, 16, 25, 26, 27)},
    ("ADT", "A28"): Evento("ADT", ("PID",), registra=True),
    ("ADT", "A31"): Evento("ADT", ("PID",), registra=True),
    ("ADT", "A40"): Evento("ADT", ("PID", "MRG")),
    ("ADT", "A60"): Evento("ADT", ("PID", "IAM")),
    ("ORU", "R01"): Evento("ORU", ("PID", "OBR")),
    **{("OUL", e): Evento("ORU", ("PID", "OBR")) for e in ("R21", "R22", "R23", "R24")},
    ("ORM", "O01"): Evento("ORM", ("PID", "ORC", "OBR")),
    ("OMG", "O19"): Evento("ORM", ("PID", "ORC", "OBR")),
    **{("OML", e): Evento("ORM", ("PID", "ORC", "OBR")) for e in ("O21", "O33", "O35")},
    **{("SIU", f"S{n}"): _SIU for n in (12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26)},
    **{("MDM", e): Evento("MDM", ("PID", "TXA")) for e in ("T01", "T03", "T05", "T09", "T11")},
    **{("MDM", e): Evento("MDM", ("PID", "TXA", "OBX")) for e in ("T02", "T04", "T06", "T08")},
    ("MDM", "T10"): Evento("MDM", ("PID", "TXA", "OBX")),
    ("VXU", "V04"): Evento("VXU", ("PID", "RXA")),
    ("DFT", "P03"): Evento("DFT", ("PID", "FT1")),
    **{("PPR", e): Evento("PPR", ("PID", "PRB")) for e in ("PC1", "PC2", "PC3")},
    ("QBP", "Q22"): Evento("QBP", ("QPD",)),
    ("QBP", "Q23"): Evento("QBP", ("QPD",)),
}
FAMILIAS = tuple(sorted({evento.familia for evento in EVENTOS.values()}))
CONSULTAS = "QBP"

DE_ESTRUCTURA = {"ADT": "A08", "ORU": "R01", "ORM": "O01", "VXU": "V04"}
"""The event of old messages whose MSH-9 names only their type."""
