"""Pregnancy: dates, when ultrasound corrects them, and what raises an alarm. Pure figures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from registros.catalogos.edades import sumar_meses
from registros.catalogos.signos import Signo

SISTEMA = "urn:ece:fhir:embarazo"
INICIO, CONTROL, DESENLACE = "inicio", "control", "desenlace"
FUM, FPP = "8665-2", "11778-8"
EDEMA, ALARMA, RIESGO, ULTRASONIDO = "edema", "alarma", "riesgo", "ultrasonido"
GESTACION = timedelta(days=280)

FORMULA: dict[str, tuple[str, str]] = {
    "gestas": ("11996-6", _("Gestas")),
    "partos": ("11977-6", _("Partos")),
    "cesareas": ("68497-7", _("Cesáreas")),
    "abortos": ("11612-9", _("Abortos")),
}
"""The obstetric formula: key -> LOINC, words."""

OBSTETRICOS: dict[str, Signo] = {
    "fondo_uterino": Signo(
        "fondo_uterino", _("Fondo uterino"), "11881-0", "cm", "cm", Decimal(5), Decimal(50)
    ),
    "frecuencia_fetal": Signo(
        "frecuencia_fetal",
        _("Frecuencia cardiaca fetal"),
        "55283-6",
        "/min",
        "lpm",
        Decimal(50),
        Decimal(240),
    ),
}
"""What a control measures besides weight and pressure."""

RIESGOS: dict[str, str] = {
    "edad": _("Menor de 18 o mayor de 35 años"),
    "hipertension": _("Hipertensión o preeclampsia previa"),
    "diabetes": _("Diabetes"),
    "cesarea": _("Cesárea previa"),
    "perdidas": _("Pérdidas o muerte perinatal previas"),
    "multiple": _("Embarazo múltiple"),
    "obesidad": _("Obesidad"),
    "tabaco": _("Tabaco, alcohol u otras sustancias"),
    "rh": _("Rh negativo"),
    "infeccion": _("VIH, sífilis o hepatitis B"),
    "cronica": _("Enfermedad cardiaca, renal o autoinmune"),
    "violencia": _("Violencia"),
}
ALARMAS: dict[str, str] = {
    "cefalea": _("Cefalea intensa"),
    "vision": _("Visión borrosa, fosfenos o acúfenos"),
    "epigastralgia": _("Dolor en epigastrio"),
    "sangrado": _("Sangrado vaginal"),
    "liquido": _("Salida de líquido"),
    "movimientos": _("Menos movimientos fetales"),
    "contracciones": _("Contracciones antes de término"),
    "fiebre": _("Fiebre"),
    "convulsion": _("Convulsiones"),
}
"""Alarm signs (NOM-007-SSA2-2016, 5.2; carnet perinatal)."""
EDEMAS: dict[str, str] = {
    "no": _("Sin edema"),
    "leve": _("Leve (+)"),
    "moderado": _("Moderado (++)"),
    "grave": _("Grave (+++)"),
}
DESENLACES: dict[str, str] = {
    "parto": _("Parto"),
    "cesarea": _("Cesárea"),
    "aborto": _("Aborto"),
    "ectopico": _("Embarazo ectópico"),
    "muerte_fetal": _("Muerte fetal"),
}


@dataclass(frozen=True, slots=True)
class Edad:
    """Gestational age."""

    dias: int

    @property
    def semanas(self) -> int:
        return self.dias // 7

    @property
    def resto(self) -> int:
        return self.dias % 7

    @property
    def trimestre(self) -> int:
        return 1 if self.semanas < 14 else 2 if self.semanas < 28 else 3

    def __str__(self) -> str:
        return f"{self.semanas}.{self.resto}"


def naegele(fum: date) -> date:
    """The probable date of birth: a year on, three months back and seven days more."""
    return sumar_meses(fum, 9) + timedelta(days=7)


def por_ultrasonido(fecha: date, *, semanas: int, dias: int) -> date:
    """The date of birth that an ultrasound of `fecha` implies."""
    return fecha + GESTACION - timedelta(days=semanas * 7 + dias)


def tolerancia(semanas: int) -> int:
    """Days that ultrasound and last period may differ before the ultrasound dates the pregnancy.

    `semanas` by last period at the scan. ACOG Committee Opinion 700, Obstet Gynecol 2017;129:e150.
    """
    for hasta, dias in ((9, 5), (16, 7), (22, 10), (28, 14)):
        if semanas < hasta:
            return dias
    return 21


def corregida(fum: date, *, fecha: date, semanas: int, dias: int) -> date | None:
    """The date of birth by ultrasound when it must replace the one by last period, else None."""
    segun_fum = edad(fum, fecha)
    segun_ultrasonido = semanas * 7 + dias
    if abs(segun_ultrasonido - segun_fum.dias) <= tolerancia(segun_fum.semanas):
        return None
    return por_ultrasonido(fecha, semanas=semanas, dias=dias)


def edad(inicio: date, hoy: date) -> Edad:
    """Gestational age on `hoy`: since the last period, or since what an ultrasound puts there."""
    return Edad((hoy - inicio).days)


def alarmas(
    edad: Edad, valores: dict[str, Decimal], sintomas: Collection[str] = ()
) -> list[tuple[str, bool]]:
    """(words, whether it is an emergency) of what a control shows.

    Pressure: NOM-007-SSA2-2016 and ACOG Practice Bulletin 222; fetal heart: FIGO 2015 (110–160);
    fundal height: 3 cm from the weeks, between 20 and 36 (McDonald).
    """
    encontradas: list[tuple[str, bool]] = []
    sistolica, diastolica = valores.get("sistolica", 0), valores.get("diastolica", 0)
    if sistolica >= 160 or diastolica >= 110:
        encontradas.append((_("Tensión de 160/110 o más: emergencia hipertensiva"), True))
    elif sistolica >= 140 or diastolica >= 90:
        encontradas.append((_("Tensión de 140/90 o más: descarte preeclampsia"), True))
    if (fetal := valores.get("frecuencia_fetal")) is not None and not 110 <= fetal <= 160:
        encontradas.append((_("Frecuencia cardiaca fetal fuera de 110 a 160"), True))
    fondo = valores.get("fondo_uterino")
    if fondo is not None and 20 <= edad.semanas <= 36 and abs(fondo - edad.semanas) > 3:
        encontradas.append((_("Fondo uterino a más de 3 cm de lo esperado"), False))
    return encontradas + [(ALARMAS[s], True) for s in ALARMAS if s in sintomas]
