from registros.models.base import RecursoInvalido, RegistroClinico
from registros.models.catalogo import Concepto, VersionDeCatalogo
from registros.models.historia import Historia
from registros.models.identificador import IdentificadorUnico
from registros.models.llave import LlaveDePaciente
from registros.models.paciente import Paciente
from registros.models.registros import (
    Alergia,
    Cita,
    Diagnostico,
    Encuentro,
    Informe,
    NotaClinica,
    Observacion,
    OtroRegistro,
    Receta,
)

CLASES: dict[str, type[RegistroClinico]] = {
    clase.TIPO: clase
    for clase in (
        Paciente,
        Encuentro,
        NotaClinica,
        Observacion,
        Diagnostico,
        Alergia,
        Receta,
        Informe,
        Cita,
    )
}


def clase_de(tipo: str) -> type[RegistroClinico]:
    """The class whose table keeps resources of the R4 type `tipo`."""
    return CLASES.get(tipo, OtroRegistro)


__all__ = [
    "CLASES",
    "Alergia",
    "Cita",
    "Concepto",
    "Diagnostico",
    "Encuentro",
    "Historia",
    "IdentificadorUnico",
    "Informe",
    "LlaveDePaciente",
    "NotaClinica",
    "Observacion",
    "OtroRegistro",
    "Paciente",
    "Receta",
    "RecursoInvalido",
    "RegistroClinico",
    "VersionDeCatalogo",
    "clase_de",
]
