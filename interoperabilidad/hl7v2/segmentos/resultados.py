"""OBR (as a report) and OBX: results, their values, and the files that come inside them."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, DatoInvalido, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento, Valor
from interoperabilidad.hl7v2.segmentos import PACIENTE

_CATEGORIA = "http://terminology.hl7.org/CodeSystem/observation-category"
_AUSENTE = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_SECCIONES = frozenset(
    {"AU", "BG", "BLB", "CG", "CUS", "CTH", "CT", "CH", "CP", "EC", "EN", "GE", "HM", "ICU"}
    | {"IMG", "IMM", "LAB", "MB", "MCB", "MYC", "NMS", "NMR", "NRS", "OUS", "OT", "OTH", "OSL"}
    | {"PHR", "PT", "PHY", "PF", "RAD", "RX", "RUS", "RC", "RT", "SR", "SP", "TX", "VUS", "VR"}
    | {"URN", "XRC"}
)
"""Table 0074."""
ADJUNTOS = frozenset({"ED"})
TEXTOS = frozenset({"TX", "FT", "ST"})


@dataclass(frozen=True, slots=True)
class Archivo:
    """A file that came inside an OBX: its bytes and what it was called."""

    contenido: bytes = field(repr=False)
    nombre: str
    titulo: str


def de_informe(
    obr: Segmento,
    contexto: Contexto,
    *,
    numeros: Sequence[Recurso],
    encuentro: str,
    resultados: Sequence[str],
    notas: Sequence[Segmento] = (),
) -> Recurso:
    """OBR to DiagnosticReport; `resultados` are references. Raises `DatoInvalido`."""
    seccion = obr[24].upper()
    quienes = [p for x in obr.valores(32) if (p := _interprete(x))]
    efectiva = datos.instante(obr[7], zona=contexto.zona)
    fin = datos.instante(obr[8], zona=contexto.zona)
    emitido = datos.instante(obr[22], zona=contexto.zona)
    comentarios = "\n".join(n["text"] for n in datos.notas(notas))
    return limpio(
        {
            "resourceType": "DiagnosticReport",
            "identifier": [n for n in numeros if n],
            "status": tablas.ESTADO_DE_INFORME.get(obr[25].upper(), "final"),
            "category": [
                {
                    "coding": [
                        {
                            "system": f"{tablas.V2}0074",
                            "code": seccion if seccion in _SECCIONES else "LAB",
                        }
                    ]
                }
            ],
            "code": datos.concepto(obr.valor(4)) if obr.valor(4) else {"text": "Estudio"},
            "subject": {"reference": PACIENTE},
            "encounter": {"reference": encuentro} if encuentro else {},
            **(
                {"effectivePeriod": {"start": efectiva, "end": fin}}
                if efectiva and fin and "T" in efectiva and fin >= efectiva
                else {"effectiveDateTime": efectiva}
            ),
            "issued": emitido if "T" in emitido else "",
            "performer": quienes,
            "result": [{"reference": referencia} for referencia in resultados],
            "conclusion": comentarios,
        }
    )


def _interprete(ndl: Valor) -> Recurso:
    """NDL to a Reference by name (its first component is an XCN of subcomponents)."""
    dentro = ndl.componente(1)
    palabras = " ".join(parte for parte in (dentro[3], dentro[4], dentro[2]) if parte)
    return {"display": palabras or dentro[1]} if palabras or dentro[1] else {}


def de_obx(
    obx: Segmento,
    contexto: Contexto,
    *,
    encuentro: str,
    efectiva: str,
    categoria: str,
    notas: Sequence[Segmento] = (),
) -> Recurso:
    """OBX to Observation; `efectiva` is when the order was observed. Raises `DatoInvalido`."""
    propia = datos.instante(obx[14], zona=contexto.zona) or efectiva
    unidades = datos.unidad(obx.valor(6)) if obx.valor(6) else {}
    valor = _valor(obx, contexto, unidades)
    recurso: Recurso = {
        "resourceType": "Observation",
        "status": tablas.ESTADO_DE_OBSERVACION.get(obx[11].upper(), "final"),
        "category": [{"coding": [{"system": _CATEGORIA, "code": categoria}]}],
        "code": datos.concepto(obx.valor(3)) if obx.valor(3) else {},
        "subject": {"reference": PACIENTE},
        "encounter": {"reference": encuentro} if encuentro else {},
        "effectiveDateTime": propia,
        "performer": [p for x in obx.valores(16) if (p := datos.profesional(x, contexto))],
        **valor,
        "interpretation": [
            {"coding": [{"system": f"{tablas.V3}ObservationInterpretation", "code": c}]}
            for v in obx.valores(8)
            if (c := v[1].upper()) in tablas.INTERPRETACION
        ],
        "referenceRange": _rango(obx[7], unidades),
        "method": datos.concepto(obx.valor(17)) if obx.valor(17) else {},
        "note": datos.notas(notas),
    }
    if not valor:
        recurso["dataAbsentReason"] = {"coding": [{"system": _AUSENTE, "code": "unknown"}]}
    if not recurso["code"]:
        raise DatoInvalido("OBX-3 no dice qué se observó")
    return limpio(recurso)


def _valor(obx: Segmento, contexto: Contexto, unidades: Recurso) -> Recurso:
    tipo, valores = obx[2].upper(), obx.valores(5)
    if not valores:
        return {}
    primero = valores[0]
    if tipo == "NM" and len(valores) == 1:
        cifra = datos.numero(primero[1])
        if cifra is not None:
            return {"valueQuantity": {"value": cifra, **unidades}}
    elif tipo == "SN" and (hallado := _numerico(primero, unidades)):
        return hallado
    elif tipo in ("CE", "CWE", "CNE", "CF", "IS") and (codigo := datos.concepto(primero)):
        if len(valores) == 1:
            return {"valueCodeableConcept": codigo}
    elif tipo in ("DT", "TS", "DTM"):
        return {"valueDateTime": datos.instante(primero[1], zona=contexto.zona)}
    elif tipo == "TM" and len(primero[1]) >= 4 and primero[1][:4].isdecimal():
        hora = primero[1]
        segundos = hora[4:6] if hora[4:6].isdecimal() else "00"
        return {"valueTime": f"{hora[:2]}:{hora[2:4]}:{segundos}"}
    elif tipo in ADJUNTOS:
        return {"valueString": primero.componente(2)[1] or "archivo adjunto"}
    lineas = [v.entero if tipo in (*TEXTOS, "NM", "SN") else _palabras(v) for v in valores]
    texto = "\n".join(linea for linea in lineas if linea)
    return {"valueString": texto} if texto else {}


def _palabras(valor: Valor) -> str:
    return valor[2] or valor.entero


def _numerico(sn: Valor, unidades: Recurso) -> Recurso:
    """SN: a comparison, a range or a ratio."""
    comparador, uno, separador, otro = sn[1], datos.numero(sn[2]), sn[3], datos.numero(sn[4])
    if uno is None:
        return {}
    if separador == "-" and otro is not None:
        return {
            "valueRange": {"low": {"value": uno, **unidades}, "high": {"value": otro, **unidades}}
        }
    if separador in (":", "/") and otro is not None:
        return {"valueRatio": {"numerator": {"value": uno}, "denominator": {"value": otro}}}
    if separador or otro is not None:
        return {}
    if comparador in ("<", ">", "<=", ">="):
        return {"valueQuantity": {"value": uno, "comparator": comparador, **unidades}}
    return {"valueQuantity": {"value": uno, **unidades}} if comparador in ("", "=") else {}


def _rango(texto: str, unidades: Recurso) -> list[Recurso]:
    if not texto:
        return []
    bajo, separador, alto = texto.partition("-")
    extremos = datos.numero(bajo), datos.numero(alto)
    if separador and None not in extremos:
        limites = {
            clave: {"value": cifra, **unidades}
            for clave, cifra in zip(("low", "high"), extremos, strict=True)
        }
        return [{**limites, "text": texto}]
    return [{"text": texto}]


def archivo_de(obx: Segmento) -> Archivo | None:
    """The file of an OBX of encapsulated data (ED), or None. Raises `DatoInvalido`."""
    if obx[2].upper() not in ADJUNTOS or not obx.valor(5) or not obx.valor(3):
        return None
    ed = obx.valor(5)
    codificado, dato = ed[4].upper(), ed[5]
    try:
        if codificado == "BASE64":
            contenido = base64.b64decode("".join(dato.split()), validate=True)
        elif codificado == "HEX":
            contenido = bytes.fromhex(dato)
        else:
            contenido = dato.encode()
    except (binascii.Error, ValueError):
        raise DatoInvalido(f"OBX-5 no es {codificado.lower()} bien formado") from None
    if not contenido:
        raise DatoInvalido("OBX-5 trae un archivo vacío")
    titulo = obx.valor(3)[2] or obx.valor(3)[1] or "Archivo adjunto"
    extension = ed[3].lower() if ed[3].isalnum() else "bin"
    return Archivo(contenido, f"{titulo[:60]}.{extension}", titulo)
