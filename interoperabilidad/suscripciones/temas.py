"""What a system may be told of: topics, each of one R4 type (R5 SubscriptionTopic, as data)."""

from dataclasses import dataclass
from types import MappingProxyType

_PREFIJO = "urn:ece:tema:"


@dataclass(frozen=True, slots=True)
class Tema:
    """Creations and changes of resources of `tipo`."""

    codigo: str
    tipo: str
    titulo: str

    @property
    def url(self) -> str:
        return f"{_PREFIJO}{self.codigo}"


TEMAS = MappingProxyType(
    {
        tema.url: tema
        for tema in (
            Tema("paciente", "Patient", "Quién es una persona."),
            Tema("encuentro", "Encounter", "Consultas, urgencias y hospitalizaciones."),
            Tema("observacion", "Observation", "Signos vitales y resultados, uno por uno."),
            Tema("resultado", "DiagnosticReport", "Informes de laboratorio y gabinete."),
            Tema("orden", "ServiceRequest", "Estudios, interconsultas y referencias pedidas."),
            Tema("receta", "MedicationRequest", "Recetas."),
            Tema("diagnostico", "Condition", "Diagnósticos y problemas."),
            Tema("alergia", "AllergyIntolerance", "Alergias."),
            Tema("procedimiento", "Procedure", "Procedimientos."),
            Tema("vacuna", "Immunization", "Vacunas."),
            Tema("documento", "DocumentReference", "Documentos."),
            Tema("nota", "Composition", "Notas."),
            Tema("cita", "Appointment", "Citas."),
            Tema("tarea", "Task", "Tareas, y lo que se pide a otro."),
        )
    }
)
"""canonical URL -> topic."""
