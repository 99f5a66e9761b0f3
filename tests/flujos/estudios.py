"""Orders, results and documents of a patient, in each of their states."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from consentimiento import decision
from ece.nucleo.roles import Permiso
from registros.selectors import tareas
from registros.services import documentos, ordenes, resultados
from registros.services.ordenes import Prioridad
from tests import elenco as reparto
from tests.archivos import fabrica
from tests.cda.documentos import ccda
from tests.elenco import AHORA, Elenco


@dataclass(frozen=True)
class Estudios:
    """`orden` waits to be done; `informe` has a critical value that `tarea` waits for."""

    orden: UUID
    de_imagen: UUID
    informe: UUID
    tarea: UUID
    documentos: dict[str, UUID]


def poblar(elenco: Elenco, paciente: UUID, encuentro: UUID) -> Estudios:
    acceso = reparto.acceso_de_medica(elenco, paciente)

    def pedir(*estudios: str) -> list[UUID]:
        return ordenes.solicitar(
            acceso,
            estudios=estudios,
            prioridad=Prioridad.URGENTE,
            problema="Debilidad en enfermedad renal crónica",
            encuentro_id=encuentro,
            ahora=AHORA,
        )

    previa, con_critico = *pedir("es6"), *pedir("es6")
    orden, de_imagen = pedir("bh", "tcc")
    servicio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio), paciente, Permiso.ORDEN_ATENDER, ahora=AHORA
    )
    for cual, dias, valores in (
        (
            previa,
            -7,
            {"na": "139", "k": "5.6", "cl": "101", "ca": "9.1", "mg": "2.0", "fos": "4.4"},
        ),
        (con_critico, 0, {"na": "133", "k": "6.8", "cl": "101", "ca": "9.1", "mg": "2.0"}),
    ):
        informe = resultados.informar(
            servicio,
            orden_id=cual,
            valores={clave: Decimal(valor) for clave, valor in valores.items()},
            conclusion="Muestra sin hemólisis; se confirmó por duplicado." if dias == 0 else "",
            definitivo=True,
            ahora=AHORA + timedelta(days=dias),
        )
    critica = next(t for t in tareas.de_paciente(acceso) if t.critica)
    return Estudios(orden, de_imagen, informe, critica.id, _documentos(elenco, paciente))


def _documentos(elenco: Elenco, paciente: UUID) -> dict[str, UUID]:
    acceso = reparto.acceso_de_medica(elenco, paciente)
    hoja = (
        "= Resumen clínico\n\nPaciente con asma desde la infancia, sin hospitalizaciones. "
        "Alérgica a la penicilina.\n\n#lorem(220)"
    )
    archivos = {
        "pdf": ("resumen.pdf", fabrica.pdf(hoja, paginas=2)),
        "imagen": ("foto.png", fabrica.imagen("PNG", 300)),
        "dicom": ("corte.dcm", fabrica.dicom(preambulo=b"MZ")),
        "cda": ("resumen.xml", ccda()),
    }
    return {
        clave: documentos.agregar(
            acceso,
            contenido=contenido,
            nombre=nombre,
            titulo=f"Resumen de otro hospital ({clave})",
            clase="resumen",
            origen="Hospital Regional de Ejemplo",
            autor="Dra. Ejemplo",
            fecha_documento=(AHORA - timedelta(days=30)).date(),
            limite=2_000_000,
            ahora=AHORA,
        )
        for clave, (nombre, contenido) in archivos.items()
    }
