"""What laboratories measure: LOINC, UCUM, reference and critical limits by sex and age.

The limits are common ones for adults and children, of our own compilation; each laboratory must
check them against its methods (NOM-007-SSA3) before it relies on them. A line of the table is
``key|name|LOINC|UCUM|unit|digits or values|reference|critical``; a limit is
``[sex]age:low..high``, age in days, months or años, and the oldest that applies rules. In a list of
values ``*`` marks the abnormal and ``!`` the critical ones; ``t`` is free text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique

_DIAS = {"d": 1, "m": 30, "a": 365}


@unique
class Bandera(StrEnum):
    """How a value stands to its limits (HL7 v3 ObservationInterpretation)."""

    NORMAL = "N"
    BAJO = "L"
    ALTO = "H"
    CRITICO_BAJO = "LL"
    CRITICO_ALTO = "HH"
    ANORMAL = "A"
    CRITICO = "AA"

    @property
    def critica(self) -> bool:
        return self in (Bandera.CRITICO_BAJO, Bandera.CRITICO_ALTO, Bandera.CRITICO)


@dataclass(frozen=True, slots=True)
class Limites:
    """From `bajo` to `alto`, both within; either may be open."""

    bajo: Decimal | None = None
    alto: Decimal | None = None

    def __str__(self) -> str:
        if self.bajo is None:
            return f"≤ {self.alto}"
        return f"≥ {self.bajo}" if self.alto is None else f"{self.bajo} – {self.alto}"


@dataclass(frozen=True, slots=True)
class _Para:
    sexo: str
    desde_dias: int
    limites: Limites


@dataclass(frozen=True, slots=True, eq=False)
class Analito:
    """One thing measured. `valores` are the words it may take, when it is not a figure."""

    clave: str
    nombre: str
    loinc: str
    ucum: str
    unidad: str
    decimales: int
    libre: bool
    valores: dict[str, Bandera]
    _referencia: tuple[_Para, ...]
    _critico: tuple[_Para, ...]

    @property
    def numerico(self) -> bool:
        return not self.libre and not self.valores

    def referencia(self, sexo: str, edad_dias: int | None) -> Limites | None:
        """The reference limits; `sexo` is FHIR's gender, `edad_dias` None stands for an adult."""
        return _elegir(self._referencia, sexo, edad_dias)

    def critico(self, sexo: str, edad_dias: int | None) -> Limites | None:
        return _elegir(self._critico, sexo, edad_dias)

    def bandera(self, valor: Decimal | str, sexo: str, edad_dias: int | None) -> Bandera | None:
        """How `valor` stands; None where there is nothing to compare it with."""
        if isinstance(valor, str):
            return self.valores.get(valor)
        critico = self.critico(sexo, edad_dias) or Limites()
        if critico.bajo is not None and valor < critico.bajo:
            return Bandera.CRITICO_BAJO
        if critico.alto is not None and valor > critico.alto:
            return Bandera.CRITICO_ALTO
        normal = self.referencia(sexo, edad_dias)
        if normal is None:
            return None
        if normal.bajo is not None and valor < normal.bajo:
            return Bandera.BAJO
        if normal.alto is not None and valor > normal.alto:
            return Bandera.ALTO
        return Bandera.NORMAL


def _elegir(opciones: tuple[_Para, ...], sexo: str, edad_dias: int | None) -> Limites | None:
    edad = 40 * 365 if edad_dias is None else edad_dias
    letra = {"male": "H", "female": "M"}.get(sexo, "")
    posibles = [o for o in opciones if o.desde_dias <= edad and o.sexo in ("", letra)]
    return max(posibles, key=lambda o: (o.desde_dias, o.sexo)).limites if posibles else None


_LIMITE = re.compile(r"([HM]?)(\d+)([dma]):(-?[\d.]*?)\.\.(-?[\d.]*)")


