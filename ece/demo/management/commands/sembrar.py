"""``manage.py sembrar --pacientes N``: an invented hospital with N invented patients."""

from argparse import ArgumentParser
from datetime import date, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from consentimiento.services import concesiones
from consentimiento.services.concesiones import Motivo
from ece.demo import elenco, maquinas, siembra
from ece.demo.elenco import Gente
from ece.demo.poblacion import Elenco, Sitio
from ece.demo.siembra import Sembrado, Tramo
from ece.identidad.services import directorio
from ece.nucleo.roles import Permiso
from registros.catalogos import fuentes
from registros.selectors import catalogos as vigentes
from registros.services import catalogos

CON_CITA = 300
MUCHOS = 1_000
NUMERO_DEL_RICO = 40_000_000
VISITAS_DEL_RICO = 260


class Command(BaseCommand):
    help = "Crea el hospital de demostración y su población inventada (determinista por semilla)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pacientes", type=int, default=300)
        parser.add_argument("--semilla", type=int, default=2026)
        parser.add_argument("--desde", type=int, default=0, help="número del primer paciente")
        parser.add_argument("--visitas", type=int, help="a lo más tantas visitas de cada paciente")
        parser.add_argument("--rico", action="store_true", help="uno con más de 2 000 registros")
        parser.add_argument("--hoy", type=date.fromisoformat, default=None, metavar="AAAA-MM-DD")

    def handle(self, *args: Any, **opciones: Any) -> None:
        ahora = timezone.now()
        hoy = opciones["hoy"] or timezone.localdate()
        gente = elenco.reunir(ahora=ahora)
        maquinas.registrar()
        quienes = Elenco(
            _sitio(gente, "medica", "Elena Cruz Robles", "consulta"),
            _sitio(gente, "urgencias", "Óscar Luna Prado", "urgencias"),
            elenco.INSTITUCION,
        )
        for fuente in fuentes.por_omision():
            if not vigentes.cargado(fuente.catalogo):
                catalogos.cargar(fuente, ahora=ahora)
        semilla, desde, cantidad = (opciones[o] for o in ("semilla", "desde", "pacientes"))
        fin = desde + cantidad
        tramos = [
            Tramo(
                semilla,
                inicio,
                min(siembra.TRAMO, fin - inicio),
                hoy,
                quienes,
                a_lo_mas=opciones["visitas"],
            )
            for inicio in range(desde, fin, siembra.TRAMO)
        ]
        if opciones["rico"]:
            tramos.append(Tramo(semilla + 1, NUMERO_DEL_RICO, 1, hoy, quienes, VISITAS_DEL_RICO))
        comienzo = monotonic()
        with tqdm(total=sum(t.cantidad for t in tramos), unit="paciente", disable=None) as avance:
            sembrados = siembra.en_paralelo(tramos, avance.update)
        segundos = monotonic() - comienzo
        if desde == 0:
            self._agenda(gente, sembrados)
        registros = sum(s.registros for s in sembrados)
        self.stdout.write(
            f"{len(sembrados)} pacientes, {registros} registros en {segundos:.1f} s "
            f"({len(sembrados) / max(segundos, 0.001):.0f} pacientes/s)"
        )

    def _agenda(self, gente: Gente, sembrados: list[Sembrado]) -> None:
        ahora = timezone.now()
        ricos = [s.paciente for s in sembrados[CON_CITA:] if s.registros > MUCHOS]
        siembra.programar_citas(
            ricos + [s.paciente for s in sembrados[:CON_CITA]],
            profesional=gente.usuarios["medica"],
            unidad=gente.unidades["consulta"],
            ahora=ahora,
        )
        adulto = next((s.paciente for s in sembrados if not s.menor), None)
        menor = next((s.paciente for s in sembrados if s.menor), None)
        if adulto is not None:
            directorio.ligar_expediente(usuario_id=gente.usuarios["paciente"], paciente=adulto)
        if menor is not None and concesiones.a_cargo_de(gente.usuarios["tutora"]) is None:
            self._tutela(gente.usuarios["tutora"], menor)

    def _tutela(self, tutora: UUID, menor: UUID) -> None:
        ahora = timezone.now()
        concesiones.otorgar(
            usuario_id=tutora,
            paciente=menor,
            permisos=[Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER],
            motivo=Motivo.TUTELA,
            desde=ahora,
            hasta=ahora + timedelta(days=365),
        )


def _sitio(gente: Gente, usuario: str, nombre: str, unidad: str) -> Sitio:
    return Sitio(
        gente.usuarios[usuario], nombre, gente.unidades[unidad], elenco.UNIDADES[unidad][0]
    )
