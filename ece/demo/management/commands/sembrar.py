"""``manage.py sembrar --pacientes N``: an invented hospital with N invented patients."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from time import monotonic
from typing import Any, TypedDict
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from consentimiento.services import concesiones
from ece.demo import avisos, convenios, elenco, firmas, maquinas, siembra
from ece.demo.elenco import Gente
from ece.demo.poblacion import Elenco, Sitio
from ece.demo.siembra import Sembrado, Tramo
from ece.identidad.services import directorio, horarios
from registros.catalogos import fuentes
from registros.catalogos.edades import meses_cumplidos
from registros.selectors import catalogos as vigentes
from registros.services import catalogos

CON_CITA = 300
MUCHOS = 1_000
_CON_CUENTA, _ADULTO = 14 * 12, 18 * 12
"""Months of age between which a person of the demonstration has an account and a mother."""
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

        parser.add_argument(
            "--agenda", action="store_true", help="sólo vuelve a citar, si hoy nadie tiene cita"
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        ahora = timezone.now()
        if opciones["agenda"]:
            gente = elenco.reunir(ahora=ahora)
            maquinas.registrar()
            siembra.renovar_citas(**_de_medica(gente), ahora=ahora)
            return
        hoy = opciones["hoy"] or timezone.localdate()
        gente = elenco.reunir(ahora=ahora)
        maquinas.registrar()
        convenios.sembrar(gente, ahora=ahora)
        firmas.preparar(gente, ahora=ahora)
        avisos.publicar(privacidad=gente.usuarios["privacidad"], ahora=ahora)
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
        for nombre, unidad in (("medica", "consulta"), ("medico-ajeno", "otra")):
            horarios.abrir(
                profesional_id=gente.usuarios[nombre],
                unidad_id=gente.unidades[unidad],
                consultorio="Consultorio 1",
                desde=time(8),
                hasta=time(14),
                minutos=20,
                vigente_desde=timezone.localdate(ahora),
            )
        ricos = [s.paciente for s in sembrados[CON_CITA:] if s.registros > MUCHOS]
        siembra.programar_citas(
            ricos + [s.paciente for s in sembrados[:CON_CITA]],
            **_de_medica(gente),
            ahora=ahora,
        )
        adulto = next((s.paciente for s in sembrados if not s.menor), None)
        if adulto is not None:
            directorio.ligar_expediente(usuario_id=gente.usuarios["paciente"], paciente=adulto)
            convenios.compartir(gente, [adulto], ahora=ahora)
            firmas.del_paciente(gente, adulto, ahora=ahora)
        menores = [s for s in sembrados if s.menor]
        self._representar(gente, "tutora", menores[:1], ahora)
        hoy = timezone.localdate(ahora)
        adolescentes = [
            s for s in menores[1:] if _CON_CUENTA <= meses_cumplidos(s.nacimiento, hoy) < _ADULTO
        ]
        for quien in self._representar(gente, "madre", adolescentes[:1], ahora):
            directorio.ligar_expediente(
                usuario_id=gente.usuarios["adolescente"], paciente=quien.paciente
            )
            siembra.reservar(quien.paciente, ahora=ahora)

    def _representar(
        self, gente: Gente, usuario: str, menores: list[Sembrado], ahora: datetime
    ) -> list[Sembrado]:
        """Let `usuario` look after the first of `menores`, unless they look after somebody."""
        usuario_id = gente.usuarios[usuario]
        if not menores or concesiones.a_cargo_de(usuario_id) is not None:
            return []
        concesiones.representar(
            usuario_id=usuario_id,
            paciente=menores[0].paciente,
            nacimiento=menores[0].nacimiento,
            ahora=ahora,
        )
        return menores[:1]


class _Consultorio(TypedDict):
    profesional: UUID
    unidad: UUID


def _de_medica(gente: Gente) -> _Consultorio:
    return {"profesional": gente.usuarios["medica"], "unidad": gente.unidades["consulta"]}


def _sitio(gente: Gente, usuario: str, nombre: str, unidad: str) -> Sitio:
    return Sitio(
        gente.usuarios[usuario], nombre, gente.unidades[unidad], elenco.UNIDADES[unidad][0]
    )
