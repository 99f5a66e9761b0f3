"""What somebody chose to sign, as it waits now: theirs, or what a colleague delegated to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ece.identidad.confianza import Nivel
from ece.nucleo.acceso import Acceso, Actor
from registros.models import NotaClinica, Tarea
from registros.models.firma import Papel
from registros.models.tarea import espera_firma
from registros.selectors import delegaciones_de_firma, por_firmar
from registros.selectors.delegaciones_de_firma import Negativa, Poderes
from registros.selectors.por_firmar import EnEspera
from registros.services.firmas import NadaQueFirmar

MAXIMO = 200
"""Documents that are signed at once, at most."""


class NoDelegado(NadaQueFirmar):
    """It waits for somebody else, in whose name the actor does not sign: `negativa` says why."""

    def __init__(self, negativa: Negativa) -> None:
        super().__init__(negativa.value)
        self.negativa = negativa


def actor_de(accesos: Mapping[UUID, Acceso]) -> Actor:
    """Raises `NadaQueFirmar`."""
    acceso = next(iter(accesos.values()), None)
    if acceso is None:
        raise NadaQueFirmar
    return acceso.actor


def esperan(
    accesos: Mapping[UUID, Acceso],
    documentos: Sequence[tuple[UUID, UUID]],
    *,
    nivel: Nivel,
    ahora: datetime,
    bloquear: bool = False,
) -> list[EnEspera]:
    """Each of `documentos`, (patient, document), which all wait for the actor at `nivel`.

    `bloquear`, in the act that signs them: no delegation under which it is done is revoked before
    it ends. Raises `NadaQueFirmar`, `NoDelegado`.
    """
    if not 0 < len(documentos) <= MAXIMO or len(set(documentos)) != len(documentos):
        raise NadaQueFirmar
    poderes = delegaciones_de_firma.de(actor_de(accesos), ahora=ahora, bloquear=bloquear)
    hallados: dict[UUID, EnEspera] = {}
    for paciente in dict.fromkeys(paciente for paciente, _ in documentos):
        if paciente in accesos:
            hallados |= por_firmar.en_espera(accesos[paciente], poderes)
    elegidos = []
    for paciente, id_ in documentos:
        uno = hallados.get(id_)
        if uno is None or uno.documento.paciente != paciente or uno.nivel != nivel:
            raise _porque(accesos.get(paciente), id_, poderes)
        elegidos.append(uno)
    return elegidos


def papel_de(acceso: Acceso, uno: EnEspera) -> Papel:
    """As what the actor signs it."""
    if uno.delegada is not None:
        return Papel.DELEGADA
    ajena = isinstance(uno.documento, NotaClinica) and uno.documento.autor != acceso.actor.id
    return Papel.CONTRAFIRMA if ajena else Papel.AUTOR


def _porque(acceso: Acceso | None, id_: UUID, poderes: Poderes) -> NadaQueFirmar:
    """Why it is not the actor's to sign."""
    de_quienes = {una.delegante for una in poderes.recibidas}
    if acceso is not None and de_quienes:
        esperan = Tarea.objects.de(acceso).filter(espera_firma(), responsable__in=de_quienes)
        tarea = next((una for una in esperan if una.documento == id_), None)
        filas = (clase.objects.uno(acceso, id_) for clase in por_firmar.ESTADOS)
        documento = next(filter(None, filas), None)
        if tarea is not None and documento is not None:
            pesado = poderes.pesar(documento, tarea)
            if isinstance(pesado, Negativa):
                return NoDelegado(pesado)
    return NadaQueFirmar(str(id_))


def abiertos(
    accesos: Mapping[UUID, Acceso], documentos: Sequence[tuple[UUID, UUID]]
) -> dict[UUID, Acceso]:
    """Those of `accesos` that an act over `documentos` needs. Raises `NadaQueFirmar`."""
    suyos = {paciente: accesos[paciente] for paciente, _ in documentos if paciente in accesos}
    if not suyos:
        raise NadaQueFirmar
    return suyos


def detalle_de(firmados: Sequence[EnEspera]) -> dict[str, list[str]]:
    """What the event of signing them says besides: under which delegations."""
    delegaciones = sorted({str(uno.delegada.id) for uno in firmados if uno.delegada})
    return {"delegaciones": delegaciones} if delegaciones else {}
