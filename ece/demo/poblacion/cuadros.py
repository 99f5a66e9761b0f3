"""Clinical pictures: what each kind of patient has, measures, takes and is told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Laboratorio:
    loinc: str
    nombre: str
    unidad: str
    media: float
    desviacion: float
    bajo: float | None
    alto: float | None


@dataclass(frozen=True, slots=True)
class Medicamento:
    nombre: str
    indicacion: str


@dataclass(frozen=True, slots=True)
class Cuadro:
    """A picture, who it befalls (sex, ages), how often, and what a visit for it holds."""

    clave: str
    peso: float
    edades: tuple[int, int]
    diagnosticos: tuple[tuple[str, str], ...]
    medicamentos: tuple[Medicamento, ...]
    laboratorios: tuple[Laboratorio, ...]
    motivo: str
    evolucion: str
    tratamiento: str
    visitas: tuple[int, int] = (2, 5)
    sexo: str = ""
    sistolica: int = 118
    peso_extra: int = 0


_GLUCOSA = Laboratorio("2345-7", "Glucosa en ayuno", "mg/dL", 96, 14, 70, 100)
_HBA1C = Laboratorio("4548-4", "Hemoglobina glucosilada", "%", 7.6, 1.2, 4, 5.7)
_CREATININA = Laboratorio("2160-0", "Creatinina", "mg/dL", 0.9, 0.2, 0.6, 1.2)
_COLESTEROL = Laboratorio("2093-3", "Colesterol total", "mg/dL", 205, 32, None, 200)
_HB = Laboratorio("718-7", "Hemoglobina", "g/dL", 13.4, 1.4, 12, 16)

CUADROS: tuple[Cuadro, ...] = (
    Cuadro(
        "diabetes", 16, (35, 90), (("E119", "Diabetes mellitus tipo 2, sin mención de complicación"),),
        (
            Medicamento("Metformina", "850 mg, vía oral, cada 12 horas"),
            Medicamento("Insulina glargina", "14 UI, vía subcutánea, cada 24 horas por la noche"),
        ),
        (Laboratorio("2345-7", "Glucosa en ayuno", "mg/dL", 152, 34, 70, 100), _HBA1C, _CREATININA),
        "Control de diabetes",
        "Refiere apego parcial al tratamiento y a la dieta. Niega poliuria, polidipsia e hipoglucemias."
        " Sin parestesias. Niega tabaquismo y consumo de alcohol.",
        "Continúa metformina 850 mg por vía oral cada 12 horas. Plan de alimentación y caminata de"
        " 30 minutos diarios. Revisión de pies. Cita en un mes con laboratorio.",
        (3, 6), peso_extra=8,
    ),
    Cuadro(
        "hipertension", 18, (40, 92), (("I10X", "Hipertensión esencial (primaria)"),),
        (
            Medicamento("Losartán", "50 mg, vía oral, cada 12 horas"),
            Medicamento("Amlodipino", "5 mg, vía oral, cada 24 horas"),
        ),
        (_CREATININA, _COLESTEROL),
        "Control de presión arterial",
        "Asintomática. Niega cefalea, acúfenos, fosfenos y dolor torácico. Reduce la sal en los"
        " alimentos. Niega consumo de tabaco.",
        "Losartán 50 mg por vía oral cada 12 horas. Registro domiciliario de la presión. Dieta baja en"
        " sodio. Cita en dos meses.",
        (3, 6), sistolica=146, peso_extra=5,
    ),
    Cuadro(
        "embarazo", 9, (17, 41), (("Z348", "Supervisión de otros embarazos normales"),),
        (
            Medicamento("Ácido fólico", "400 µg, vía oral, cada 24 horas"),
            Medicamento("Fumarato ferroso", "200 mg, vía oral, cada 24 horas"),
        ),
        (_HB, _GLUCOSA), "Control prenatal",
        "Percibe movimientos fetales. Niega sangrado, salida de líquido y datos de vasoespasmo.",
        "Ácido fólico 400 microgramos y hierro por vía oral cada 24 horas. Se explican datos de alarma"
        " obstétrica. Cita en cuatro semanas.",
        (4, 7), sexo="M", peso_extra=6,
    ),
    Cuadro(
        "infancia", 24, (0, 11), (("Z001", "Control de salud de rutina del niño"),), (), (),
        "Control de niño sano",
        "Desarrollo acorde con la edad. Alimentación adecuada. La madre no refiere enfermedades desde"
        " la última consulta.",
        "Se aplican las vacunas que corresponden. Se orienta sobre alimentación, estimulación y"
        " prevención de accidentes. Cita en dos meses.", (3, 6), sistolica=92,
    ),
    Cuadro(
        "trauma", 8, (8, 75), (("S525", "Fractura de la epífisis inferior del radio"),),
        (Medicamento("Paracetamol", "500 mg, vía oral, cada 8 horas por 5 días"),), (),
        "Caída desde su altura",
        "Dolor y deformidad en muñeca derecha después de una caída. Llenado capilar de dos segundos,"
        " sensibilidad conservada.",
        "Férula braquipalmar. Paracetamol 500 mg por vía oral cada 8 horas por 5 días. Interconsulta a"
        " traumatología.", (1, 3),
    ),
    Cuadro(
        "depresion", 7, (16, 80), (("F321", "Episodio depresivo moderado"),),
        (Medicamento("Sertralina", "50 mg, vía oral, cada 24 horas"),), (),
        "Ánimo bajo",
        "Ánimo bajo, insomnio de conciliación y pérdida de interés de dos meses. Niega ideación"
        " suicida. Red de apoyo presente.",
        "Sertralina 50 mg por vía oral cada 24 horas. Psicoterapia breve. Se acuerda plan de seguridad."
        " Cita en tres semanas.", (2, 5),
    ),
    Cuadro(
        "renal", 5, (45, 88),
        (
            ("N183", "Enfermedad renal crónica, etapa 3"),
            ("I120", "Enfermedad renal hipertensiva con insuficiencia renal"),
        ),
        (Medicamento("Enalapril", "10 mg, vía oral, cada 12 horas"),),
        (Laboratorio("2160-0", "Creatinina", "mg/dL", 2.1, 0.5, 0.6, 1.2), _HB),
        "Seguimiento de enfermedad renal",
        "Edema vespertino leve. Uresis conservada. Niega disnea. Apego a dieta baja en proteínas.",
        "Enalapril 10 mg por vía oral cada 12 horas. Evita antiinflamatorios. Control de creatinina y"
        " potasio en un mes.", (3, 6), sistolica=142,
    ),
    Cuadro(
        "cancer", 3, (35, 85),
        (("C509", "Tumor maligno de la mama, parte no especificada"),),
        (Medicamento("Tamoxifeno", "20 mg, vía oral, cada 24 horas"),), (_HB,),
        "Vigilancia oncológica",
        "Tolera el tratamiento. Niega dolor óseo y pérdida de peso. Herida quirúrgica sin alteraciones.",
        "Tamoxifeno 20 mg por vía oral cada 24 horas. Mastografía anual. Cita en tres meses con"
        " laboratorio.", (2, 5), sexo="M",
    ),
    Cuadro(
        "sano", 20, (12, 70), (("J00X", "Rinofaringitis aguda (resfriado común)"),),
        (Medicamento("Paracetamol", "500 mg, vía oral, cada 8 horas por 3 días"),), (),
        "Resfriado",
        "Rinorrea hialina y odinofagia de tres días. Sin fiebre ni disnea. Niega tabaquismo.",
        "Líquidos abundantes y reposo. Paracetamol 500 mg por vía oral cada 8 horas por 3 días. Se"
        " explican datos de alarma.", (1, 2),
    ),
)  # fmt: skip

ALERGIAS = (
    ("Penicilina", "medication", "high", "Urticaria generalizada"),
    ("Metamizol", "medication", "high", "Broncoespasmo"),
    ("Sulfametoxazol", "medication", "low", "Exantema"),
    ("Camarón", "food", "high", "Angioedema"),
    ("Nuez", "food", "low", "Prurito oral"),
    ("Látex", "environment", "low", "Dermatitis de contacto"),
)

VACUNAS = (
    (0, "BCG"), (2, "Hexavalente, primera dosis"), (2, "Neumocócica conjugada, primera dosis"),
    (4, "Hexavalente, segunda dosis"), (6, "Hexavalente, tercera dosis"), (12, "Triple viral (SRP)"),
    (18, "Hexavalente, refuerzo"), (48, "DPT, refuerzo"), (72, "Triple viral (SRP), refuerzo"),
)  # fmt: skip
"""(month of age, vaccine)."""
