"""Plain words for what a record says in clinical ones: diagnoses, medicines and studies.

Ours, for orientation: each explains what something is and never says what to do about it.
"""

from django.utils.translation import gettext_noop as _

from registros.catalogos.medicamentos import reconocer

PROBLEMAS: dict[str, str] = {
    "A0": _("Infección del intestino."),
    "A1": _("Tuberculosis: infección que suele afectar los pulmones."),
    "A9": _("Enfermedad causada por un virus que transmite el mosquito."),
    "B2": _("Infección por el virus de la inmunodeficiencia humana."),
    "C": _("Tumor que necesita seguimiento por un especialista."),
    "D5": _("Anemia: la sangre lleva menos oxígeno del que el cuerpo necesita."),
    "D6": _("Anemia: la sangre lleva menos oxígeno del que el cuerpo necesita."),
    "E0": _("La glándula tiroides trabaja más o menos de lo debido."),
    "E10": _("Diabetes tipo 1: el cuerpo no produce insulina."),
    "E11": _("Diabetes tipo 2: el azúcar en la sangre sube porque la insulina no alcanza."),
    "E1": _("Diabetes: el azúcar en la sangre está alta."),
    "E66": _("Exceso de peso que puede afectar la salud."),
    "E78": _("Grasas en la sangre (colesterol o triglicéridos) fuera de lo esperado."),
    "F1": _("Consumo de sustancias que afecta la salud."),
    "F3": _("Afección del estado de ánimo, como la depresión."),
    "F4": _("Ansiedad o respuesta al estrés."),
    "F": _("Afección de la salud mental."),
    "G40": _("Epilepsia: descargas del cerebro que causan crisis."),
    "G43": _("Migraña: dolor de cabeza que viene por ataques."),
    "G": _("Afección de los nervios o del cerebro."),
    "H": _("Afección de los ojos o de los oídos."),
    "I10": _("Presión arterial alta."),
    "I1": _("Presión arterial alta, con efecto en el corazón o los riñones."),
    "I2": _("Afección de los vasos que alimentan el corazón."),
    "I5": _("El corazón bombea con menos fuerza o ritmo de lo debido."),
    "I6": _("Afección de los vasos del cerebro."),
    "J0": _("Infección de la nariz, la garganta o los bronquios."),
    "J1": _("Influenza o neumonía: infección de las vías respiratorias."),
    "J44": _("Enfermedad de los bronquios que dificulta sacar el aire."),
    "J45": _("Asma: los bronquios se cierran por momentos y cuesta respirar."),
    "J": _("Afección de las vías respiratorias."),
    "K2": _("Afección del estómago o del esófago."),
    "K7": _("Afección del hígado."),
    "K8": _("Afección de la vesícula o del páncreas."),
    "K": _("Afección del aparato digestivo."),
    "L": _("Afección de la piel."),
    "M": _("Afección de músculos, huesos o articulaciones."),
    "N18": _("Enfermedad renal crónica: los riñones filtran menos de lo debido."),
    "N3": _("Infección o afección de las vías urinarias."),
    "N": _("Afección de los riñones, la orina o los órganos sexuales."),
    "O": _("Relacionado con el embarazo, el parto o el posparto."),
    "P": _("Afección del recién nacido."),
    "Q": _("Condición presente desde el nacimiento."),
    "R": _("Un síntoma o hallazgo, todavía sin causa precisa."),
    "S": _("Lesión o golpe."),
    "T": _("Lesión, quemadura o intoxicación."),
    "Z": _("Motivo de atención que no es una enfermedad, como un control."),
}
"""Beginning of a CIE-10 key -> what it is; the longest that fits is said."""

