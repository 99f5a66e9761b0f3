"""A pregnancy: begun with its dates, corrected by ultrasound, controlled, ended.

An EpisodeOfCare is the pregnancy; what is known of it are Observations whose focus it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import embarazo as catalogo
from registros.catalogos.embarazo import FORMULA, FPP, FUM, OBSTETRICOS, SISTEMA
from registros.catalogos.signos import SIGNOS, SISTEMA_LOINC
from registros.models import Observacion, OtroRegistro
from registros.models.base import Recurso
from registros.selectors import embarazo as selector
from registros.services import observaciones, signos
from registros.services.signos import MedicionImposible

__all__ = ["MedicionImposible", "abrir", "concluir", "controlar", "corregir"]


class YaHayEmbarazo(Exception):
    """The patient already has a pregnancy under way."""


class SinEmbarazo(Exception):
    """The patient has no pregnancy under way."""


class SinCorreccion(Exception):
    """The ultrasound agrees with the last period within the tolerance: the dates stay."""


@dataclass(frozen=True, slots=True)
class Control:
    """One visit: `valores` by key of SIGNOS or OBSTETRICOS; `sintomas`, keys of ALARMAS."""

    valores: Mapping[str, Decimal]
    edema: str = "no"
    sintomas: Sequence[str] = field(default_factory=tuple)


def abrir(
    acceso: Acceso,
    *,
    fum: date,
    formula: Mapping[str, int],
    riesgos: Sequence[str],
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Begin a pregnancy dated by the last period. Raises `YaHayEmbarazo`."""
    acceso.exigir(Permiso.EMBARAZO_REGISTRAR)
    if selector.vigente(acceso) is not None:
        raise YaHayEmbarazo
    episodio: Recurso = {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "type": [{"coding": [{"system": SISTEMA, "code": "embarazo"}], "text": "Embarazo"}],
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "period": {"start": fum.isoformat()},
        "careManager": observaciones.quien(acceso),
    }
    componentes = [
        {"code": _loinc(FUM, "Fecha de última menstruación"), "valueDateTime": fum.isoformat()},
        _fpp(catalogo.naegele(fum)),
        *(
            {"code": _loinc(*FORMULA[clave]), "valueInteger": cuantos}
            for clave, cuantos in formula.items()
        ),
        *(
            {"code": _propio("riesgo", "Factor de riesgo"), "valueCodeableConcept": _concepto(
                "riesgo", clave, catalogo.RIESGOS[clave]
            )}
            for clave in riesgos
        ),
    ]  # fmt: skip
    with acto(acceso, tipo=TipoDeEvento.EMBARAZO_REGISTRADO, ahora=ahora) as el_acto:
        registro = OtroRegistro.nuevo(acceso, episodio, ahora=ahora)
        datos = _observacion(
            acceso, registro.id, catalogo.INICIO, "Embarazo: datos iniciales", encuentro_id, ahora
        )
        datos["component"] = componentes
        el_acto.insertar(registro)
        el_acto.insertar(Observacion.nuevo(acceso, datos, ahora=ahora))
    return registro.id


def corregir(acceso: Acceso, *, fecha: date, semanas: int, dias: int, ahora: datetime) -> date:
    """Date the pregnancy by an ultrasound; returns the new date of birth.

    Raises `SinEmbarazo`, `SinCorreccion`.
    """
    acceso.exigir(Permiso.EMBARAZO_REGISTRAR)
    embarazo = _vigente(acceso)
    nueva = catalogo.corregida(embarazo.fum, fecha=fecha, semanas=semanas, dias=dias)
    if nueva is None:
        raise SinCorreccion
    with acto(acceso, tipo=TipoDeEvento.EMBARAZO_CORREGIDO, ahora=ahora) as el_acto:
        datos = Observacion.objects.uno(acceso, embarazo.datos_id)
        assert datos is not None
        sin_fpp = [c for c in datos.recurso["component"] if c["code"]["coding"][0]["code"] != FPP]
        motivo = f"Ultrasonido del {fecha:%d/%m/%Y}: {semanas} semanas y {dias} días."
        nota = observaciones.anotacion(acceso, motivo, ahora=ahora)
        recurso = {
            **datos.recurso,
            "status": "amended",
            "component": [*sin_fpp, {**_fpp(nueva), "interpretation": [
                {"coding": [{"system": SISTEMA, "code": catalogo.ULTRASONIDO}], "text": motivo}
            ]}],
            "note": [*datos.recurso.get("note", ()), nota],
        }  # fmt: skip
        el_acto.reemplazar(datos.siguiente(acceso, recurso, ahora=ahora))
    return nueva


