"""Messages as senders write them, of invented people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """Who a message speaks of, as PID says it."""

    numero: str = "000123"
    nombre: str = "HERNANDEZ LOPEZ^MARIA^GUADALUPE"
    nacio: str = "19840517"
    sexo: str = "F"
    autoridad: str = "HGX"

    @property
    def pid(self) -> str:
        return (
            f"PID|1||{self.numero}^^^{self.autoridad}^MR||{self.nombre}|LOPEZ|{self.nacio}|"
            f"{self.sexo}|||CALLE 5 SUR 10^CENTRO^OAXACA^OAX^68000^MEX^H||9511234567^PRN^PH"
        )


MARIA = Persona()


def msh(tipo: str, control: str = "C1", *, version: str = "2.5.1", de: str = "HIS") -> str:
    campos = f"MSH|^~\\&|{de}|HGX|ECE|ECE|20261123100000-0600||{tipo}|{control}|P|{version}"
    return f"{campos}||||||UNICODE UTF-8"


def mensaje(*segmentos: str) -> bytes:
    return "".join(f"{s}\r" for s in segmentos).encode()


def adt(
    evento: str,
    control: str = "C1",
    *,
    quien: Persona = MARIA,
    visita: str = "V1",
    clase: str = "I",
    resto: tuple[str, ...] = (),
    alta: str = "",
    ingreso: str = "20261123093000-0600",
) -> bytes:
    """An ADT with its visit."""
    pv1 = f"PV1|1|{clase}|Consulta externa^12^A|||||||||||||||"
    pv1 += f"|{visita}^^^HGX^VN" + "|" * 25 + f"{ingreso}|{alta}"
    return mensaje(
        msh(f"ADT^{evento}^ADT_A01", control),
        f"EVN|{evento}|20261123100000-0600",
        quien.pid,
        pv1,
        *resto,
    )


def oru(
    control: str = "R1",
    *,
    quien: Persona = MARIA,
    pedida: str = "",
    atendida: str = "F100^LIS",
    estado: str = "F",
    glucosa: str = "98",
    bandera: str = "N",
    resto: tuple[str, ...] = (),
    codigo: str = "2345-7^Glucosa^LN",
) -> bytes:
    """A result with two values."""
    return mensaje(
        msh("ORU^R01^ORU_R01", control, de="LIS"),
        quien.pid,
        f"ORC|RE|{pedida}|{atendida}",
        f"OBR|1|{pedida}|{atendida}|{codigo}|||20261123090000-0600|||||||||||||||"
        f"20261123094500-0600||LAB|{estado}",
        f"OBX|1|NM|2345-7^Glucosa^LN||{glucosa}|mg/dL^mg/dL^UCUM|70-100|{bandera}|||{estado}",
        f"OBX|2|ST|5778-6^Color^LN||Amarillo claro||||||{estado}",
        *resto,
    )


def siu(evento: str, control: str = "S1", *, quien: Persona = MARIA, inicio: str = "1000") -> bytes:
    return mensaje(
        msh(f"SIU^{evento}^SIU_S12", control),
        "SCH|P77^HIS|F77^HIS||||^Control|^Control prenatal||30|min^minuto^UCUM",
        f"TQ1|1||||||20261201{inicio}00-0600|202612011030-0600",
        quien.pid,
        "RGS|1|A",
        "AIS|1|A|394701000^Control^SCT",
        "AIP|1|A|^CRUZ^ELENA",
        "AIL|1|A|Consulta externa^3",
    )
