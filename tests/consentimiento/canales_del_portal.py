"""The portal as channels: what its pages and downloads show to who comes by it, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consentimiento.decision.terminos import Hechos, Relacion
from consentimiento.models import Motivo
from consentimiento.services import concesiones, delegaciones
from consentimiento.services.concesiones import DE_REPRESENTANTE
from ece import fhir
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Actor
from registros.selectors.recursos import Sellado
from tests.consentimiento.permisos import cuenta
from tests.elenco import AHORA


@dataclass(frozen=True)
class Visita:
    """Somebody who comes by the portal, signed in, and the facts that tie them to the record."""

    actor: Actor
    hechos: Hechos
    cliente: Client


def visitas(paciente: UUID) -> list[Visita]:
    """The patient; who represents them, with a space of the patient's own; and a delegate."""
    persona, madre = cuenta("persona", paciente), cuenta("madre")
    hija, tutor = cuenta("hija"), cuenta("tutor")
    desde = min(AHORA, timezone.now()) - timedelta(days=1)
    hasta = max(AHORA, timezone.now()) + timedelta(days=90)
    concedidos: dict[Usuario, frozenset[Any]] = {}
    for usuario, motivo, permisos, confidencial in (
        (madre, Motivo.TUTELA, DE_REPRESENTANTE, desde),
        (tutor, Motivo.TUTELA, DE_REPRESENTANTE, None),
        (hija, Motivo.DELEGADO, delegaciones.PERMISOS, None),
    ):
        concesiones.otorgar(
            usuario_id=usuario.pk,
            paciente=paciente,
            permisos=permisos,
            motivo=motivo,
            desde=desde,
            hasta=hasta,
            confidencial_desde=confidencial,
        )
        concedidos[usuario] = frozenset(permisos)

    def de(usuario: Usuario, relacion: Relacion, *, confidencial: bool = False) -> Visita:
        cliente = Client()
        cliente.force_login(usuario)
        hechos = Hechos(
            True,
            frozenset({relacion}),
            concedidos=concedidos.get(usuario, frozenset()),
            confidencial=confidencial,
        )
        return Visita(actor_de_usuario(usuario, ahora=AHORA), hechos, cliente)

    return [
        de(persona, Relacion.TITULAR),
        de(madre, Relacion.REPRESENTACION, confidencial=True),
        de(tutor, Relacion.REPRESENTACION),
        de(hija, Relacion.DELEGACION),
    ]


Canal = Callable[[Client, UUID, list[Sellado]], set[UUID]]


def _originales(cliente: Client, paciente: UUID, filas: list[Sellado]) -> set[UUID]:
    """Each record by its own address."""
    return {
        f.id
        for f in filas
        if cliente.get(reverse("portal:original", args=[paciente, f.tipo, f.id])).status_code == 200
    }


def _paquete(cliente: Client, paciente: UUID, filas: list[Sellado]) -> set[UUID]:
    """What is taken away for another system."""
    respuesta = cliente.get(reverse("portal:descargar-fhir", args=[paciente]))
    if respuesta.status_code != 200:
        return set()
    paquete = fhir.json.leer(respuesta.content)
    return {UUID(e["resource"]["id"]) for e in paquete["entry"]}


def _paginas(cliente: Client, paciente: UUID, filas: list[Sellado]) -> set[UUID]:
    """What the pages list by its words; of what no page lists, what its own address says."""
    dicho = "".join(
        cliente.get(reverse(f"portal:{nombre}", args=[paciente])).content.decode()
        for nombre in ("problemas", "resultados", "resumen")
    )
    listadas = [f for f in filas if f.tipo in _LISTAN]
    vistas = {f.id for f in listadas if _LISTAN[f.tipo](f) in dicho}
    return vistas | _originales(cliente, paciente, [f for f in filas if f.tipo not in _LISTAN])


_palabras: dict[UUID, str] = {}
_LISTAN: dict[str, Callable[[Sellado], str]] = {
    tipo: lambda fila: _palabras[fila.id]
    for tipo in ("Condition", "AllergyIntolerance", "DiagnosticReport")
}


def nombrar(palabras: dict[UUID, str]) -> None:
    """By which word each record is known in a page."""
    _palabras.clear()
    _palabras.update(palabras)


DEL_PORTAL: dict[str, Canal] = {
    "originales": _originales,
    "paquete FHIR": _paquete,
    "páginas": _paginas,
}
