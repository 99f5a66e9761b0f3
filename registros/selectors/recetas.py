"""Prescriptions: what the patient takes, what must be weighed, and the sheet that a code names."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.medicamentos import Contexto, Dosis, reconocer, surtimiento
from registros.catalogos.medicamentos.rinon import filtrado
from registros.models import Paciente, Receta
from registros.models.base import ANULADO, Recurso, referido
from registros.models.registros import ficha_de_hoja
from registros.selectors import expediente, recursos, tratamientos
from registros.selectors.expediente import Entrada
from registros.selectors.recursos import Consulta, Orden

SISTEMA_CODIGO = "urn:ece:receta"
"""System of `groupIdentifier`: the code of a sheet, by which a pharmacy verifies it."""

_CREATININA = ("2160-0", "38483-4", "14682-9")
_EN_MG_DL = {
    "mg/dL": Decimal(1),
    **dict.fromkeys(("umol/L", "µmol/L", "μmol/L"), 1 / Decimal("88.42")),
}
_DE_LA_SANGRE = frozenset(["creatinina", "serica", "en", "suero", "sangre", "plasma", "plasmatica"])
_PESO, _TALLA = ("29463-7",), ("8302-2",)
_ADULTO, _RECIENTE = 6574, timedelta(days=180)
"""Days of an adult; and how long the weight of who is not one is believed."""
_EMBARAZO = ("Z33", "Z34", "Z35", "Z321", *(f"O{n:02d}" for n in range(77)))
_LACTANCIA = ("Z391",)
_GESTACION = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Recetado:
    """A prescribed medicine: its row, its sheet's code, and until when it is taken."""

    id: UUID
    version: int
    estado: str
    fecha: datetime
    autor: UUID
    titulo: str
    indicacion: str
    hasta: date | None
    codigo: str
    recurso: Recurso = field(repr=False)

    def vigente(self, hoy: date) -> bool:
        return tratamientos.vigente(self.recurso, self.fecha, hoy=hoy)

    @property
    def prescriptor(self) -> UUID | None:
        return referido(self.recurso.get("requester"), "Practitioner")

    @property
    def indicaciones(self) -> str:
        """What the prescriber adds for the patient."""
        return str(tratamientos.dosificacion(self.recurso).get("patientInstruction", ""))

    @property
    def surtir(self) -> str:
        """How much to dispense, in words, or an empty string."""
        cantidad = self.recurso.get("dispenseRequest", {}).get("quantity", {})
        if "value" not in cantidad:
            return ""
        return str(Dosis(Decimal(str(cantidad["value"])), cantidad.get("unit", "")))

    @property
    def vence(self) -> date | None:
        """The last day it may be dispensed."""
        fin = self.recurso.get("dispenseRequest", {}).get("validityPeriod", {}).get("end", "")
        return date.fromisoformat(fin[:10]) if fin else None

    @property
    def leyenda(self) -> str:
        """What the law says of how it is dispensed, for the sheet."""
        uno = reconocer(self.titulo)
        if uno is None:
            return ""
        return surtimiento(
            uno.grupo, antibiotico=uno.antibiotico, dias=None, desde=self.fecha.date()
        ).leyenda

    @property
    def motivo_de_estado(self) -> str:
        return fhir.texto(self.recurso.get("statusReason", {}))


def recetados(acceso: Acceso, *, limite: int = 60) -> list[Recetado]:
    """The medicines prescribed, newest first, those entered in error left out."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = Receta.objects.de(acceso).order_by("-fecha", "-id")[:limite]
    return [_recetado(fila) for fila in filas if fila.estado != ANULADO]


def hoja(acceso: Acceso, *, receta_id: UUID) -> list[Recetado]:
    """The medicines of the sheet that `receta_id` is on, itself included, or none."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Receta.objects.uno(acceso, receta_id)
    if fila is None:
        return []
    una = _recetado(fila)
    return _de_codigo(acceso, una.codigo) if una.codigo else [una]


def ultima_hoja(acceso: Acceso) -> list[Recetado]:
    """The medicines of the last prescription written, whichever sheets they went on."""
    todas = recetados(acceso)
    return [r for r in todas if r.fecha == todas[0].fecha and r.autor == todas[0].autor]


def verificada(acceso: Acceso, *, codigo: str) -> tuple[str, list[Recetado]]:
    """(patient's name, medicines) of the sheet whose printed code somebody holds.

    What was written by anybody but its own prescriber is not a prescription of ours.
    """
    acceso.exigir(Permiso.RECETA_VERIFICAR)
    hallados = [
        uno
        for uno in _de_codigo(acceso, codigo)
        if uno.prescriptor == uno.autor or uno.estado not in tratamientos.VIGENTES
    ]
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    return paciente.identidad.nombre, hallados


def paciente_de_codigo(codigo: str) -> UUID | None:
    """Whose sheet `codigo` names, by its keyed token (asked by the decision, never by a page)."""
    buscada = ficha_de_hoja(codigo)
    hallado = recursos.por_fichas(Receta.TIPO, [buscada]).get(buscada)
    return hallado.paciente if hallado else None


