"""A record with something withheld of every kind, and every way of asking for it."""

import io
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pypdf
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from auditoria.models import Evento
from consentimiento import decision, directivas
from consentimiento.directivas import Destino, Directiva, Rango
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import Permiso
from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import Hallazgo
from registros.catalogos.sensibles import Categoria
from registros.models.tarea import CRITICO, RESULTADO
from registros.models.tarea import SISTEMA as SISTEMA_DE_TAREA
from registros.services import recetas
from registros.services import recursos as escritura
from registros.services.indicaciones import Renglon
from tests import elenco as reparto
from tests.contratos.urlconf import direcciones
from tests.elenco import AHORA, INTEGRACION, XOCHITL, Elenco
from tests.interoperabilidad.test_rest import Socio

MARCAS = ("Zarzamora", "Quebrantahuesos", "Mandarina")
"""Words that are nowhere but in what is withheld."""
Direccion = tuple[str, str]


def integrado(paciente: UUID) -> Acceso:
    return decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA)


def escribir(paciente: UUID, recurso: dict[str, Any], *, etiquetas: tuple[str, ...] = ()) -> UUID:
    puestas = [{"system": "urn:ece:etiqueta", "code": e} for e in etiquetas]
    if puestas:
        recurso = {**recurso, "meta": {"security": puestas}}
    return escritura.crear(integrado(paciente), recurso=recurso, ahora=AHORA).id


def negar(paciente: UUID, *, a: UUID, ambito: Ambito = Ambito()) -> UUID:  # noqa: B008
    """The patient refuses `ambito` of their record to a person or a system."""
    directiva = Directiva(
        UUID(int=0),
        permite=False,
        destinos=frozenset({Destino(Rango.PERSONA, str(a))}),
        propositos=None,
        ambito=ambito,
    )
    recurso = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": directivas.ALCANCE, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{paciente}"},
        "policyRule": {"coding": [{"system": directivas.POLITICA, "code": "OPTIN"}]},
        "provision": directivas.escribir(directiva, nombres={}),
    }
    return escribir(paciente, recurso)


def guardar_reservado(elenco: Elenco, paciente: UUID, visita: UUID) -> dict[str, UUID]:
    """Something sensitive of every kind that the pages of the desk list. R4 type -> its id."""
    sujeto = {"reference": f"Patient/{paciente}"}
    suyo: dict[str, Any] = {
        "subject": sujeto,
        "encounter": {"reference": f"Encounter/{visita}"},
    }
    dicho = {"text": "Zarzamora"}
    ids: dict[str, UUID] = {}

    def uno(tipo: str, **datos: Any) -> str:
        recurso = {"resourceType": tipo, **datos}
        ids[tipo] = escribir(paciente, recurso, etiquetas=("VIH",))
        return f"{tipo}/{ids[tipo]}"

    activa = [{"system": "http://terminology.hl7.org/CodeSystem/{}", "code": "active"}]

    def estado(sistema: str) -> dict[str, Any]:
        return {"coding": [{**activa[0], "system": activa[0]["system"].format(sistema)}]}

    problema = uno("Condition", clinicalStatus=estado("condition-clinical"), code=dicho, **suyo)
    uno(
        "AllergyIntolerance",
        clinicalStatus=estado("allergyintolerance-clinical"),
        code=dicho,
        patient=sujeto,
    )
    observacion = uno(
        "Observation",
        status="final",
        code={"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "Zarzamora"},
        effectiveDateTime=AHORA.isoformat(),
        valueQuantity={"value": 7, "unit": "mg/dL"},
        **suyo,
    )
    medicamento = {"medicationCodeableConcept": dicho, "intent": "order", "status": "active"}
    uno("MedicationRequest", reasonReference=[{"reference": problema}], **medicamento, **suyo)
    orden = uno("ServiceRequest", status="active", intent="order", code=dicho, **suyo)
    informe = uno(
        "DiagnosticReport",
        status="final",
        code=dicho,
        conclusion="Quebrantahuesos",
        basedOn=[{"reference": orden}],
        result=[{"reference": observacion}],
        **suyo,
    )
    codigos = [{"system": SISTEMA_DE_TAREA, "code": c} for c in (RESULTADO, CRITICO)]
    responsable = {"reference": f"Practitioner/{elenco.medica.pk}"}
    tarea: dict[str, Any] = {"status": "requested", "intent": "order", "description": "Zarzamora"}
    uno(
        "Task",
        code={"coding": codigos},
        focus={"reference": informe},
        owner=responsable,
        authoredOn=AHORA.isoformat(),
        **tarea,
        **{"for": sujeto},
    )
    nota = {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]}
    cuerpo = {"status": "generated", "div": _div("Quebrantahuesos")}
    uno(
        "Composition",
        status="final",
        type=nota,
        title="Mandarina",
        date=AHORA.isoformat(),
        author=[responsable],
        section=[{"title": "Mandarina", "text": cuerpo, "entry": [{"reference": problema}]}],
        **suyo,
    )
    adjunto = {"contentType": "text/plain", "size": 8, "title": "Mandarina.txt"}
    uno(
        "DocumentReference",
        status="current",
        type=dicho,
        description="Mandarina",
        date=AHORA.isoformat(),
        content=[{"attachment": adjunto}],
        subject=sujeto,
    )
    vacuna = {"vaccineCode": dicho, "occurrenceDateTime": AHORA.isoformat()}
    uno("Immunization", status="completed", patient=sujeto, **vacuna)
    uno("Procedure", status="completed", code=dicho, **suyo)
    familiar = {"relationship": {"text": "Madre"}, "condition": [{"code": dicho}]}
    uno("FamilyMemberHistory", status="completed", patient=sujeto, **familiar)
    uno("Flag", status="active", code=dicho, subject=sujeto)
    return ids


