"""Prescribing as a service: what is written, what is refused, and what a code names."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import Dosis
from registros.models import Receta
from registros.selectors import recetas as selectores
from registros.services import alergias, diagnosticos, recetas, resultados, signos
from registros.services.alergias import Categoria, Criticidad
from registros.services.diagnosticos import NuevoDiagnostico
from registros.services.recetas import HallazgosSinAtender, Renglon
from registros.services.resultados import Medida
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar

pytestmark = pytest.mark.django_db


def renglon(nombre: str = "Metformina", **cambios: object) -> Renglon:
    """The usual order of a medicine."""
    uno = medicamentos.por_clave(medicamentos.clave_de(nombre))
    assert uno is not None
    assert uno.habitual is not None
    presentacion = uno.presentaciones[0]
    datos: dict[str, object] = {
        "nombre": uno.nombre,
        "medicamento": uno,
        "presentacion": presentacion,
        "dosis": uno.habitual.dosis,
        "via": presentacion.via,
        "cada_horas": uno.habitual.cada_horas,
        "dias": uno.habitual.dias,
    }
    return Renglon(**{**datos, **cambios})  # type: ignore[arg-type]


def recetar(acceso: Acceso, *renglones: Renglon, motivo: str = "") -> list[UUID]:
    return recetas.recetar(
        acceso,
        renglones=renglones or [renglon()],
        motivo=motivo,
        encuentro_id=None,
        ahora=AHORA,
    )


def alergia_a(acceso: Acceso, sustancia: str) -> None:
    alergias.registrar(
        acceso,
        sustancia=sustancia,
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="",
        ahora=AHORA,
    )


def de_receta() -> list[Evento]:
    return list(Evento.objects.filter(tipo__startswith="receta."))


def test_it_is_written_as_the_standard_asks_with_one_event(acceso: Acceso) -> None:
    (id_,) = recetar(acceso)
    (recetado,) = selectores.recetados(acceso)
    assert recetado.id == id_
    recurso = recetado.recurso
    assert fhir.validar(recurso) == []
    (dosificacion,) = recurso["dosageInstruction"]
    assert dosificacion["timing"]["repeat"]["period"] == 12
    assert dosificacion["doseAndRate"][0]["doseQuantity"]["code"] == "mg"
    assert dosificacion["route"]["text"] == "oral"
    assert recurso["dispenseRequest"]["quantity"] == {"value": Decimal(102), "unit": "tableta"}
    assert "A10BA02" in {c["code"] for c in recurso["medicationCodeableConcept"]["coding"]}
    assert recetado.hasta == AHORA.date() + timedelta(days=30)
    assert len(de_receta()) == 1


def test_without_the_permission_nothing_is_written(elenco: Elenco, acceso: Acceso) -> None:
    ajena = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        recetar(ajena)
    (id_,) = recetar(acceso)
    with pytest.raises(PermisoInsuficiente):
        recetas.suspender(ajena, receta_id=id_, motivo="Náusea", ahora=AHORA)
    assert len(de_receta()) == 1


def test_another_patients_is_not_there(elenco: Elenco, acceso: Acceso) -> None:
    (id_,) = recetar(acceso)
    otro = registrar(elenco, XOCHITL)
    en_consulta(elenco, otro)
    ajeno = acceso_de_medica(elenco, otro)
    assert selectores.recetados(ajeno) == []
    assert selectores.hoja(ajeno, receta_id=id_) == []
    with pytest.raises(recetas.RecetaInexistente):
        recetas.suspender(ajeno, receta_id=id_, motivo="Náusea", ahora=AHORA)


def test_an_audit_failure_undoes_it(acceso: Acceso, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as m:
        m.setattr(bitacora, "insercion", lambda eventos: ("INSERT INTO no_existe VALUES (1)", []))
        with pytest.raises(Exception, match="no_existe"):
            recetar(acceso)
    assert not Receta.objects.de(acceso).exists()


def test_a_danger_asks_why_and_keeps_the_answer_out_of_the_event(acceso: Acceso) -> None:
    alergia_a(acceso, "Penicilina")
    with pytest.raises(HallazgosSinAtender) as rechazo:
        recetar(acceso, renglon("Amoxicilina"))
    assert [h.codigo for h in rechazo.value.hallazgos] == ["alergia.grave"]
    assert de_receta() == []
    recetar(acceso, renglon("Amoxicilina"), motivo="La toleró hace un mes")
    (recetado,) = selectores.recetados(acceso)
    (aviso,) = recetado.recurso["contained"]
    assert aviso["mitigation"][0]["action"]["text"] == "La toleró hace un mes"
    (referido,) = recetado.recurso["detectedIssue"]
    assert referido["reference"] == "#aviso1"
    assert referido["display"].startswith("Penicilina:")
    assert fhir.validar(recetado.recurso) == []
    (evento,) = de_receta()
    contenido = bytes(evento.contenido).decode()
    assert "alergia.grave" in contenido
    for palabra in ("enicilina", "moxicilina", "toler"):
        assert palabra not in contenido


def test_in_words_it_is_checked_all_the_same(acceso: Acceso) -> None:
    alergia_a(acceso, "aspirina")
    datos = {
        "dosis": "550 mg",
        "via": "oral",
        "periodicidad": "cada 12 horas",
        "duracion": "3 días",
        "encuentro_id": None,
        "ahora": AHORA,
    }
    with pytest.raises(HallazgosSinAtender):
        recetas.prescribir(acceso, medicamento="Flanax tabletas", **datos)  # type: ignore[arg-type]
    recetas.prescribir(acceso, medicamento="Paracetamol", **datos)  # type: ignore[arg-type]
    (recetado,) = selectores.recetados(acceso)
    assert recetado.titulo == "Paracetamol"
    assert recetado.indicacion == "550 mg, vía oral, cada 12 horas, 3 días"


def test_the_context_is_what_the_record_says(elenco: Elenco, acceso: Acceso) -> None:
    alergia_a(acceso, "Sulfas")
    recetar(acceso)
    diagnosticos.registrar(
        acceso,
        diagnostico=NuevoDiagnostico("O149", "Preeclampsia", "prueba"),
        encuentro_id=None,
        ahora=AHORA,
    )
    laboratorio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio),
        acceso.paciente,
        Permiso.RESULTADO_REGISTRAR,
        ahora=AHORA,
    )
    resultados.registrar(
        laboratorio,
        estudio="Química sanguínea",
        conclusion="",
        medidas=[Medida("Creatinina sérica", Decimal("2.4"), "mg/dL")],
        encuentro_id=None,
        ahora=AHORA,
    )
    contexto = selectores.contexto(acceso, hoy=AHORA.date())
    assert contexto.alergias == ("Sulfas",)
    assert contexto.medicamentos == ("Metformina, tableta 500 mg",)
    assert contexto.embarazo
    assert contexto.tfg is not None
    assert 24 < contexto.tfg < 27  # CKD-EPI 2021, woman of 42 years
    despues = selectores.contexto(acceso, hoy=AHORA.date() + timedelta(days=301))
    assert not despues.embarazo
    assert despues.medicamentos == ()


@pytest.mark.parametrize(
    ("estudio", "valor", "unidad", "sabido"),
    [
        ("Creatinina", "212.2", "umol/L", True),
        ("Creatinina en orina", "2.4", "mg/dL", False),
        ("Creatinina sérica", "2.4", "g/L", False),
    ],
)
def test_only_a_creatinine_of_blood_in_a_known_unit_counts(
    elenco: Elenco, acceso: Acceso, estudio: str, valor: str, unidad: str, sabido: bool
) -> None:
    laboratorio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio),
        acceso.paciente,
        Permiso.RESULTADO_REGISTRAR,
        ahora=AHORA,
    )
    resultados.registrar(
        laboratorio,
        estudio="Química",
        conclusion="",
        medidas=[Medida(estudio, Decimal(valor), unidad)],
        encuentro_id=None,
        ahora=AHORA,
    )
    tfg = selectores.contexto(acceso, hoy=AHORA.date()).tfg
    assert (tfg is not None) == sabido
    assert tfg is None or 24 < tfg < 27


def test_the_old_weight_of_a_child_is_not_believed(elenco: Elenco) -> None:
    nina = registrar(elenco, replace(XOCHITL, fecha_nacimiento=date(2022, 5, 17)))
    en_consulta(elenco, nina)
    acceso = acceso_de_medica(elenco, nina)
    signos.registrar(acceso, mediciones={"peso": Decimal(12)}, encuentro_id=None, ahora=AHORA)
    assert selectores.contexto(acceso, hoy=AHORA.date()).peso_kg == 12
    despues = AHORA.date() + timedelta(days=181)
    assert selectores.contexto(acceso, hoy=despues).peso_kg is None


def test_what_the_pharmacy_keeps_goes_on_a_sheet_of_its_own(acceso: Acceso) -> None:
    recetar(
        acceso,
        renglon("Metformina"),
        renglon("Atorvastatina"),
        renglon("Clonazepam"),
        renglon("Sertralina"),
        renglon("Cefalexina"),
    )
    por_codigo: dict[str, list[str]] = {}
    for recetado in selectores.recetados(acceso):
        por_codigo.setdefault(recetado.codigo, []).append(recetado.titulo.split(",")[0])
    assert sorted(map(sorted, por_codigo.values())) == [
        ["Atorvastatina", "Metformina"],
        ["Cefalexina"],
        ["Clonazepam"],
        ["Sertralina"],
    ]
    de = {r.titulo.split(",")[0]: r for r in selectores.recetados(acceso)}
    hoy = AHORA.date()
    assert de["Clonazepam"].vence == hoy + timedelta(days=30)
    assert de["Clonazepam"].recurso["dispenseRequest"]["numberOfRepeatsAllowed"] == 0
    assert de["Sertralina"].vence == hoy + timedelta(days=180)
    assert de["Sertralina"].recurso["dispenseRequest"]["numberOfRepeatsAllowed"] == 2
    assert de["Cefalexina"].vence == hoy + timedelta(days=7)
    assert "numberOfRepeatsAllowed" not in de["Metformina"].recurso["dispenseRequest"]


def test_group_one_is_refused_whatever_is_said(acceso: Acceso) -> None:
    with pytest.raises(HallazgosSinAtender) as rechazo:
        recetar(acceso, renglon("Morfina"), motivo="Dolor oncológico")
    assert rechazo.value.hallazgos[0].prohibe
    assert "recetario especial" in rechazo.value.hallazgos[0].que_hacer
    assert not Receta.objects.de(acceso).exists()


def test_stopping_says_why_and_only_once(acceso: Acceso) -> None:
    (id_,) = recetar(acceso)
    recetas.suspender(acceso, receta_id=id_, motivo="Diarrea", ahora=AHORA)
    (recetado,) = selectores.recetados(acceso)
    assert (recetado.estado, recetado.motivo_de_estado) == ("stopped", "Diarrea")
    assert not recetado.vigente(AHORA.date())
    with pytest.raises(recetas.RecetaSinVigencia):
        recetas.suspender(acceso, receta_id=id_, motivo="Otra vez", ahora=AHORA)
    assert [e.tipo for e in de_receta()] == ["receta.prescrita", "receta.suspendida"]


def test_repeating_writes_the_same_order(acceso: Acceso) -> None:
    from registros.services import indicaciones

    recetar(acceso, renglon(dosis=Dosis(Decimal("0.5"), "tableta"), indicaciones="con alimentos"))
    (recetado,) = selectores.ultima_hoja(acceso)
    assert indicaciones.de_recurso(recetado.recurso) == {
        "medicamento": "Metformina",
        "presentacion": "tab 500 mg",
        "dosis": "0.5",
        "unidad": "tableta",
        "via": "oral",
        "cada_horas": "12",
        "dias": 30,
        "indicaciones": "con alimentos",
    }


def verificar(codigo: str, **extra: str) -> str:
    respuesta = Client(**extra).post(reverse("verificar:receta"), {"codigo": codigo})  # type: ignore[arg-type]
    assert respuesta["Cache-Control"] == "no-store"
    return respuesta.content.decode()


def test_the_paper_is_verified_by_whoever_holds_it(acceso: Acceso) -> None:
    (id_,) = recetar(acceso)
    codigo = selectores.recetados(acceso)[0].codigo
    assert len(codigo) == 25
    escrito = "-".join(codigo[n : n + 5] for n in range(0, 25, 5)).lower()
    dicho = verificar(escrito)
    for esperado in ("Receta auténtica y vigente", "Xóchitl Ibáñez Peña", "Metformina", "1000001"):
        assert esperado in dicho
    for callado in (XOCHITL.telefono, "1984", str(acceso.paciente)):
        assert callado not in dicho
    recetas.suspender(acceso, receta_id=id_, motivo="Diarrea", ahora=AHORA)
    dicho = verificar(codigo)
    assert "Suspendida" in dicho
    assert "Diarrea" not in dicho
    decisiones = Evento.objects.filter(actor=decision.puertas.PORTADOR)
    assert [e.pacientes for e in decisiones] == [[acceso.paciente]] * 2
    assert all(codigo not in bytes(e.contenido).decode() for e in decisiones)
    assert all("posesion.documento" in bytes(e.contenido).decode() for e in decisiones)


def test_a_code_that_names_nothing_says_nothing_and_is_an_event(acceso: Acceso) -> None:
    recetar(acceso)
    codigo = selectores.recetados(acceso)[0].codigo
    otro = ("0" if codigo[0] != "0" else "1") + codigo[1:]
    for intento in (otro, codigo[:-1], "%", str(uuid4())):
        dicho = verificar(intento, REMOTE_ADDR="10.0.0.9")
        assert "Ningún documento" in dicho
        assert "Xóchitl" not in dicho
    negados = Evento.objects.filter(actor=decision.puertas.PORTADOR, resultado="denegado")
    assert [e.pacientes for e in negados] == [[]] * 4


def test_what_was_not_written_by_its_prescriber_is_not_ours(
    acceso: Acceso, elenco: Elenco, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registros.services import recursos
    from tests.elenco import INTEGRACION

    recetar(acceso)
    original = selectores.recetados(acceso)[0]
    maquina = decision.abrir_paciente(
        INTEGRACION, acceso.paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA
    )
    codigo = "Z" * 25
    falso = {
        **{c: v for c, v in original.recurso.items() if c not in ("id", "meta")},
        "groupIdentifier": {"system": selectores.SISTEMA_CODIGO, "value": codigo},
    }
    recursos.crear(maquina, recurso=falso, ahora=AHORA)
    assert "Ningún documento" in verificar(codigo, REMOTE_ADDR="10.0.0.8")


def test_the_holder_can_do_nothing_else(acceso: Acceso) -> None:
    recetar(acceso)
    codigo = selectores.recetados(acceso)[0].codigo
    portador = decision.abrir_documento(codigo, origen="10.0.0.7", ahora=AHORA)
    assert portador.permisos == {Permiso.RECETA_VERIFICAR}
    assert selectores.verificada(portador, codigo="0" * 25)[1] == []
    for prohibido in (selectores.recetados, selectores.ultima_hoja):
        with pytest.raises(PermisoInsuficiente):
            prohibido(portador)
    with pytest.raises(PermisoInsuficiente):
        selectores.verificada(acceso, codigo=codigo)


def test_one_place_that_tries_too_many_waits(acceso: Acceso) -> None:
    cliente = Client(REMOTE_ADDR="10.9.9.9")
    estados = [
        cliente.post(reverse("verificar:receta"), {"codigo": f"{n:025d}"}).status_code
        for n in range(21)
    ]
    assert estados == [200] * 20 + [429]
    assert Client(REMOTE_ADDR="10.9.9.8").post(reverse("verificar:receta")).status_code == 200


def test_an_expired_sheet_says_so(acceso: Acceso) -> None:
    recetas.recetar(
        acceso,
        renglones=[renglon("Cefalexina")],
        motivo="",
        encuentro_id=None,
        ahora=AHORA - timedelta(days=400),
    )
    recetado = selectores.recetados(acceso)[0]
    assert recetado.vence is not None
    assert recetado.vence < date(2026, 1, 1)
    assert "Vencida" in verificar(recetado.codigo, REMOTE_ADDR="10.0.0.6")