def _limites(texto: str) -> tuple[_Para, ...]:
    leidos = []
    for parte in texto.split():
        hallado = _LIMITE.fullmatch(parte)
        assert hallado is not None, parte
        sexo, cuanto, unidad, bajo, alto = hallado.groups()
        entre = Limites(Decimal(bajo) if bajo else None, Decimal(alto) if alto else None)
        leidos.append(_Para(sexo, int(cuanto) * _DIAS[unidad], entre))
    return tuple(leidos)


def _valores(texto: str) -> dict[str, Bandera]:
    marcas = {"*": Bandera.ANORMAL, "!": Bandera.CRITICO}
    return {
        opcion.lstrip("*!"): marcas.get(opcion[0], Bandera.NORMAL) for opcion in texto.split(",")
    }


def _analito(linea: str) -> Analito:
    clave, nombre, loinc, ucum, unidad, forma, referencia, critico = linea.split("|")
    return Analito(
        clave=clave,
        nombre=nombre,
        loinc=loinc,
        ucum=ucum,
        unidad=unidad,
        decimales=int(forma) if forma.isdigit() else 0,
        libre=forma == "t",
        valores={} if forma == "t" or forma.isdigit() else _valores(forma),
        _referencia=_limites(referencia),
        _critico=_limites(critico),
    )


