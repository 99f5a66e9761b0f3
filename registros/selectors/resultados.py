"""Reports with their values: how each stands, what it was before, and its series over time."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos.analitos import POR_LOINC, Bandera
from registros.catalogos.notas import SISTEMA_LOINC
from registros.models import Informe, Observacion, Orden
from registros.models.base import ANULADO, Recurso, referido
from registros.selectors import descripciones, recursos
from registros.selectors.recursos import Consulta
from registros.selectors.recursos import Orden as OrdenDePagina

INCIDENTES = "urn:ece:fhir:incidentes"
LIMITE = 200


@dataclass(frozen=True, slots=True)
class Medicion:
    """A figure at an instant."""

    fecha: datetime
    valor: Decimal
    bandera: Bandera | None


@dataclass(frozen=True, slots=True)
class SerieDeAnalito:
    """The figures of one thing measured, oldest first, and the limits it is read against."""

    nombre: str
    loinc: str
    unidad: str
    bajo: Decimal | None
    alto: Decimal | None
    puntos: list[Medicion]


@dataclass(frozen=True, slots=True)
class Valor:
    """A line of a report."""

    id: UUID
    nombre: str
    loinc: str
    dicho: str
    unidad: str
    referencia: str
    bandera: Bandera | None
    anterior: str = ""
    anterior_fecha: datetime | None = None
    tendencia: str = ""
    cifra: Decimal | None = None
    bajo: Decimal | None = None
    alto: Decimal | None = None

    @property
    def fuera(self) -> bool:
        return self.bandera not in (None, Bandera.NORMAL)


@dataclass(frozen=True, slots=True)
class InformeVisto:
    """A report as it is read."""

    id: UUID
    titulo: str
    estado: str
    fecha: datetime
    version: int
    realizo: str
    conclusion: str
    incidentes: str
    valores: list[Valor]
    orden: UUID | None
    solicitante: str
    problema: str
    recurso: Recurso = field(repr=False)

    @property
    def critico(self) -> bool:
        return any(v.bandera is not None and v.bandera.critica for v in self.valores)


def informe(acceso: Acceso, *, informe_id: UUID) -> InformeVisto | None:
    """One report of the patient, each value beside the one before it."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Informe.objects.uno(acceso, informe_id)
    if fila is None:
        return None
    recurso = fila.recurso
    orden_id = referido(next(iter(recurso.get("basedOn", ())), None), "ServiceRequest")
    orden = Orden.objects.uno(acceso, orden_id) if orden_id else None
    return InformeVisto(
        id=fila.id,
        titulo=fila.estudio,
        estado=fila.estado,
        fecha=fila.fecha,
        version=fila.version,
        realizo=", ".join(p.get("display", "") for p in recurso.get("performer", ())),
        conclusion=recurso.get("conclusion", ""),
        incidentes=_incidentes(recurso),
        valores=[_con_anterior(acceso, o) for o in _observaciones(acceso, fila)],
        orden=orden_id,
        solicitante=orden.solicitada_por if orden else "",
        problema=orden.problema if orden else "",
        recurso=recurso,
    )


def valores_de(acceso: Acceso, *, informe_id: UUID) -> dict[str, Decimal | str]:
    """What a report says by key of the catalogue, for whoever corrects it."""
    if not {Permiso.EXPEDIENTE_LEER, Permiso.RESULTADO_REGISTRAR} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.RESULTADO_REGISTRAR)
    fila = Informe.objects.uno(acceso, informe_id)
    valores: dict[str, Decimal | str] = {}
    for observacion in _observaciones(acceso, fila) if fila else ():
        analito = POR_LOINC.get(loinc_de(observacion.recurso))
        if analito is not None:
            medido = observacion.valor
            dicho = str(observacion.recurso.get("valueString", ""))
            valores[analito.clave] = dicho if medido is None else medido
    return valores


def textos_de(acceso: Acceso, *, informe_id: UUID) -> dict[str, str]:
    """The words of a report: `conclusion` and `incidentes`."""
    acceso.exigir(Permiso.RESULTADO_REGISTRAR)
    fila = Informe.objects.uno(acceso, informe_id)
    recurso: Recurso = fila.recurso if fila else {}
    return {"conclusion": recurso.get("conclusion", ""), "incidentes": _incidentes(recurso)}


