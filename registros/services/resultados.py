"""Results of diagnostic services: a report, its values, and the task of whoever waits for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.analitos import ANALITOS, Analito
from registros.catalogos.notas import SISTEMA_LOINC
from registros.catalogos.signos import SISTEMA_UCUM
from registros.models import Informe, Observacion, Orden, Paciente
from registros.models.base import Recurso
from registros.models.orden import INFORME, VIVAS, Avance
from registros.selectors.descripciones import valor as en_palabras
from registros.selectors.resultados import INCIDENTES, bandera_de
from registros.services import ordenes, revisiones, tareas
from registros.services.ordenes import OrdenTerminada

_CATEGORIA = "http://terminology.hl7.org/CodeSystem/observation-category"
_INTERPRETACION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_CORREGIBLES = ("completed", *VIVAS)


class ResultadoVacio(Exception):
    """A report says at least one value or a conclusion."""


class AnalitoAjeno(Exception):
    """A value of something that the study ordered does not measure."""


@dataclass(frozen=True, slots=True)
class Medida:
    """One value of a report; the reference range is `bajo` to `alto`, either may be open."""

    nombre: str
    valor: Decimal
    unidad: str
    bajo: Decimal | None = None
    alto: Decimal | None = None


def registrar(
    acceso: Acceso,
    *,
    estudio: str,
    conclusion: str,
    medidas: Sequence[Medida],
    encuentro_id: UUID | None,
    ahora: datetime,
    metodo: Sequence[str] = (),
) -> UUID:
    """Record the report of `estudio` with its `medidas`; returns the report's id.

    `metodo`, as in `revisiones.firmar`.
    """
    acceso.exigir(Permiso.RESULTADO_REGISTRAR)
    comun: Recurso = {
        "status": "final",
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "effectiveDateTime": ahora.isoformat(timespec="seconds"),
        "issued": ahora.isoformat(timespec="milliseconds"),
        "performer": [
            {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}
        ],
    }
    if encuentro_id is not None:
        comun["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    with acto(acceso, tipo=TipoDeEvento.RESULTADO_REGISTRADO, ahora=ahora) as el_acto:
        observaciones = [
            Observacion.nuevo(acceso, {**comun, **_observacion(medida)}, ahora=ahora)
            for medida in medidas
        ]
        informe: Recurso = {
            **comun,
            "resourceType": "DiagnosticReport",
            "category": [
                {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}
                    ]
                }
            ],
            "code": {"text": estudio},
        }
        if observaciones:
            informe["result"] = [{"reference": f"Observation/{o.id}"} for o in observaciones]
        if conclusion:
            informe["conclusion"] = conclusion
        registro = Informe.nuevo(acceso, informe, ahora=ahora)
        for escrito in (*observaciones, registro):
            el_acto.insertar(escrito)
        revisiones.firmar(el_acto, acceso, registro, metodo=metodo, ahora=ahora)
    return registro.id


def informar(
    acceso: Acceso,
    *,
    orden_id: UUID,
    valores: Mapping[str, Decimal | str],
    conclusion: str,
    definitivo: bool,
    ahora: datetime,
    incidentes: str = "",
    metodo: Sequence[str] = (),
) -> UUID:
    """Report an order, or correct its report; returns the report's id (NOM-004 9.2).

    `valores` go by key of `catalogos.analitos`; each is compared with the limits of the patient's
    sex and age. A task for whoever ordered goes with it. `metodo`, as in `revisiones.firmar`.
    Raises `OrdenInexistente`, `OrdenTerminada` (rejected or called off), `AnalitoAjeno`,
    `ResultadoVacio`.
    """
    acceso.exigir(Permiso.RESULTADO_REGISTRAR)
    if not valores and not conclusion.strip():
        raise ResultadoVacio
    orden = ordenes.leer(acceso, orden_id)
    if orden.estado not in _CORREGIBLES:
        raise OrdenTerminada(str(orden_id))
    estudio = orden.del_catalogo
    medibles = {a.clave for a in estudio.analitos} if estudio else set[str]()
    if ajenos := set(valores) - medibles:
        raise AnalitoAjeno(", ".join(sorted(ajenos)))
    previo = Informe.objects.uno(acceso, orden.informe) if orden.informe else None
    corrige = previo is not None and previo.estado in ("final", "corrected")
    estado = "corrected" if corrige else "final" if definitivo else "preliminary"
    tipo = TipoDeEvento.RESULTADO_CORREGIDO if corrige else TipoDeEvento.RESULTADO_REGISTRADO
    comun = _comun(acceso, orden, estado, ahora)
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        anteriores = _observaciones_de(acceso, previo)
        observaciones = []
        for medida in _medidas(acceso, valores, ahora):
            recurso = {**comun, "basedOn": [_de_orden(orden)], **medida}
            anterior = anteriores.pop(medida["code"]["text"], None)
            if anterior is None:
                observacion = Observacion.nuevo(acceso, recurso, ahora=ahora)
                el_acto.insertar(observacion)
            else:
                observacion = anterior.siguiente(acceso, recurso, ahora=ahora)
                el_acto.reemplazar(observacion)
            observaciones.append(observacion)
        for sobrante in anteriores.values():
            anulada = {**sobrante.recurso, "status": "entered-in-error"}
            el_acto.reemplazar(sobrante.siguiente(acceso, anulada, ahora=ahora))
        recurso = {
            **comun,
            "resourceType": "DiagnosticReport",
            "basedOn": [_de_orden(orden)],
            "category": orden.recurso.get("category", []),
            "code": orden.recurso["code"],
            "result": [{"reference": f"Observation/{o.id}"} for o in observaciones],
            "conclusion": conclusion.strip(),
        }
        if incidentes.strip():
            recurso["extension"] = [{"url": INCIDENTES, "valueString": incidentes.strip()}]
        recurso = {clave: valor for clave, valor in recurso.items() if valor}
        if previo is None:
            informe = Informe.nuevo(acceso, recurso, ahora=ahora)
            el_acto.insertar(informe)
        else:
            informe = previo.siguiente(acceso, recurso, ahora=ahora)
            el_acto.reemplazar(informe)
            revisiones.retirar_firma(el_acto, acceso, informe.id, ahora=ahora)
        if estado != "preliminary":
            revisiones.firmar(el_acto, acceso, informe, metodo=metodo, ahora=ahora)
        criticos = {
            o.recurso["code"]["text"]: en_palabras(o.recurso)
            for o in observaciones
            if (bandera := bandera_de(o.recurso)) is not None and bandera.critica
        }
        if estado != "preliminary" or criticos:
            tareas.poner(
                el_acto,
                acceso,
                orden=orden,
                informe=informe.id,
                criticos=criticos,
                unidad=ordenes.unidad_de(acceso, orden),
                ahora=ahora,
            )
        avance = Avance.PRELIMINAR if estado == "preliminary" else Avance.INFORMADA
        avanzada = ordenes.con_avance(orden.recurso, avance)
        if orden.informe is None:
            enlace = {"reference": f"DiagnosticReport/{informe.id}"}
            avanzada["extension"].append({"url": INFORME, "valueReference": enlace})
        if estado != "preliminary":
            avanzada["status"] = "completed"
        el_acto.reemplazar(orden.siguiente(acceso, avanzada, ahora=ahora))
    return informe.id


def _comun(acceso: Acceso, orden: Orden, estado: str, ahora: datetime) -> Recurso:
    comun: Recurso = {
        "status": estado,
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "effectiveDateTime": ahora.isoformat(timespec="seconds"),
        "issued": ahora.isoformat(timespec="milliseconds"),
        "performer": [ordenes.autor(acceso)],
    }
    if orden.encuentro is not None:
        comun["encounter"] = {"reference": f"Encounter/{orden.encuentro}"}
    return comun


def _de_orden(orden: Orden) -> Recurso:
    return {"reference": f"ServiceRequest/{orden.id}"}


def _observaciones_de(acceso: Acceso, informe: Informe | None) -> dict[str, Observacion]:
    """What a report measured, by name."""
    if informe is None:
        return {}
    ids = [UUID(r["reference"].split("/")[1]) for r in informe.recurso.get("result", ())]
    filas = Observacion.objects.de(acceso).filter(pk__in=ids)
    return {fila.recurso["code"]["text"]: fila for fila in filas}


def _medidas(
    acceso: Acceso, valores: Mapping[str, Decimal | str], ahora: datetime
) -> list[Recurso]:
    paciente = Paciente.objects.de(acceso).get()
    quien = paciente.identidad
    edad = _edad_en_dias(quien.nacimiento, ahora)
    return [_medida(ANALITOS[clave], dicho, quien.sexo, edad) for clave, dicho in valores.items()]


def _edad_en_dias(nacimiento: date | None, ahora: datetime) -> int | None:
    return None if nacimiento is None else (ahora.date() - nacimiento).days


def _medida(analito: Analito, dicho: Decimal | str, sexo: str, edad: int | None) -> Recurso:
    recurso: Recurso = {
        "resourceType": "Observation",
        "category": [{"coding": [{"system": _CATEGORIA, "code": "laboratory"}]}],
        "code": {
            "coding": [{"system": SISTEMA_LOINC, "code": analito.loinc}],
            "text": analito.nombre,
        },
    }
    if isinstance(dicho, Decimal):
        recurso["valueQuantity"] = _cantidad(analito, dicho)
    else:
        recurso["valueString"] = dicho
    bandera = analito.bandera(dicho, sexo, edad)
    if bandera is not None:
        recurso["interpretation"] = [{"coding": [{"system": _INTERPRETACION, "code": bandera}]}]
    limites = analito.referencia(sexo, edad)
    if limites is not None:
        extremos = (("low", limites.bajo), ("high", limites.alto))
        rango: Recurso = {c: _cantidad(analito, v) for c, v in extremos if v is not None}
        recurso["referenceRange"] = [{**rango, "text": f"{limites} {analito.unidad}".strip()}]
    return recurso


def _cantidad(analito: Analito, valor: Decimal) -> Recurso:
    cantidad: Recurso = {"value": valor}
    if analito.unidad:
        cantidad["unit"] = analito.unidad
    if analito.ucum:
        cantidad |= {"system": SISTEMA_UCUM, "code": analito.ucum}
    return cantidad


def _observacion(medida: Medida) -> Recurso:
    rango = {
        extremo: {"value": valor, "unit": medida.unidad}
        for extremo, valor in (("low", medida.bajo), ("high", medida.alto))
        if valor is not None
    }
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"system": _CATEGORIA, "code": "laboratory"}]}],
        "code": {"text": medida.nombre},
        "valueQuantity": {"value": medida.valor, "unit": medida.unidad},
        **({"referenceRange": [rango]} if rango else {}),
    }