_TABLA = """
hb|Hemoglobina|718-7|g/dL|g/dL|1|0d:14..22 1m:10..14 6m:10.5..13.5 6a:11.5..15.5 H18a:13.5..17.5 M18a:12..16|0d:7..24 1m:7..20
hto|Hematocrito|4544-3|%|%|1|0d:42..65 1m:30..42 6a:35..45 H18a:41..53 M18a:36..46|0d:21..70
eri|Eritrocitos|789-8|10*6/uL|10⁶/µL|2|0d:3.5..6 H18a:4.5..5.9 M18a:4..5.2|
vcm|Volumen corpuscular medio|787-2|fL|fL|1|0d:95..121 1a:70..86 6a:77..95 18a:80..100|
hcm|Hemoglobina corpuscular media|785-6|pg|pg|1|0d:31..37 1a:23..31 6a:25..33 18a:27..33|
chcm|Concentración media de hemoglobina corpuscular|786-4|g/dL|g/dL|1|0d:31..37|
ade|Ancho de distribución eritrocitaria|788-0|%|%|1|0d:11.5..14.5|
leu|Leucocitos|6690-2|10*3/uL|10³/µL|1|0d:9..30 1m:5..19.5 1a:6..17.5 6a:5..14.5 18a:4.5..11|0d:2..40 1a:2..30
neup|Neutrófilos (%)|770-8|%|%|1|0d:20..60 6a:40..70|
neu|Neutrófilos|751-8|10*3/uL|10³/µL|2|0d:1.5..8.5 18a:1.8..7.7|0d:0.5..
linp|Linfocitos (%)|736-9|%|%|1|0d:30..70 6a:20..45|
lin|Linfocitos|731-0|10*3/uL|10³/µL|2|0d:2..11 6a:1..4.8|
monp|Monocitos (%)|5905-5|%|%|1|0d:2..10|
eosp|Eosinófilos (%)|713-8|%|%|1|0d:0..6|
basp|Basófilos (%)|706-2|%|%|1|0d:0..2|
plaq|Plaquetas|777-3|10*3/uL|10³/µL|0|0d:150..450|0d:20..1000
vpm|Volumen plaquetario medio|32623-1|fL|fL|1|0d:7.5..11.5|
ret|Reticulocitos|17849-1|%|%|1|0d:2..6 1m:0.5..2.5|
vsg|Velocidad de sedimentación globular|4537-7|mm/h|mm/h|0|0d:0..10 H18a:0..15 M18a:0..20 H50a:0..20 M50a:0..30|
tp|Tiempo de protrombina|5902-2|s|s|1|0d:11..13.5|0d:..40
inr|INR|6301-6|{INR}|INR|2|0d:0.8..1.2|0d:..5
ttp|Tiempo de tromboplastina parcial activada|14979-9|s|s|1|0d:25..37|0d:..100
tt|Tiempo de trombina|3243-3|s|s|1|0d:14..19|
fib|Fibrinógeno|3255-7|mg/dL|mg/dL|0|0d:200..400|0d:100..800
dd|Dímero D (FEU)|48065-7|ng/mL|ng/mL FEU|0|0d:..500|
abo|Grupo ABO|883-9|||O,A,B,AB||
rh|Factor Rh|10331-7|||Positivo,Negativo||
coombsd|Coombs directo|1007-4|||Negativo,*Positivo||
coombsi|Coombs indirecto|1008-2|||Negativo,*Positivo||
glu|Glucosa|2345-7|mg/dL|mg/dL|0|0d:40..90 1m:60..100 18a:70..99|0d:30..300 1m:50..400
urea|Urea|3091-6|mg/dL|mg/dL|1|0d:10..36 18a:15..43|0d:..214
bun|Nitrógeno ureico|3094-0|mg/dL|mg/dL|1|0d:5..17 18a:7..20|0d:..100
crea|Creatinina|2160-0|mg/dL|mg/dL|2|0d:0.2..1 1m:0.2..0.5 6a:0.3..0.8 H18a:0.7..1.3 M18a:0.6..1.1|0d:..3.8 18a:..7.4
au|Ácido úrico|3084-1|mg/dL|mg/dL|1|0d:2..5.5 H18a:3.5..7.2 M18a:2.6..6|
col|Colesterol total|2093-3|mg/dL|mg/dL|0|0d:..170 18a:..200|
hdl|Colesterol HDL|2085-9|mg/dL|mg/dL|0|0d:45.. H18a:40.. M18a:50..|
ldl|Colesterol LDL|13457-7|mg/dL|mg/dL|0|0d:..110 18a:..130|
vldl|Colesterol VLDL|13458-5|mg/dL|mg/dL|0|0d:5..30|
nohdl|Colesterol no HDL|43396-1|mg/dL|mg/dL|0|0d:..120 18a:..160|
tg|Triglicéridos|2571-8|mg/dL|mg/dL|0|0d:..90 18a:..150|0d:..1500
na|Sodio|2951-2|mmol/L|mmol/L|0|0d:133..146 1m:135..145|0d:120..160
k|Potasio|2823-3|mmol/L|mmol/L|1|0d:3.7..5.9 1m:4.1..5.3 1a:3.5..5.1|0d:2.8..7 1m:2.8..6.2
cl|Cloro|2075-0|mmol/L|mmol/L|0|0d:98..107|0d:80..120
ca|Calcio|17861-6|mg/dL|mg/dL|1|0d:7.6..10.4 1m:8.8..10.8 18a:8.5..10.2|0d:6.5..13
cai|Calcio ionizado|1995-0|mmol/L|mmol/L|2|0d:1.12..1.32|0d:0.8..1.6
mg|Magnesio|19123-9|mg/dL|mg/dL|1|0d:1.6..2.4|0d:1..4.7
fos|Fósforo|2777-1|mg/dL|mg/dL|1|0d:4.5..9 1a:3.8..6.5 12a:2.9..5.4 18a:2.5..4.5|0d:1..11 1a:1..9
bic|Bicarbonato|1963-8|mmol/L|mmol/L|0|0d:17..25 1a:22..29|0d:10..40
bt|Bilirrubina total|1975-2|mg/dL|mg/dL|2|0d:..12 1m:0.2..1.2|0d:..15
bd|Bilirrubina directa|1968-7|mg/dL|mg/dL|2|0d:0..0.3|
bi|Bilirrubina indirecta|1971-1|mg/dL|mg/dL|2|0d:..11 1m:0.1..0.9|
alt|ALT (TGP)|1742-6|U/L|U/L|0|0d:5..45 H18a:7..55 M18a:7..45|0d:..1000
ast|AST (TGO)|1920-8|U/L|U/L|0|0d:15..60 18a:8..40|0d:..1000
fa|Fosfatasa alcalina|6768-6|U/L|U/L|0|0d:100..400 18a:40..129|
ggt|Gamma-glutamil transferasa|2324-2|U/L|U/L|0|0d:..120 1a:..30 H18a:8..61 M18a:5..36|
prot|Proteínas totales|2885-2|g/dL|g/dL|1|0d:4.6..7 1a:6..8 18a:6.4..8.3|
alb|Albúmina|1751-7|g/dL|g/dL|1|0d:2.8..4.4 1a:3.5..5.2|0d:1.5..
glob|Globulinas|10834-0|g/dL|g/dL|1|0d:2..3.5|
dhl|Deshidrogenasa láctica|2532-0|U/L|U/L|0|0d:160..450 18a:135..225|
ami|Amilasa|1798-8|U/L|U/L|0|0d:28..100|
lip|Lipasa|3040-3|U/L|U/L|0|0d:13..60|
ck|Creatina cinasa|2157-6|U/L|U/L|0|H0d:39..308 M0d:26..192|0d:..5000
ckmb|CK-MB masa|13969-1|ng/mL|ng/mL|1|0d:..5|
tni|Troponina I de alta sensibilidad|89579-7|ng/L|ng/L|0|H18a:..34 M18a:..16|18a:..52
nt|NT-proBNP|33762-6|pg/mL|pg/mL|0|18a:..125 75a:..450|
bnp|Péptido natriurético B|30934-4|pg/mL|pg/mL|0|18a:..100|
pcr|Proteína C reactiva|1988-5|mg/L|mg/L|1|0d:..5|
pct|Procalcitonina|33959-8|ng/mL|ng/mL|2|0d:..0.5|0d:..10
lac|Lactato|2524-7|mmol/L|mmol/L|1|0d:0.5..2.2|0d:..4
amo|Amonio|16362-6|umol/L|µmol/L|0|0d:..100 1m:11..51|0d:..200
a1c|Hemoglobina glucosilada A1c|4548-4|%|%|1|0d:4..5.6|
ins|Insulina|20448-7|u[IU]/mL|µUI/mL|1|0d:2.6..24.9|
pepc|Péptido C|1986-9|ng/mL|ng/mL|1|0d:0.8..3.9|
tsh|Tirotropina (TSH)|3016-3|m[IU]/L|mUI/L|2|0d:1..20 1m:0.7..6 18a:0.4..4.2|0d:..100
t4l|T4 libre|3024-7|ng/dL|ng/dL|2|0d:0.9..2.3 1a:0.8..1.8|
t3l|T3 libre|3051-0|pg/mL|pg/mL|2|0d:2..4.4|
t4|T4 total|3026-2|ug/dL|µg/dL|1|0d:6..16 1a:5.1..14.1|
t3|T3 total|3053-6|ng/mL|ng/mL|2|0d:0.8..2|
tpo|Anticuerpos antiperoxidasa tiroidea|8099-4|[IU]/mL|UI/mL|0|0d:..34|
cort|Cortisol|2143-6|ug/dL|µg/dL|1|0d:5..25|
prl|Prolactina|2842-3|ng/mL|ng/mL|1|H18a:4..15 M18a:4.8..23|
fsh|Folitropina (FSH)|15067-2|m[IU]/mL|mUI/mL|1|H18a:1.5..12.4 M18a:1.7..21.5|
lh|Lutropina (LH)|10501-5|m[IU]/mL|mUI/mL|1|H18a:1.7..8.6 M18a:1..95|
e2|Estradiol|2243-4|pg/mL|pg/mL|0|H18a:11..43|
prog|Progesterona|2839-9|ng/mL|ng/mL|1|H18a:..0.2|
testo|Testosterona total|2986-8|ng/dL|ng/dL|0|H18a:280..1100 M18a:15..70|
hcg|Gonadotropina coriónica, beta|21198-7|m[IU]/mL|mUI/mL|0|H0d:..3|
hcgq|Prueba inmunológica de embarazo|2118-8|||Negativa,Positiva||
pth|Paratohormona intacta|2731-8|pg/mL|pg/mL|0|0d:15..65|
vitd|25-hidroxivitamina D|62292-8|ng/mL|ng/mL|0|0d:30..100|
b12|Vitamina B12|2132-9|pg/mL|pg/mL|0|0d:200..900|
fol|Folato|2284-8|ng/mL|ng/mL|1|0d:3.9..|
fe|Hierro|2498-4|ug/dL|µg/dL|0|0d:50..120 H18a:65..175 M18a:50..170|
tibc|Capacidad total de fijación de hierro|2500-7|ug/dL|µg/dL|0|0d:250..450|
sat|Saturación de transferrina|2502-3|%|%|0|0d:15..50|
fer|Ferritina|2276-4|ng/mL|ng/mL|0|0d:7..140 H18a:30..400 M18a:13..150|
psa|Antígeno prostático específico total|2857-1|ng/mL|ng/mL|2|H18a:..2.5 H50a:..3.5 H60a:..4.5 H70a:..6.5|
psal|Antígeno prostático específico libre|10886-0|ng/mL|ng/mL|2||
afp|Alfafetoproteína|1834-1|ng/mL|ng/mL|1|18a:..8.3|
cea|Antígeno carcinoembrionario|2039-6|ng/mL|ng/mL|1|18a:..5|
ca125|CA 125|10334-1|U/mL|U/mL|1|18a:..35|
ca199|CA 19-9|24108-3|U/mL|U/mL|1|18a:..37|
vih|VIH 1 y 2, antígeno y anticuerpos|56888-1|||No reactivo,*Reactivo||
vdrl|VDRL|5292-8|||No reactivo,*Reactivo||
hbs|Antígeno de superficie de hepatitis B|5196-1|||No reactivo,*Reactivo||
vhc|Anticuerpos contra hepatitis C|16128-1|||No reactivo,*Reactivo||
ns1|Dengue, antígeno NS1|75377-2|||Negativo,*Positivo||
covid|SARS-CoV-2, ARN|94500-6|||No detectado,*Detectado||
flua|Influenza A, antígeno|80382-5|||Negativo,*Positivo||
flub|Influenza B, antígeno|80383-3|||Negativo,*Positivo||
fr|Factor reumatoide|11572-5|[IU]/mL|UI/mL|0|0d:..14|
ana|Anticuerpos antinucleares|8061-4|||Negativos,*Positivos||
c3|Complemento C3|4485-9|mg/dL|mg/dL|0|0d:90..180|
c4|Complemento C4|4498-2|mg/dL|mg/dL|0|0d:10..40|
aso|Antiestreptolisinas|5370-2|[IU]/mL|UI/mL|0|0d:..200|
ige|Inmunoglobulina E|19113-0|[IU]/mL|UI/mL|0|0d:..60 18a:..100|
ucol|Color|5778-6|||t||
uasp|Aspecto|5767-9|||Transparente,*Ligeramente turbio,*Turbio||
uph|pH de orina|2756-5|[pH]|pH|1|0d:5..8|
uden|Densidad|2965-2|{ratio}||3|0d:1.003..1.03|
unit|Nitritos|5802-4|||Negativo,*Positivo||
uest|Esterasa leucocitaria|5799-2|||Negativa,*Trazas,*Positiva||
upro|Proteínas (tira)|20454-5|||Negativo,*Trazas,*1+,*2+,*3+||
uglu|Glucosa (tira)|25428-4|||Negativo,*1+,*2+,*3+||
ucet|Cetonas (tira)|2514-8|||Negativo,*Trazas,*1+,*2+,*3+||
uhem|Hemoglobina (tira)|5794-3|||Negativo,*Trazas,*1+,*2+,*3+||
ubil|Bilirrubina (tira)|5770-3|||Negativo,*Positivo||
uleu|Leucocitos por campo|5821-4|/[HPF]|/campo|0|0d:0..5|
ueri|Eritrocitos por campo|13945-1|/[HPF]|/campo|0|0d:0..3|
ubac|Bacterias|5769-5|||Ausentes,*Escasas,*Moderadas,*Abundantes||
ucrea|Creatinina en orina|2161-8|mg/dL|mg/dL|0||
uacr|Albúmina/creatinina en orina|9318-7|mg/g|mg/g|0|0d:..30|
up24|Proteínas en orina de 24 horas|2889-4|mg/(24.h)|mg/24 h|0|0d:..150|
dep|Depuración de creatinina|2164-2|mL/min|mL/min|0|H18a:97..137 M18a:88..128|
gph|pH arterial|2744-1|[pH]|pH|2|0d:7.35..7.45|0d:7.2..7.6
gco2|Presión arterial de CO₂|2019-8|mm[Hg]|mmHg|0|0d:35..45|0d:20..70
go2|Presión arterial de O₂|2703-7|mm[Hg]|mmHg|0|0d:60..100 1m:80..100|0d:40..
ghco|Bicarbonato arterial|1960-4|mmol/L|mmol/L|0|0d:22..26|0d:10..40
geb|Exceso de base|1925-7|mmol/L|mmol/L|0|0d:-2..2|
gsat|Saturación arterial de O₂|2708-6|%|%|0|0d:95..100|0d:75..
glac|Lactato arterial|2518-9|mmol/L|mmol/L|1|0d:0.5..1.6|0d:..4
dig|Digoxina|10535-3|ng/mL|ng/mL|1|0d:0.8..2|0d:..2.5
fen|Fenitoína|3968-5|ug/mL|µg/mL|1|0d:10..20|0d:..30
valp|Ácido valproico|4086-5|ug/mL|µg/mL|0|0d:50..100|0d:..150
carb|Carbamazepina|3432-2|ug/mL|µg/mL|1|0d:4..12|0d:..20
lit|Litio|14334-7|mmol/L|mmol/L|1|0d:0.6..1.2|0d:..2
van|Vancomicina, valle|4092-3|ug/mL|µg/mL|1|0d:10..20|0d:..30
par|Paracetamol|3298-7|ug/mL|µg/mL|0|0d:10..30|0d:..150
eta|Etanol|5643-2|mg/dL|mg/dL|0|0d:..10|0d:..300
lglu|Glucosa en líquido cefalorraquídeo|2342-4|mg/dL|mg/dL|0|0d:34..119 1m:60..80 18a:40..70|0d:30..
lpro|Proteínas en líquido cefalorraquídeo|2880-3|mg/dL|mg/dL|0|0d:20..170 18a:15..45|
lleu|Leucocitos en líquido cefalorraquídeo|806-0|/uL|/µL|0|0d:0..30 1m:0..5|0d:..100
hemo|Hemocultivo|600-7|||Sin desarrollo a los 5 días,!Desarrollo de bacterias grampositivas,!Desarrollo de bacterias gramnegativas,!Desarrollo de levaduras||
uro|Urocultivo|630-4|||t||
copro|Coprocultivo|625-4|||t||
exu|Cultivo de exudado faríngeo|626-2|||t||
lcult|Cultivo de líquido cefalorraquídeo|606-4|||Sin desarrollo,!Con desarrollo||
gram|Tinción de Gram|664-3|||t||
baar|Baciloscopia (BAAR)|11545-1|||Negativa,!Positiva||
cps|Coproparasitoscópico|10704-5|||t||
soh|Sangre oculta en heces|2335-8|||Negativa,*Positiva||
pap|Citología cervical|10524-7|||t||
"""

ANALITOS: dict[str, Analito] = {a.clave: a for a in map(_analito, _TABLA.strip().splitlines())}
POR_LOINC: dict[str, Analito] = {a.loinc: a for a in ANALITOS.values()}