def _div(texto: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{texto}</div>'


def entrar(usuario: Usuario) -> Client:
    cliente = Client(raise_request_exception=False)
    cliente.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
    return cliente


_DEL_MOMENTO = (
    re.compile(rb'name="csrfmiddlewaretoken" value="\w+"'),
    re.compile(rb'"X-CSRFToken": ?"\w+"'),
    re.compile(rb"nonce=\"[^\"]+\""),
    re.compile(rb"/recibos/[0-9a-f-]{36}/|/accesos/[0-9a-f-]{36}/recibo/"),  # of this very look
    re.compile(rb"x-csrftoken&quot;: ?&quot;\w+", re.IGNORECASE),
)


def lisa(respuesta: HttpResponse, *ids: UUID) -> tuple[int, bytes, dict[str, str]]:
    """What was answered: status, body, headers; without what is new in every answer, nor `ids`."""
    cuerpo = respuesta.content
    for cosa in _DEL_MOMENTO:
        cuerpo = cosa.sub(b"", cuerpo)
    for id_ in ids:
        cuerpo = cuerpo.replace(str(id_).encode(), b"ID")
    cabeceras = {
        nombre: _sin(ids, valor)
        for nombre, valor in respuesta.headers.items()
        if nombre not in ("Content-Length", "Content-Security-Policy", "Last-Modified")
    }
    return respuesta.status_code, cuerpo, cabeceras


def _sin(ids: tuple[UUID, ...], texto: str) -> str:
    for id_ in ids:
        texto = texto.replace(str(id_), "ID")
    return texto


CONSTANCIAS = "clinica:constancias"
"""Who has opened the record: it changes each time that somebody looks, whatever they see."""

DE_UN_REGISTRO: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("clinica:problema", "Condition", {"id": None}),
    ("clinica:alergia", "AllergyIntolerance", {"id": None}),
    ("clinica:receta-pdf", "MedicationRequest", {"receta": None}),
    ("clinica:receta-suspender", "MedicationRequest", {"receta": None}),
    ("clinica:orden", "ServiceRequest", {"orden": None}),
    ("clinica:orden-cancelar", "ServiceRequest", {"orden": None}),
    ("clinica:atender", "ServiceRequest", {"orden": None}),
    ("clinica:informe", "DiagnosticReport", {"informe": None}),
    ("clinica:tarea", "Task", {"tarea": None}),
    ("clinica:documento", "DocumentReference", {"documento": None}),
    ("clinica:documento-anular", "DocumentReference", {"documento": None}),
    ("clinica:documento-original", "DocumentReference", {"documento": None}),
    ("clinica:documento-imagen", "DocumentReference", {"documento": None, "numero": 1}),
    ("clinica:nota", "Composition", {"nota": None}),
    ("clinica:nota-apoyo", "Composition", {"nota": None}),
    ("clinica:nota-guardar", "Composition", {"nota": None}),
    ("clinica:nota-finalizar", "Composition", {"nota": None}),
    ("clinica:nota-adenda", "Composition", {"nota": None}),
    ("clinica:nota-pdf", "Composition", {"nota": None}),
    ("clinica:nota-recibo", "Composition", {"nota": None}),
)
"""Pages of one record, its R4 type, and how each is told which (None)."""

SEGUNDOS_ARGUMENTOS = {
    "habito": "tabaco",
    "escala": "glasgow",
    "clase": "alergia",
    "tipo": "evolucion",
    "loinc": "2345-7",
}


def paginas(paciente: UUID) -> list[Direccion]:
    """Every page of the desk that needs no more than the patient, or nobody."""
    nombradas = []
    for d in direcciones():
        if not d.nombre.startswith("clinica:") or d.nombre == CONSTANCIAS:
            continue
        piden = re.findall(r"<\w+:(\w+)>", d.ruta)
        conocidos = {**SEGUNDOS_ARGUMENTOS, "paciente": paciente}
        if conocidos.keys() >= set(piden):
            args = {pedido: conocidos[pedido] for pedido in piden}
            nombradas.append((d.nombre, reverse(d.nombre, kwargs=args)))
    buscada = reverse("clinica:buscar-en-expediente", args=[paciente])
    return [
        *nombradas,
        *((f"buscar {marca}", f"{buscada}?q={marca}") for marca in MARCAS),
        ("hallar", "/clinica/buscar/?q=Xochitl"),
        ("línea por tipo", reverse("clinica:linea", args=[paciente]) + "?tipo=Condition"),
        ("más de lo pendiente", "/clinica/?borradores=2&tareas=2&resultados=2"),
    ]


