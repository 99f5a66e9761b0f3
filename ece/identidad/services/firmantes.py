"""What identifies people who sign, and which signature each document asks for."""

from uuid import UUID

from ece.identidad.models import Firmante, ReglaDeFirma


def identificar(
    usuario_id: UUID, *, numero_de_empleado: str = "", rfc: str = "", curp: str = ""
) -> None:
    """Write down a person's number, RFC and CURP."""
    Firmante.objects.update_or_create(
        usuario_id=usuario_id,
        defaults={
            "numero_de_empleado": numero_de_empleado,
            "rfc": rfc.upper(),
            "curp": curp.upper(),
        },
    )


def pedir(documento: str, *, nivel: str, conjuntas: int = 0, delegable: bool = True) -> None:
    """From now on `documento` (a type of note, or ``*``) is signed so."""
    ReglaDeFirma.objects.update_or_create(
        documento=documento,
        defaults={"nivel": nivel, "conjuntas": conjuntas, "delegable": delegable},
    )
