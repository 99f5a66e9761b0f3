"""What a document from elsewhere says, taken in, joined or left out: once, and from where."""

import base64
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.models import Alergia, Diagnostico, Documento, Firma, OtroRegistro, Vacuna
from registros.selectors import conciliacion as selectores
from registros.selectors import expediente, recetas
from registros.selectors.conciliacion import Propuesta
from registros.services import alergias, conciliacion, diagnosticos, documentos
from registros.services.conciliacion import DeOtraPersona, RegistroInexistente, YaConciliado
from registros.services.diagnosticos import NuevoDiagnostico
from tests.archivos import fabrica
from tests.cda.documentos import CURP, ccda, problema, seccion
from tests.elenco import AHORA, Elenco, en_consulta, registrar

pytestmark = pytest.mark.django_db
HIPERTENSION = NuevoDiagnostico("I10X", "Hipertensión esencial (primaria)", "prueba")


def agregar(acceso: Acceso, contenido: bytes, titulo: str = "Resumen del Mayab") -> UUID:
    return documentos.agregar(
        acceso,
        contenido=contenido,
        nombre="resumen.xml",
        titulo=titulo,
        clase="resumen",
        origen="Clínica del Mayab",
        autor="",
        fecha_documento=None,
        limite=1_000_000,
        ahora=AHORA,
    )


def propuestas(acceso: Acceso, documento: UUID) -> dict[str, Propuesta]:
    hallada = selectores.de_documento(acceso, documento_id=documento)
    assert hallada is not None
    return {p.titulo: p for p in hallada.propuestas}


def test_se_incorpora_una_vez_y_dice_de_donde_viene(acceso: Acceso) -> None:
    alergias.negar(acceso, ahora=AHORA)
    documento = agregar(acceso, ccda())
    penicilina = propuestas(acceso, documento)["Penicilina"]
    assert penicilina.suerte is None
    llave = penicilina.dato.llave
    id_ = conciliacion.incorporar(acceso, documento_id=documento, llave=llave, ahora=AHORA)
    alergia = Alergia.objects.uno(acceso, id_)
    assert alergia is not None
    assert alergia.recurso["patient"] == {"reference": f"Patient/{acceso.paciente}"}
    assert alergia.recurso["meta"]["source"] == f"DocumentReference/{documento}/_history/1#48765-2"
    assert [a.titulo for a in expediente.alergias(acceso)] == ["Penicilina"]  # no denial stands
    (procedencia,) = Firma.objects.de(acceso).filter(papel="")
    recurso = procedencia.recurso
    assert recurso["target"] == [{"reference": f"AllergyIntolerance/{id_}/_history/1"}]
    que = recurso["entity"][0]["what"]
    assert que["reference"] == f"DocumentReference/{documento}/_history/1"
    assert que["display"] == "Resumen de atención · Alergias"
    assert Evento.objects.filter(tipo=TipoDeEvento.DATO_CONCILIADO).count() == 1
    suerte = propuestas(acceso, documento)["Penicilina"].suerte
    assert suerte is not None
    assert (suerte.que, suerte.registro) == ("incorporado", id_)
    with pytest.raises(YaConciliado):
        conciliacion.incorporar(acceso, documento_id=documento, llave=llave, ahora=AHORA)
    assert Evento.objects.filter(tipo=TipoDeEvento.DATO_CONCILIADO).count() == 1


def test_el_mismo_documento_otra_vez_no_agrega_nada(acceso: Acceso) -> None:
    documento = agregar(acceso, ccda())
    llave = propuestas(acceso, documento)["Penicilina"].dato.llave
    conciliacion.incorporar(acceso, documento_id=documento, llave=llave, ahora=AHORA)
    with pytest.raises(documentos.DocumentoRepetido) as repetido:
        agregar(acceso, ccda())
    assert repetido.value.id == documento
    # Withdrawn, it can be filed again; and what it said is known to have been decided.
    documentos.anular(acceso, documento_id=documento, motivo="Se archivó mal", ahora=AHORA)
    otro = agregar(acceso, ccda())
    assert propuestas(acceso, otro)["Penicilina"].suerte is not None
    with pytest.raises(YaConciliado):
        conciliacion.incorporar(acceso, documento_id=otro, llave=llave, ahora=AHORA)
    assert Alergia.objects.de(acceso).count() == 1


