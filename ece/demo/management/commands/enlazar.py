"""``manage.py enlazar``: what each side of `demo_red` does so that the two know each other."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from auditoria.sello import llaves as del_sello
from ece.demo import elenco, red
from red import llaves


class Command(BaseCommand):
    help = "Registra a la otra institución de la demostración, redacta el convenio y lo inicia."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paso", choices=("llaves", "redactar", "iniciar"))
        parser.add_argument("--client-id", default="")
        parser.add_argument("--nombre", default="")
        parser.add_argument("--direccion", default="")
        parser.add_argument("--llaves", type=Path)
        parser.add_argument("--como", default="")
        parser.add_argument("--con-historia", action="store_true")

    def handle(self, *, paso: str, client_id: str, **dicho: Any) -> None:
        ahora = timezone.now()
        if paso == "llaves":
            self.stdout.write(
                json.dumps(
                    {
                        "keys": llaves.publicas(),
                        "bitacora": [llave.vkey for _, llave, _ in del_sello.generaciones()],
                        "testigo": del_sello.de_testigo().verificadora.vkey,
                    }
                )
            )
            return
        gente = elenco.reunir(ahora=ahora)
        if paso == "redactar":
            huella = red.redactar(
                gente,
                client_id=client_id,
                nombre=dicho["nombre"],
                direccion=dicho["direccion"],
                llaves=json.loads(dicho["llaves"].read_text())["keys"],
                como=dicho["como"],
                ahora=ahora,
            )
            self.stdout.write(huella)
            return
        if not red.iniciar(gente, client_id=client_id, ahora=ahora):
            raise CommandError("La otra institución todavía no firma el convenio.")
        historia = red.historia(ahora.date()) if dicho["con_historia"] else []
        paciente = red.conocer(gente, red.CONOCIDA, historia, ahora=ahora)
        if historia:
            red.compartir(gente, paciente, client_id=client_id, ahora=ahora)
        self.stdout.write(str(paciente))
