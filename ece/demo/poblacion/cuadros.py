"""Clinical pictures: whom each befalls, what it measures, takes and says.

Prose may name ``{o}`` (the ending that agrees with the person), ``{edad}``, ``{ta}``, ``{peso}``,
``{talla}``, ``{imc}``, ``{temperatura}``, ``{semanas}`` and ``{desde}`` (years since it began).
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Laboratorio:
    """A test: its values go around `media`; the reference range is `bajo` to `alto`."""

    loinc: str
    nombre: str
    unidad: str
    media: float
    desviacion: float
    bajo: Decimal | None = None
    alto: Decimal | None = None
    ucum: str = ""


@dataclass(frozen=True, slots=True)
class Medicamento:
    nombre: str
    dosis: str
    via: str
    periodicidad: str
    duracion: str = ""

    @property
    def indicacion(self) -> str:
        partes = (self.dosis, f"vía {self.via}", self.periodicidad, self.duracion)
        return ", ".join(parte for parte in partes if parte)


@dataclass(frozen=True, slots=True)
class Diagnostico:
    clave: str
    texto: str
    cronico: bool = True


@dataclass(frozen=True, slots=True)
class Cuadro:
    clave: str
    peso: float
    edades: tuple[int, int]
    diagnosticos: tuple[Diagnostico, ...]
    medicamentos: tuple[Medicamento, ...]
    laboratorios: tuple[Laboratorio, ...]
    motivo: str
    padecimiento: str
    evolucion: tuple[str, ...]
    exploracion: str
    tratamiento: tuple[str, ...]
    pronostico: str = "Bueno para la vida y para la función."
    visitas: tuple[int, int] = (1, 3)
    intervalo: tuple[int, int] = (28, 95)
    sexo: str = ""
    sistolica: int = 117
    peso_extra: float = 0
    fiebre: bool = False
    urgencias: bool = False
    procedimiento: tuple[str, str] | None = None
    acompana: tuple[str, ...] = ()


def _d(texto: str) -> Decimal:
    return Decimal(texto)


GLUCOSA_ALTA = Laboratorio("2345-7", "Glucosa en ayuno", "mg/dL", 158, 38, _d("70"), _d("100"))
GLUCOSA = Laboratorio("2345-7", "Glucosa en ayuno", "mg/dL", 91, 9, _d("70"), _d("100"))
HBA1C = Laboratorio("4548-4", "Hemoglobina glucosilada", "%", 7.9, 1.3, _d("4"), _d("5.7"))
CREATININA = Laboratorio("2160-0", "Creatinina", "mg/dL", 0.9, 0.2, _d("0.6"), _d("1.2"))
CREATININA_ALTA = Laboratorio("2160-0", "Creatinina", "mg/dL", 2.3, 0.6, _d("0.6"), _d("1.2"))
FILTRADO = Laboratorio(
    "62238-1", "Filtrado glomerular estimado", "mL/min/1.73 m²", 38, 8, _d("60"),
    ucum="mL/min/{1.73_m2}",
)  # fmt: skip
POTASIO = Laboratorio("2823-3", "Potasio", "mmol/L", 4.8, 0.5, _d("3.5"), _d("5.1"))
COLESTEROL = Laboratorio("2093-3", "Colesterol total", "mg/dL", 207, 34, None, _d("200"))
TRIGLICERIDOS = Laboratorio("2571-8", "Triglicéridos", "mg/dL", 176, 52, None, _d("150"))
HEMOGLOBINA = Laboratorio("718-7", "Hemoglobina", "g/dL", 12.9, 1.3, _d("12"), _d("16"))
PLAQUETAS = Laboratorio(
    "777-3", "Plaquetas", "10³/µL", 246, 52, _d("150"), _d("450"), ucum="10*3/uL"
)
ANTIGENO = Laboratorio("2857-1", "Antígeno prostático específico", "ng/mL", 9, 4, None, _d("4"))

METFORMINA = Medicamento("Metformina", "850 mg", "oral", "cada 12 horas")
GLARGINA = Medicamento("Insulina glargina", "14 UI", "subcutánea", "cada 24 horas, por la noche")
LOSARTAN = Medicamento("Losartán", "50 mg", "oral", "cada 12 horas")
AMLODIPINO = Medicamento("Amlodipino", "5 mg", "oral", "cada 24 horas")
PARACETAMOL = Medicamento("Paracetamol", "500 mg", "oral", "cada 8 horas", "por 5 días")

CUADROS: tuple[Cuadro, ...] = (
    Cuadro(
        "diabetes", 16, (32, 92),
        (Diagnostico("E119", "Diabetes mellitus tipo 2, sin mención de complicación"),),
        (METFORMINA, GLARGINA), (GLUCOSA_ALTA, HBA1C, CREATININA),
        "Control de diabetes",
        "Diabetes de {desde} años de evolución, descubierta en un examen de rutina. Ha tomado"
        " metformina con apego irregular. Usó té de nopal durante unos meses. Acude por poliuria"
        " nocturna y visión borrosa ocasional de tres semanas.",
        (
            "Refiere apego parcial al tratamiento y a la dieta. Niega poliuria, polidipsia e"
            " hipoglucemias. Sin parestesias. Niega tabaquismo y consumo de alcohol.",
            "Se siente bien. Camina media hora cuatro días a la semana. Una hipoglucemia leve hace"
            " quince días, que resolvió con jugo. Sin lesiones en los pies. Niega tabaquismo.",
            "Suspendió el medicamento dos semanas por un viaje. Refiere sed y cansancio. Sin dolor"
            " torácico ni disnea. Bebe cerveza los fines de semana.",
        ),
        "Orientad{o}, bien hidratad{o}. Cardiopulmonar sin alteraciones. Abdomen blando. Pies con"
        " pulsos presentes, sensibilidad al monofilamento conservada, sin úlceras.",
        (
            "Metformina 850 mg por vía oral cada 12 horas. Insulina glargina 14 UI por vía"
            " subcutánea cada noche. Plan de alimentación y caminata de 30 minutos diarios."
            " Revisión de pies. Cita en un mes con glucosa y hemoglobina glucosilada.",
            "Continúa metformina 850 mg por vía oral cada 12 horas. Se refuerza el plan de"
            " alimentación y el automonitoreo. Interconsulta a oftalmología para fondo de ojo. Cita"
            " en dos meses.",
        ),
        pronostico="Bueno para la vida; reservado para la función, según el control metabólico.",
        visitas=(2, 4), sistolica=128, peso_extra=8, acompana=("hipertension", "dislipidemia"),
    ),
    Cuadro(
        "hipertension", 16, (38, 94),
        (Diagnostico("I10X", "Hipertensión esencial (primaria)"),),
        (LOSARTAN, AMLODIPINO), (CREATININA, POTASIO),
        "Control de presión arterial",
        "Cifras de presión altas desde hace {desde} años en tomas de farmacia. Cefalea occipital"
        " matutina ocasional. Ha tomado captopril por su cuenta. Niega dolor torácico y disnea.",
        (
            "Asintomátic{o}. Niega cefalea, acúfenos, fosfenos y dolor torácico. Reduce la sal en"
            " los alimentos. Niega consumo de tabaco y alcohol.",
            "Registro en casa entre 125 y 140 de sistólica. Edema leve de tobillos por las tardes."
            " Toma sus medicamentos todos los días. No fuma.",
            "Olvida la dosis de la noche. Cefalea dos veces por semana que cede sola. Fuma tres"
            " cigarros al día; acepta dejarlo.",
        ),
        "Tensión arterial {ta} mmHg. Ruidos cardiacos rítmicos, sin soplos. Campos pulmonares"
        " limpios. Sin edema. Pulsos periféricos simétricos.",
        (
            "Losartán 50 mg por vía oral cada 12 horas. Registro domiciliario de la presión. Dieta"
            " baja en sodio. Cita en dos meses con creatinina y potasio.",
            "Losartán 50 mg por vía oral cada 12 horas y amlodipino 5 mg por vía oral cada 24"
            " horas. Actividad física aeróbica. Cita en un mes.",
        ),
        visitas=(2, 4), sistolica=145, peso_extra=5, acompana=("dislipidemia",),
    ),
    Cuadro(
        "dislipidemia", 5, (28, 80),
        (Diagnostico("E785", "Hiperlipidemia no especificada"),),
        (Medicamento("Atorvastatina", "20 mg", "oral", "cada 24 horas, por la noche"),),
        (COLESTEROL, TRIGLICERIDOS, GLUCOSA),
        "Revisión de colesterol",
        "Enviad{o} de medicina preventiva por colesterol alto en un examen laboral. Asintomátic{o}."
        " Vida sedentaria. Padre con infarto a los 58 años.",
        (
            "Asintomátic{o}. Disminuyó refrescos y frituras. Camina los fines de semana. No fuma.",
            "Sin mialgias ni dolor abdominal. Apego adecuado al tratamiento. Alcohol ocasional.",
        ),
        "IMC de {imc} kg/m². Sin xantomas. Cardiopulmonar sin alteraciones. Abdomen sin megalias.",
        (
            "Atorvastatina 20 mg por vía oral cada 24 horas. Dieta cardiosaludable y ejercicio"
            " aeróbico de 150 minutos por semana. Perfil de lípidos en tres meses.",
        ),
        peso_extra=7,
    ),
    Cuadro(
        "embarazo", 9, (16, 42),
        (Diagnostico("Z348", "Supervisión de otros embarazos normales"),),
        (
            Medicamento("Ácido fólico", "0.4 mg", "oral", "cada 24 horas"),
            Medicamento("Fumarato ferroso", "200 mg", "oral", "cada 24 horas"),
        ),
        (HEMOGLOBINA, GLUCOSA, PLAQUETAS), "Control prenatal",
        "Embarazo de {semanas} semanas por fecha de última menstruación, deseado. Náusea matutina"
        " que cedió. Niega sangrado, dolor y salida de líquido. Inmunizaciones al corriente.",
        (
            "Embarazo de {semanas} semanas. Niega sangrado, salida de líquido y datos de"
            " vasoespasmo. Niega consumo de tabaco y alcohol. Toma hierro y ácido fólico.",
            "Embarazo de {semanas} semanas. Percibe movimientos fetales. Edema leve de pies al"
            " final del día. Sin cefalea, acúfenos ni fosfenos. Plan de seguridad revisado.",
        ),
        "Tensión arterial {ta} mmHg. Abdomen globoso por útero gestante, producto único vivo,"
        " frecuencia cardiaca fetal de 144 por minuto. Sin edema. Reflejos normales.",
        (
            "Ácido fólico 0.4 mg y fumarato ferroso 200 mg por vía oral cada 24 horas. Se explican"
            " los datos de alarma obstétrica. Ultrasonido de control. Cita en cuatro semanas.",
        ),
        pronostico="Bueno para la madre y para el producto.",
        visitas=(2, 5), intervalo=(26, 30), sexo="M", sistolica=108, peso_extra=5,
    ),
    Cuadro(
        "infancia", 22, (0, 11),
        (Diagnostico("Z001", "Control de salud de rutina del niño", False),), (), (),
        "Control de niño sano",
        "Traíd{o} por su madre para control. Come de todo, duerme bien y juega. Sin enfermedades"
        " desde la última consulta.",
        (
            "Desarrollo acorde con la edad. Alimentación adecuada. La madre no refiere enfermedades"
            " desde la última consulta.",
            "Un cuadro de catarro hace tres semanas, que resolvió en casa. Come bien, duerme diez"
            " horas. Convive con otros niños.",
        ),
        "Activ{o} y reactiv{o}. Peso de {peso} kg y talla de {talla} cm, en percentiles normales."
        " Oídos y faringe normales. Campos pulmonares limpios. Abdomen blando.",
        (
            "Se aplican las vacunas que corresponden. Se orienta sobre alimentación, estimulación y"
            " prevención de accidentes. Cita en dos meses.",
            "Suero oral en casa. Se explican los signos de alarma. Se revisa la cartilla de"
            " vacunación, completa para la edad. Cita en tres meses.",
        ),
        visitas=(1, 2), intervalo=(55, 120), sistolica=94,
    ),
    Cuadro(
        "respiratoria", 6, (1, 80),
        (Diagnostico("J069", "Infección aguda de las vías respiratorias superiores", False),),
        (PARACETAMOL,), (), "Tos y fiebre",
        "Tos seca, rinorrea y fiebre de hasta 38.5 °C de tres días. Contacto con familiares"
        " enfermos. Sin dificultad para respirar.",
        (
            "Cede la fiebre desde ayer. Persiste la tos, ya productiva. Tolera la vía oral.",
            "Sin fiebre. Rinorrea hialina escasa. Buen apetito.",
        ),
        "Temperatura de {temperatura} °C. Faringe hiperémica sin exudado. Campos pulmonares sin"
        " estertores ni sibilancias. Membranas timpánicas normales.",
        (
            "Líquidos abundantes y reposo. Paracetamol por vía oral cada 8 horas si hay fiebre. Sin"
            " indicación de antibiótico. Se explican los datos de alarma.",
        ),
        visitas=(1, 2), intervalo=(4, 7), fiebre=True,
    ),
    Cuadro(
        "asma", 4, (5, 60),
        (Diagnostico("J459", "Asma, no especificada"),),
        (
            Medicamento("Beclometasona", "100 µg, dos inhalaciones", "inhalada", "cada 12 horas"),
            Medicamento("Salbutamol", "100 µg, dos inhalaciones", "inhalada", "si hay síntomas"),
        ),
        (), "Control de asma",
        "Sibilancias y tos nocturna desde hace {desde} años, con polvo y cambios de clima. Dos"
        " visitas a urgencias el último año.",
        (
            "Usa salbutamol una vez por semana. Duerme bien. Sin limitación para el ejercicio.",
            "Tos nocturna dos noches por semana desde que se mudó. Convive con un gato.",
        ),
        "Sin dificultad respiratoria. Sibilancias espiratorias aisladas. Sin tiraje.",
        (
            "Beclometasona dos inhalaciones cada 12 horas. Salbutamol de rescate. Se revisa la"
            " técnica de inhalación y el plan de acción. Cita en dos meses.",
        ),
        visitas=(1, 3),
    ),
    Cuadro(
        "trauma", 7, (8, 82),
        (Diagnostico("S525", "Fractura de la epífisis inferior del radio", False),),
        (PARACETAMOL,), (), "Caída desde su altura",
        "Caída desde su altura hace dos horas con apoyo sobre la mano derecha. Dolor y deformidad"
        " de la muñeca. Sin pérdida del estado de alerta.",
        (
            "Tolera la férula. Dolor leve. Mueve los dedos, llenado capilar inmediato. Sin datos de"
            " compartimento.",
            "Sin dolor. Se retiró la férula. Arcos de movilidad casi completos.",
        ),
        "Muñeca derecha con aumento de volumen y deformidad en dorso de tenedor. Llenado capilar de"
        " dos segundos, sensibilidad conservada. Orientad{o}, sin focalización.",
        (
            "Reducción cerrada y férula braquipalmar. Paracetamol 500 mg por vía oral cada 8 horas"
            " por 5 días. Radiografía de control. Cita a traumatología en una semana.",
        ),
        visitas=(1, 3), intervalo=(7, 21), urgencias=True,
        procedimiento=("79.02", "Reducción cerrada de fractura de radio, sin fijación interna"),
    ),
    Cuadro(
        "depresion", 7, (15, 82),
        (Diagnostico("F321", "Episodio depresivo moderado"),),
        (Medicamento("Sertralina", "50 mg", "oral", "cada 24 horas, por la mañana"),), (),
        "Ánimo bajo",
        "Ánimo bajo, insomnio de conciliación y pérdida de interés de dos meses, después de una"
        " separación. Llanto fácil. Niega ideación suicida.",
        (
            "Duerme mejor. Retomó el trabajo. Persiste cansancio por las tardes. Niega ideación"
            " suicida y consumo de sustancias. Red de apoyo presente.",
            "Mejoría del ánimo. Sale con su familia. Sin efectos adversos del medicamento. Niega"
            " ideación suicida.",
        ),
        "Alerta, cooperador{a}. Ánimo triste, afecto congruente. Pensamiento sin ideas delirantes."
        " Juicio conservado. Escala PHQ-9 de 14 puntos.",
        (
            "Sertralina 50 mg por vía oral cada 24 horas. Psicoterapia breve. Se acuerda un plan de"
            " seguridad con su familia. Cita en tres semanas.",
        ),
        pronostico="Bueno para la vida; favorable para la función con apego al tratamiento.",
        visitas=(2, 4), intervalo=(18, 35),
    ),
    Cuadro(
        "renal", 5, (42, 90),
        (
            Diagnostico("N189", "Enfermedad renal crónica, no especificada"),
            Diagnostico("I120", "Enfermedad renal hipertensiva con insuficiencia renal"),
        ),
        (
            Medicamento("Enalapril", "10 mg", "oral", "cada 12 horas"),
            Medicamento("Furosemida", "40 mg", "oral", "cada 24 horas, por la mañana"),
        ),
        (CREATININA_ALTA, FILTRADO, POTASIO, HEMOGLOBINA), "Seguimiento de enfermedad renal",
        "Creatinina elevada desde hace {desde} años, en seguimiento por nefrología. Edema"
        " vespertino de miembros inferiores y nicturia. Tomó antiinflamatorios por dolor de"
        " rodillas.",
        (
            "Edema vespertino leve. Uresis conservada. Niega disnea. Apego a la dieta.",
            "Prurito ocasional. Sin náusea ni vómito. Uresis de litro y medio. Niega uso de"
            " antiinflamatorios y de remedios herbolarios.",
        ),
        "Palidez leve. Tensión arterial {ta} mmHg. Campos pulmonares limpios. Edema maleolar con"
        " fóvea leve. Sin frote pericárdico.",
        (
            "Enalapril 10 mg por vía oral cada 12 horas y furosemida 40 mg por vía oral cada"
            " mañana. Evita antiinflamatorios. Dieta baja en sodio y proteínas. Creatinina y"
            " potasio en un mes.",
        ),
        pronostico="Reservado para la función renal; bueno para la vida a corto plazo.",
        visitas=(2, 4), sistolica=142,
    ),
    Cuadro(
        "cancer-mama", 2.5, (35, 85),
        (Diagnostico("C509", "Tumor maligno de la mama, parte no especificada"),),
        (Medicamento("Tamoxifeno", "20 mg", "oral", "cada 24 horas"),),
        (HEMOGLOBINA, PLAQUETAS), "Vigilancia oncológica",
        "Nódulo en mama izquierda detectado por autoexploración. Mastografía BIRADS 5 y biopsia con"
        " carcinoma ductal infiltrante. Mastectomía parcial.",
        (
            "Tolera el tratamiento. Bochornos leves. Niega dolor óseo y pérdida de peso. Herida"
            " quirúrgica sin alteraciones.",
            "Sin síntomas. Acude a grupo de apoyo. Movilidad del hombro completa.",
        ),
        "Cicatriz en mama izquierda sin datos de recurrencia. Sin adenomegalias axilares ni"
        " supraclaviculares. Hígado no palpable.",
        (
            "Tamoxifeno 20 mg por vía oral cada 24 horas. Mastografía anual. Cita en tres meses con"
            " laboratorio.",
        ),
        pronostico="Favorable con tratamiento; sujeto a vigilancia.",
        visitas=(2, 4), sexo="M",
        procedimiento=("85.22", "Resección de cuadrante de mama"),
    ),
    Cuadro(
        "cancer-prostata", 1.5, (52, 90),
        (Diagnostico("C61X", "Tumor maligno de la próstata"),),
        (Medicamento("Bicalutamida", "50 mg", "oral", "cada 24 horas"),),
        (ANTIGENO, HEMOGLOBINA), "Vigilancia oncológica",
        "Chorro urinario débil y nicturia de un año. Antígeno elevado; biopsia con adenocarcinoma,"
        " Gleason 7.",
        (
            "Nicturia de dos veces. Niega hematuria, dolor óseo y pérdida de peso.",
            "Tolera el tratamiento. Bochornos ocasionales. Buen estado general.",
        ),
        "Abdomen sin globo vesical. Próstata aumentada de tamaño, indurada. Sin dolor a la"
        " percusión de la columna.",
        (
            "Bicalutamida 50 mg por vía oral cada 24 horas. Antígeno prostático en tres meses."
            " Control por oncología.",
        ),
        pronostico="Favorable con tratamiento; sujeto a vigilancia.",
        visitas=(2, 4), sexo="H",
        procedimiento=("60.11", "Biopsia cerrada de próstata"),
    ),
    Cuadro(
        "sano", 14, (12, 75),
        (Diagnostico("Z000", "Examen médico general", False),), (), (GLUCOSA, COLESTEROL),
        "Examen médico general",
        "Acude por un certificado de salud. Asintomátic{o}. Hace ejercicio dos veces por semana.",
        (
            "Asintomátic{o}. Trae sus estudios. Niega tabaquismo y consumo de alcohol.",
            "Sin molestias. Duerme siete horas. Come tres veces al día.",
        ),
        "Buen estado general. IMC de {imc} kg/m². Tensión arterial {ta} mmHg. Exploración física"
        " sin alteraciones.",
        (
            "Alimentación variada y actividad física de 150 minutos por semana. Se actualiza el"
            " esquema de vacunación. Revisión anual.",
        ),
        visitas=(1, 2), intervalo=(10, 30),
    ),
)  # fmt: skip

POR_CLAVE = {cuadro.clave: cuadro for cuadro in CUADROS}

ALERGIAS = (
    ("Penicilina", "medication", "high", "Urticaria generalizada"),
    ("Metamizol", "medication", "high", "Broncoespasmo"),
    ("Sulfametoxazol", "medication", "low", "Exantema"),
    ("Ácido acetilsalicílico", "medication", "high", "Angioedema"),
    ("Medio de contraste yodado", "medication", "high", "Hipotensión"),
    ("Camarón", "food", "high", "Angioedema"),
    ("Nuez", "food", "low", "Prurito oral"),
    ("Látex", "environment", "low", "Dermatitis de contacto"),
)
"""(substance, category, criticality, reaction)."""

HEREDOFAMILIARES = (
    "Madre con diabetes mellitus tipo 2. Padre con hipertensión arterial. Hermanos sanos."
    " Dislipidemia: sin información.",
    "Abuelos maternos con diabetes e hipertensión. Padre con infarto del miocardio a los 60 años.",
    "Hipertensión, dislipidemia y diabetes ausentes en familiares de primer grado.",
    "Tía materna con cáncer de mama. Madre hipertensa. Resto sin información.",
)
PATOLOGICOS = (
    "Niega cirugías, transfusiones y hospitalizaciones. Varicela en la infancia. Niega tabaquismo,"
    " alcohol y otras sustancias psicoactivas.",
    "Apendicectomía a los 19 años. Niega transfusiones. Tabaquismo de cinco cigarros al día durante"
    " diez años, suspendido. Alcohol ocasional. Niega otras sustancias.",
    "Fractura de clavícula en la adolescencia. Niega alergias conocidas por interrogatorio. Alcohol"
    " social. Niega tabaco y otras sustancias psicoactivas.",
)
NO_PATOLOGICOS = (
    "Casa propia con todos los servicios. Baño diario. Alimentación de tres comidas al día."
    " Escolaridad secundaria. Convive con dos perros.",
    "Vivienda rentada, con agua y drenaje. Trabaja en el comercio. Alimentación abundante en"
    " harinas. Inmunizaciones al corriente.",
    "Vivienda de tabique con piso firme. Se dedica al campo. Agua de pozo. Escolaridad primaria.",
)
APARATOS = (
    "Sin síntomas respiratorios, digestivos ni urinarios. Sueño conservado. Resto interrogado y"
    " negado.",
    "Refiere pirosis ocasional. Evacuaciones diarias de consistencia normal. Resto sin datos por"
    " agregar.",
)