def test_se_suma_al_que_ya_esta(acceso: Acceso) -> None:
    previo = diagnosticos.registrar(
        acceso, diagnostico=HIPERTENSION, encuentro_id=None, ahora=AHORA
    )
    documento = agregar(
        acceso,
        ccda(
            secciones=seccion(
                "11348-0",
                "Antecedentes",
                "<paragraph>Asma</paragraph>",
                problema("195967001", "2.16.840.1.113883.6.96", "Asma", "00099"),
            )
        ),
    )
    hta = propuestas(acceso, documento)["Hipertensión esencial (primaria)"]
    assert hta.parecido is not None
    assert hta.parecido.id == previo
    version = conciliacion.fusionar(
        acceso, documento_id=documento, llave=hta.dato.llave, con=previo, ahora=AHORA
    )
    assert version == 2
    fila = Diagnostico.objects.uno(acceso, previo)
    assert fila is not None
    assert fila.recurso["onsetDateTime"] == "2020-03-01"  # what it lacked
    assert len(fila.recurso["code"]["coding"]) == 1  # what it had
    assert "Resumen de atención" in fila.recurso["note"][-1]["text"]
    assert Diagnostico.objects.de(acceso).count() == 1
    asma = propuestas(acceso, documento)["Asma"]
    with pytest.raises(RegistroInexistente):
        conciliacion.fusionar(
            acceso, documento_id=documento, llave=asma.dato.llave, con=documento, ahora=AHORA
        )


def test_se_descarta_y_consta_por_que(acceso: Acceso) -> None:
    documento = agregar(acceso, ccda())
    neumonia = propuestas(acceso, documento)["Neumonía"]
    conciliacion.descartar(
        acceso, documento_id=documento, llave=neumonia.dato.llave, motivo="Fue otra", ahora=AHORA
    )
    suerte = propuestas(acceso, documento)["Neumonía"].suerte
    assert suerte is not None
    assert (suerte.que, suerte.motivo, suerte.registro) == ("descartado", "Fue otra", None)
    assert suerte.quien == acceso.actor.nombre
    assert Diagnostico.objects.de(acceso).count() == 0


def test_todo_lo_demas_entra_como_lo_que_es(acceso: Acceso) -> None:
    documento = agregar(acceso, ccda())
    for propuesta in propuestas(acceso, documento).values():
        conciliacion.incorporar(
            acceso, documento_id=documento, llave=propuesta.dato.llave, ahora=AHORA
        )
    hallada = selectores.de_documento(acceso, documento_id=documento)
    assert hallada is not None
    assert hallada.pendientes == 0
    (vacuna,) = Vacuna.objects.de(acceso)
    assert vacuna.recurso["primarySource"] is False
    (dicha,) = OtroRegistro.objects.de(acceso).filter(tipo="MedicationStatement")
    assert dicha.recurso["subject"] == {"reference": f"Patient/{acceso.paciente}"}
    # It is taken: the chart says so, and a prescription is weighed against it.
    tomado = expediente.resumen(acceso, hoy=AHORA.date()).medicamentos
    assert [e.titulo for e in tomado] == ["Losartán 50 mg tableta"]
    assert recetas.contexto(acceso, hoy=AHORA.date()).medicamentos == ("Losartán 50 mg tableta",)
    # The same figure of the same day, from another document, is told to be here.
    segundo = agregar(acceso, ccda("DOC-2"))
    hemoglobina = propuestas(acceso, segundo)["Hemoglobina"]
    assert hemoglobina.parecido is not None
    assert hemoglobina.candidatos == []


def test_de_otra_persona_no_se_toma_nada(acceso: Acceso) -> None:
    ajeno = ccda("DOC-9", quien=("Pedro", "Canul Pech", "19700101", "M"))
    documento = agregar(acceso, ajeno)
    hallada = selectores.de_documento(acceso, documento_id=documento)
    assert hallada is not None
    assert hallada.discrepancia == "identidad-discrepante"
    llave = hallada.propuestas[0].dato.llave
    for hacer in (
        lambda: conciliacion.incorporar(acceso, documento_id=documento, llave=llave, ahora=AHORA),
        lambda: conciliacion.descartar(
            acceso, documento_id=documento, llave=llave, motivo="", ahora=AHORA
        ),
    ):
        with pytest.raises(DeOtraPersona):
            hacer()


