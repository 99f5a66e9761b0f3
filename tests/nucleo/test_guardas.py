"""Every way round the guard fails, by construction."""

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from auditoria import actos
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo import cifrado, llavero
from ece.nucleo.acceso import (
    Acceso,
    AccesoInvalido,
    EmisionYaReclamada,
    PermisoInsuficiente,
    reclamar_emision,
)
from ece.nucleo.cifrado import CifradoAlterado
from ece.nucleo.modelos import EscrituraSinActo, LecturaSinAcceso
from ece.nucleo.roles import Permiso
from registros.models import Alergia, Paciente
from registros.selectors import recursos
from registros.services import alergias
from registros.services.alergias import Categoria, Criticidad
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar

pytestmark = pytest.mark.django_db


def alergia_de(acceso: Acceso):
    return alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )


def otro_acceso(elenco: Elenco) -> Acceso:
    otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    en_consulta(elenco, otro)
    return acceso_de_medica(elenco, otro)


class TestEscribir:
    def test_un_servicio_escribe_y_deja_un_evento(self, acceso):
        antes = Evento.objects.count()
        id_ = alergia_de(acceso)
        assert Evento.objects.count() == antes + 1
        evento = Evento.objects.get(tipo=TipoDeEvento.ALERGIA_REGISTRADA)
        assert acceso.paciente in evento.pacientes
        (alergia,) = Alergia.objects.de(acceso)
        assert alergia.id == id_
        assert alergia.sustancia == "Penicilina"
        assert alergia.acto == evento.id

    @pytest.mark.parametrize("verbo", ["save", "delete", "save_base", "refresh_from_db"])
    def test_fuera_de_un_acto_no_se_guarda(self, acceso, verbo):
        alergia_de(acceso)
        (alergia,) = Alergia.objects.de(acceso)
        with pytest.raises(EscrituraSinActo):
            getattr(alergia, verbo)()

    @pytest.mark.parametrize(
        "intento",
        [
            lambda q: q.update(estado="x"),
            lambda q: q.delete(),
            lambda q: q.create(),
            lambda q: q.bulk_create([]),
            lambda q: q.bulk_update([], ["estado"]),
            lambda q: q.get_or_create(id=uuid4()),
            lambda q: q.update_or_create(id=uuid4()),
            lambda q: q._raw_delete("default"),
            lambda q: q.raw("SELECT 1"),
        ],
    )
    def test_ninguna_via_en_bloque(self, acceso, intento):
        with pytest.raises(EscrituraSinActo):
            intento(Alergia.objects.de(acceso))
        with pytest.raises(EscrituraSinActo):
            intento(Alergia.objects.all())

    def test_no_hay_manejador_relacionado(self, modelos_guardados):
        for modelo in modelos_guardados:
            assert not modelo._meta.related_objects
            assert not [c for c in modelo._meta.get_fields() if c.is_relation]

    def test_un_servicio_sin_acceso_no_corre(self, elenco):
        with pytest.raises(AttributeError):
            alergia_de(None)

    def test_el_acto_no_escribe_de_otro_paciente(self, elenco, acceso):
        ajeno = otro_acceso(elenco)
        alergia_de(ajeno)
        (alergia,) = Alergia.objects.de(ajeno)
        with (
            pytest.raises(EscrituraSinActo),
            actos.acto(acceso, tipo=TipoDeEvento.ALERGIA_REGISTRADA, ahora=AHORA) as el_acto,
        ):
            el_acto.reemplazar(alergia.siguiente(ajeno, alergia.recurso, ahora=AHORA))

    def test_si_falla_la_bitacora_no_hay_cambio(self, acceso, monkeypatch):
        from auditoria import bitacora

        rota = ("INSERT INTO no_existe VALUES (%s)", [1])
        monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            alergia_de(acceso)
        monkeypatch.undo()
        connection.rollback() if not connection.in_atomic_block else None
        assert not list(Alergia.objects.de(acceso))


class TestSqlDirecto:
    """Raw SQL as the application's own database role."""

    @pytest.fixture
    def directa(self, transactional_db, elenco, paciente, base_de_pruebas):
        en_consulta(elenco, paciente)
        alergia_de(acceso_de_medica(elenco, paciente))
        with psycopg.connect(base_de_pruebas.url(), autocommit=True) as conexion:
            yield conexion

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(
        "orden",
        [
            "UPDATE registros_alergia SET estado = 'x'",
            "UPDATE registros_alergia SET estado = 'x', version = version + 1",
            "UPDATE registros_alergia SET version = version + 1, acto = gen_random_uuid()",
            "DELETE FROM registros_alergia",
            "TRUNCATE registros_alergia",
            "INSERT INTO registros_alergia SELECT gen_random_uuid(), paciente, encuentro, 1,"
            " estado, fecha, autor, etiquetas, fichas, contenido, acto, creado_at, actualizado_at"
            " FROM registros_alergia",
            "UPDATE auditoria_evento SET tipo = 'x'",
            "DELETE FROM auditoria_evento",
            "TRUNCATE auditoria_evento",
            "INSERT INTO registros_historia (tipo) VALUES ('x')",
            "UPDATE registros_historia SET estado = 'x'",
            "DELETE FROM registros_paciente",
            "ALTER TABLE registros_alergia DISABLE TRIGGER ALL",
            "DROP TRIGGER ece_evento ON registros_alergia",
            "SET session_replication_role = replica",
            "CREATE OR REPLACE FUNCTION ece_con_evento() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RETURN NULL; END'",
        ],
    )
    def test_no_cambia_nada(self, directa, orden):
        with pytest.raises(psycopg.Error):
            directa.execute(orden)

    @pytest.mark.django_db(transaction=True)
    def test_el_evento_no_elige_su_transaccion(self, directa):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            directa.execute(
                "INSERT INTO auditoria_evento (id, momento, tipo, resultado, actor, pacientes,"
                " huellas, contenido, transaccion) SELECT gen_random_uuid(), momento, tipo,"
                " resultado, actor, pacientes, huellas, contenido, transaccion"
                " FROM auditoria_evento LIMIT 1"
            )


