"""Scales: answered whole, totalled by us, kept as one Observation with a component an item."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from registros.catalogos import escalas as catalogo
from registros.catalogos.escalas import BANDERAS, ESCALAS, SISTEMA, Escala
from registros.catalogos.signos import SISTEMA_LOINC
from registros.models import Observacion
from registros.models.base import Recurso
from registros.services import observaciones


class EscalaIncompleta(Exception):
    """An item has no answer, or one that is not its own; `item` says which."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


def registrar(
    acceso: Acceso,
    *,
    escala: str,
    respuestas: Mapping[str, str],
    encuentro_id: UUID | None,
    ahora: datetime,
    banderas: tuple[str, ...] = (),
) -> UUID:
    """Record `respuestas` (item -> key of its answer) to a scale of `catalogos.escalas`.

    `banderas` are keys of the scale's red flags. Raises `EscalaIncompleta`.
    """
    descripcion = ESCALAS[escala]
    acceso.exigir(descripcion.permiso)
    try:
        total = descripcion.total(respuestas, banderas)
    except KeyError as error:
        raise EscalaIncompleta(str(error.args[0])) from error
    recurso = {
        **observaciones.base(acceso, categoria="survey", encuentro_id=encuentro_id, momento=ahora),
        "code": _codigo(descripcion.clave, descripcion.nombre, descripcion.loinc),
        "valueInteger": total,
        "interpretation": [{"text": descripcion.banda(total, respuestas).texto}],
        "component": _componentes(descripcion, respuestas, banderas),
    }
    tipo = (
        TipoDeEvento.TRIAGE_CLASIFICADO
        if descripcion is catalogo.TRIAGE
        else TipoDeEvento.ESCALA_REGISTRADA
    )
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        registro = Observacion.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id


def _componentes(
    escala: Escala, respuestas: Mapping[str, str], banderas: tuple[str, ...]
) -> list[Recurso]:
    componentes: list[Recurso] = []
    for item in escala.items:
        opcion = item.opcion(respuestas[item.clave])
        assert opcion is not None
        clave = f"{escala.clave}.{item.clave}"
        valor = {"coding": [{"system": f"{SISTEMA}:{clave}", "code": opcion.clave}]}
        componentes.append(
            {
                "code": _codigo(clave, item.nombre, item.loinc),
                "valueCodeableConcept": {**valor, "text": opcion.texto},
            }
        )
    clave = f"{escala.clave}.{BANDERAS}"
    componentes += [
        {
            "code": _codigo(clave, "Signo de alarma"),
            "valueCodeableConcept": {
                "coding": [{"system": f"{SISTEMA}:{clave}", "code": bandera.clave}],
                "text": bandera.texto,
            },
        }
        for bandera in escala.banderas
        if bandera.clave in banderas
    ]
    return componentes


def _codigo(clave: str, nombre: str, loinc: str = "") -> Recurso:
    codigos = [{"system": SISTEMA, "code": clave}]
    if loinc:
        codigos.append({"system": SISTEMA_LOINC, "code": loinc})
    return {"coding": codigos, "text": nombre}
