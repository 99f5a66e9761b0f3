"""Orders as the chart and the services see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos.estudios import SERVICIOS, Estudio, Servicio, ajenos
from registros.models import Orden, Paciente
from registros.models.base import Recurso
from registros.models.orden import VIVAS, Avance, ficha_de_servicio
from registros.models.paciente import ResumenDeIdentidad

LIMITE = 200
_URGENCIA = {"stat": 0, "asap": 1, "urgent": 1}


@dataclass(frozen=True, slots=True)
class OrdenVista:
    """An order as it is read; `estudio` is None when it is not of our catalogue."""

    id: UUID
    paciente: UUID
    nombre: str
    estudio: Estudio | None
    avance: Avance
    viva: bool
    prioridad: str
    fecha: datetime
    solicitante: str
    problema: str
    indicaciones: str
    preparacion: str
    motivo: str
    folio: str
    informe: UUID | None
    version: int
    recurso: Recurso = field(repr=False)

    @property
    def urgente(self) -> bool:
        return self.prioridad in _URGENCIA

    @property
    def servicio(self) -> Servicio:
        return self.estudio.servicio if self.estudio else Servicio.OTRO

    @property
    def nombre_del_servicio(self) -> str:
        return SERVICIOS[self.servicio]


@dataclass(frozen=True, slots=True)
class Trabajo:
    """A line of a service's work list."""

    paciente: ResumenDeIdentidad
    orden: OrdenVista


def de_paciente(acceso: Acceso, *, limite: int = 60) -> list[OrdenVista]:
    """The patient's orders, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = Orden.objects.de(acceso).exclude(estado="entered-in-error")
    return [_vista(fila) for fila in filas.order_by("-fecha", "-id")[:limite]]


def orden(acceso: Acceso, *, orden_id: UUID) -> OrdenVista | None:
    """One order of the patient, for who treats and for who attends it."""
    if not {Permiso.EXPEDIENTE_LEER, Permiso.ORDEN_ATENDER} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.ORDEN_ATENDER)
    fila = Orden.objects.uno(acceso, orden_id)
    if fila is None or fila.servicio in ajenos(acceso.actor.roles):
        return None
    return _vista(fila)


def pacientes_en_servicio(alcance: Alcance) -> list[UUID]:
    """Whose orders are to be done: no unit's in particular, or of the units of the actor.

    Laboratory does not see those of imaging, nor imaging those of the laboratory.
    """
    alcance.exigir(Permiso.ORDEN_ATENDER)
    de_otros = [ficha_de_servicio(servicio) for servicio in ajenos(alcance.actor.roles)]
    filas = bitacora.consultar(
        "SELECT paciente FROM (SELECT paciente, fecha FROM registros_orden "
        "WHERE estado IN ('draft', 'active', 'on-hold') "
        "AND (unidad IS NULL OR unidad = ANY(%s::uuid[])) AND NOT fichas && %s::bigint[] "
        "ORDER BY fecha LIMIT %s) o GROUP BY paciente",
        [bitacora.arreglo(alcance.actor.unidades()), bitacora.arreglo(de_otros), LIMITE],
    )
    return [fila[0] for fila in filas if alcance.cubre(fila[0])]


def en_servicio(
    accesos: Mapping[UUID, Acceso], *, servicio: str = "", avance: str = ""
) -> list[Trabajo]:
    """What the service has to do for the patients of `accesos`: the urgent first, then the oldest.

    `servicio` and `avance` (values of their enumerations) leave out the rest.
    """
    trabajos = []
    for acceso in accesos.values():
        acceso.exigir(Permiso.ORDEN_ATENDER)
        de_otros = ajenos(acceso.actor.roles)
        filas = Orden.objects.de(acceso).con_estado(*VIVAS)
        vistas = [_vista(fila) for fila in filas if fila.servicio not in de_otros]
        vistas = [
            v for v in vistas if servicio in ("", v.servicio) and avance in ("", v.avance.value)
        ]
        if vistas:
            quien = Paciente.objects.de(acceso).get().identidad
            trabajos += [Trabajo(quien, vista) for vista in vistas]
    trabajos.sort(key=lambda t: (_URGENCIA.get(t.orden.prioridad, 2), t.orden.fecha, t.orden.id))
    return trabajos


def _vista(fila: Orden) -> OrdenVista:
    recurso = fila.recurso
    return OrdenVista(
        id=fila.id,
        paciente=fila.paciente,
        nombre=fila.estudio,
        estudio=fila.del_catalogo,
        avance=fila.avance,
        viva=fila.estado in VIVAS,
        prioridad=fila.prioridad,
        fecha=fila.fecha,
        solicitante=fila.solicitada_por,
        problema=fila.problema,
        indicaciones="\n".join(n.get("text", "") for n in recurso.get("note", ())),
        preparacion=str(recurso.get("patientInstruction", "")),
        motivo=fila.motivo,
        folio=fila.folio,
        informe=fila.informe,
        version=fila.version,
        recurso=recurso,
    )
