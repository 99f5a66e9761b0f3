"""The notes that the norm asks for every so often."""

from datetime import timedelta
from uuid import UUID

import pytest

from consentimiento import decision
from ece.nucleo.roles import Permiso
from registros.catalogos.notas import TIPOS
from registros.selectors import expediente, plazos
from registros.services import encuentros, notas
from registros.services.encuentros import ClaseDeEncuentro
from tests.elenco import AHORA, Elenco, acceso_de_medica, citada, en_consulta
from tests.registros import cartas
from tests.registros.nota_de_ejemplo import contenido_completo

pytestmark = pytest.mark.django_db


def internar(elenco: Elenco, paciente: UUID, clase: ClaseDeEncuentro) -> None:
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.ENCUENTRO_ABRIR, ahora=AHORA
    )
    encuentros.abrir(
        acceso,
        clase=clase,
        motivo="Neumonía",
        unidad_id=elenco.consulta,
        responsable_id=elenco.medica.pk,
        ahora=AHORA,
    )


@pytest.mark.parametrize(
    ("clase", "clave", "horas"),
    [
        (ClaseDeEncuentro.HOSPITALIZACION, "hospital-evolucion", 24),
        (ClaseDeEncuentro.URGENCIAS, "urgencias-evolucion", 8),
    ],
)
def test_what_a_stay_asks_for_every_so_often_is_told_when_overdue(
    elenco: Elenco, paciente: UUID, clase: ClaseDeEncuentro, clave: str, horas: int
) -> None:
    if clase is ClaseDeEncuentro.HOSPITALIZACION:
        citada(elenco, paciente)
        cartas.otorgada(acceso_de_medica(elenco, paciente), "ingreso", elenco.consulta)
    internar(elenco, paciente, clase)
    acceso = acceso_de_medica(elenco, paciente)
    (abierto,) = expediente.encuentros_abiertos(acceso)

    def vencidas(pasadas: float) -> set[str]:
        ahora = AHORA + timedelta(hours=pasadas)
        return {t.clave for t in plazos.vencidas(acceso, encuentro=abierto, ahora=ahora)}

    assert vencidas(horas - 0.5) <= {"enfermeria"}
    assert vencidas(horas) == {clave, "enfermeria"}

    # A draft is not yet a note; a finished one counts from when it was written.
    escrita_at = AHORA + timedelta(hours=horas)
    nota = notas.redactar(acceso, tipo=clave, encuentro_id=abierto.id, ahora=escrita_at)
    assert clave in vencidas(horas)
    contenido = contenido_completo(TIPOS[clave])
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=escrita_at)
    assert vencidas(horas) == {"enfermeria"}
    assert clave not in vencidas(2 * horas - 0.5)
    assert clave in vencidas(2 * horas)


def test_a_consultation_asks_for_none(elenco: Elenco, paciente: UUID) -> None:
    en_consulta(elenco, paciente)
    acceso = acceso_de_medica(elenco, paciente)
    (abierto,) = expediente.encuentros_abiertos(acceso)
    despues = AHORA + timedelta(days=9)
    assert plazos.vencidas(acceso, encuentro=abierto, ahora=despues) == []