def observacion_visible(paciente: UUID, visita: UUID) -> UUID:
    return escribir(
        paciente,
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "Peso"},
            "subject": {"reference": f"Patient/{paciente}"},
            "encounter": {"reference": f"Encounter/{visita}"},
        },
    )


def otro_registrado(elenco: Elenco, nombre: str) -> UUID:
    return reparto.registrar(elenco, replace(XOCHITL, nombre=nombre))


def actor_de(socio: Socio) -> UUID:
    socio.get("Patient?_count=1")
    ultimo = Evento.objects.order_by("-id").values_list("actor", flat=True).first()
    assert ultimo is not None
    return ultimo


def de_medica(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.medica), paciente, Permiso.RECETA_PRESCRIBIR, ahora=AHORA
    )


def avisos(acceso: Acceso) -> list[Hallazgo]:
    warfarina = Renglon(nombre="Warfarina", medicamento=medicamentos.reconocer("Warfarina"))
    return recetas.hallazgos(acceso, renglones=[warfarina], hoy=AHORA.date())


def recetar_reservado(paciente: UUID, visita: UUID) -> None:
    escribir(
        paciente,
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Warfarina"},
            "authoredOn": AHORA.isoformat(),
            "subject": {"reference": f"Patient/{paciente}"},
            "encounter": {"reference": f"Encounter/{visita}"},
        },
        etiquetas=("VIH",),
    )


def impreso(respuesta: HttpResponse) -> str:
    """The text of a PDF and what its metadata say, without the hour at which it was made."""
    assert respuesta["Content-Type"] == "application/pdf"
    lector = pypdf.PdfReader(io.BytesIO(respuesta.content))
    textos = [pagina.extract_text() for pagina in lector.pages]
    textos += [str(valor) for valor in (lector.metadata or {}).values()]
    if lector.xmp_metadata is not None:
        textos.append(lector.xmp_metadata.stream.get_data().decode())
    textos += [str(marca) for marca in lector.outline]
    return _DE_LA_HORA.sub("", "\n".join(textos))


_DE_LA_HORA = re.compile(
    r"\d{1,2}:\d{2}(:\d{2})?|D:\d+|(?<=ID>)[^<]+|(?<=Date>)[^<]+|\b[0-9a-f]{12,}\b"
)


def parecidos(casos: dict[str, Callable[[], object]]) -> None:
    """The medians of the cases are apart by less than what each varies by itself.

    A busy machine falls on any of them: it is a difference when, five times out of five, the
    slowest is the same one.
    """
    lentos = set()
    for _ in range(5):
        medianas, varian = _medidos(casos)
        apartadas = max(medianas.values()) - min(medianas.values())
        lentos.add(max(medianas, key=lambda caso: medianas[caso]))
        if apartadas <= max(varian, 0.25 * min(medianas.values())) or len(lentos) > 1:
            return
    raise AssertionError(f"el tiempo los distingue: {medianas}, {varian}")


def _medidos(casos: dict[str, Callable[[], object]]) -> tuple[dict[str, float], float]:
    """(case -> median of its seconds, the widest of their quartile ranges), taken in turns."""
    duran: dict[str, list[float]] = {caso: [] for caso in casos}
    for vuelta in range(105):
        for caso, pedir in casos.items():
            inicio = time.perf_counter()
            pedir()
            if vuelta >= 5:
                duran[caso].append(time.perf_counter() - inicio)
    cuartos = [statistics.quantiles(tiempos) for tiempos in duran.values()]
    medianas = {caso: statistics.median(tiempos) for caso, tiempos in duran.items()}
    return medianas, max(c[2] - c[0] for c in cuartos)


def fotos(cliente: Client, paciente: UUID) -> dict[str, Any]:
    return {nombre: lisa(cliente.get(camino)) for nombre, camino in paginas(paciente)}


TIPOS_RESERVADOS = (
    *("Condition", "AllergyIntolerance", "Observation", "MedicationRequest", "ServiceRequest"),
    *("DiagnosticReport", "Task", "Composition", "DocumentReference", "Immunization"),
    *("Procedure", "FamilyMemberHistory", "Flag"),
)

DE_VIH = Ambito(etiquetas=frozenset({Categoria.VIH.value}))


def de(elenco: Elenco, paciente: UUID, quien: str) -> Usuario:
    """`enfermera`, whose post does not need what is sensitive, or `medica`, whose does, until the
    patient says no."""
    usuario: Usuario = getattr(elenco, quien)
    if quien == "medica":
        negar(paciente, a=usuario.pk, ambito=DE_VIH)
    return usuario