def serie(acceso: Acceso, *, loinc: str, limite: int = LIMITE) -> SerieDeAnalito | None:
    """What was measured under a LOINC code, oldest first; None when there are no figures."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    ultimos = _de_loinc(acceso, loinc, limite)
    puntos = [
        Medicion(fecha, Decimal(str(r["valueQuantity"]["value"])), bandera_de(r))
        for fecha, r in reversed(ultimos)
        if "value" in r.get("valueQuantity", {})
    ]
    if not puntos:
        return None
    recurso = ultimos[0][1]
    bajo, alto = _limites(recurso)
    return SerieDeAnalito(
        fhir.texto(recurso["code"]),
        loinc,
        recurso.get("valueQuantity", {}).get("unit", ""),
        bajo,
        alto,
        puntos,
    )


def _incidentes(recurso: Recurso) -> str:
    dichos = (
        str(e.get("valueString", ""))
        for e in recurso.get("extension", ())
        if e.get("url") == INCIDENTES
    )
    return next(dichos, "")


def bandera_de(recurso: Recurso) -> Bandera | None:
    """How an Observation says its value stands."""
    codigos = (
        codigo.get("code")
        for concepto in recurso.get("interpretation", ())
        for codigo in concepto.get("coding", ())
    )
    return next((Bandera(codigo) for codigo in codigos if codigo in set(Bandera)), None)


def loinc_de(recurso: Recurso) -> str:
    codigos = recurso["code"].get("coding", ())
    return next((c.get("code", "") for c in codigos if c.get("system") == SISTEMA_LOINC), "")


def _observaciones(acceso: Acceso, informe: Informe) -> list[Observacion]:
    """The Observations of a report, in its order."""
    referencias = informe.recurso.get("result", ())
    ids = [i for r in referencias if (i := referido(r, "Observation")) is not None]
    filas = {f.id: f for f in Observacion.objects.de(acceso).filter(pk__in=ids)}
    return [filas[i] for i in ids if i in filas]


def _de_loinc(acceso: Acceso, loinc: str, limite: int) -> list[tuple[datetime, Recurso]]:
    """(instant, Observation) of a code, newest first."""
    ficha = fichas.ficha("Observation.code", f"{SISTEMA_LOINC}|{loinc}")
    consulta = Consulta(
        "Observation", fichas=((ficha,),), orden=OrdenDePagina.FECHA_DESC, limite=limite
    )
    filas = recursos.buscar(acceso, consulta)
    return [
        (fila.fecha, fhir.json.leer(json))
        for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, filas)
        if fila.estado not in (ANULADO, "cancelled")
    ]


def _con_anterior(acceso: Acceso, observacion: Observacion) -> Valor:
    recurso, loinc = observacion.recurso, loinc_de(observacion.recurso)
    rango: Recurso = next(iter(recurso.get("referenceRange", ())), {})
    previos = _de_loinc(acceso, loinc, 12) if loinc else []
    previo = next((p for p in previos if p[0] < observacion.fecha), None)
    antes = previo[1] if previo else {}
    bajo, alto = _limites(recurso)
    return Valor(
        id=observacion.id,
        nombre=observacion.nombre,
        loinc=loinc,
        dicho=_sin_unidad(recurso),
        unidad=recurso.get("valueQuantity", {}).get("unit", ""),
        referencia=_rango(rango),
        bandera=bandera_de(recurso),
        anterior=_sin_unidad(antes),
        anterior_fecha=previo[0] if previo else None,
        tendencia=_tendencia(antes, recurso),
        cifra=observacion.valor,
        bajo=bajo,
        alto=alto,
    )


def _sin_unidad(recurso: Recurso) -> str:
    cantidad = recurso.get("valueQuantity", {})
    if "value" in cantidad:
        return _cifra(cantidad["value"])
    return descripciones.valor(recurso)


def _rango(rango: Recurso) -> str:
    bajo, alto = (rango.get(c, {}).get("value") for c in ("low", "high"))
    if bajo is None and alto is None:
        return str(rango.get("text", ""))
    if bajo is None:
        return f"≤ {_cifra(alto)}"
    if alto is None:
        return f"≥ {_cifra(bajo)}"
    return f"{_cifra(bajo)} – {_cifra(alto)}"


def _limites(recurso: Recurso) -> tuple[Decimal | None, Decimal | None]:
    rango: Recurso = next(iter(recurso.get("referenceRange", ())), {})
    bajo, alto = (rango.get(c, {}).get("value") for c in ("low", "high"))
    return tuple(None if v is None else Decimal(str(v)) for v in (bajo, alto))  # type: ignore[return-value]


def _tendencia(antes: Recurso, ahora: Recurso) -> str:
    """``sube``, ``baja`` or ``igual``; nothing without two figures."""
    cifras = [r.get("valueQuantity", {}).get("value") for r in (antes, ahora)]
    if None in cifras:
        return ""
    primera, segunda = (Decimal(str(c)) for c in cifras)
    if primera == segunda:
        return "igual"
    return "sube" if segunda > primera else "baja"


def _cifra(valor: object) -> str:
    """A figure with the digits it was reported with (a density is not 1.02)."""
    return f"{Decimal(str(valor)):f}"
