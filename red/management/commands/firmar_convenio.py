"""``manage.py firmar_convenio``: read, and sign with our key, what another institution drafted."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from consentimiento import convenios, decision
from consentimiento.convenios import TerminosInvalidos
from consentimiento.decision import AccesoDenegado
from consentimiento.selectors.convenios import Destino
from ece.identidad import selectors as identidad
from ece.nucleo.roles import Permiso
from red import firmas
from red.firmas import ConvenioAusente, TerminosDistintos
from red.socio import Quien, SocioCallado, SocioNiega


class Command(BaseCommand):
    help = "Muestra los términos que redactó otra institución; con --huella, los firma."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("direccion", help="su servidor: https://hospital.example/fhir")
        parser.add_argument("--como", required=True, help="quiénes somos allá (client_id)")
        parser.add_argument("--folio", required=True)
        parser.add_argument("--por", required=True, help="usuario de quien dirige la institución")
        parser.add_argument("--huella", default="", help="SHA-256 de lo leído: con ella, firma")

    def handle(
        self, *, direccion: str, como: str, folio: str, por: str, huella: str, **_: Any
    ) -> None:
        ahora = timezone.now()
        usuario = identidad.id_de_usuario(por)
        actor = identidad.actor_activo(usuario, ahora=ahora) if usuario else None
        if actor is None:
            raise CommandError(f"No hay quien se llame {por}.")
        vacio = frozenset[str]()
        nadie = uuid.UUID(int=0)
        a = Destino(nadie, nadie, "", direccion.rstrip("/"), como, vacio, vacio, vacio)
        quien = Quien(str(actor.id), "direccion")
        try:
            if not huella:
                _id, canonico = firmas.leer(a, folio=folio, quien=quien)
                self.stdout.write(canonico.decode())
                self.stdout.write(f"huella: {convenios.huella(canonico)}")
                return
            alcance = decision.alcanzar(
                actor, Permiso.CONVENIO_FIRMAR, motivo="convenios", ahora=ahora
            )
            firmas.firmar(alcance, a, folio=folio, huella=huella, quien=quien, ahora=ahora)
        except AccesoDenegado as error:
            raise CommandError(f"El puesto de {por} no firma convenios.") from error
        except ConvenioAusente as error:
            raise CommandError("Allá no hay un convenio con ese folio y con nosotros.") from error
        except (TerminosDistintos, TerminosInvalidos) as error:
            raise CommandError("Los términos no son los que se leyeron: no se firmó.") from error
        except SocioNiega as error:
            raise CommandError(f"La otra institución no lo admite: {error.dicho}") from error
        except SocioCallado as error:
            raise CommandError(f"La otra institución no contesta: {error}") from error
        self.stdout.write("Firmado.")
