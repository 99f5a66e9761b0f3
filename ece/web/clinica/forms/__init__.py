"""Forms of the desk: plain, with a message in Spanish beside each field. One noun a module."""

from ece.web.clinica.forms.admision import (
    NuevaFotografia,
    NuevoNacimiento,
    NuevoVinculo,
    PersonaDesconocida,
)
from ece.web.clinica.forms.alergias import CambioDeAlergia, NuevaAlergia
from ece.web.clinica.forms.antecedentes import Familiar, Habito
from ece.web.clinica.forms.arco import (
    DescargaDeArco,
    PasoDeArco,
    RespuestaDelTitular,
    SolicitudArco,
)
from ece.web.clinica.forms.avisos import Aviso, Entrega
from ece.web.clinica.forms.calidad import Evaluacion, Sorteo
from ece.web.clinica.forms.cartas import Acuerdo, Decision, NuevaCarta, Revocacion
from ece.web.clinica.forms.citas import (
    Cancelacion,
    EnListaDeEspera,
    FiltroDeAgenda,
    NuevaCita,
)
from ece.web.clinica.forms.conciliacion import DatoAjeno
from ece.web.clinica.forms.diagnosticos import NuevoDiagnostico
from ece.web.clinica.forms.documentos import NuevoDocumento
from ece.web.clinica.forms.embarazo import Abrir as AbrirEmbarazo
from ece.web.clinica.forms.embarazo import Concluir as ConcluirEmbarazo
from ece.web.clinica.forms.embarazo import Controlar as ControlarEmbarazo
from ece.web.clinica.forms.embarazo import Corregir as CorregirEmbarazo
from ece.web.clinica.forms.emergencia import Emergencia
from ece.web.clinica.forms.encuentros import NuevoEncuentro
from ece.web.clinica.forms.escalas import Aplicar as AplicarEscala
from ece.web.clinica.forms.etiquetas import Etiquetas
from ece.web.clinica.forms.firmas import Delegacion
from ece.web.clinica.forms.fragmentos import Fragmento
from ece.web.clinica.forms.impresion import Impresion
from ece.web.clinica.forms.motivo import MotivoDeLaConsulta
from ece.web.clinica.forms.notas import Adenda, Contrafirma, Devolucion, Nota
from ece.web.clinica.forms.ordenes import Motivo, NuevaOrden
from ece.web.clinica.forms.pacientes import NuevoPaciente
from ece.web.clinica.forms.permisos import (
    ComprobacionDeIdentidad,
    EnPersona,
    NuevaDirectiva,
)
from ece.web.clinica.forms.problemas import CambioDeProblema, NuevoProblema
from ece.web.clinica.forms.recetas import (
    MedicamentosDeReceta,
    MotivoDeReceta,
    RenglonDeReceta,
)
from ece.web.clinica.forms.resultados import InformeDeEstudio, NuevoResultado, Respuesta
from ece.web.clinica.forms.revisiones import Dictaminar, NumeroDeExpediente, SinNota
from ece.web.clinica.forms.signos import Crecimiento, Signos
from ece.web.clinica.forms.simulador import Simulacion
from ece.web.clinica.forms.vacunas import NuevaVacuna

__all__ = [
    "AbrirEmbarazo",
    "Acuerdo",
    "Adenda",
    "AplicarEscala",
    "Aviso",
    "CambioDeAlergia",
    "CambioDeProblema",
    "Cancelacion",
    "ComprobacionDeIdentidad",
    "ConcluirEmbarazo",
    "Contrafirma",
    "ControlarEmbarazo",
    "CorregirEmbarazo",
    "Crecimiento",
    "DatoAjeno",
    "Decision",
    "Delegacion",
    "DescargaDeArco",
    "Devolucion",
    "Dictaminar",
    "Emergencia",
    "EnListaDeEspera",
    "EnPersona",
    "Entrega",
    "Etiquetas",
    "Evaluacion",
    "Familiar",
    "FiltroDeAgenda",
    "Fragmento",
    "Habito",
    "Impresion",
    "InformeDeEstudio",
    "MedicamentosDeReceta",
    "Motivo",
    "MotivoDeLaConsulta",
    "MotivoDeReceta",
    "Nota",
    "NuevaAlergia",
    "NuevaCarta",
    "NuevaCita",
    "NuevaDirectiva",
    "NuevaFotografia",
    "NuevaOrden",
    "NuevaReceta",
    "NuevaVacuna",
    "NuevoDiagnostico",
    "NuevoDocumento",
    "NuevoEncuentro",
    "NuevoNacimiento",
    "NuevoPaciente",
    "NuevoProblema",
    "NuevoResultado",
    "NuevoVinculo",
    "NumeroDeExpediente",
    "PasoDeArco",
    "PersonaDesconocida",
    "RenglonDeReceta",
    "Respuesta",
    "RespuestaDelTitular",
    "Revocacion",
    "Signos",
    "Simulacion",
    "SinNota",
    "SolicitudArco",
    "Sorteo",
]