def controlar(
    acceso: Acceso, *, control: Control, encuentro_id: UUID | None, ahora: datetime
) -> UUID:
    """Record a control of the pregnancy under way. Raises `SinEmbarazo`, `MedicionImposible`."""
    acceso.exigir(Permiso.EMBARAZO_REGISTRAR)
    embarazo = _vigente(acceso)
    todos = {**SIGNOS, **OBSTETRICOS}
    for clave, valor in control.valores.items():
        if not todos[clave].minimo <= valor <= todos[clave].maximo:
            raise MedicionImposible(todos[clave], valor)
    recurso = _observacion(
        acceso, embarazo.id, catalogo.CONTROL, "Control prenatal", encuentro_id, ahora
    )
    recurso["component"] = [
        *(
            {
                "code": signos.codigo(todos[clave]),
                "valueQuantity": signos.cantidad(todos[clave], valor),
            }
            for clave, valor in control.valores.items()
        ),
        {
            "code": _propio(catalogo.EDEMA, "Edema"),
            "valueCodeableConcept": _concepto(
                catalogo.EDEMA, control.edema, catalogo.EDEMAS[control.edema]
            ),
        },
        *(
            {
                "code": _propio(catalogo.ALARMA, "Signo de alarma"),
                "valueCodeableConcept": _concepto(catalogo.ALARMA, clave, catalogo.ALARMAS[clave]),
            }
            for clave in control.sintomas
        ),
    ]
    with acto(acceso, tipo=TipoDeEvento.EMBARAZO_CONTROLADO, ahora=ahora) as el_acto:
        registro = Observacion.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id


def concluir(acceso: Acceso, *, desenlace: str, fecha: date, ahora: datetime) -> None:
    """End the pregnancy with a key of DESENLACES. Raises `SinEmbarazo`."""
    acceso.exigir(Permiso.EMBARAZO_REGISTRAR)
    embarazo = _vigente(acceso)
    with acto(acceso, tipo=TipoDeEvento.EMBARAZO_CONCLUIDO, ahora=ahora) as el_acto:
        episodio = OtroRegistro.objects.uno(acceso, embarazo.id)
        assert episodio is not None
        periodo = {**episodio.recurso["period"], "end": fecha.isoformat()}
        recurso = {**episodio.recurso, "status": "finished", "period": periodo}
        final = _observacion(
            acceso, embarazo.id, catalogo.DESENLACE, "Desenlace del embarazo", None, ahora
        )
        final["valueCodeableConcept"] = _concepto(
            catalogo.DESENLACE, desenlace, catalogo.DESENLACES[desenlace]
        )
        el_acto.reemplazar(episodio.siguiente(acceso, recurso, ahora=ahora))
        el_acto.insertar(Observacion.nuevo(acceso, final, ahora=ahora))


def _vigente(acceso: Acceso) -> selector.Embarazo:
    embarazo = selector.vigente(acceso)
    if embarazo is None:
        raise SinEmbarazo
    return embarazo


def _observacion(
    acceso: Acceso,
    episodio: UUID,
    clave: str,
    nombre: str,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> Recurso:
    return {
        **observaciones.base(acceso, categoria="exam", encuentro_id=encuentro_id, momento=ahora),
        "code": _propio(clave, nombre),
        "focus": [{"reference": f"EpisodeOfCare/{episodio}"}],
    }


def _propio(clave: str, nombre: str) -> Recurso:
    return {"coding": [{"system": SISTEMA, "code": clave}], "text": nombre}


def _loinc(codigo: str, nombre: str) -> Recurso:
    return {"coding": [{"system": SISTEMA_LOINC, "code": codigo}], "text": nombre}


def _concepto(lista: str, clave: str, texto: str) -> Recurso:
    return {"coding": [{"system": f"{SISTEMA}:{lista}", "code": clave}], "text": texto}


def _fpp(fecha: date) -> Recurso:
    return {"code": _loinc(FPP, "Fecha probable de parto"), "valueDateTime": fecha.isoformat()}