MEDICINAS: dict[str, str] = {
    "A02": _("Para la acidez o las úlceras del estómago."),
    "A03": _("Para los cólicos o las náuseas."),
    "A06": _("Para el estreñimiento."),
    "A07": _("Para la diarrea."),
    "A10": _("Para bajar el azúcar en la sangre."),
    "A11": _("Vitamina."),
    "A12": _("Mineral que complementa la alimentación."),
    "B01": _("Para evitar coágulos en la sangre."),
    "B03": _("Para la anemia."),
    "C01": _("Para el corazón."),
    "C02": _("Para bajar la presión."),
    "C03": _("Para eliminar líquido por la orina y bajar la presión."),
    "C07": _("Para la presión y el ritmo del corazón."),
    "C08": _("Para bajar la presión."),
    "C09": _("Para bajar la presión y cuidar corazón y riñones."),
    "C10": _("Para bajar el colesterol o los triglicéridos."),
    "D": _("Para la piel."),
    "G03": _("Hormona."),
    "G04": _("Para las vías urinarias."),
    "H02": _("Para bajar la inflamación."),
    "H03": _("Para la tiroides."),
    "J01": _("Para una infección por bacterias."),
    "J02": _("Para una infección por hongos."),
    "J04": _("Para la tuberculosis."),
    "J05": _("Para una infección por virus."),
    "L": _("Para defensas o tumores; lo vigila un especialista."),
    "M01": _("Para el dolor y la inflamación."),
    "M04": _("Para la gota."),
    "N02": _("Para el dolor o la fiebre."),
    "N03": _("Para evitar convulsiones."),
    "N05": _("Para los nervios, el sueño o el ánimo."),
    "N06": _("Para el ánimo."),
    "P": _("Para parásitos."),
    "R01": _("Para la nariz."),
    "R03": _("Para abrir los bronquios y respirar mejor."),
    "R05": _("Para la tos."),
    "R06": _("Para las alergias."),
    "S01": _("Para los ojos."),
}
"""Beginning of an ATC code -> what it is for."""

ESTUDIOS: dict[str, str] = {
    "718-7": _("Proteína que lleva el oxígeno en la sangre; baja en la anemia."),
    "4544-3": _("Parte de la sangre que son glóbulos rojos."),
    "6690-2": _("Células de defensa; suben con las infecciones."),
    "777-3": _("Células que ayudan a que la sangre coagule."),
    "789-8": _("Células que llevan el oxígeno."),
    "2345-7": _("Azúcar en la sangre."),
    "1558-6": _("Azúcar en la sangre, en ayunas."),
    "41653-7": _("Azúcar en la sangre, medida en el dedo."),
    "4548-4": _("Promedio del azúcar en la sangre de los últimos tres meses."),
    "2160-0": _("Desecho que los riñones eliminan; dice cómo filtran."),
    "38483-4": _("Desecho que los riñones eliminan; dice cómo filtran."),
    "3094-0": _("Desecho que los riñones eliminan."),
    "22664-7": _("Desecho que los riñones eliminan."),
    "3084-1": _("Sustancia que, en exceso, puede causar gota."),
    "2093-3": _("Grasa de la sangre; en exceso daña las arterias."),
    "13457-7": _("Colesterol «malo»: el que se deposita en las arterias."),
    "2085-9": _("Colesterol «bueno»: el que limpia las arterias."),
    "2571-8": _("Grasa de la sangre; sube con azúcares y alcohol."),
    "1920-8": _("Enzima del hígado; sube si se inflama."),
    "1742-6": _("Enzima del hígado; sube si se inflama."),
    "1975-2": _("Pigmento que procesa el hígado; en exceso pone la piel amarilla."),
    "2951-2": _("Sal de la sangre; guarda el equilibrio del agua."),
    "2823-3": _("Mineral que cuida el ritmo del corazón y los músculos."),
    "2075-0": _("Sal de la sangre que acompaña al sodio."),
    "17861-6": _("Mineral de huesos, nervios y músculos."),
    "3016-3": _("Hormona que regula la tiroides."),
    "85354-9": _("Fuerza de la sangre contra las arterias."),
    "8867-4": _("Latidos del corazón en un minuto."),
    "59408-5": _("Oxígeno que lleva la sangre."),
    "29463-7": _("Peso del cuerpo."),
    "39156-5": _("Relación entre el peso y la estatura."),
}
"""LOINC -> what the study measures."""


def de_problema(clave: str) -> str:
    """What a CIE-10 key is, in the reader's source language; nothing when no words are kept."""
    return _mas_largo(PROBLEMAS, clave.replace(".", ""))


def de_medicina(nombre: str) -> str:
    """What the medicine that `nombre` names is for, when the catalogue knows it."""
    medicamento = reconocer(nombre)
    return _mas_largo(MEDICINAS, medicamento.atc) if medicamento else ""


def _mas_largo(tabla: dict[str, str], clave: str) -> str:
    return next((tabla[clave[:n]] for n in range(len(clave), 0, -1) if clave[:n] in tabla), "")
