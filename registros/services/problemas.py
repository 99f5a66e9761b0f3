"""The list of problems: begun, and changed with a reason; every state is a version."""

from datetime import date, datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.problemas import CURSO, SISTEMA_CLINICO
from registros.models import Diagnostico
from registros.models.base import ANULADO, Recurso
from registros.services import diagnosticos
from registros.services.diagnosticos import CATEGORIA_DE_CONDICION, NuevoDiagnostico
from registros.services.observaciones import anotacion

_ENLISTADO = {"coding": [{"system": CATEGORIA_DE_CONDICION, "code": "problem-list-item"}]}
_CON_FIN = frozenset({"resolved", "inactive", "remission"})


class ProblemaInexistente(Exception):
    """There is no such problem of this patient."""


def registrar(
    acceso: Acceso,
    *,
    diagnostico: NuevoDiagnostico,
    inicio: date | None,
    curso: str,
    nota_id: UUID | None,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Put a problem on the list; `curso` is a key of CURSOS, `nota_id` the note that founds it."""
    acceso.exigir(Permiso.DIAGNOSTICO_REGISTRAR)
    (recurso,) = diagnosticos.condiciones(
        acceso, [diagnostico], encuentro_id=encuentro_id, momento=ahora
    )
    recurso["category"] = [_ENLISTADO]
    if curso:
        recurso["extension"] = [{"url": CURSO, "valueCode": curso}]
    if inicio is not None:
        recurso["onsetDateTime"] = inicio.isoformat()
    if nota_id is not None:
        recurso["evidence"] = [{"detail": [{"reference": f"Composition/{nota_id}"}]}]
    with acto(acceso, tipo=TipoDeEvento.PROBLEMA_REGISTRADO, ahora=ahora) as el_acto:
        registro = Diagnostico.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id


def cambiar(
    acceso: Acceso,
    *,
    problema_id: UUID,
    estado: str,
    motivo: str,
    fecha: date | None,
    ahora: datetime,
) -> int:
    """Change the state of a problem (a key of ESTADOS) for a reason; returns the new version.

    `fecha` is when it ended, for those that end. A diagnosis of a note that changes state joins the
    list. Raises `ProblemaInexistente`.
    """
    acceso.exigir(Permiso.DIAGNOSTICO_REGISTRAR)
    with acto(acceso, tipo=TipoDeEvento.PROBLEMA_CAMBIADO, ahora=ahora) as el_acto:
        problema = Diagnostico.objects.uno(acceso, problema_id)
        if problema is None or problema.estado == ANULADO:
            raise ProblemaInexistente(str(problema_id))
        recurso: Recurso = {
            clave: valor
            for clave, valor in problema.recurso.items()
            if not clave.startswith("abatement")
        }
        recurso["clinicalStatus"] = {"coding": [{"system": SISTEMA_CLINICO, "code": estado}]}
        if estado in _CON_FIN and fecha is not None:
            recurso["abatementDateTime"] = fecha.isoformat()
        recurso["category"] = [
            *(c for c in recurso.get("category", ()) if c != _ENLISTADO),
            _ENLISTADO,
        ]
        nota = anotacion(acceso, motivo, ahora=ahora)
        recurso["note"] = [*recurso.get("note", ()), nota]
        proxima = problema.siguiente(acceso, recurso, ahora=ahora)
        el_acto.reemplazar(proxima)
    return proxima.version