def test_rehusa_dos_veces_y_a_quien_no_puede(
    acceso: Acceso, elenco: Elenco, monkeypatch: pytest.MonkeyPatch
) -> None:
    documento = agregar(acceso, ccda())
    hta = propuestas(acceso, documento)["Hipertensión esencial (primaria)"].dato.llave
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        conciliacion.incorporar(enfermera, documento_id=documento, llave=hta, ahora=AHORA)
    otra = registrar(elenco)
    en_consulta(elenco, otra)
    ajeno = decision.abrir_paciente(
        elenco.actor(elenco.medica), otra, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(conciliacion.DatoInexistente):
        conciliacion.incorporar(ajeno, documento_id=documento, llave=hta, ahora=AHORA)
    with pytest.raises(conciliacion.DatoInexistente):
        conciliacion.incorporar(acceso, documento_id=documento, llave="0" * 40, ahora=AHORA)


@pytest.mark.django_db(transaction=True)
def test_si_falla_la_bitacora_no_entra_nada(
    acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    documento = agregar(acceso, ccda())
    llave = propuestas(acceso, documento)["Penicilina"].dato.llave
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    with pytest.raises(Exception, match="no_existe"):
        conciliacion.incorporar(acceso, documento_id=documento, llave=llave, ahora=AHORA)
    monkeypatch.undo()
    assert propuestas(acceso, documento)["Penicilina"].suerte is None
    assert Alergia.objects.de(acceso).count() == 0


def test_lo_sensible_del_documento_lo_esconde_entero(acceso: Acceso) -> None:
    documento = agregar(
        acceso,
        ccda(
            secciones=seccion(
                "11348-0",
                "Antecedentes",
                "<paragraph>.</paragraph>",
                problema("B24X", "2.16.840.1.113883.6.3", "Enfermedad por VIH", "00077"),
            )
        ),
    )
    fila = Documento.objects.uno(acceso, documento)
    assert fila is not None
    assert fila.binario is not None
    binario = OtroRegistro.objects.uno(acceso, fila.binario)
    assert binario is not None
    assert fila.etiquetas
    assert binario.etiquetas == fila.etiquetas


def con_cuerpo(documento: bytes, archivo: bytes) -> bytes:
    """The same document around a file, instead of sections."""
    antes, _, resto = documento.partition(b"<structuredBody>")
    _, _, despues = resto.partition(b"</structuredBody>")
    dentro = base64.b64encode(archivo)
    texto = b'<text mediaType="application/pdf" representation="B64">' + dentro + b"</text>"
    return antes + b"<nonXMLBody>" + texto + b"</nonXMLBody>" + despues


class TestPagina:
    @pytest.fixture
    def cliente(self, elenco: Elenco) -> Client:
        cliente = Client()
        cliente.force_login(elenco.medica)
        return cliente

    def test_se_decide_en_la_pagina(self, cliente: Client, acceso: Acceso) -> None:
        documento = agregar(acceso, ccda())
        camino = reverse("clinica:conciliar", args=[acceso.paciente, documento])
        pagina = cliente.get(camino).content.decode()
        assert "Xóchitl Ibáñez Peña" in pagina
        assert "Mariscos" not in pagina
        llave = propuestas(acceso, documento)["Penicilina"].dato.llave
        hecho = cliente.post(camino, {"llave": llave, "accion": "incorporar"}, follow=True)
        assert "con su procedencia" in hecho.content.decode()
        assert hecho.redirect_chain[0][0].endswith(f"#dato-{llave}")
        otra = cliente.post(camino, {"llave": llave, "accion": "descartar"}, follow=True)
        assert "ya decidió" in otra.content.decode()
        sin = cliente.post(camino, {"llave": llave, "accion": "fusionar"}, follow=True)
        assert "Elija a cuál" in sin.content.decode()
        nada = cliente.post(camino, {"llave": "0" * 40, "accion": "incorporar"})
        assert nada.status_code == 404

    def test_el_documento_se_muestra_sin_ejecutar_nada(
        self, cliente: Client, acceso: Acceso
    ) -> None:
        texto = "<paragraph>&lt;script&gt;alert(1)&lt;/script&gt; &amp; más</paragraph>"
        documento = agregar(acceso, ccda(secciones=seccion("1", "Otra", texto)))
        camino = reverse("clinica:documento", args=[acceso.paciente, documento])
        pagina = cliente.get(camino).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; más" in pagina
        assert "<li>Penicilina: urticaria</li>" in pagina
        assert "ejemplo.invalid" not in pagina

    def test_un_cuerpo_que_es_un_archivo_se_baja_revisado(
        self, cliente: Client, acceso: Acceso
    ) -> None:
        hoja = fabrica.pdf("Hola")
        for numero, (cuerpo, estado) in enumerate(((hoja, 200), (b"MZ programa", 404))):
            entero = con_cuerpo(ccda(f"DOC-{numero}"), cuerpo)
            documento = agregar(acceso, entero)
            camino = reverse("clinica:documento", args=[acceso.paciente, documento])
            assert "application/pdf" in cliente.get(camino).content.decode()
            original = reverse("clinica:documento-original", args=[acceso.paciente, documento])
            bajado = cliente.get(f"{original}?cuerpo=1")
            assert bajado.status_code == estado
            if estado == 200:
                assert bajado.content == hoja
                assert "attachment" in bajado["Content-Disposition"]
            assert cliente.get(original).content == entero

    def test_lo_que_no_es_un_cda_no_tiene_que_conciliar(
        self, cliente: Client, acceso: Acceso
    ) -> None:
        documento = agregar(acceso, b"Un texto cualquiera.")
        camino = reverse("clinica:conciliar", args=[acceso.paciente, documento])
        assert cliente.get(camino).status_code == 404

    def test_las_consultas_no_crecen(
        self, acceso: Acceso, django_assert_max_num_queries: object
    ) -> None:
        documento = agregar(acceso, ccda(ids=((CURP, ""),)))
        with django_assert_max_num_queries(40):  # type: ignore[operator]
            selectores.de_documento(acceso, documento_id=documento)