def _de_codigo(acceso: Acceso, codigo: str) -> list[Recetado]:
    filas = Receta.objects.de(acceso).filter(fichas__contains=[ficha_de_hoja(codigo)])
    hallados = map(_recetado, filas.order_by("id"))
    buscado = codigo.encode()
    return [uno for uno in hallados if hmac.compare_digest(uno.codigo.encode(), buscado)]


def contexto(acceso: Acceso, *, hoy: date) -> Contexto:
    """What the record says of the patient that a prescription must be weighed against."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    quien, _, _ = expediente.identidad(acceso)
    edad = (hoy - quien.nacimiento).days if quien.nacimiento else None
    diagnosticos = list(_diagnosticos(acceso))
    claves = tuple(clave for clave, _ in diagnosticos)
    recientes = [c for c, desde in diagnosticos if desde.date() > hoy - _GESTACION]
    mujer = quien.sexo != "male"
    creatinina = _creatinina(acceso)
    desde = hoy - _RECIENTE if edad is not None and edad < _ADULTO else date.min
    talla = _ultima(acceso, _TALLA, {"cm": Decimal(1), "m": Decimal(100)}, desde=desde)
    return Contexto(
        edad=edad,
        sexo=quien.sexo,
        peso_kg=_ultima(acceso, _PESO, {"kg": Decimal(1), "g": Decimal("0.001")}, desde=desde),
        tfg=(
            filtrado(creatinina, edad=edad, sexo=quien.sexo, talla_cm=talla)
            if creatinina is not None and edad is not None
            else None
        ),
        embarazo=mujer and any(clave.startswith(_EMBARAZO) for clave in recientes),
        lactancia=mujer and any(clave.startswith(_LACTANCIA) for clave in recientes),
        alergias=tuple(e.titulo for e in expediente.alergias(acceso)),
        medicamentos=(
            *(uno.titulo for uno in recetados(acceso) if uno.vigente(hoy) and uno.titulo),
            *_declarados(acceso, hoy),
        ),
        diagnosticos=claves,
    )


def _declarados(acceso: Acceso, hoy: date) -> Iterator[str]:
    """What is taken without our having prescribed it, as somebody says or a document told."""
    for entrada in expediente.ultimas(acceso, "MedicationStatement", 60):
        if tratamientos.vigente(entrada.recurso, entrada.fecha, hoy=hoy):
            yield entrada.titulo


def _diagnosticos(acceso: Acceso) -> Iterator[tuple[str, datetime]]:
    for entrada in expediente.problemas_activos(acceso):
        for codigo in entrada.recurso.get("code", {}).get("coding", ()):
            if "icd-10" in codigo.get("system", ""):
                yield codigo.get("code", "").replace(".", ""), entrada.fecha


def _ultima(
    acceso: Acceso, claves: Iterable[str], unidades: Mapping[str, Decimal], *, desde: date
) -> Decimal | None:
    """The latest measurement of LOINC `claves` not before `desde`; `unidades` says by what its
    figure is multiplied, and what is in no unit of these is not taken for it."""
    grupo = tuple(fichas.ficha("Observation.code", clave) for clave in claves)
    consulta = Consulta(tipo="Observation", fichas=(grupo,), orden=Orden.FECHA_DESC, limite=1)
    sellados = [s for s in recursos.buscar(acceso, consulta) if s.fecha.date() >= desde]
    abiertos = recursos.abrir_todos({acceso.paciente: acceso}, sellados)
    return _valor((fhir.json.leer(json) for _, json in abiertos), unidades)


def _creatinina(acceso: Acceso) -> Decimal | None:
    """The latest in blood, mg/dL; also of results that were recorded with words and no code."""
    if (codificada := _ultima(acceso, _CREATININA, _EN_MG_DL, desde=date.min)) is not None:
        return codificada
    entradas: list[Entrada] = expediente.ultimas(acceso, "Observation", 60)
    en_sangre = (
        e.recurso
        for e in entradas
        if "creatinina" in (dichas := set(fhir.palabras(e.titulo))) and dichas <= _DE_LA_SANGRE
    )
    return _valor(en_sangre, _EN_MG_DL)


def _valor(observaciones: Iterable[Recurso], unidades: Mapping[str, Decimal]) -> Decimal | None:
    for observacion in observaciones:
        cantidad = observacion.get("valueQuantity", {})
        factor = unidades.get(cantidad.get("code") or cantidad.get("unit", ""))
        if "value" in cantidad and factor is not None:
            return Decimal(str(cantidad["value"])) * factor
    return None


def _recetado(fila: Receta) -> Recetado:
    recurso = fila.recurso
    descrito = expediente.entrada(
        fila.TIPO, fila.id, fila.fecha, fila.estado, fila.version, recurso
    )
    grupo = recurso.get("groupIdentifier", {})
    return Recetado(
        id=fila.id,
        version=fila.version,
        estado=fila.estado,
        fecha=fila.fecha,
        autor=fila.autor,
        titulo=descrito.titulo,
        indicacion=descrito.detalle,
        hasta=tratamientos.hasta(recurso, fila.fecha),
        codigo=grupo.get("value", "") if grupo.get("system") == SISTEMA_CODIGO else "",
        recurso=recurso,
    )
