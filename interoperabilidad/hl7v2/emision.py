"""FHIR to HL7 v2: the messages that are sent, by the same maps read backwards. Pure.

What `segmentos` reads, this writes; tests hold each pair together, and hl7apy checks what is
written against the standard's own structures.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ece import fhir
from interoperabilidad.hl7v2 import acuses, tablas
from interoperabilidad.hl7v2.datos import AJENO, SISTEMA_CURP, SISTEMA_NSS, Recurso
from interoperabilidad.hl7v2.er7 import Escritor
from interoperabilidad.hl7v2.segmentos.paciente import MADRE
from registros.selectors.pacientes import ResumenDeIdentidad
from registros.services.pacientes import SISTEMA_EXPEDIENTE


@dataclass(frozen=True, slots=True)
class Sobre:
    """To whom a message goes, and what it calls itself. `autoridades`: FHIR system -> namespace."""

    id: UUID
    momento: datetime
    aplicacion: str
    institucion: str
    version: str = "2.5.1"
    autoridades: Mapping[str, str] = field(default_factory=dict)
    nuestra: tuple[str, str] = (acuses.APLICACION, acuses.INSTITUCION)

    def escritor(self, tipo: str, evento: str, estructura: str) -> Escritor:
        campos: dict[int, object] = {
            3: self.nuestra[0],
            4: self.nuestra[1],
            5: self.aplicacion,
            6: self.institucion,
            7: marca(self.momento.isoformat()),
            9: (tipo, evento, estructura),
            10: acuses.control_de(self.id),
            11: "P",
            12: self.version,
            18: "UNICODE UTF-8",
        }
        return Escritor().segmento("MSH", campos)


def marca(iso: str) -> str:
    """A FHIR date, dateTime or instant as a DTM of the same precision."""
    if not iso:
        return ""
    if "T" not in iso:
        return iso.replace("-", "")
    momento = datetime.fromisoformat(iso.replace("Z", "+00:00"))
    return momento.strftime("%Y%m%d%H%M%S%z")


def sexo_v2(genero: str) -> str:
    return tablas.SEXO_V2.get(genero, "U")


def adt(
    sobre: Sobre,
    evento: str,
    *,
    paciente: Recurso,
    ocurrio: datetime,
    encuentro: Recurso | None = None,
    previo: Recurso | None = None,
) -> str:
    """An ADT: of a person (A28, A31), of their visit (A01, A03, A04, A08…), of a merge (A40, in
    which `previo` is the record that ends)."""
    estructuras = {"A28": "ADT_A05", "A31": "ADT_A05", "A40": "ADT_A39", "A03": "ADT_A03"}
    escritor = sobre.escritor("ADT", evento, estructuras.get(evento, "ADT_A01"))
    momento = marca(ocurrio.isoformat())
    escritor.segmento("EVN", {1: evento, 2: marca(sobre.momento.isoformat()), 6: momento})
    escritor.segmento("PID", pid(paciente, sobre))
    if previo is not None:
        escritor.segmento("MRG", {1: _identificadores(previo, sobre), 7: _nombres(previo)[:1]})
        return str(escritor)
    for lugar, contacto in enumerate(paciente.get("contact", ()), 1):
        escritor.segmento("NK1", _nk1(contacto, lugar, sobre))
    escritor.segmento("PV1", pv1(encuentro, sobre) if encuentro else {1: "1", 2: "N"})
    return str(escritor)


def oru(
    sobre: Sobre,
    *,
    paciente: Recurso,
    informe: Recurso,
    observaciones: Sequence[Recurso],
    orden: Recurso | None,
    archivo: tuple[str, bytes] | None = None,
) -> str:
    """ORU R01 of a report, with its values and (media type, bytes of) its file."""
    escritor = sobre.escritor("ORU", "R01", "ORU_R01")
    escritor.segmento("PID", pid(paciente, sobre))
    pedida, atendida = _numeros_de(informe, orden, sobre)
    escritor.segmento("ORC", {1: "RE", 2: pedida, 3: atendida})
    escritor.segmento(
        "OBR",
        {
            1: "1",
            2: pedida,
            3: atendida,
            4: concepto(informe["code"]),
            7: marca(_efectiva(informe)),
            16: _solicitante(orden),
            22: marca(informe.get("issued", "")),
            24: _seccion(informe),
            25: tablas.ESTADO_DE_INFORME_V2.get(informe["status"], "F"),
        },
    )
    if conclusion := informe.get("conclusion", ""):
        escritor.segmento("NTE", {1: "1", 3: conclusion})
    for lugar, observacion in enumerate(observaciones, 1):
        escritor.segmento("OBX", obx(observacion, lugar))
    if archivo is not None:
        lugar = len(observaciones) + 1
        escritor.segmento("OBX", _adjunto(archivo, informe["code"], lugar))
    return str(escritor)


def siu(sobre: Sobre, evento: str, *, paciente: Recurso, cita: Recurso) -> str:
    """SIU of an appointment."""
    escritor = sobre.escritor("SIU", evento, "SIU_S12")
    propio = (str(cita["id"]), sobre.nuestra[0])
    inicio, fin = marca(cita.get("start", "")), marca(cita.get("end", ""))
    minutos = _minutos(cita)
    motivo = cita.get("description", "") or "Cita"
    estados = {"booked": "Booked", "cancelled": "Cancelled", "fulfilled": "Complete"}
    estados |= {"noshow": "Noshow", "pending": "Pending", "arrived": "Started"}
    escritor.segmento(
        "SCH",
        {
            1: propio,
            2: propio,
            6: ("", str(fhir.texto(cita.get("cancelationReason", {})) or motivo)),
            7: ("", motivo),
            9: minutos,
            10: ("min", "minute", "UCUM") if minutos else "",
            11: ("", "", "", inicio, fin),
            16: _de_la_casa(cita),
            20: _de_la_casa(cita),
            25: (estados.get(cita["status"], "Booked"), "", "HL70278"),
        },
    )
    escritor.segmento("PID", pid(paciente, sobre))
    escritor.segmento("RGS", {1: "1", 2: "A"})
    servicio: Recurso = next(iter(cita.get("serviceType", ())), {"text": motivo})
    escritor.segmento(
        "AIS",
        {1: "1", 2: "A", 3: concepto(servicio), 4: inicio, 7: minutos, 8: "min" if minutos else ""},
    )
    lugares = profesionales = 0
    for participante in cita["participant"]:
        actor = participante["actor"]
        tipo = actor.get("reference", "").split("/")[0] or actor.get("type", "")
        if tipo == "Practitioner":
            profesionales += 1
            escritor.segmento(
                "AIP", {1: str(profesionales), 2: "A", 3: _xcn(actor), 6: inicio, 9: minutos}
            )
        elif tipo == "Location":
            lugares += 1
            escritor.segmento(
                "AIL",
                {1: str(lugares), 2: "A", 3: (actor.get("display", ""),), 6: inicio, 9: minutos},
            )
    return str(escritor)


def mdm(
    sobre: Sobre,
    *,
    paciente: Recurso,
    documento: Recurso,
    archivo: tuple[str, bytes],
    ocurrio: datetime,
) -> str:
    """MDM T02: a document and its content."""
    escritor = sobre.escritor("MDM", "T02", "MDM_T02")
    escritor.segmento("EVN", {1: "T02", 2: marca(sobre.momento.isoformat())})
    escritor.segmento("PID", pid(paciente, sobre))
    escritor.segmento("PV1", {1: "1", 2: "N"})
    tipo, _ = archivo
    autor: Recurso = next(iter(documento.get("author", ())), {})
    escritor.segmento(
        "TXA",
        {
            1: "1",
            2: _codigo_de(documento.get("type", {})),
            3: "TEXT" if tipo.startswith("text/") else "AP",
            4: marca(documento.get("date", "")) or marca(ocurrio.isoformat()),
            9: _xcn(autor) if autor else "",
            12: (str(documento["id"]), sobre.nuestra[0]),
            16: documento.get("description", ""),
            17: "AU" if documento.get("docStatus") == "final" else "DI",
            19: "AV",
        },
    )
    escritor.segmento("OBX", _adjunto(archivo, documento.get("type", {"text": "Documento"}), 1))
    return str(escritor)


def pid(paciente: Recurso, sobre: Sobre) -> dict[int, object]:
    """Patient to PID."""
    telefonos = [m for m in paciente.get("telecom", ()) if m.get("system") != "email"]
    correos = [m["value"] for m in paciente.get("telecom", ()) if m.get("system") == "email"]
    medios: list[object] = [_xtn(m, sobre) for m in telefonos]
    medios += [("", "NET", "Internet", correo) for correo in correos]
    civil: Recurso = next(iter(paciente.get("maritalStatus", {}).get("coding", ())), {})
    return {
        1: "1",
        3: _identificadores(paciente, sobre),
        5: _nombres(paciente),
        6: _apellido_materno(paciente),
        7: marca(paciente.get("birthDate", "")),
        8: sexo_v2(paciente.get("gender", "")),
        11: [_domicilio(a) for a in paciente.get("address", ())],
        13: medios,
        16: (civil.get("code", ""), paciente.get("maritalStatus", {}).get("text", "")),
        29: marca(paciente.get("deceasedDateTime", "")),
        30: "Y" if paciente.get("deceasedDateTime") or paciente.get("deceasedBoolean") else "",
    }


def pid_de_resumen(resumen: ResumenDeIdentidad, lugar: int, *, minimo: bool) -> dict[int, object]:
    """What a listing may show of a patient, as PID; `minimo`: only by what they are known."""
    numeros = [(resumen.expediente, "", "", acuses.APLICACION, "MR")] if resumen.expediente else []
    if resumen.curp:
        numeros.append((resumen.curp, "", "", "RENAPO", "NNMEX"))
    campos: dict[int, object] = {1: str(lugar), 3: numeros}
    nombre, _, apellidos = _partido(resumen.nombre)
    if minimo:  # PID-5 is required: PIX says that there is a name, and not which (IHE ITI-9)
        return {**campos, 5: ("", "", "", "", "", "", "S")}
    return {
        **campos,
        5: (apellidos, nombre, "", "", "", "", "L"),
        7: marca(resumen.fecha_nacimiento or ""),
        8: sexo_v2(resumen.sexo),
    }


def _partido(nombre: str) -> tuple[str, str, str]:
    """Given names and surnames of a name as it is read: the last two words are surnames."""
    palabras = nombre.split()
    corte = max(1, len(palabras) - 2)
    return " ".join(palabras[:corte]), "", " ".join(palabras[corte:])


def _identificadores(paciente: Recurso, sobre: Sobre) -> list[object]:
    return [cx for i in paciente.get("identifier", ()) if (cx := _cx(i, sobre))]


def _cx(identificador: Recurso, sobre: Sobre) -> tuple[object, ...]:
    sistema, valor = identificador.get("system", ""), identificador.get("value", "")
    if not valor:
        return ()
    codigos = identificador.get("type", {}).get("coding", ())
    tipo = next((c["code"] for c in codigos if c.get("code")), "PI")
    fijos = {
        SISTEMA_CURP: ("RENAPO", "NNMEX"),
        SISTEMA_NSS: ("IMSS", "SS"),
        SISTEMA_EXPEDIENTE: (sobre.nuestra[0], "MR"),
    }
    autoridad: object = ""
    if sistema in sobre.autoridades:
        autoridad = sobre.autoridades[sistema]
        tipo = fijos[sistema][1] if sistema in fijos else tipo
    elif sistema in fijos:
        autoridad, tipo = fijos[sistema]
    elif sistema.startswith("urn:oid:"):
        autoridad = ("", sistema.removeprefix("urn:oid:"), "ISO")
    elif sistema.startswith(AJENO):
        autoridad = sistema.rsplit(":", 1)[1]
    elif sistema:
        autoridad = ("", sistema, "URI")
    return (valor, "", "", autoridad, tipo)


def _nombres(paciente: Recurso) -> list[object]:
    usos = {"official": "L", "usual": "D", "maiden": "M", "nickname": "N", "old": "L"}
    nombres: list[object] = []
    for nombre in paciente.get("name", ()):
        dados = nombre.get("given", []) or [nombre.get("text", "")]
        segundos = " ".join(dados[1:])
        familia = nombre.get("family", "")
        nombres.append(
            (familia, dados[0], segundos, "", "", "", usos.get(nombre.get("use", ""), "L"))
        )
    return nombres or [("", "", "", "", "", "", "U")]


def _apellido_materno(paciente: Recurso) -> object:
    for nombre in paciente.get("name", ()):
        for extension in nombre.get("_family", {}).get("extension", ()):
            if extension.get("url") == MADRE:
                return (extension.get("valueString", ""),)
    return ""


def _xtn(medio: Recurso, sobre: Sobre) -> tuple[object, ...]:
    """A telephone: its number moved from the first component to the twelfth in version 2.6."""
    equipo = "CP" if medio.get("use") == "mobile" else "PH"
    if sobre.version in ("2.3", "2.3.1", "2.4", "2.5", "2.5.1"):
        return (medio["value"], "PRN", equipo)
    return ("", "PRN", equipo, *[""] * 8, medio["value"])


def _domicilio(a: Recurso) -> tuple[object, ...]:
    lineas = [*a.get("line", ()), "", ""]
    tipo = {"home": "H", "work": "B", "temp": "C"}.get(a.get("use", ""), "")
    return (
        lineas[0],
        lineas[1],
        a.get("city", ""),
        a.get("state", ""),
        a.get("postalCode", ""),
        "MEX" if a.get("country") == "MX" else a.get("country", ""),
        tipo,
        "",
        a.get("district", ""),
    )


def _nk1(contacto: Recurso, lugar: int, sobre: Sobre) -> dict[int, object]:
    nombre = contacto.get("name", {})
    dados = nombre.get("given", [])
    escrito = (nombre.get("family", "") or nombre.get("text", ""), " ".join(dados))
    relacion: Recurso = next(iter(contacto.get("relationship", ())), {})
    telefono: Recurso = next(iter(contacto.get("telecom", ())), {})
    return {
        1: str(lugar),
        2: escrito,
        3: concepto(relacion) if relacion else "",
        5: _xtn(telefono, sobre) if telefono else "",
    }


def pv1(encuentro: Recurso, sobre: Sobre) -> dict[int, object]:
    """Encounter to PV1."""
    papeles: dict[str, list[object]] = {}
    for participante in encuentro.get("participant", ()):
        codigos = [c.get("code") for t in participante.get("type", ()) for c in t.get("coding", ())]
        papel = next((c for c in codigos if c in ("ATND", "REF", "CON", "ADM")), "ATND")
        if individuo := participante.get("individual"):
            papeles.setdefault(papel, []).append(_xcn(individuo))
    lugares = [
        sitio["location"].get("display", "")
        for sitio in encuentro.get("location", ())
        if sitio.get("status", "active") in ("active", "planned")
    ]
    numero: Recurso = next(iter(encuentro.get("identifier", ())), {})
    visita = (
        _cx(numero, sobre) if numero else (str(encuentro["id"]), "", "", sobre.nuestra[0], "VN")
    )
    periodo = encuentro.get("period", {})
    return {
        1: "1",
        2: tablas.CLASE_V2.get(encuentro.get("class", {}).get("code", ""), "O"),
        3: tuple(lugares[0].split(" · ")[:3]) if lugares else "",
        7: papeles.get("ATND", ""),
        8: papeles.get("REF", ""),
        9: papeles.get("CON", ""),
        17: papeles.get("ADM", ""),
        19: visita,
        44: marca(periodo.get("start", "")),
        45: marca(periodo.get("end", "")),
    }


def obx(observacion: Recurso, lugar: int) -> dict[int, object]:
    """Observation to OBX."""
    tipo, valor, unidades = _valor(observacion)
    banderas = [
        c["code"]
        for i in observacion.get("interpretation", ())
        for c in i.get("coding", ())
        if c.get("code")
    ]
    rango: Recurso = next(iter(observacion.get("referenceRange", ())), {})
    return {
        1: str(lugar),
        2: tipo,
        3: concepto(observacion["code"]),
        5: valor,
        6: unidades,
        7: rango.get("text", ""),
        8: banderas[0] if banderas else "",
        11: tablas.ESTADO_DE_OBSERVACION_V2.get(observacion["status"], "F"),
        14: marca(_efectiva(observacion)),
    }


def _valor(o: Recurso) -> tuple[str, object, object]:
    """(OBX-2, OBX-5, OBX-6)."""
    if "valueQuantity" in o:
        cantidad = o["valueQuantity"]
        unidades = _unidades(cantidad)
        if cantidad.get("comparator"):
            return "SN", (cantidad["comparator"], _cifra(cantidad["value"])), unidades
        return "NM", _cifra(cantidad.get("value", "")), unidades
    if "valueCodeableConcept" in o:
        return "CWE", concepto(o["valueCodeableConcept"], con_texto=True), ""
    if "valueRange" in o:
        bajo, alto = o["valueRange"].get("low", {}), o["valueRange"].get("high", {})
        partes = ("", _cifra(bajo.get("value", "")), "-", _cifra(alto.get("value", "")))
        return "SN", partes, _unidades(bajo)
    if "valueDateTime" in o:
        return "DTM", marca(o["valueDateTime"]), ""
    texto = o.get("valueString", "")
    return "TX", texto, ""


def _cifra(valor: object) -> str:
    return format(valor, "f") if isinstance(valor, Decimal) else str(valor)


def _unidades(cantidad: Recurso) -> object:
    if cantidad.get("system") == tablas.UCUM:
        return (cantidad.get("code", ""), cantidad.get("unit", ""), "UCUM")
    return ("", cantidad["unit"]) if cantidad.get("unit") else ""


def concepto(c: Recurso, *, con_texto: bool = False) -> tuple[object, ...]:
    """CodeableConcept to CE, which has no place for the text beside the codes' own; `con_texto`, to
    CWE, which has (CWE-9)."""
    nombres = {sistema: nombre for nombre, sistema in reversed(tablas.SISTEMAS.items())}
    nombres |= {tablas.LOINC: "LN", tablas.UCUM: "UCUM"}
    partes: list[object] = []
    for codigo in c.get("coding", ())[:2]:
        sistema = codigo.get("system", "")
        nombre = nombres.get(sistema, "")
        if not nombre and (tabla := re.fullmatch(rf"{re.escape(tablas.V2)}(\d{{4}})", sistema)):
            nombre = f"HL7{tabla[1]}"
        partes += [
            codigo.get("code", ""),
            codigo.get("display", "") or c.get("text", ""),
            nombre or "L",
        ]
    if not partes:
        return ("", c.get("text", ""))
    if not con_texto or not c.get("text"):
        return tuple(partes)
    return (*partes, *[""] * (8 - len(partes)), c["text"])


def _codigo_de(c: Recurso) -> str:
    """A bare code (IS, of a table of the sender's)."""
    return next((x["code"] for x in c.get("coding", ()) if x.get("code")), "CN")


def _xcn(referencia: Recurso) -> tuple[object, ...]:
    palabras = str(referencia.get("display", "")).split()
    corte = max(1, len(palabras) - 2)
    identificador = referencia.get("identifier", {}).get("value", "")
    propio = identificador or referencia.get("reference", "").rpartition("/")[2][:15]
    return (propio, " ".join(palabras[corte:]), " ".join(palabras[:corte]))


def _solicitante(orden: Recurso | None) -> object:
    return _xcn(orden["requester"]) if orden and orden.get("requester") else ""


def _numeros_de(informe: Recurso, orden: Recurso | None, sobre: Sobre) -> tuple[object, object]:
    """(placer's, filler's) numbers: the order's as whoever asked for it calls it; ours, else."""
    propio = sobre.nuestra[0]
    pedida: object = ""
    if orden is not None:
        pedida = (str(orden["id"]), propio)
        for numero in orden.get("identifier", ()):
            codigos = [c.get("code") for c in numero.get("type", {}).get("coding", ())]
            if "PLAC" in codigos:
                pedida = (numero["value"], str(numero.get("system", "")).rpartition(":")[2])
    return pedida, (str(informe["id"]), propio)


def _efectiva(recurso: Recurso) -> str:
    periodo = recurso.get("effectivePeriod", {})
    return str(recurso.get("effectiveDateTime", "") or periodo.get("start", ""))


def _seccion(informe: Recurso) -> str:
    codigos = (c for k in informe.get("category", ()) for c in k.get("coding", ()))
    return next((c["code"] for c in codigos if c.get("system") == f"{tablas.V2}0074"), "")


def _adjunto(archivo: tuple[str, bytes], codigo: Recurso, lugar: int) -> dict[int, object]:
    tipo, contenido = archivo
    if tipo.startswith("text/"):
        texto = contenido.decode("utf-8", "replace")
        return {1: str(lugar), 2: "TX", 3: concepto(codigo), 5: texto, 11: "F"}
    clase, _, subtipo = tipo.partition("/")
    ed = ("", clase, subtipo.upper(), "Base64", base64.b64encode(contenido).decode())
    return {1: str(lugar), 2: "ED", 3: concepto(codigo), 5: ed, 11: "F"}


def _minutos(cita: Recurso) -> str:
    try:
        inicio, fin = (
            datetime.fromisoformat(cita[c].replace("Z", "+00:00")) for c in ("start", "end")
        )
    except KeyError:
        return ""
    return str(int((fin - inicio).total_seconds() // 60))


def _de_la_casa(cita: Recurso) -> object:
    """Who keeps the appointment: its professional, or the house."""
    for participante in cita["participant"]:
        if participante["actor"].get("reference", "").startswith("Practitioner/"):
            return _xcn(participante["actor"])
    return ("", "ECE")