class TestLeer:
    def test_sin_acceso_no_se_lee(self, acceso):
        for intento in (
            lambda: list(Alergia.objects.all()),
            lambda: Alergia.objects.count(),
            lambda: Alergia.objects.exists(),
            lambda: Alergia.objects.filter(estado="").first(),
            lambda: list(Alergia.objects.values_list("contenido")),
            lambda: list(Alergia.objects.iterator()),
            lambda: Alergia._base_manager.count(),
        ):
            with pytest.raises(LecturaSinAcceso):
                intento()

    def test_el_acceso_solo_alcanza_a_su_paciente(self, elenco, acceso):
        ajeno = otro_acceso(elenco)
        alergia_de(ajeno)
        assert not list(Alergia.objects.de(acceso))
        (fila,) = recursos.compartimento(ajeno, tipos=["AllergyIntolerance"])
        with pytest.raises(AccesoInvalido):
            recursos.abrir(acceso, fila)

    def test_un_acceso_hecho_en_otra_parte_no_sirve(self, acceso):
        falso = Acceso(
            acceso.actor,
            acceso.paciente,
            frozenset(Permiso),
            "porque sí",
            acceso.decision,
            acceso.vence,
            acceso.sello,
        )
        for uso in (
            lambda: falso.exigir(Permiso.EXPEDIENTE_LEER),
            lambda: llavero.clave_clinica(falso),
            lambda: list(Paciente.objects.de(falso)),
        ):
            with pytest.raises(AccesoInvalido):
                uso()

    def test_un_acceso_alterado_no_sirve(self, elenco, acceso):
        otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
        with pytest.raises(AccesoInvalido):
            llavero.clave_clinica(replace(acceso, paciente=otro))
        object.__setattr__(acceso, "paciente", otro)
        with pytest.raises(AccesoInvalido):
            llavero.clave_clinica(acceso)

    def test_la_pluma_se_entrega_una_vez(self):
        with pytest.raises(EmisionYaReclamada):
            reclamar_emision()

    def test_un_acceso_vence(self, acceso, monkeypatch):
        monkeypatch.setattr("time.monotonic", lambda: acceso.vence + 1)
        with pytest.raises(AccesoInvalido):
            acceso.exigir(Permiso.EXPEDIENTE_LEER)

    def test_un_permiso_que_no_esta_no_se_usa(self, elenco, paciente):
        en_consulta(elenco, paciente)
        acceso = decision.abrir_paciente(
            elenco.actor(elenco.enfermera), paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
        )
        with pytest.raises(PermisoInsuficiente):
            acceso.exigir(Permiso.RECETA_PRESCRIBIR)

    def test_la_identidad_abre_a_un_alcance_que_la_cubre(self, elenco, acceso):
        alcance = decision.alcanzar(
            elenco.actor(elenco.medica), Permiso.PACIENTE_LISTAR, motivo="agenda", ahora=AHORA
        )
        assert llavero.clave_de_identidad(alcance, acceso.paciente)
        with pytest.raises(AccesoInvalido):
            llavero.clave_clinica(alcance)
        ajeno = registrar(elenco, replace(XOCHITL, nombre="Otra"))
        with pytest.raises(AccesoInvalido):
            llavero.clave_de_identidad(alcance, ajeno)


class TestCifrado:
    def test_un_cifrado_no_se_muda(self, elenco, acceso):
        alergia_de(acceso)
        (alergia,) = Alergia.objects.de(acceso)
        llave = llavero.clave_clinica(acceso)
        bien = alergia.lugar
        assert b"Penicilina" in cifrado.descifrar(alergia.contenido, llave=llave, lugar=bien)
        for mal in (
            bien._replace(id=uuid4()),
            bien._replace(version=2),
            bien._replace(paciente=uuid4()),
            bien._replace(tipo="Observation"),
        ):
            with pytest.raises(CifradoAlterado):
                cifrado.descifrar(alergia.contenido, llave=llave, lugar=mal)

    def test_un_bit_cambiado_se_nota(self, acceso):
        alergia_de(acceso)
        (alergia,) = Alergia.objects.de(acceso)
        roto = bytearray(alergia.contenido)
        roto[-1] ^= 1
        with pytest.raises(CifradoAlterado):
            cifrado.descifrar(bytes(roto), llave=llavero.clave_clinica(acceso), lugar=alergia.lugar)

    def test_la_version_anterior_queda_en_la_historia(self, acceso):
        id_ = alergia_de(acceso)
        (alergia,) = Alergia.objects.de(acceso)
        with actos.acto(acceso, tipo=TipoDeEvento.RECURSO_ACTUALIZADO, ahora=AHORA) as el_acto:
            corregida = {**alergia.recurso, "code": {"text": "Amoxicilina"}}
            el_acto.reemplazar(alergia.siguiente(acceso, corregida, ahora=AHORA))
        nueva, vieja = recursos.historia_sellada("AllergyIntolerance", id_)
        assert b"Amoxicilina" in recursos.abrir(acceso, nueva)
        assert b"Penicilina" in recursos.abrir(acceso, vieja)
