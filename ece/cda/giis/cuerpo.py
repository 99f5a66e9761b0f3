"""The body: the sections of the guide, always all of them and in its order."""

from ece.cda.giis import piezas
from ece.cda.giis.escritura import CIE10, LOINC, SNOMED, Nodo, ce, el, ii, parrafos, ts
from ece.cda.giis.fuente import Fuente
from ece.cda.giis.piezas import CCDA, Pieza, Renglones, dia, tabla, texto, uuid_de

SECCIONES: tuple[tuple[str, str, str], ...] = (
    ("42349-1", "Motivo de referencia", "1.3.6.1.4.1.19376.1.5.3.1.3.1"),
    ("48768-6", "Afiliaciones", f"{CCDA}.2.18"),
    ("48765-2", "Alergias y reacciones adversas", f"{CCDA}.2.22"),
    ("10157-6", "Antecedentes heredofamiliares", "2.16.840.1.113883.10.20.1.4"),
    ("29762-2", "Antecedentes personales no patológicos", ""),
    ("11348-0", "Antecedentes personales patológicos", f"{CCDA}.2.20"),
    ("10154-3", "Manifestaciones iniciales", ""),
    ("51848-0", "Impresión diagnóstica", f"{CCDA}.2.8"),
    ("11450-4", "Diagnósticos", f"{CCDA}.2.5.1"),
    ("47519-4", "Procedimientos", "2.16.840.1.113883.10.20.1.12"),
    ("29549-3", "Medicamentos", f"{CCDA}.2.38"),
    ("8648-8", "Evolución", ""),
    ("8716-3", "Signos vitales", f"{CCDA}.2.4"),
    ("18776-5", "Plan de tratamiento", f"{CCDA}.2.10"),
    ("47420-5", "Pronóstico", ""),
)
"""(LOINC code, title, template) of each section of GIIS-A001, in order."""
SIN_INFORMACION = "Sin información disponible."


def de(fuente: Fuente) -> Nodo:
    dichas = {
        "48768-6": _afiliaciones(fuente),
        "48765-2": piezas.alergias(fuente),
        "10157-6": _familiares(fuente),
        "29762-2": _habitos(fuente),
        "11348-0": piezas.condiciones(fuente.antecedentes, "antecedente"),
        "11450-4": piezas.condiciones(fuente.problemas, "diagnostico"),
        "47519-4": piezas.procedimientos(fuente),
        "29549-3": piezas.medicamentos(fuente),
        "8716-3": piezas.signos(fuente),
    }
    componentes = []
    for codigo, titulo, plantilla in SECCIONES:
        narrado, entradas = dichas.get(codigo, (None, []))
        dicho = parrafos(fuente.textos.get(codigo, ()))
        cuerpo = [*([narrado] if narrado is not None else []), *dicho]
        componentes.append(
            el(
                "component",
                el(
                    "section",
                    el("templateId", root=plantilla) if plantilla else None,
                    ce("code", codigo, LOINC, titulo),
                    el("title", titulo),
                    el("text", *(cuerpo or [el("paragraph", SIN_INFORMACION)])),
                    *(el("entry", entrada, typeCode="DRIV") for entrada in entradas),
                ),
            )
        )
    return el("component", el("structuredBody", *componentes))


def _afiliaciones(fuente: Fuente) -> Pieza:
    suyas = fuente.persona.afiliaciones
    return tabla(
        ("Institución", "Número"),
        [([nombre, numero], f"afiliacion{n}") for n, (nombre, numero) in enumerate(suyas, 1)],
    ), []


def _familiares(fuente: Fuente) -> Pieza:
    palabras = {
        "presente": "Presente",
        "ausente": "Ausente",
        "sin-informacion": "Sin información",
    }
    renglones: Renglones = []
    entradas = []
    for n, (clave, dicho, respuesta, quien) in enumerate(fuente.familiares, 1):
        id_ = f"familiar{n}"
        renglones.append(
            ([f"{dicho} ({clave})" if clave else dicho, palabras[respuesta], quien], id_)
        )
        sin = respuesta == "sin-informacion"
        entradas.append(
            el(
                "observation",
                ii(uuid_de(fuente, id_)),
                ce("code", "64572001", SNOMED, "Condición"),
                el("text", el("reference", value=f"#{id_}")),
                el("statusCode", code="completed"),
                ts("effectiveTime", fuente.momento.isoformat(timespec="seconds")),
                el(
                    "value",
                    xsi_type="CD",
                    nullFlavor="NI" if sin or not clave else None,
                    code="" if sin else clave,
                    codeSystem="" if sin or not clave else CIE10,
                    displayName=dicho,
                ),
                classCode="OBS",
                moodCode="EVN",
                negationInd="true" if respuesta == "ausente" else None,
            )
        )
    return tabla(("Padecimiento", "Respuesta", "Quién"), renglones), entradas


def _habitos(fuente: Fuente) -> Pieza:
    renglones: Renglones = [
        (
            [
                texto(r.get("code")),
                texto(r.get("valueCodeableConcept")) or str(r.get("valueString", "")),
                dia(r, "effectiveDateTime"),
            ],
            f"habito{n}",
        )
        for n, r in enumerate(fuente.habitos, 1)
    ]
    return tabla(("Hábito", "Respuesta", "Fecha"), renglones), []
