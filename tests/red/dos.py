"""Two institutions in a test: this process's live server, and a whole installation apart."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.utils import timezone

from ece.demo import red
from ece.demo.elenco import Gente
from ece.nucleo.roles import Rol
from red import envio, llaves, socio
from tests.convenios import persona
from tests.elenco import Elenco
from tests.instancia import Instancia, instalada


@dataclass(frozen=True)
class Dos:
    """`sierra` is the other one; the patient is known in both, there as `alla`."""

    url: str
    sierra: Instancia
    aqui: UUID
    alla: UUID

    def enviar(self) -> int:
        """Ours tells theirs what it must know."""
        return envio.enviar(ahora=timezone.now())

    def contestar(self) -> None:
        """Theirs tells ours."""
        self.sierra.manage("enviar_red")


@contextmanager
def enlazadas(elenco: Elenco, url: str, carpeta: Path, settings: Any) -> Iterator[Dos]:
    """Linked as `make demo-red` links them: keys, an agreement drafted by each, signed by both."""
    settings.ECE_URL = url
    settings.ECE_HOSTS_INTERNOS = ["127.0.0.1", "localhost"]
    socio.olvidar()
    gente = Gente(
        unidades={"consulta": elenco.consulta},
        usuarios={
            "medica": elenco.medica.pk,
            "enlace": persona("enlace", Rol.ENLACE).id,
            "direccion": persona("direccion", Rol.DIRECCION).id,
        },
    )
    with instalada(carpeta / "sierra", pacientes=20) as sierra:
        suyas = json.loads(sierra.manage("enlazar", "llaves"))["keys"]
        nuestras = carpeta / "llaves.json"
        nuestras.write_text(json.dumps({"keys": llaves.publicas()}))
        ahora = timezone.now()
        de_alla = sierra.manage(
            *("enlazar", "redactar", "--client-id", "valle", "--nombre", "Hospital del Valle"),
            *("--como", "sierra", "--direccion", f"{url}/fhir", "--llaves", str(nuestras)),
        ).strip()
        de_aqui = red.redactar(
            gente,
            client_id="sierra",
            nombre="Hospital de la Sierra",
            direccion=f"{sierra.url}/fhir",
            llaves=suyas,
            como="valle",
            ahora=ahora,
        )
        call_command(
            "firmar_convenio",
            f"{sierra.url}/fhir",
            *("--como", "valle", "--folio", "RED-valle", "--por", "direccion"),
            *("--huella", de_alla),
        )
        sierra.manage(
            *("firmar_convenio", f"{url}/fhir", "--como", "sierra", "--folio", "RED-sierra"),
            *("--por", "direccion", "--huella", de_aqui),
        )
        alla = sierra.manage("enlazar", "iniciar", "--client-id", "valle", "--con-historia")
        assert red.iniciar(gente, client_id="sierra", ahora=timezone.now())
        aqui = red.conocer(gente, red.CONOCIDA, [], ahora=timezone.now())
        yield Dos(url, sierra, aqui, UUID(alla.strip()))
