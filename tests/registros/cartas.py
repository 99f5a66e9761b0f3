"""Letters of consent for tests: written by `medica`, signed by the patient and two witnesses."""

import json
from dataclasses import replace
from uuid import UUID

from ece.nucleo.acceso import Acceso
from registros.catalogos.cartas import CARTAS
from registros.selectors import cartas as selectores
from registros.services import cartas
from registros.services.cartas import Firma, QuienDecide
from tests.elenco import AHORA
from tests.elenco import XOCHITL as SIN_CURP

TRAZOS = json.dumps([[[10, 10, 0, 0.5], [40, 60, 16, 0.6], [90, 20, 33, 0.7], [120, 50, 48, 0.4]]])
PACIENTE = QuienDecide(Firma("Xóchitl Ibáñez Peña", TRAZOS), "paciente", "Credencial para votar")
XOCHITL = replace(SIN_CURP, curp="IAPX840517MOCBXC08", sin_curp_motivo="")
CURP_DE_ROSA = "LUPR700101MOCNZS02"
DE_ROSA = Firma("Rosa Luna Paz", TRAZOS, CURP_DE_ROSA)
TESTIGOS = (Firma("Rosa Luna Paz", TRAZOS), Firma("Juan Sosa Gil"))
ENTENDIO = "Me van a operar la vesícula y puede sangrar."
ESCRITO = {
    "acto": "Colecistectomía laparoscópica",
    "objetivos": "Retirar la vesícula y sus piedras.",
    "beneficios": "Terminar con el dolor.",
    "riesgos": "Sangrado, infección, lesión de la vía biliar.",
    "alternativas": "Dieta y analgésicos, con el riesgo de que se repita.",
    "contingencias": "Se autoriza atender las contingencias que deriven del acto.",
}


def preparada(acceso: Acceso, tipo: str = "cirugia-mayor", unidad: UUID | None = None) -> UUID:
    textos = {c: CARTAS[tipo].textos.get(c, escrito) for c, escrito in ESCRITO.items()}
    return cartas.preparar(acceso, tipo=tipo, textos=textos, unidad_id=unidad, ahora=AHORA)


def otorgada(acceso: Acceso, tipo: str = "cirugia-mayor", unidad: UUID | None = None) -> UUID:
    id_ = preparada(acceso, tipo, unidad)
    vista = selectores.carta(acceso, carta_id=id_, ahora=AHORA)
    assert vista is not None
    cartas.otorgar(
        acceso,
        carta_id=id_,
        huella=vista.huella,
        quien=PACIENTE,
        testigos=TESTIGOS if CARTAS[tipo].con_testigos else (),
        comprension=ENTENDIO,
        ahora=AHORA,
    )
    return id_
