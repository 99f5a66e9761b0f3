"""Studies that can be ordered: what is taken, how the patient comes, and what is reported.

Of our own making. A line is ``key|name|LOINC|service|specimen|hours of fasting|analytes|other
names``; where LOINC has no code for a panel as Mexican laboratories know it, it goes by our own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from ece import fhir
from ece.nucleo.roles import Rol
from registros.catalogos.analitos import ANALITOS, Analito

SISTEMA = "urn:ece:estudio"
SISTEMA_SERVICIO = "http://terminology.hl7.org/CodeSystem/v2-0074"


@unique
class Servicio(StrEnum):
    """Who does a study, by its code of HL7 table 0074."""

    LABORATORIO = "LAB"
    IMAGEN = "RAD"
    OTRO = "OTH"


SERVICIOS = {
    Servicio.LABORATORIO: _("Laboratorio"),
    Servicio.IMAGEN: _("Imagen"),
    Servicio.OTRO: _("Otros servicios"),
}


_AJENOS = {Rol.LABORATORIO: Servicio.IMAGEN, Rol.IMAGEN: Servicio.LABORATORIO}
"""post of a service -> whose orders it does not attend; the rest are of whoever takes them."""


def ajenos(roles: Collection[Rol]) -> frozenset[Servicio]:
    """The services whose orders are not to be attended by who only holds posts of others."""
    if not roles or any(rol not in _AJENOS for rol in roles):
        return frozenset()
    return frozenset.intersection(*(frozenset({_AJENOS[rol]}) for rol in roles))


@dataclass(frozen=True, slots=True, eq=False)
class Estudio:
    """What a clinician asks for by one name."""

    clave: str
    nombre: str
    loinc: str
    servicio: Servicio
    muestra: str
    ayuno_horas: int
    analitos: tuple[Analito, ...]
    busqueda: str

    @property
    def de_laboratorio(self) -> bool:
        return self.servicio is Servicio.LABORATORIO


def _estudio(linea: str) -> Estudio:
    clave, nombre, loinc, servicio, muestra, ayuno, analitos, otros = linea.split("|")
    medidos = tuple(ANALITOS[a] for a in analitos.split())
    palabras = f"{nombre} {otros} {' '.join(a.nombre for a in medidos)}"
    return Estudio(
        clave,
        nombre,
        loinc,
        Servicio(servicio),
        muestra,
        int(ayuno or 0),
        medidos,
        f" {fhir.normalizar(palabras)}",
    )


_BH = "hb hto eri vcm hcm chcm ade leu neup neu linp lin monp eosp basp plaq vpm"
_TABLA = f"""
bh|Biometría hemática completa|57021-8|LAB|Sangre total (EDTA)||{_BH}|BH hemograma citometría
qs6|Química sanguínea de 6 elementos||LAB|Suero|8|glu urea bun crea au col|QS
qs12|Química sanguínea de 12 elementos||LAB|Suero|8|glu urea bun crea au col tg hdl ldl alb prot fos|QS
qs3|Química sanguínea de 3 elementos||LAB|Suero|8|glu urea crea|QS
pm|Perfil metabólico completo|24323-8|LAB|Suero|8|glu bun crea na k cl bic ca prot alb bt fa alt ast|
es|Electrolitos séricos|24326-1|LAB|Suero||na k cl|ES sodio potasio
es6|Electrolitos séricos de 6 elementos||LAB|Suero||na k cl ca mg fos|ES
pfh|Pruebas de función hepática|24325-3|LAB|Suero|8|bt bd bi alt ast fa ggt prot alb glob dhl|PFH perfil hepático
pl|Perfil de lípidos|24331-1|LAB|Suero|12|col hdl ldl vldl nohdl tg|colesterol triglicéridos
pt|Perfil tiroideo||LAB|Suero||tsh t4l t3l t4 t3|tiroides
tshs|TSH|3016-3|LAB|Suero||tsh|tirotropina
t4ls|T4 libre|3024-7|LAB|Suero||t4l|tiroxina
tpos|Anticuerpos antitiroideos||LAB|Suero||tpo|anti TPO
ego|Examen general de orina|24356-8|LAB|Orina, primera de la mañana||ucol uasp uph uden unit uest upro uglu ucet uhem ubil uleu ueri ubac|EGO urianálisis
gsa|Gasometría arterial|24336-0|LAB|Sangre arterial (heparina)||gph gco2 go2 ghco geb gsat glac|gases
coag|Tiempos de coagulación||LAB|Plasma (citrato)||tp inr ttp|TP TTP INR
coagc|Perfil de coagulación completo||LAB|Plasma (citrato)||tp inr ttp tt fib dd|
inrs|Tiempo de protrombina e INR|34528-0|LAB|Plasma (citrato)||tp inr|anticoagulación
dds|Dímero D|48065-7|LAB|Plasma (citrato)||dd|trombosis
fibs|Fibrinógeno|3255-7|LAB|Plasma (citrato)||fib|
grh|Grupo sanguíneo y Rh|34530-6|LAB|Sangre total (EDTA)||abo rh|tipo de sangre
coo|Coombs directo e indirecto||LAB|Sangre total (EDTA)||coombsd coombsi|antiglobulina
rets|Reticulocitos|17849-1|LAB|Sangre total (EDTA)||ret|
vsgs|Velocidad de sedimentación globular|4537-7|LAB|Sangre total (EDTA)||vsg|VSG eritrosedimentación
glus|Glucosa en ayuno|2345-7|LAB|Suero|8|glu|glucemia azúcar
a1cs|Hemoglobina glucosilada|4548-4|LAB|Sangre total (EDTA)||a1c|HbA1c diabetes
inss|Insulina|20448-7|LAB|Suero|8|ins|
pepcs|Péptido C|1986-9|LAB|Suero|8|pepc|
creas|Creatinina|2160-0|LAB|Suero||crea|función renal
ureas|Urea|3091-6|LAB|Suero||urea|función renal
aus|Ácido úrico|3084-1|LAB|Suero|8|au|gota
nas|Sodio|2951-2|LAB|Suero||na|
ks|Potasio|2823-3|LAB|Suero||k|
cas|Calcio|17861-6|LAB|Suero||ca|
cais|Calcio ionizado|1995-0|LAB|Suero||cai|
mgs|Magnesio|19123-9|LAB|Suero||mg|
foss|Fósforo|2777-1|LAB|Suero||fos|
bts|Bilirrubinas||LAB|Suero||bt bd bi|ictericia
trs|Transaminasas||LAB|Suero||alt ast|TGO TGP
amis|Amilasa y lipasa||LAB|Suero||ami lip|pancreatitis
cks|Creatina cinasa|2157-6|LAB|Suero||ck|CPK rabdomiólisis
enz|Enzimas cardiacas||LAB|Suero||tni ck ckmb dhl|infarto troponina
tnis|Troponina I de alta sensibilidad|89579-7|LAB|Suero||tni|infarto
nts|NT-proBNP|33762-6|LAB|Plasma||nt|insuficiencia cardiaca
bnps|BNP|30934-4|LAB|Plasma (EDTA)||bnp|insuficiencia cardiaca
pcrs|Proteína C reactiva|1988-5|LAB|Suero||pcr|PCR inflamación
pcts|Procalcitonina|33959-8|LAB|Suero||pct|sepsis
lacs|Lactato|2524-7|LAB|Plasma (fluoruro)||lac|sepsis choque
amos|Amonio|16362-6|LAB|Plasma (EDTA) en hielo||amo|encefalopatía
hier|Cinética de hierro||LAB|Suero|8|fe tibc sat fer|anemia ferropriva
fers|Ferritina|2276-4|LAB|Suero||fer|
b12s|Vitamina B12 y folato||LAB|Suero|8|b12 fol|anemia megaloblástica
vitds|Vitamina D|62292-8|LAB|Suero||vitd|
pths|Paratohormona|2731-8|LAB|Suero|8|pth|
corts|Cortisol matutino|2143-6|LAB|Suero, 8 de la mañana|8|cort|
prls|Prolactina|2842-3|LAB|Suero|8|prl|
pgin|Perfil ginecológico||LAB|Suero|8|fsh lh e2 prog prl testo|hormonal
testos|Testosterona total|2986-8|LAB|Suero|8|testo|
hcgs|Gonadotropina coriónica cuantitativa|21198-7|LAB|Suero||hcg|embarazo beta
pie|Prueba de embarazo en sangre|2118-8|LAB|Suero||hcgq|PIE
pren|Perfil prenatal||LAB|Sangre y orina|8|{_BH} abo rh glu vdrl vih hbs upro uglu|embarazo control
psas|Antígeno prostático específico|2857-1|LAB|Suero||psa psal|APE próstata
afps|Alfafetoproteína|1834-1|LAB|Suero||afp|
ceas|Antígeno carcinoembrionario|2039-6|LAB|Suero||cea|
ca125s|CA 125|10334-1|LAB|Suero||ca125|ovario
ca199s|CA 19-9|24108-3|LAB|Suero||ca199|páncreas
vihs|VIH, antígeno y anticuerpos|56888-1|LAB|Suero||vih|
vdrls|VDRL|5292-8|LAB|Suero||vdrl|sífilis
hep|Panel de hepatitis B y C||LAB|Suero||hbs vhc|
ns1s|Dengue, antígeno NS1|75377-2|LAB|Suero||ns1|
covids|SARS-CoV-2 por PCR|94500-6|LAB|Exudado nasofaríngeo||covid|COVID
flus|Influenza A y B, prueba rápida||LAB|Exudado nasofaríngeo||flua flub|gripe
reuma|Perfil reumático||LAB|Suero|8|fr pcr aso vsg au|artritis
anas|Anticuerpos antinucleares|8061-4|LAB|Suero||ana|lupus
comp|Complemento C3 y C4||LAB|Suero||c3 c4|lupus
iges|Inmunoglobulina E|19113-0|LAB|Suero||ige|alergia
acr|Relación albúmina/creatinina en orina|9318-7|LAB|Orina, primera de la mañana||uacr ucrea|microalbuminuria nefropatía
dep24|Depuración de creatinina en 24 horas||LAB|Orina de 24 horas y suero||dep up24 crea|proteinuria
hemos|Hemocultivo|600-7|LAB|Sangre, dos frascos||hemo|bacteriemia sepsis
uros|Urocultivo con antibiograma|630-4|LAB|Orina, chorro medio, estéril||uro|infección urinaria
copros|Coprocultivo|625-4|LAB|Heces||copro|diarrea
exus|Cultivo de exudado faríngeo|626-2|LAB|Exudado faríngeo||exu|faringitis
grams|Tinción de Gram|664-3|LAB|Según el sitio||gram|
baars|Baciloscopia seriada|11545-1|LAB|Expectoración||baar|tuberculosis BAAR
lcr|Citoquímico y cultivo de líquido cefalorraquídeo||LAB|Líquido cefalorraquídeo||lglu lpro lleu lcult gram|meningitis punción lumbar
cpss|Coproparasitoscópico seriado|10704-5|LAB|Heces, tres muestras||cps|CPS parásitos
sohs|Sangre oculta en heces|2335-8|LAB|Heces||soh|colon
paps|Citología cervical|10524-7|LAB|Cérvix||pap|Papanicolaou
digs|Digoxina, nivel|10535-3|LAB|Suero||dig|
fens|Fenitoína, nivel|3968-5|LAB|Suero||fen|
valps|Ácido valproico, nivel|4086-5|LAB|Suero||valp|
carbs|Carbamazepina, nivel|3432-2|LAB|Suero||carb|
lits|Litio, nivel|14334-7|LAB|Suero||lit|
vans|Vancomicina, nivel valle|4092-3|LAB|Suero||van|
pars|Paracetamol, nivel|3298-7|LAB|Suero||par|intoxicación
etas|Etanol en sangre|5643-2|LAB|Suero||eta|alcohol
rxt|Radiografía de tórax PA y lateral|36643-5|RAD||||Rx tele
rxa|Radiografía de abdomen de pie y decúbito||RAD||||Rx
rxc|Radiografía de columna cervical||RAD||||Rx
rxl|Radiografía de columna lumbosacra||RAD||||Rx
rxm|Radiografía de mano y muñeca||RAD||||Rx
rxr|Radiografía de rodilla||RAD||||Rx
rxp|Radiografía de pelvis||RAD||||Rx cadera
rxto|Radiografía de tobillo y pie||RAD||||Rx
usa|Ultrasonido abdominal|24558-9|RAD||8||USG hígado vesícula
usr|Ultrasonido renal y de vías urinarias||RAD||||USG
usp|Ultrasonido pélvico||RAD||||USG
uso|Ultrasonido obstétrico|11525-3|RAD||||USG embarazo
usm|Ultrasonido de mama||RAD||||USG
ust|Ultrasonido de tiroides||RAD||||USG cuello
usd|Doppler venoso de miembros inferiores||RAD||||trombosis
mas|Mastografía bilateral|24606-6|RAD||||mamografía
tcc|Tomografía de cráneo|24725-4|RAD||||TAC TC
tct|Tomografía de tórax|24627-2|RAD||||TAC TC
tca|Tomografía de abdomen y pelvis||RAD||6||TAC TC
rmc|Resonancia magnética de cráneo|24590-2|RAD||||RM IRM
rml|Resonancia magnética de columna lumbar||RAD||||RM IRM
dex|Densitometría ósea||RAD||||osteoporosis
ecg|Electrocardiograma|11524-6|OTH||||ECG EKG
eco|Ecocardiograma transtorácico|34552-0|OTH||||
esp|Espirometría||OTH||||EPOC asma
eeg|Electroencefalograma||OTH||||epilepsia
hol|Monitoreo Holter de 24 horas||OTH||||arritmia
pe|Prueba de esfuerzo||OTH||||
endo|Endoscopia digestiva alta||OTH||8||panendoscopia
colo|Colonoscopia||OTH||12||
aud|Audiometría||OTH||||
"""

ESTUDIOS: dict[str, Estudio] = {e.clave: e for e in map(_estudio, _TABLA.strip().splitlines())}


def buscar(texto: str, *, limite: int = 12) -> list[Estudio]:
    """Studies whose name, other names or analytes have words that begin as those of `texto`."""
    palabras = fhir.palabras(texto)
    if not palabras:
        return []
    hallados = [e for e in ESTUDIOS.values() if all(f" {p}" in e.busqueda for p in palabras)]
    por_nombre = [e for e in hallados if fhir.normalizar(e.nombre).startswith(palabras[0])]
    return list(dict.fromkeys([*por_nombre, *hallados]))[:limite]
