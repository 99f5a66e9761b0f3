"""``manage.py verificar_bitacora``: recompute the whole log from the raw tables."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from auditoria.verificacion.corrida import Informe, verificar
from auditoria.verificacion.estado import Estado

NOMBRADOS = 50


class Command(BaseCommand):
    help = "Recalcula la bitácora desde las tablas y dice qué difiere, dónde y qué significa."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--procesos", type=int, default=None, help="los núcleos, si no se dice")
        parser.add_argument("--json", action="store_true", dest="en_json")
        parser.add_argument(
            "--desde-cero", action="store_true", help="no continúa una verificación interrumpida"
        )
        parser.add_argument(
            "--sin-preguntar", action="store_true", help="no llama a los testigos de otra parte"
        )
        parser.add_argument("--estado", type=Path, default=None, metavar="ARCHIVO")

    def handle(
        self,
        *,
        procesos: int | None,
        en_json: bool,
        desde_cero: bool,
        sin_preguntar: bool,
        estado: Path | None,
        **_: Any,
    ) -> None:
        guardado = Estado(estado or settings.ECE_HOME / "verificacion.estado")
        if desde_cero:
            guardado.borrar()
        barra = tqdm(disable=en_json or not sys.stderr.isatty(), leave=False)

        def avisar(que: str, hechos: int, de: int) -> None:
            barra.set_description(que, refresh=False)
            barra.total, barra.n = de, hechos
            barra.refresh()

        informe = verificar(
            procesos=procesos, avisar=avisar, estado=guardado, preguntar=not sin_preguntar
        )
        barra.close()
        if en_json:
            self.stdout.write(json.dumps(_en_json(informe), ensure_ascii=False))
        else:
            self._decir(informe)
        if not informe.limpia:
            raise CommandError(f"La bitácora NO está íntegra: {len(informe.hallazgos)} hallazgos.")

    def _decir(self, informe: Informe) -> None:
        for hallazgo in informe.hallazgos[:NOMBRADOS]:
            self.stdout.write(str(hallazgo))
        if len(informe.hallazgos) > NOMBRADOS:
            self.stdout.write(f"… y {len(informe.hallazgos) - NOMBRADOS} más.")
        ritmo = informe.eventos / informe.segundos_de_eventos if informe.eventos else 0
        self.stdout.write(
            f"{informe.eventos} eventos en {informe.sellos} sellos, {informe.versiones} versiones, "
            f"{informe.testigos} testimonios, {informe.por_sellar} eventos por sellar; "
            f"{informe.segundos:.1f} s ({ritmo:,.0f} eventos por segundo)."
        )
        if informe.versiones_viejas:
            self.stdout.write(
                f"De {informe.versiones_viejas} versiones de antes de esta forma de la bitácora se "
                "cotejó el contenido, y no sus columnas."
            )
        if informe.limpia:
            self.stdout.write("Íntegra: todo lo asentado está, y nada más.")


def _en_json(informe: Informe) -> dict[str, Any]:
    return {
        "limpia": informe.limpia,
        "eventos": informe.eventos,
        "sellos": informe.sellos,
        "versiones": informe.versiones,
        "por_sellar": informe.por_sellar,
        "testimonios": informe.testigos,
        "segundos": round(informe.segundos, 3),
        "hallazgos": [
            {"clase": h.clase, "donde": h.donde, "detalle": h.detalle, "significa": h.significa}
            for h in informe.hallazgos
        ],
    }
