"""A message to FHIR: which segments make which resources, by event. Pure.

Nothing here knows what is already in the record: each resource (`Pieza`) comes with a natural key,
by which the receiver tells a new one from the next version of one it has.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from interoperabilidad.hl7v2 import catalogo, datos, grupos, tablas
from interoperabilidad.hl7v2.catalogo import Evento
from interoperabilidad.hl7v2.datos import Contexto, Recurso
from interoperabilidad.hl7v2.er7 import Mensaje, Segmento
from interoperabilidad.hl7v2.segmentos import LLAVE, clinicos, ordenes, otros, resultados, visita
from interoperabilidad.hl7v2.segmentos import paciente as segmento_pid
from interoperabilidad.hl7v2.segmentos.resultados import Archivo

Fusion = Callable[[Recurso, Recurso], Recurso]


def encima(anterior: Recurso, nuevo: Recurso) -> Recurso:
    """What a later message says goes over what was known."""
    return {**anterior, **nuevo}


def completar(anterior: Recurso, nuevo: Recurso) -> Recurso:
    """What is already there stays: somebody may have confirmed or corrected it since."""
    return {**nuevo, **anterior}


@dataclass(frozen=True, slots=True)
class Pieza:
    """A resource to write. `previa`: there must be one to change; `es_orden`: its numbers find it
    wherever it came from, ours too."""

    recurso: Recurso = field(repr=False)
    llave: str
    fusion: Fusion = encima
    previa: bool = False
    es_orden: bool = False

    @property
    def referencia(self) -> str:
        return f"{LLAVE}{self.llave}"

    @property
    def tipo(self) -> str:
        return str(self.recurso["resourceType"])


@dataclass(frozen=True, slots=True)
class Adjunto:
    """A file, and the report it came with or (`documento`) the DocumentReference it is."""

    archivo: Archivo
    informe: str = ""
    documento: str = ""


@dataclass(frozen=True, slots=True)
class Informe:
    """A report of the message, and the numbers of the order it answers (either may be missing)."""

    llave: str
    pedida: Recurso
    atendida: Recurso


@dataclass(frozen=True, slots=True)
class Persona:
    """Who a PID says: to be found by `hallar`, described by `recurso`; `previos`, of its MRG."""

    recurso: Recurso = field(repr=False)
    hallar: tuple[Recurso, ...] = field(repr=False)
    borrados: frozenset[str] = frozenset()
    previos: tuple[Recurso, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class Traduccion:
    evento: Evento
    personas: list[Persona]
    piezas: list[Pieza] = field(default_factory=list)
    adjuntos: list[Adjunto] = field(default_factory=list)
    informes: list[Informe] = field(default_factory=list)
    actualiza_identidad: bool = False

    @property
    def persona(self) -> Persona:
        return self.personas[0]


PACIENTES = 100
"""In one message, at most: whoever has more to tell sends more messages."""


class Intraducible(Exception):
    """The message lacks what its event cannot do without; the message says what and where.

    `lugar` is segment, sequence and field, for ERR-2.
    """

    def __init__(self, texto: str, *, lugar: tuple[str, int, int] | None = None) -> None:
        super().__init__(texto)
        self.lugar = lugar


def evento_de(mensaje: Mensaje) -> tuple[str, str]:
    """(type, event), the event of EVN-1 or of the type when MSH-9 does not say it."""
    tipo, evento = mensaje.tipo, mensaje.evento
    if not evento:
        evn = mensaje.primero("EVN")
        evento = (evn[1].upper() if evn else "") or catalogo.DE_ESTRUCTURA.get(tipo, "")
    return tipo, evento


def traducir(mensaje: Mensaje, contexto: Contexto) -> Traduccion:
    """What the message says, in FHIR. Raises `Intraducible`, `DatoInvalido`."""
    tipo, evento = evento_de(mensaje)
    definido = catalogo.EVENTOS[tipo, evento]
    for nombre in definido.exige:
        if mensaje.primero(nombre) is None:
            raise Intraducible(f"falta el segmento {nombre}", lugar=(nombre, 1, 0))
    traduccion = Traduccion(definido, list(_personas(mensaje, contexto)))
    if not traduccion.persona.hallar:
        raise Intraducible("PID-3 no trae ningún identificador del paciente", lugar=("PID", 1, 3))
    hacer = _DE_TIPO[tipo]
    hacer(mensaje, contexto, evento, traduccion)
    return traduccion


def _personas(mensaje: Mensaje, contexto: Contexto) -> Iterator[Persona]:
    for lugar, grupo in enumerate(mensaje.grupos("PID"), 1):
        if lugar > PACIENTES:
            raise Intraducible(f"trae más de {PACIENTES} pacientes", lugar=("PID", lugar, 0))
        pid = grupo[0]
        mrg = next((s for s in grupo if s.nombre == "MRG"), None)
        yield Persona(
            segmento_pid.de_pid(pid, (s for s in grupo if s.nombre == "NK1"), contexto),
            tuple(segmento_pid.para_hallar(pid, contexto)),
            segmento_pid.borrados(pid),
            tuple(segmento_pid.de_mrg(mrg, contexto)) if mrg is not None else (),
        )


def _adt(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    if evento == "A40":
        if any(not p.hallar or not p.previos for p in t.personas):
            raise Intraducible("MRG-1 no trae el identificador anterior", lugar=("MRG", 1, 1))
        return
    if len(t.personas) > 1:
        raise Intraducible("trae más de un paciente", lugar=("PID", 2, 0))
    t.actualiza_identidad = True
    encuentro = _visita(mensaje, contexto, evento, t)
    for al1 in mensaje.todos("AL1"):
        _alergia(t, clinicos.de_al1(al1, contexto), completar)
    for iam in mensaje.todos("IAM"):
        _alergia(t, clinicos.de_iam(iam, contexto), encima)
    _diagnosticos(mensaje, contexto, encuentro, t)
    for in1 in mensaje.todos("IN1"):
        if cobertura := otros.de_in1(in1, contexto):
            llave = f"cobertura|{cobertura['payor'][0]['display']}|{in1[36]}"
            t.piezas.append(Pieza(cobertura, llave))
    _sueltas(
        [grupos.Observado(s) for s in mensaje.todos("OBX")], mensaje, contexto, encuentro, t, "exam"
    )


def _visita(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> str:
    """Adds the visit; returns the reference to it, empty when the message tells of none."""
    pv1 = mensaje.primero("PV1")
    if pv1 is None:
        return ""
    numero = visita.numero_de(pv1, contexto)
    if not numero:
        if evento in ("A02", "A03", "A06", "A07", "A11", "A12", "A13"):
            raise Intraducible("PV1-19 no trae el número de la visita", lugar=("PV1", 1, 19))
        if evento not in ("A01", "A04", "A05"):
            return ""
    evn = mensaje.primero("EVN")
    marca = (evn[6] or evn[2]) if evn is not None else ""
    ocurrio = datos.instante(marca or mensaje.msh[7], zona=contexto.zona)
    recurso = visita.de_pv1(pv1, mensaje.primero("PV2"), contexto, evento=evento, ocurrio=ocurrio)
    clave = f"{numero['system']}|{numero['value']}" if numero else f"mensaje|{mensaje.control}"
    pieza = Pieza(
        recurso,
        f"visita|{clave}",
        fusion=lambda anterior, nuevo: visita.sobre(anterior, nuevo, evento=evento),
        previa=evento in ("A11", "A12", "A13"),
    )
    t.piezas.append(pieza)
    return pieza.referencia


def _alergia(t: Traduccion, recurso: Recurso, fusion: Fusion) -> None:
    codigo = recurso.get("code")
    if not codigo:
        raise Intraducible("la alergia no dice a qué (AL1-3 o IAM-3)")
    t.piezas.append(Pieza(recurso, f"alergia|{_clave_de(codigo)}", fusion=fusion))


def _clave_de(codigo: Recurso) -> str:
    """What tells a concept from another: its code, or its words."""
    primero: Recurso = next(iter(codigo.get("coding", ())), {})
    if primero.get("code"):
        return f"{primero.get('system', '')}|{primero['code']}"
    return str(codigo.get("text", "")).lower()


def _diagnosticos(mensaje: Mensaje, contexto: Contexto, encuentro: str, t: Traduccion) -> None:
    for dg1 in mensaje.todos("DG1"):
        if recurso := clinicos.de_dg1(dg1, contexto, encuentro=encuentro):
            llave = f"dx|{encuentro or mensaje.control}|{_clave_de(recurso['code'])}"
            anula = dg1[21].upper() == "D"
            t.piezas.append(Pieza(recurso, llave, fusion=encima if anula else completar))
    for pr1 in mensaje.todos("PR1"):
        if recurso := clinicos.de_pr1(pr1, contexto, encuentro=encuentro):
            llave = f"procedimiento|{encuentro or mensaje.control}|{_clave_de(recurso['code'])}"
            t.piezas.append(Pieza(recurso, f"{llave}|{pr1[5]}", fusion=completar))


def _sueltas(
    observados: Sequence[grupos.Observado],
    mensaje: Mensaje,
    contexto: Contexto,
    encuentro: str,
    t: Traduccion,
    categoria: str,
) -> None:
    """OBX of no order: each an observation of the patient."""
    marca = datos.instante(mensaje.msh[7], zona=contexto.zona)
    for numero, observado in enumerate(observados):
        if not observado.obx.valor(3):
            continue
        recurso = resultados.de_obx(
            observado.obx,
            contexto,
            encuentro=encuentro,
            efectiva=marca,
            categoria=categoria,
            notas=observado.notas,
        )
        t.piezas.append(Pieza(recurso, f"obx|mensaje|{mensaje.control}|{numero}"))


def _oru(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    hallados, sueltos = grupos.de(
        mensaje.segmentos, muestra_primero=mensaje.tipo == "OUL" and evento != "R24"
    )
    vistos: dict[str, int] = {}
    for lugar, grupo in enumerate(hallados):
        pedida, atendida = ordenes.numeros(grupo.orc, grupo.obr, contexto)
        numero = atendida or pedida
        estudio = _clave_de(datos.concepto(grupo.obr.valor(4)))
        base = f"{_numero(numero) or f'mensaje|{mensaje.control}|{lugar}'}|{estudio}"
        vistos[base] = vistos.get(base, 0) + 1
        if vistos[base] > 1:  # the same study reported twice in one message
            base = f"{base}|{vistos[base]}"
        referencias = _muestras(grupo, contexto, base, t)
        observaciones = list(_observaciones(grupo, contexto, base, t))
        informe = resultados.de_informe(
            grupo.obr,
            contexto,
            numeros=(pedida, atendida),
            encuentro="",
            resultados=observaciones,
            notas=grupo.notas,
        )
        if referencias:
            informe["specimen"] = [{"reference": r} for r in referencias]
        pieza = Pieza(informe, f"informe|{base}")
        t.piezas.append(pieza)
        t.informes.append(Informe(pieza.llave, pedida, atendida))
        for observado in grupo.observados:
            if archivo := resultados.archivo_de(observado.obx):
                t.adjuntos.append(Adjunto(archivo, informe=pieza.llave))
    _sueltas(sueltos, mensaje, contexto, "", t, "laboratory")


def _observaciones(
    grupo: grupos.Grupo, contexto: Contexto, base: str, t: Traduccion
) -> Iterator[str]:
    efectiva = datos.instante(grupo.obr[7], zona=contexto.zona)
    categoria = "imaging" if grupo.obr[24].upper() in ("RAD", "CT", "NMR", "RUS") else "laboratory"
    cuantas: dict[str, int] = {}
    for observado in grupo.observados:
        obx = observado.obx
        if obx[2].upper() in resultados.ADJUNTOS:
            continue
        recurso = resultados.de_obx(
            obx,
            contexto,
            encuentro="",
            efectiva=efectiva,
            categoria=categoria,
            notas=observado.notas,
        )
        llave = f"obx|{base}|{_clave_de(recurso['code'])}|{obx[4]}"
        cuantas[llave] = cuantas.get(llave, 0) + 1
        pieza = Pieza(recurso, llave if cuantas[llave] == 1 else f"{llave}|{cuantas[llave]}")
        t.piezas.append(pieza)
        yield pieza.referencia


def _muestras(grupo: grupos.Grupo, contexto: Contexto, base: str, t: Traduccion) -> list[str]:
    referencias = []
    for lugar, spm in enumerate(grupo.muestras):
        recurso = ordenes.de_spm(spm, contexto)
        numero = _numero(next(iter(recurso.get("identifier", ())), {}))
        pieza = Pieza(recurso, f"muestra|{numero or f'{base}|{lugar}'}")
        if pieza.llave not in {p.llave for p in t.piezas}:
            t.piezas.append(pieza)
        referencias.append(pieza.referencia)
    return referencias


def _numero(identificador: Recurso) -> str:
    if not identificador:
        return ""
    return f"{identificador.get('system', '')}|{identificador['value']}"


def _orm(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    hallados, _sueltos = grupos.de(mensaje.segmentos, muestra_primero=False)
    for grupo in hallados:
        pedida, atendida = ordenes.numeros(grupo.orc, grupo.obr, contexto)
        numero = _numero(pedida) or _numero(atendida)
        if not numero:
            raise Intraducible(
                "la orden no trae número (ORC-2, OBR-2 u OBR-3)", lugar=("OBR", 1, 2)
            )
        if not grupo.obr.valor(4):
            raise Intraducible("la orden no dice qué estudio (OBR-4)", lugar=("OBR", 1, 4))
        recurso = ordenes.de_orden(
            grupo.orc,
            grupo.obr,
            grupo.tq1,
            contexto,
            encuentro="",
            notas=grupo.notas,
        )
        estudio = _clave_de(recurso["code"])
        llave = f"orden|{numero}|{estudio}"
        if muestras := _muestras(grupo, contexto, llave, t):
            recurso["specimen"] = [{"reference": r} for r in muestras]
        control = grupo.orc[1].upper() if grupo.orc is not None else ""
        t.piezas.append(
            Pieza(
                recurso,
                llave,
                previa=control in tablas.ORDEN_POR_CONTROL,
                es_orden=True,
            )
        )


def _siu(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    sch = mensaje.primero("SCH")
    assert sch is not None
    nombres = ("TQ1", "AIS", "AIP", "AIL", "AIG", "NTE")
    recurso = otros.de_cita(sch, list(mensaje.todos(*nombres)), contexto, evento=evento)
    numeros = recurso.get("identifier", [])
    if not numeros:
        raise Intraducible("la cita no trae número (SCH-1 o SCH-2)", lugar=("SCH", 1, 1))
    # The filler's number names the appointment wherever it has one: the placer's may be reused.
    t.piezas.append(Pieza(recurso, f"cita|{_numero(numeros[-1])}", fusion=_cita_sobre))


def _cita_sobre(anterior: Recurso, nuevo: Recurso) -> Recurso:
    """The reason of a cancellation goes with it (R4 app-4)."""
    junta = {**anterior, **nuevo}
    if nuevo["status"] not in ("cancelled", "noshow"):
        junta.pop("cancelationReason", None)
    return junta


def _mdm(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    txa = mensaje.primero("TXA")
    assert txa is not None
    recurso = otros.de_txa(txa, contexto, encuentro="", anulado=evento == "T11")
    if not recurso.get("type"):
        raise Intraducible("el documento no dice de qué tipo es (TXA-2)", lugar=("TXA", 1, 2))
    numero = _numero(recurso.get("masterIdentifier", {}))
    if not numero:
        raise Intraducible("el documento no trae número único (TXA-12)", lugar=("TXA", 1, 12))
    if evento in ("T09", "T10") and "relatesTo" in recurso:
        recurso["relatesTo"][0]["code"] = "replaces"
    titulo = recurso.get("description") or recurso["type"].get("text", "") or "Documento"
    recurso["content"] = [{"attachment": {"title": titulo}}]
    llave = f"documento|{numero}"
    t.piezas.append(Pieza(recurso, llave, fusion=_documento_sobre))
    textos = []
    for obx in mensaje.todos("OBX"):
        if archivo := resultados.archivo_de(obx):
            t.adjuntos.append(Adjunto(archivo, documento=llave))
        elif obx[2].upper() in ("TX", "FT", "ST"):
            textos += [v.entero for v in obx.valores(5)]
    if textos and not any(a.documento for a in t.adjuntos):
        contenido = "\n".join(textos).encode()
        t.adjuntos.append(Adjunto(Archivo(contenido, "documento.txt", titulo), documento=llave))


def _documento_sobre(anterior: Recurso, nuevo: Recurso) -> Recurso:
    """A notification without content does not take away the content that came before."""
    junto = {**anterior, **nuevo}
    if not nuevo["content"][0]["attachment"].get("url"):
        junto["content"] = anterior["content"]
    return junto


def _vxu(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    orc: Segmento | None = None
    dosis: list[list[Segmento]] = []
    cabezas: list[Segmento | None] = []
    for s in mensaje.segmentos:
        if s.nombre == "ORC":
            orc = s
        elif s.nombre == "RXA":
            dosis.append([s])
            cabezas.append(orc)
            orc = None
        elif dosis and orc is None:
            dosis[-1].append(s)
    for (rxa, *resto), de_la_dosis in zip(dosis, cabezas, strict=True):
        if not rxa.valor(5):
            raise Intraducible("la dosis no dice de qué vacuna (RXA-5)", lugar=("RXA", 1, 5))
        recurso = otros.de_rxa(
            rxa,
            next((s for s in resto if s.nombre == "RXR"), None),
            de_la_dosis,
            contexto,
            notas=[s for s in resto if s.nombre == "NTE"],
        )
        numero = _numero(next(iter(recurso.get("identifier", ())), {}))
        vacuna = _clave_de(recurso["vaccineCode"])
        t.piezas.append(Pieza(recurso, f"vacuna|{numero}|{vacuna}|{rxa[3]}"))


def _dft(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    pv1 = mensaje.primero("PV1")
    con_visita = pv1 is not None and bool(visita.numero_de(pv1, contexto))
    encuentro = _visita(mensaje, contexto, evento, t) if con_visita else ""
    _diagnosticos(mensaje, contexto, encuentro, t)
    for lugar, ft1 in enumerate(mensaje.todos("FT1")):
        if not ft1.valor(7):
            raise Intraducible("el cargo no dice de qué (FT1-7)", lugar=("FT1", lugar + 1, 7))
        recurso = otros.de_ft1(ft1, contexto, encuentro=encuentro)
        propio = f"{contexto.propio}|{ft1[2]}" if ft1[2] else f"{mensaje.control}|{lugar}"
        t.piezas.append(Pieza(recurso, f"cargo|{propio}|{lugar}"))


def _ppr(mensaje: Mensaje, contexto: Contexto, evento: str, t: Traduccion) -> None:
    _un_paciente(t)
    for prb in mensaje.todos("PRB"):
        recurso = clinicos.de_prb(prb, contexto)
        if not recurso.get("code"):
            raise Intraducible("el problema no dice cuál (PRB-3)", lugar=("PRB", 1, 3))
        numero = _numero(next(iter(recurso.get("identifier", ())), {}))
        t.piezas.append(Pieza(recurso, f"problema|{numero or _clave_de(recurso['code'])}"))


def _un_paciente(t: Traduccion) -> None:
    if len(t.personas) > 1:
        raise Intraducible("trae más de un paciente", lugar=("PID", 2, 0))


_DE_TIPO: dict[str, Callable[[Mensaje, Contexto, str, Traduccion], None]] = {
    "ADT": _adt,
    "ORU": _oru,
    "OUL": _oru,
    "ORM": _orm,
    "OMG": _orm,
    "OML": _orm,
    "SIU": _siu,
    "MDM": _mdm,
    "VXU": _vxu,
    "DFT": _dft,
    "PPR": _ppr,
}
