"""``manage.py importar_fhir PATH…``: files and folders of FHIR R4 JSON."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from interoperabilidad import importacion
from interoperabilidad.importacion import Renglon, Suerte

A_LA_VISTA = 40


class Command(BaseCommand):
    help = "Importa recursos FHIR R4 (JSON, NDJSON, .gz; paquetes o sueltos). Repetible."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rutas", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--origen", default="importado", help="sistema del que vienen")
        parser.add_argument("--informe", type=Path, help="archivo donde dejar cada rechazo")

    def handle(self, *args: Any, **opciones: Any) -> None:
        archivos = importacion.archivos(opciones["rutas"])
        if not archivos:
            raise CommandError("No hay archivos .json, .ndjson ni .gz en esas rutas.")
        cuentas: Counter[Suerte] = Counter()
        rechazos: list[Renglon] = []
        pendientes = archivos
        while pendientes:
            vuelta = self._vuelta(pendientes, opciones["origen"])
            definitivos = {a: r for a, r in vuelta.items() if not _puede_mejorar(r)}
            otra = [a for a in vuelta if a not in definitivos]
            avanzo = any(r.suerte in (Suerte.TOMADO, Suerte.ACTUALIZADO)
                         for renglones in vuelta.values() for r in renglones)  # fmt: skip
            if not (otra and avanzo and len(archivos) > 1):
                definitivos, otra = vuelta, []
            for archivo in vuelta:
                for renglon in vuelta[archivo]:
                    if archivo in definitivos or renglon.suerte is not Suerte.RECHAZADO:
                        repetido = pendientes is not archivos and renglon.suerte is Suerte.YA_ESTABA
                        cuentas[renglon.suerte] += not repetido
                        if renglon.suerte is Suerte.RECHAZADO:
                            rechazos.append(renglon)
            pendientes = otra
        self._informar(cuentas, rechazos, opciones["informe"])

    def _vuelta(self, archivos: list[Path], origen: str) -> dict[Path, list[Renglon]]:
        avance = tqdm(archivos, unit="archivo", disable=None)
        return {
            archivo: list(importacion.importar(archivo, origen=origen, ahora=timezone.now()))
            for archivo in avance
        }

    def _informar(
        self, cuentas: Counter[Suerte], rechazos: list[Renglon], informe: Path | None
    ) -> None:
        for suerte in Suerte:
            self.stdout.write(f"{suerte.value:>12}: {cuentas[suerte]}")
        lineas = [f"{r.archivo}: {r.recurso}: {r.motivo}" for r in rechazos]
        if informe is not None:
            informe.write_text("\n".join([*lineas, ""]), encoding="utf-8")
        for linea in lineas[:A_LA_VISTA]:
            self.stdout.write(f"  rechazado {linea}")
        if len(lineas) > A_LA_VISTA:
            self.stdout.write(f"  … y {len(lineas) - A_LA_VISTA} más (--informe los guarda todos)")


def _puede_mejorar(renglones: list[Renglon]) -> bool:
    """Whether something was refused for want of a patient that another file may bring."""
    return any(r.suerte is Suerte.RECHAZADO and "no existe" in r.motivo for r in renglones)
