"""Clinical scales as descriptions: items, what each answer is worth, and what a total means.

The form, the service, the trend and the page all read these; adding a scale is adding a
description. Totals are computed, never typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from ece.nucleo.roles import Permiso

SISTEMA = "urn:ece:fhir:escala"
BANDERAS = "banderas"


@unique
class Grado(StrEnum):
    """How much a result worries: also the class of its badge."""

    BIEN = ""
    AVISO = "aviso"
    ALERTA = "alerta"


@dataclass(frozen=True, slots=True)
class Opcion:
    """An answer: `clave` is what is stored, `puntos` what it adds."""

    clave: str
    texto: str
    puntos: int


@dataclass(frozen=True, slots=True)
class Item:
    clave: str
    nombre: str
    opciones: tuple[Opcion, ...]
    loinc: str = ""

    def opcion(self, clave: str) -> Opcion | None:
        return next((o for o in self.opciones if o.clave == clave), None)


@dataclass(frozen=True, slots=True)
class Banda:
    """What totals from `desde` to `hasta`, both included, mean."""

    desde: int
    hasta: int
    texto: str
    grado: Grado = Grado.BIEN


@dataclass(frozen=True, slots=True)
class Bandera:
    """A red flag: whoever has it is classified no lower than `nivel`."""

    clave: str
    texto: str
    nivel: int


@dataclass(frozen=True, slots=True)
class Escala:
    """A scale; `fuente` is who published it, `espera` the longest wait in minutes by total."""

    clave: str
    nombre: str
    uso: str
    items: tuple[Item, ...]
    bandas: tuple[Banda, ...]
    fuente: str
    loinc: str = ""
    banderas: tuple[Bandera, ...] = ()
    espera: Mapping[int, int] | None = None
    permiso: Permiso = Permiso.ESCALA_REGISTRAR
    unidad: str = _("puntos")

    @property
    def minimo(self) -> int:
        return sum(min(o.puntos for o in item.opciones) for item in self.items)

    @property
    def maximo(self) -> int:
        return sum(max(o.puntos for o in item.opciones) for item in self.items)

    def total(self, respuestas: Mapping[str, str], banderas: tuple[str, ...] = ()) -> int:
        """The sum of the answers; with red flags, the most urgent of the level and theirs.

        Raises `KeyError` for an item without an answer, or an answer that is not its own.
        """
        puntos = 0
        for item in self.items:
            opcion = item.opcion(respuestas[item.clave])
            if opcion is None:
                raise KeyError(item.clave)
            puntos += opcion.puntos
        return min([puntos, *(b.nivel for b in self.banderas if b.clave in banderas)])

    def banda(self, total: int, respuestas: Mapping[str, str] | None = None) -> Banda:
        """What `total` means; in NEWS2 a single item worth 3 is already urgent."""
        banda = next(b for b in self.bandas if b.desde <= total <= b.hasta)
        if self.clave == "news2" and respuestas and banda.grado is Grado.BIEN:
            tres = any(
                (o := item.opcion(respuestas.get(item.clave, ""))) and o.puntos == 3
                for item in self.items
            )
            if tres:
                return Banda(total, total, NEWS2_UN_TRES, Grado.AVISO)
        return banda


def _opciones(*pares: tuple[int, str]) -> tuple[Opcion, ...]:
    """Answers from their points and words; the order makes each key its own."""
    return tuple(Opcion(f"{n}-{p}", texto, p) for n, (p, texto) in enumerate(pares, 1))


def _si_no(clave: str, nombre: str, puntos: int = 1) -> Item:
    return Item(clave, nombre, _opciones((0, _("No")), (puntos, _("Sí"))))


GLASGOW = Escala(
    "glasgow",
    _("Escala de coma de Glasgow"),
    _("Estado de conciencia del adulto y del niño que habla."),
    (
        Item(
            "ocular",
            _("Apertura ocular"),
            _opciones(
                (4, _("Espontánea")), (3, _("A la voz")), (2, _("Al dolor")), (1, _("Ninguna"))
            ),
            "9267-6",
        ),
        Item(
            "verbal",
            _("Respuesta verbal"),
            _opciones(
                (5, _("Orientada")),
                (4, _("Confusa")),
                (3, _("Palabras inapropiadas")),
                (2, _("Sonidos incomprensibles")),
                (1, _("Ninguna")),
            ),
            "9270-0",
        ),
        Item(
            "motora",
            _("Respuesta motora"),
            _opciones(
                (6, _("Obedece órdenes")),
                (5, _("Localiza el dolor")),
                (4, _("Retira al dolor")),
                (3, _("Flexión anormal")),
                (2, _("Extensión")),
                (1, _("Ninguna")),
            ),
            "9268-4",
        ),
    ),
    (
        Banda(3, 8, _("Grave: valore proteger la vía aérea"), Grado.ALERTA),
        Banda(9, 12, _("Moderado"), Grado.AVISO),
        Banda(13, 15, _("Leve o normal")),
    ),
    "Teasdale G, Jennett B. Lancet 1974;304:81-84.",
    "9269-2",
)

EVA = Escala(
    "eva",
    _("Dolor (EVA)"),
    _("Intensidad del dolor que refiere la persona, de 0 a 10."),
    (
        Item(
            "dolor",
            _("Intensidad del dolor"),
            tuple(Opcion(str(n), str(n), n) for n in range(11)),
        ),
    ),
    (
        Banda(0, 0, _("Sin dolor")),
        Banda(1, 3, _("Leve")),
        Banda(4, 6, _("Moderado"), Grado.AVISO),
        Banda(7, 10, _("Intenso"), Grado.ALERTA),
    ),
    "Huskisson EC. Lancet 1974;304:1127-1131.",
    "38221-8",
)


def _apgar(minuto: int, loinc: str) -> Escala:
    return Escala(
        f"apgar-{minuto}",
        {
            1: _("Apgar al minuto"),
            5: _("Apgar a los 5 minutos"),
            10: _("Apgar a los 10 minutos"),
        }[minuto],
        _("Adaptación del recién nacido."),
        (
            Item(
                "frecuencia",
                _("Frecuencia cardiaca"),
                _opciones((0, _("Ausente")), (1, _("Menos de 100")), (2, _("100 o más"))),
            ),
            Item(
                "respiracion",
                _("Esfuerzo respiratorio"),
                _opciones(
                    (0, _("Ausente")), (1, _("Irregular o débil")), (2, _("Llanto vigoroso"))
                ),
            ),
            Item(
                "tono",
                _("Tono muscular"),
                _opciones(
                    (0, _("Flácido")), (1, _("Alguna flexión")), (2, _("Movimientos activos"))
                ),
            ),
            Item(
                "reflejos",
                _("Respuesta a estímulos"),
                _opciones((0, _("Ninguna")), (1, _("Muecas")), (2, _("Llanto, tos o estornudo"))),
            ),
            Item(
                "color",
                _("Coloración"),
                _opciones(
                    (0, _("Azul o pálida")),
                    (1, _("Cuerpo rosado, extremidades azules")),
                    (2, _("Rosada")),
                ),
            ),
        ),
        (
            Banda(0, 3, _("Depresión grave"), Grado.ALERTA),
            Banda(4, 6, _("Depresión moderada"), Grado.AVISO),
            Banda(7, 10, _("Tranquilizador")),
        ),
        "Apgar V. Anesth Analg 1953;32:260-267; AAP, ACOG. Pediatrics 2015;136:819-822.",
        loinc,
    )


APGAR = (_apgar(1, "9272-6"), _apgar(5, "9274-2"), _apgar(10, "9271-8"))

SILVERMAN = Escala(
    "silverman",
    _("Silverman-Andersen"),
    _("Dificultad respiratoria del recién nacido."),
    (
        Item(
            "toracoabdominal",
            _("Movimientos toracoabdominales"),
            _opciones(
                (0, _("Rítmicos")),
                (1, _("Tórax inmóvil, abdomen en movimiento")),
                (2, _("Disociados")),
            ),
        ),
        Item(
            "tiraje",
            _("Tiraje intercostal"),
            _opciones((0, _("Ausente")), (1, _("Discreto")), (2, _("Acentuado"))),
        ),
        Item(
            "retraccion",
            _("Retracción xifoidea"),
            _opciones((0, _("Ausente")), (1, _("Discreta")), (2, _("Acentuada"))),
        ),
        Item(
            "aleteo",
            _("Aleteo nasal"),
            _opciones((0, _("Ausente")), (1, _("Discreto")), (2, _("Acentuado"))),
        ),
        Item(
            "quejido",
            _("Quejido espiratorio"),
            _opciones(
                (0, _("Ausente")), (1, _("Audible con estetoscopio")), (2, _("Audible a distancia"))
            ),
        ),
    ),
    (
        Banda(0, 0, _("Sin dificultad respiratoria")),
        Banda(1, 3, _("Dificultad leve"), Grado.AVISO),
        Banda(4, 6, _("Dificultad moderada"), Grado.ALERTA),
        Banda(7, 10, _("Dificultad grave"), Grado.ALERTA),
    ),
    "Silverman WA, Andersen DH. Pediatrics 1956;17:1-10.",
)

DOWNTON = Escala(
    "downton",
    _("Riesgo de caídas (Downton)"),
    _("Persona hospitalizada o de edad avanzada."),
    (
        _si_no("caidas", _("Caídas previas")),
        Item(
            "medicamentos",
            _("Medicamentos"),
            _opciones(
                (0, _("Ninguno de riesgo")),
                (
                    1,
                    _("Uno: sedante, diurético, hipotensor, antiparkinsoniano, antidepresivo"),
                ),
                (2, _("Dos de riesgo")),
                (3, _("Tres de riesgo")),
                (4, _("Cuatro de riesgo")),
                (5, _("Cinco o más de riesgo")),
            ),
        ),
        Item(
            "sensorial",
            _("Déficit sensorial"),
            _opciones(
                (0, _("Ninguno")),
                (1, _("Uno: visual, auditivo o de extremidades")),
                (2, _("Dos")),
                (3, _("Los tres")),
            ),
        ),
        Item("mental", _("Estado mental"), _opciones((0, _("Orientado")), (1, _("Confuso")))),
        Item(
            "marcha",
            _("Marcha"),
            _opciones((0, _("Normal, o imposible")), (1, _("Segura con ayuda, o insegura"))),
        ),
    ),
    (
        Banda(0, 2, _("Riesgo bajo")),
        Banda(3, 11, _("Riesgo alto: medidas para prevenir caídas"), Grado.ALERTA),
    ),
    "Downton JH. Falls in the Elderly. Londres: Edward Arnold; 1993.",
)

MORSE = Escala(
    "morse",
    _("Riesgo de caídas (Morse)"),
    _("Adulto hospitalizado."),
    (
        _si_no("caidas", _("Caída en los últimos tres meses"), 25),
        _si_no("secundario", _("Más de un diagnóstico"), 15),
        Item(
            "apoyo",
            _("Ayuda para caminar"),
            _opciones(
                (0, _("Ninguna, reposo en cama o ayuda de enfermería")),
                (15, _("Bastón, muletas o andadera")),
                (30, _("Se apoya en los muebles")),
            ),
        ),
        _si_no("venoclisis", _("Venoclisis o catéter"), 20),
        Item(
            "marcha",
            _("Marcha"),
            _opciones(
                (0, _("Normal, en cama o en silla de ruedas")),
                (10, _("Débil")),
                (20, _("Alterada")),
            ),
        ),
        Item(
            "mental",
            _("Estado mental"),
            _opciones((0, _("Conoce sus límites")), (15, _("Los olvida o los sobreestima"))),
        ),
    ),
    (
        Banda(0, 24, _("Riesgo bajo")),
        Banda(25, 44, _("Riesgo moderado"), Grado.AVISO),
        Banda(45, 125, _("Riesgo alto: medidas para prevenir caídas"), Grado.ALERTA),
    ),
    "Morse JM, Morse RM, Tylko SJ. Can J Aging 1989;8:366-377.",
    "59460-6",
)

NEWS2_UN_TRES = _("Un parámetro vale 3: valoración médica urgente")
NEWS2 = Escala(
    "news2",
    _("Alerta temprana (NEWS2)"),
    _("Deterioro agudo del adulto; no en embarazo ni en menores de 16 años."),
    (
        Item(
            "respiracion",
            _("Frecuencia respiratoria (rpm)"),
            _opciones(
                (3, _("8 o menos")), (1, "9–11"), (0, "12–20"), (2, "21–24"), (3, _("25 o más"))
            ),
        ),
        Item(
            "saturacion",
            _("Saturación de oxígeno (%)"),
            _opciones((3, _("91 o menos")), (2, "92–93"), (1, "94–95"), (0, _("96 o más"))),
        ),
        Item(
            "oxigeno",
            _("Oxígeno suplementario"),
            _opciones((0, _("Aire ambiente")), (2, _("Oxígeno"))),
        ),
        Item(
            "sistolica",
            _("Tensión sistólica (mmHg)"),
            _opciones(
                (3, _("90 o menos")),
                (2, "91–100"),
                (1, "101–110"),
                (0, "111–219"),
                (3, _("220 o más")),
            ),
        ),
        Item(
            "pulso",
            _("Pulso (lpm)"),
            _opciones(
                (3, _("40 o menos")),
                (1, "41–50"),
                (0, "51–90"),
                (1, "91–110"),
                (2, "111–130"),
                (3, _("131 o más")),
            ),
        ),
        Item(
            "conciencia",
            _("Conciencia"),
            _opciones(
                (0, _("Alerta")), (3, _("Confusión nueva, responde a voz o a dolor, o no responde"))
            ),
        ),
        Item(
            "temperatura",
            _("Temperatura (°C)"),
            _opciones(
                (3, _("35.0 o menos")),
                (1, "35.1–36.0"),
                (0, "36.1–38.0"),
                (1, "38.1–39.0"),
                (2, _("39.1 o más")),
            ),
        ),
    ),
    (
        Banda(0, 4, _("Riesgo bajo")),
        Banda(5, 6, _("Riesgo medio: valoración médica urgente"), Grado.AVISO),
        Banda(7, 20, _("Riesgo alto: respuesta de emergencia"), Grado.ALERTA),
    ),
    "Royal College of Physicians. National Early Warning Score (NEWS) 2. Londres, 2017.",
    "",
)

TRIAGE = Escala(
    "triage",
    _("Triage de urgencias"),
    _("Prioridad al llegar; la clasificación la hace un médico (NOM-027-SSA3-2013, 5.4)."),
    (
        Item(
            "nivel",
            _("Prioridad por motivo y exploración"),
            (
                Opcion("rojo", _("I · Rojo, reanimación: de inmediato"), 1),
                Opcion("naranja", _("II · Naranja, emergencia: hasta 10 minutos"), 2),
                Opcion("amarillo", _("III · Amarillo, urgencia: hasta 60 minutos"), 3),
                Opcion("verde", _("IV · Verde, urgencia menor: hasta 120 minutos"), 4),
                Opcion("azul", _("V · Azul, sin urgencia: hasta 240 minutos"), 5),
            ),
        ),
    ),
    (
        Banda(1, 1, _("Rojo: reanimación"), Grado.ALERTA),
        Banda(2, 2, _("Naranja: emergencia"), Grado.ALERTA),
        Banda(3, 3, _("Amarillo: urgencia"), Grado.AVISO),
        Banda(4, 4, _("Verde: urgencia menor")),
        Banda(5, 5, _("Azul: sin urgencia")),
    ),
    "Manchester Triage Group. Emergency Triage, 3.ª ed. BMJ/Wiley, 2014 (niveles y esperas).",
    "11283-9",
    banderas=(
        Bandera("paro", _("Sin pulso, sin respiración o con la vía aérea obstruida"), 1),
        Bandera("choque", _("Datos de choque"), 1),
        Bandera("convulsion", _("Convulsión en este momento"), 1),
        Bandera("inconsciente", _("No responde, o Glasgow de 8 o menos"), 1),
        Bandera("toracico", _("Dolor torácico sugestivo de isquemia"), 2),
        Bandera("evc", _("Déficit neurológico súbito"), 2),
        Bandera("disnea", _("Dificultad respiratoria grave o saturación menor de 90 %"), 2),
        Bandera("hemorragia", _("Hemorragia mayor"), 2),
        Bandera(
            "obstetrica",
            _("Embarazo con sangrado, convulsión, cefalea intensa o tensión de 160/110"),
            2,
        ),
        Bandera(
            "sepsis", _("Fiebre con mal estado general, o lactante menor de 3 meses con fiebre"), 2
        ),
        Bandera("suicidio", _("Riesgo de hacerse daño o de dañar a otros"), 2),
        Bandera("dolor", _("Dolor de 7 o más"), 3),
    ),
    espera={1: 0, 2: 10, 3: 60, 4: 120, 5: 240},
    permiso=Permiso.TRIAGE_CLASIFICAR,
    unidad=_("nivel"),
)

ESCALAS: dict[str, Escala] = {
    escala.clave: escala
    for escala in (TRIAGE, GLASGOW, EVA, NEWS2, *APGAR, SILVERMAN, DOWNTON, MORSE)
}
