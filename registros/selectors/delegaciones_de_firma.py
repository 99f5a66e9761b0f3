"""Who signs in the name of whom, and what: each delegation weighed again, each time it is used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from django.db.models import Q

from ece.identidad import confianza, delegaciones_de_firma
from ece.identidad import selectors as identidad
from ece.identidad.delegaciones_de_firma import Delegada
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.firma import FirmaInvalida, certificados, jws
from ece.nucleo.firma.canonico import canonico
from registros.catalogos import firmables
from registros.models import Tarea
from registros.models.base import Recurso, RegistroClinico
from registros.models.firma import Papel
from registros.models.tarea import DE_FIRMAR, clase_firmable, espera_firma


@unique
class Negativa(StrEnum):
    """Why somebody does not sign in the name of another."""

    VIGENCIA = "vigencia"  # it has not begun, it ended, or it was revoked
    PUESTO = "puesto"  # one of them holds no post, at the same unit, that writes it
    CLASE = "clase"  # that kind of document was not delegated
    AUTOR = "autor"  # somebody else wrote it: nobody delegates what is not theirs
    PERSONAL = "personal"  # the institution asks it of the author in person
    PROPIA = "propia"  # to oneself


@dataclass(frozen=True, slots=True)
class Poderes:
    """What `actor` may sign at `ahora`: what waits for them and, under each of `recibidas`, what
    waits for who delegated it."""

    actor: Actor
    ahora: datetime
    recibidas: tuple[Delegada, ...]
    puestos: Mapping[UUID, list[Asignado]]
    reglas: Mapping[str, confianza.Regla]

    @property
    def tareas(self) -> Q:
        """The tasks to look at: of oneself, and of those kinds that were delegated."""
        cuales = Q(responsable=self.actor.id)
        for una in self.recibidas:
            if una.vigente(self.ahora):
                clases = map(clase_firmable, una.documentos)
                cuales |= Q(responsable=una.delegante) & espera_firma(clases=clases)
        return cuales & espera_firma(clases=DE_FIRMAR)

    def pesar(self, documento: RegistroClinico, tarea: Tarea) -> Delegada | Negativa | None:
        """The delegation under which the actor signs it; None, if it is theirs to sign; or why
        not."""
        if tarea.responsable == self.actor.id:
            return None
        respuesta: Delegada | Negativa = Negativa.VIGENCIA
        for una in self.recibidas:
            if una.delegante == tarea.responsable:
                negativa = self._negativa(una, documento)
                if negativa is None:
                    return una
                respuesta = negativa
        return respuesta

    def _negativa(self, una: Delegada, documento: RegistroClinico) -> Negativa | None:
        clave = firmables.clave_de(documento.recurso)
        if not una.vigente(self.ahora):
            return Negativa.VIGENCIA
        if documento.autor != una.delegante:
            return Negativa.AUTOR
        if clave not in una.documentos:
            return Negativa.CLASE
        if not self.reglas[clave].se_delega:
            return Negativa.PERSONAL
        suyos = self.puestos.get(una.delegante, [])
        return None if comparten(suyos, self.actor.asignaciones, clave) else Negativa.PUESTO


def de(actor: Actor, *, ahora: datetime, bloquear: bool = False) -> Poderes:
    """`bloquear`, in an act: what is answered stands until it ends."""
    recibidas = delegaciones_de_firma.recibidas(actor.id, ahora=ahora, bloquear=bloquear)
    puestos = identidad.puestos({una.delegante for una in recibidas}, ahora=ahora)
    claves = {clave for una in recibidas for clave in una.documentos}
    reglas = confianza.reglas(claves) if claves else {}
    return Poderes(actor, ahora, tuple(recibidas), puestos, reglas)


def comparten(
    de_quien: Iterable[Asignado], a_quien: Iterable[Asignado], clave: str
) -> set[UUID | None]:
    """The units where one writes that kind of document and the other may sign it for them."""
    return firmables.donde_escribe(de_quien, clave) & firmables.donde_firma_por_otro(a_quien, clave)


def delegables(actor: Actor) -> list[str]:
    """The kinds of document of the actor that wait to be signed, and may be delegated."""
    claves = [c for c in firmables.TITULOS if firmables.donde_escribe(actor.asignaciones, c)]
    reglas = confianza.reglas(claves)
    return [
        clave
        for clave in claves
        if reglas[clave].se_delega and firmables.espera(clave, reglas[clave])
    ]


@dataclass(frozen=True, slots=True)
class Colega:
    """Somebody who could sign for the actor, and which of the kinds."""

    id: UUID
    nombre: str
    documentos: frozenset[str]


def colegas(actor: Actor, *, ahora: datetime) -> list[Colega]:
    """To whom the actor could delegate something, by name."""
    claves = delegables(actor)
    posibles = {
        id_: frozenset(c for c in claves if comparten(actor.asignaciones, puestos, c))
        for id_, puestos in identidad.colegas(actor, ahora=ahora).items()
    }
    nombres = identidad.quienes(id_ for id_, suyas in posibles.items() if suyas)
    hallados = [Colega(id_, nombre, posibles[id_]) for id_, nombre in nombres.items()]
    return sorted(hallados, key=lambda uno: (uno.nombre, uno.id))


@dataclass(frozen=True, slots=True)
class Ambas:
    """The delegations of a person: those they made and those made to them."""

    hechas: list[Delegada]
    recibidas: list[Delegada]


def de_persona(actor: Actor, *, ahora: datetime) -> Ambas:
    return Ambas(
        delegaciones_de_firma.hechas(actor.id, ahora=ahora),
        delegaciones_de_firma.recibidas(actor.id, ahora=ahora),
    )


def en_nombre_de(dicha: Recurso) -> str:
    """The name of who delegated what a declaration says, or nothing."""
    delegante = dicha.get("delegacion", {}).get("dice", {}).get("delegante", {})
    return str(delegante.get("nombre", ""))


def exigir_que_cubra(dicha: Recurso, documento: Recurso) -> None:
    """Of what is signed in the name of another: that they delegated it, under the institution's
    seal, to who signs, for that kind of document, for then; that it is theirs; and not revoked.

    Raises `FirmaInvalida`.
    """
    if (dicha["papel"] == Papel.DELEGADA) != ("delegacion" in dicha):
        raise FirmaInvalida("delegacion", "dice otra cosa que su papel")
    if "delegacion" not in dicha:
        return
    try:
        dice, momento = dicha["delegacion"]["dice"], datetime.fromisoformat(dicha["momento"])
        sellada = jws.verificar(dicha["delegacion"]["sello"], canonico(dice))
        desde, hasta = map(datetime.fromisoformat, (dice["desde"], dice["hasta"]))
        cubre = (
            confianza.es_sello(certificados.a_der(sellada.certificado))
            and dice["delegado"]["id"] == dicha["firmante"]["id"]
            and firmables.autor_de(documento) == f"Practitioner/{dice['delegante']['id']}"
            and firmables.clave_de(documento) in dice["documentos"]
            and desde <= momento < hasta
            and delegaciones_de_firma.valia(UUID(dice["id"]), momento)
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise FirmaInvalida("malformada", "delegación") from error
    if not cubre:
        raise FirmaInvalida("delegacion", "no cubre esta firma")


__all__ = [
    "Ambas",
    "Colega",
    "Delegada",
    "Negativa",
    "Poderes",
    "colegas",
    "comparten",
    "de",
    "de_persona",
    "delegables",
    "en_nombre_de",
    "exigir_que_cubra",
]
