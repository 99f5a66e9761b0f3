from registros.models.base import RecursoInvalido, RegistroClinico
from registros.models.catalogo import Concepto, VersionDeCatalogo
from registros.models.cita import Cita
from registros.models.documento import Documento
from registros.models.firma import Firma
from registros.models.historia import Historia
from registros.models.identificador import IdentificadorUnico
from registros.models.llave import LlaveDePaciente
from registros.models.orden import Orden
from registros.models.paciente import Paciente
from registros.models.registros import (
    Alergia,
    Consentimiento,
    Diagnostico,
    Encuentro,
    Informe,
    NotaClinica,
    Observacion,
    OtroRegistro,
    Receta,
    Vacuna,
)
from registros.models.tarea import Tarea

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
        Orden,
        Tarea,
        Vacuna,
        Documento,
        Consentimiento,
        Firma,
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
    "Consentimiento",
    "Diagnostico",
    "Documento",
    "Encuentro",
    "Firma",
    "Historia",
    "IdentificadorUnico",
    "Informe",
    "LlaveDePaciente",
    "NotaClinica",
    "Observacion",
    "Orden",
    "OtroRegistro",
    "Paciente",
    "Receta",
    "RecursoInvalido",
    "RegistroClinico",
    "Tarea",
    "Vacuna",
    "VersionDeCatalogo",
    "clase_de",
]
