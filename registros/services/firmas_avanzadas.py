"""The advanced signature: with a certificate of the person's own, whose key never comes here.

One signature covers many finished notes. Nothing is kept between preparing and signing: what is to
be signed is made again from the notes as they are; a signature over anything else does not hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import Nivel, Uso
from ece.identidad.services import revocaciones
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida, certificados, cms, jws
from ece.nucleo.firma.cadena import Cadena
from ece.nucleo.firma.canonico import canonico
from ece.nucleo.firma.revocacion import Constancia
from ece.nucleo.roles import Permiso
from registros.models import Firma, NotaClinica, Tarea
from registros.models.firma import Papel
from registros.models.tarea import FIRMA, PENDIENTES, ficha_de
from registros.services import declaraciones, firmas, revisiones
from registros.services.firmas import NadaQueFirmar

VIGENCIA = timedelta(minutes=10)
"""How long what was prepared may take to come back signed."""
MAXIMO = 200
"""Notes that one signature covers at most."""

METODO = ("certificado",)
LARGO_DE_CONSTANCIA = 64 * 1024
"""Lists longer than this stay in the cache, and do not travel with each signature."""


class Caducada(Exception):
    """It took too long, or its instant is not of now: prepare it again."""


@dataclass(frozen=True, slots=True)
class Hoja:
    """A document of the sheet: its declaration, and the canonical bytes of what it says."""

    nota_id: UUID
    paciente: UUID
    papel: Papel
    declaracion: bytes = field(repr=False)
    contenido: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Preparado:
    """What is to be signed: `pliego`, whose leaves are the digests of the declarations."""

    momento: datetime
    pliego: bytes = field(repr=False)
    hojas: tuple[Hoja, ...]


def preparar(
    accesos: Mapping[UUID, Acceso],
    *,
    notas: Sequence[tuple[UUID, UUID]],
    certificado: bytes,
    ahora: datetime,
) -> Preparado:
    """What the actor would sign of `notas`, (patient, note) each, with `certificado` (DER).

    The certificate is weighed before anything is shown. Raises `FirmaInvalida`, `NadaQueFirmar`.
    """
    momento = ahora.replace(microsecond=0)
    exigir_certificado(accesos, certificados.leer(certificado), momento=momento)
    return _preparar(accesos, notas, momento)[0]


def firmar(
    accesos: Mapping[UUID, Acceso],
    *,
    notas: Sequence[tuple[UUID, UUID]],
    certificado: bytes,
    momento: datetime,
    firma_cms: bytes,
    firma_jws: bytes,
    ahora: datetime,
) -> int:
    """Keep the signature of the actor over `notas`, as they are; how many it covers.

    `firma_cms` is over the signed attributes, `firma_jws` over the JWS signing input, both of the
    sheet. All or none. Raises `Caducada`, `FirmaInvalida`, `NadaQueFirmar`.
    """
    if not momento <= ahora <= momento + VIGENCIA:
        raise Caducada
    cadena, dichas = exigir_certificado(accesos, certificados.leer(certificado), momento=ahora)
    elegidos = {paciente: accesos[paciente] for paciente, _ in notas if paciente in accesos}
    if not elegidos:
        raise NadaQueFirmar
    with acto(*elegidos.values(), tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora) as el_acto:
        preparado, filas = _preparar(accesos, notas, momento)
        sello = firmas.sellar_localmente(firma_cms)
        otras = tuple(certificados.a_der(c) for c in cadena.certificados[1:])
        sobre = cms.armar(
            firma_cms,
            preparado.pliego,
            certificado,
            momento,
            cadena=otras,
            sello=sello,
            constancias=[una for una in dichas if len(una.der) <= LARGO_DE_CONSTANCIA],
        )
        token = jws.armar(firma_jws, certificado, momento)
        cms.verificar(sobre, preparado.pliego)
        jws.verificar(token, preparado.pliego)
        for hoja, (nota, tarea) in zip(preparado.hojas, filas, strict=True):
            acceso = accesos[hoja.paciente]
            firmas.insertar(
                el_acto,
                acceso,
                nota,
                papel=hoja.papel,
                nivel=Nivel.AVANZADA,
                declaracion=hoja.declaracion,
                pliego=preparado.pliego,
                sobre=sobre,
                token=token,
                ahora=ahora,
            )
            revisiones.cumplir(el_acto, acceso, tarea, ahora=ahora)
    return len(preparado.hojas)


def exigir_certificado(
    accesos: Mapping[UUID, Acceso], certificado: x509.Certificate, *, momento: datetime
) -> tuple[Cadena, list[Constancia]]:
    """That the certificate is the actor's own, for signing, in force, of the list, not revoked.

    Its chain, and what said that nothing in it was revoked. Raises `FirmaInvalida`.
    """
    actor = next((a.actor for a in accesos.values()), None)
    if actor is None:
        raise NadaQueFirmar
    datos = confianza.firmante(actor.id)
    certificados.exigir_fuerza(certificado)
    certificados.exigir_firma_de_persona(certificado)
    certificados.exigir_titular(certificado, rfc=datos.rfc, curp=datos.curp)
    cadena = confianza.lista(Uso.AVANZADA).alcanzar(certificado, momento)
    return cadena, revocaciones.exigir(cadena, uso=Uso.AVANZADA, momento=momento)


def _preparar(
    accesos: Mapping[UUID, Acceso], notas: Sequence[tuple[UUID, UUID]], momento: datetime
) -> tuple[Preparado, list[tuple[NotaClinica, Tarea]]]:
    if not 0 < len(notas) <= MAXIMO or len(set(notas)) != len(notas):
        raise NadaQueFirmar
    halladas: dict[UUID, tuple[NotaClinica, Tarea]] = {}
    for paciente in dict.fromkeys(paciente for paciente, _ in notas):
        if paciente in accesos:
            halladas |= _por_firmar(accesos[paciente])
    hojas = []
    for paciente, nota_id in notas:
        nota, _ = halladas.get(nota_id, (None, None))
        if nota is None or nota.paciente != paciente:
            raise NadaQueFirmar(str(nota_id))
        propia = nota.autor == accesos[paciente].actor.id
        papel = Papel.AUTOR if propia else Papel.CONTRAFIRMA
        declaracion = declaraciones.declarar(
            accesos[paciente],
            nota,
            papel=papel,
            nivel=Nivel.AVANZADA,
            momento=momento,
            metodo=METODO,
        )
        dicho = canonico({k: v for k, v in nota.recurso.items() if k != "meta"})
        hojas.append(Hoja(nota_id, paciente, papel, declaracion, dicho))
    pliego = declaraciones.pliego((h.declaracion for h in hojas), momento=momento)
    return Preparado(momento, pliego, tuple(hojas)), [halladas[nota_id] for _, nota_id in notas]


def _por_firmar(acceso: Acceso) -> dict[UUID, tuple[NotaClinica, Tarea]]:
    """The finished notes of a patient that wait for the actor's signature, with their tasks."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    pendientes = Tarea.objects.de(acceso).filter(
        responsable=acceso.actor.id, estado__in=PENDIENTES, fichas__contains=[ficha_de(FIRMA)]
    )
    tareas = {tarea.nota: tarea for tarea in pendientes if tarea.nota}
    suyas = Firma.objects.de(acceso).filter(
        objeto__in=tareas, autor=acceso.actor.id, nivel=Nivel.AVANZADA
    )
    firmadas = {una.objeto for una in suyas}
    return {
        nota.id: (nota, tareas[nota.id])
        for nota in NotaClinica.objects.de(acceso).filter(pk__in=tareas)
        if nota.finalizada and nota.id not in firmadas
    }


__all__ = [
    "Caducada",
    "FirmaInvalida",
    "Hoja",
    "NadaQueFirmar",
    "Preparado",
    "exigir_certificado",
    "firmar",
    "preparar",
]
