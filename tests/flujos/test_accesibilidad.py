"""WCAG 2.2 AA on every page of the URLconf, in every state that a person meets.

The pages come from the URLconf: one that is in none of the tables below fails the suite.
"""

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from auditoria.models import Evento
from ece.identidad.delegaciones_de_firma import cerrar
from ece.identidad.models import Asignacion, DelegacionDeFirma, Usuario
from ece.identidad.services import firmantes, personas
from ece.nucleo.roles import Permiso, Rol
from ece.web import urls
from interoperabilidad.bandeja import urls as urls_de_bandeja
from interoperabilidad.models import MensajeRecibido
from registros.services import quejas
from tests.consentimiento import vulneraciones
from tests.consentimiento.solicitudes import oficial, pedida
from tests.elenco import AHORA, CONTRASENA, XOCHITL, registrar, registrar_clientes
from tests.flujos.accesible import revisar
from tests.flujos.bandeja_llena import en_espera, llenar_bandeja, por_salir
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import Lleno, llenar
from tests.identidad.gobierno import alcance_de, gobierno
from tests.interoperabilidad.hl7v2.conftest import registrar_interlocutores
from tests.registros.del_portal import acceso_del_paciente
from tests.registros.nota_de_ejemplo import en_puesto

AGREGAR = ("alergia", "diagnostico", "receta")
DOCS = Path(__file__).resolve().parents[2] / "docs"
ENCABEZADO = """# Screens

Every page of the URLconf that has something to look at, with invented data, by the name of its
address. `make capturas` takes them anew."""
PLANTILLAS = Path(urls.__file__).parent / "templates"
ERRORES = sorted(p.name for p in PLANTILLAS.glob("[0-9]*.html"))

Direcciones = Callable[[Hospital, Lleno], list[str]]


def _del_paciente(nombre: str, *claves: str) -> Direcciones:
    """Addresses of a page of the chart, one for each of `claves` where it takes one more."""

    def direcciones(hospital: Hospital, lleno: Lleno) -> list[str]:
        extras = [[c] for c in claves] or [[]]
        return [reverse(nombre, args=[hospital.paciente, *extra]) for extra in extras]

    return direcciones


def _de_la_nota(cual: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse("clinica:nota", args=[hospital.paciente, getattr(lleno, cual)])
    ]


def _de(cual: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse(f"clinica:{cual}", args=[hospital.paciente, getattr(lleno.clinico, cual)])
    ]


def _nina(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [reverse(nombre, args=[lleno.clinico.nina])]


def _por_revisar(nombre: str, cual: int) -> Direcciones:
    def direcciones(hospital: Hospital, lleno: Lleno) -> list[str]:
        de_uno = [hospital.paciente] if cual < 2 else []
        return [reverse(nombre, args=[*de_uno, lleno.por_revisar[cual]])]

    return direcciones


def _en_duda(hospital: Hospital, lleno: Lleno) -> list[str]:
    evento = Evento.objects.filter(pacientes=[hospital.paciente], resultado="permitido").first()
    assert evento is not None
    return [reverse("clinica:sancion", args=[hospital.paciente, evento.pk])]


def _fija(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [reverse(nombre)]


def _persona(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [reverse("cuenta:persona", args=[hospital.elenco.medica.pk])]


def _invitacion(hospital: Hospital, lleno: Lleno) -> list[str]:
    alcance = alcance_de(gobierno(Rol.SISTEMAS), Permiso.ASIGNACION_OTORGAR)
    nueva = {"usuario": f"nueva-{uuid4()}", "nombres": "Nueva", "apellidos": "Persona"}
    _, secreto = personas.invitar(alcance, **nueva, ahora=timezone.now())
    return [reverse("cuenta:invitacion", args=[secreto])]


def _vulneracion(hospital: Hospital, lleno: Lleno) -> list[str]:
    """One confirmed, that reached the patient."""
    id_ = vulneraciones.confirmada(hospital.elenco, [hospital.paciente])
    return [reverse("clinica:vulneracion", args=[id_])]


def _delegaciones(hospital: Hospital, lleno: Lleno) -> list[str]:
    """One made and one received, and something that could be delegated."""
    firmantes.pedir("evolucion", nivel="avanzada")
    ella, otro = hospital.elenco.medica, en_puesto(hospital.elenco, Rol.MEDICO)
    for delegante, delegado in ((ella, otro), (otro, ella)):
        id_, dice = uuid4(), b'{"documentos": ["evolucion"]}'
        DelegacionDeFirma.objects.create(
            id=id_,
            delegante=delegante,
            delegado=delegado,
            contenido=cerrar(id_, dice=dice, sello="", motivo="Vacaciones"),
            fichas=[],
            desde=timezone.now(),
            hasta=timezone.now() + timedelta(days=14),
            creada_at=timezone.now(),
        )
    return [reverse("clinica:delegaciones-de-firma")]


def _comparar(hospital: Hospital, lleno: Lleno) -> list[str]:
    otro = registrar(hospital.elenco)
    return [reverse("clinica:comparar", args=[hospital.paciente, otro])]


def _del_estudio(nombre: str, cual: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse(nombre, args=[hospital.paciente, getattr(lleno.estudios, cual)])
    ]


def _documentos(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [
        reverse("clinica:documento", args=[hospital.paciente, id_])
        for id_ in lleno.estudios.documentos.values()
    ]


def _conciliar(hospital: Hospital, lleno: Lleno) -> list[str]:
    cda = lleno.estudios.documentos["cda"]
    return [reverse("clinica:conciliar", args=[hospital.paciente, cda])]


def _de_la_cita(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [reverse(nombre, args=[hospital.paciente, lleno.cita])]


def _de_arco(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse(nombre, args=[hospital.paciente, pedida(hospital.elenco, hospital.paciente)])
    ]


def _agenda(hospital: Hospital, lleno: Lleno) -> list[str]:
    dia = f"{reverse('clinica:agenda')}?fecha={AHORA:%Y-%m-%d}"
    return [dia, f"{dia}&vista=semana"]


def _espera(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [f"{reverse('clinica:espera')}?unidad={hospital.elenco.consulta}"]


def _huecos(hospital: Hospital, lleno: Lleno) -> list[str]:
    nueva = reverse("clinica:cita-nueva", args=[hospital.paciente])
    return [nueva, f"{nueva}?sobrecupo=1"]


def _avisos(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [reverse("clinica:aviso", args=[id_]) for id_ in lleno.avisos]


def _de_las_cartas(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [
        reverse(nombre, args=[hospital.paciente, id_]) for id_ in lleno.cartas
    ]


def _registros(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [
        reverse("clinica:registro", args=[hospital.paciente, tipo, id_])
        for tipo, id_ in (("Patient", hospital.paciente), ("Encounter", lleno.encuentro))
    ]


def _etiquetas(hospital: Hospital, lleno: Lleno) -> list[str]:
    nota = ["Composition", lleno.terminada]
    return [reverse("clinica:etiquetas", args=[hospital.paciente, *nota])]


def _nota_en_portal(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [reverse("portal:nota", args=[hospital.paciente, lleno.terminada])]


def _documento_en_portal(hospital: Hospital, lleno: Lleno) -> list[str]:
    documento = lleno.estudios.documentos["pdf"]
    return [reverse("portal:documento", args=[hospital.paciente, documento])]


def _original(hospital: Hospital, lleno: Lleno) -> list[str]:
    return [reverse("portal:original", args=[hospital.paciente, "Encounter", lleno.encuentro])]


def _queja(hospital: Hospital, lleno: Lleno) -> list[str]:
    """A complaint about an access, in the officer's hands."""
    suya = acceso_del_paciente(Usuario.objects.get(username="paciente"), hospital.paciente)
    primero = Evento.objects.filter(pacientes__contains=[hospital.paciente]).first()
    assert primero is not None
    id_ = quejas.presentar(suya, texto="¿Por qué?", evento_id=primero.pk, ahora=AHORA)
    return [reverse("clinica:queja", args=[hospital.paciente, id_])]


def _del_convenio(nombre: str) -> Direcciones:
    return lambda hospital, lleno: [reverse(f"clinica:{nombre}", args=[lleno.convenio])]


def _bandeja(nombre: str, cual: Callable[[], UUID] | None = None) -> Direcciones:
    """The desk of messages, filled before the first of its pages is looked at."""

    def direcciones(hospital: Hospital, lleno: Lleno) -> list[str]:
        if not MensajeRecibido.objects.exists():
            registrar_clientes()
            registrar_interlocutores()
            llenar_bandeja()
        return [reverse(nombre, args=[cual()] if cual else [])]

    return direcciones


PAGINAS: dict[str, tuple[tuple[str, Direcciones], ...]] = {
    "inicio": (("medica", _fija("inicio")),),
    "cuenta:entrar": (("", _fija("cuenta:entrar")),),
    "cuenta:inscribirse": (("", _fija("cuenta:inscribirse")),),
    "cuenta:recuperar": (("", _fija("cuenta:recuperar")),),
    "clinica:invitar": (("medica", _del_paciente("clinica:invitar")),),
    "cuenta:inicio": (("medica", _fija("cuenta:inicio")), ("paciente", _fija("cuenta:inicio"))),
    "cuenta:confirmar": (("medica", _fija("cuenta:confirmar")),),
    "cuenta:desbloquear": (("medica", _fija("cuenta:desbloquear")),),
    "cuenta:generador": (("medica", _fija("cuenta:generador")),),
    "cuenta:personas": (("gobierno", _fija("cuenta:personas")),),
    "cuenta:persona": (("gobierno", _persona),),
    "cuenta:autorizaciones": (("gobierno", _fija("cuenta:autorizaciones")),),
    "cuenta:invitacion": (("", _invitacion),),
    "clinica:hoy": (("medica", _fija("clinica:hoy")), ("archivo", _fija("clinica:hoy"))),
    "clinica:fragmentos": (("medica", _fija("clinica:fragmentos")),),
    "clinica:registrar": (("archivo", _fija("clinica:registrar")),),
    "clinica:expediente": (("medica", _del_paciente("clinica:expediente")),),
    "clinica:identificacion": (
        ("medica", _del_paciente("clinica:identificacion")),
        ("archivo", _del_paciente("clinica:identificacion")),
    ),
    "clinica:desconocido": (("urgencias", _fija("clinica:desconocido")),),
    "clinica:corregir": (("archivo", _del_paciente("clinica:corregir")),),
    "clinica:nacimiento": (("medica", _del_paciente("clinica:nacimiento")),),
    "clinica:duplicados": (("archivo", _del_paciente("clinica:duplicados")),),
    "clinica:comparar": (("archivo", _comparar),),
    "clinica:imprimir": (("medica", _del_paciente("clinica:imprimir")),),
    "clinica:signos": (("medica", _del_paciente("clinica:signos")),),
    "clinica:urgencias": (("urgencias", _fija("clinica:urgencias")),),
    "clinica:problemas": (("medica", _del_paciente("clinica:problemas")),),
    "clinica:problema": (("medica", _de("problema")),),
    "clinica:alergias": (("medica", _del_paciente("clinica:alergias")),),
    "clinica:alergia": (("medica", _de("alergia")),),
    "clinica:antecedentes": (("medica", _del_paciente("clinica:antecedentes")),),
    "clinica:familiar": (("medica", _del_paciente("clinica:familiar")),),
    "clinica:habito": (("medica", _del_paciente("clinica:habito", "tabaco")),),
    "clinica:escalas": (("medica", _del_paciente("clinica:escalas")),),
    "clinica:escala": (
        ("medica", _del_paciente("clinica:escala", "triage", "glasgow")),
        ("enfermera", _del_paciente("clinica:escala", "triage")),
    ),
    "clinica:vacunas": (("medica", _del_paciente("clinica:vacunas")),),
    "clinica:vacuna-nueva": (("medica", _del_paciente("clinica:vacuna-nueva")),),
    "clinica:crecimiento": (("medica", _nina("clinica:crecimiento")),),
    "clinica:embarazo": (("medica", _del_paciente("clinica:embarazo")),),
    "clinica:embarazo-accion": (
        ("medica", _del_paciente("clinica:embarazo-accion", "control", "corregir", "concluir")),
    ),
    "clinica:motivo": (("medica", _del_paciente("clinica:motivo")),),
    "clinica:abrir-encuentro": (("medica", _del_paciente("clinica:abrir-encuentro")),),
    "clinica:agregar": (("medica", _del_paciente("clinica:agregar", *AGREGAR)),),
    "clinica:recetar": (("medica", _del_paciente("clinica:recetar")),),
    "clinica:recetas": (("medica", _del_paciente("clinica:recetas")),),
    "verificar:receta": (("", _fija("verificar:receta")),),
    "verificar:evidencia": (("", _fija("verificar:evidencia")),),
    "verificar:bitacora": (("", _fija("verificar:bitacora")),),
    "clinica:sancion": (("privacidad", _en_duda),),
    "clinica:registro": (("medica", _registros),),
    "clinica:etiquetas": (("medica", _etiquetas),),
    "clinica:nota-nueva": (
        ("medica", _del_paciente("clinica:nota-nueva", "evolucion", "hospital-evolucion")),
    ),
    "clinica:nota": (("medica", _de_la_nota("terminada")), ("medica", _de_la_nota("borrador"))),
    "clinica:por-firmar": (("medica", _fija("clinica:por-firmar")),),
    "clinica:delegaciones-de-firma": (("medica", _delegaciones),),
    "verificar:documento": (("", _fija("verificar:documento")),),
    "clinica:servicio": (("laboratorio", _fija("clinica:servicio")),),
    "clinica:pendientes": (("medica", _fija("clinica:pendientes")),),
    "clinica:ordenes": (("medica", _del_paciente("clinica:ordenes")),),
    "clinica:orden-nueva": (("medica", _del_paciente("clinica:orden-nueva")),),
    "clinica:orden": (("medica", _del_estudio("clinica:orden", "orden")),),
    "clinica:atender": (
        ("laboratorio", _del_estudio("clinica:atender", "orden")),
        ("imagen", _del_estudio("clinica:atender", "de_imagen")),
    ),
    "clinica:informe": (("medica", _del_estudio("clinica:informe", "informe")),),
    "clinica:serie": (("medica", _del_paciente("clinica:serie", "2823-3")),),
    "clinica:tarea": (("medica", _del_estudio("clinica:tarea", "tarea")),),
    "clinica:buscar-en-expediente": (("medica", _del_paciente("clinica:buscar-en-expediente")),),
    "clinica:documento-agregar": (("medica", _del_paciente("clinica:documento-agregar")),),
    "clinica:documento": (("medica", _documentos),),
    "clinica:conciliar": (("medica", _conciliar),),
    "clinica:agenda": (("medica", _fija("clinica:agenda")), ("archivo", _agenda)),
    "clinica:hueco": (("archivo", lambda h, ll: [f"{reverse('clinica:hueco')}?q=iba"]),),
    "clinica:espera": (("archivo", _espera),),
    "clinica:citas": (("archivo", _del_paciente("clinica:citas")),),
    "clinica:cita-nueva": (("archivo", _huecos),),
    "clinica:cita-esperar": (("archivo", _del_paciente("clinica:cita-esperar")),),
    "clinica:cita-cambiar": (("archivo", _de_la_cita("clinica:cita-cambiar")),),
    "clinica:cita-cancelar": (("archivo", _de_la_cita("clinica:cita-cancelar")),),
    "clinica:calidad": (("calidad", _fija("clinica:calidad")),),
    "clinica:emergencia": (("medico-ajeno", _del_paciente("clinica:emergencia")),),
    "clinica:revisiones": (("privacidad", _fija("clinica:revisiones")),),
    "clinica:revision": (("privacidad", _por_revisar("clinica:revision", 0)),),
    "clinica:inusuales": (("privacidad", _fija("clinica:inusuales")),),
    "clinica:inusual": (("privacidad", _por_revisar("clinica:inusual", 1)),),
    "clinica:inusual-de-muchos": (("privacidad", _por_revisar("clinica:inusual-de-muchos", 2)),),
    "clinica:vigilado": (("privacidad", _del_paciente("clinica:vigilado")),),
    "clinica:simulador": (("privacidad", _fija("clinica:simulador")),),
    "clinica:vencidas": (("direccion", _fija("clinica:vencidas")),),
    "clinica:calidad-evaluar": (("calidad", _del_paciente("clinica:calidad-evaluar")),),
    "clinica:privacidad": (("privacidad", _fija("clinica:privacidad")),),
    "clinica:privacidad-arco": (("privacidad", _fija("clinica:privacidad-arco")),),
    "clinica:arco-atender": (("privacidad", _de_arco("clinica:arco-atender")),),
    "clinica:arco": (("archivo", _del_paciente("clinica:arco")),),
    "clinica:arco-solicitud": (("archivo", _de_arco("clinica:arco-solicitud")),),
    "portal:arco": (("paciente", _del_paciente("portal:arco")),),
    "portal:arco-solicitud": (("paciente", _de_arco("portal:arco-solicitud")),),
    "aviso-de-privacidad": (
        ("", lambda h, ll: [f"/aviso-de-privacidad/{f}" for f in ("", "?forma=simplificado")]),
    ),
    "clinica:vulneraciones": (("privacidad", _fija("clinica:vulneraciones")),),
    "clinica:vulneracion": (("privacidad", _vulneracion),),
    "portal:vulneraciones": (("paciente", _del_paciente("portal:vulneraciones")),),
    "clinica:avisos": (("privacidad", _fija("clinica:avisos")),),
    "clinica:aviso": (("privacidad", _avisos),),
    "clinica:aviso-poner": (("archivo", _del_paciente("clinica:aviso-poner")),),
    "clinica:consentimientos": (("medica", _del_paciente("clinica:consentimientos")),),
    "clinica:consentimiento-nuevo": (
        ("medica", _del_paciente("clinica:consentimiento-nuevo", "cirugia-mayor")),
    ),
    "clinica:consentimiento-urgencia": (
        ("medica", _del_paciente("clinica:consentimiento-urgencia")),
    ),
    "clinica:consentimiento": (("medica", _de_las_cartas("clinica:consentimiento")),),
    "portal:aviso": (("paciente", _del_paciente("portal:aviso")),),
    "portal:consentimientos": (("paciente", _del_paciente("portal:consentimientos")),),
    "portal:consentimiento": (("paciente", _de_las_cartas("portal:consentimiento")),),
    "portal:inicio": (("paciente", _fija("portal:inicio")), ("nadie", _fija("portal:inicio"))),
    "portal:resumen": (("paciente", _del_paciente("portal:resumen")),),
    "portal:canjear": (("nadie", _fija("portal:canjear")),),
    "clinica:permisos": (("archivo", _del_paciente("clinica:permisos")),),
    "clinica:permiso-nuevo": (("archivo", _del_paciente("clinica:permiso-nuevo")),),
    **{
        nombre: (("paciente", _del_paciente(nombre)),)
        for nombre in (
            *("portal:mas", "portal:problemas", "portal:medicinas", "portal:resultados"),
            *("portal:mediciones", "portal:medir", "portal:vacunas", "portal:notas"),
            *("portal:documentos", "portal:documento-agregar", "portal:citas", "portal:datos"),
            *("portal:descargar", "portal:accesos", "portal:quejas", "portal:compartir"),
            *("portal:permisos", "portal:permiso-nuevo", "portal:delegar"),
        )
    },
    "portal:serie": (("paciente", _del_paciente("portal:serie", "2823-3")),),
    "portal:informe": (("paciente", _del_estudio("portal:informe", "informe")),),
    "portal:nota": (("paciente", _nota_en_portal),),
    "portal:documento": (("paciente", _documento_en_portal),),
    "portal:original": (("paciente", _original),),
    "portal:abrir": (("", _fija("portal:abrir")),),
    "portal:sin-conexion": (("", _fija("portal:sin-conexion")),),
    "clinica:constancias": (("medica", _del_paciente("clinica:constancias")),),
    "clinica:quejas": (("privacidad", _fija("clinica:quejas")),),
    "clinica:queja": (("privacidad", _queja),),
    "cuenta:apps": (("medica", _fija("cuenta:apps")),),
    "portal:apps": (("paciente", _del_paciente("portal:apps")),),
    "clinica:apps": (("medica", _del_paciente("clinica:apps")),),
    "clinica:compartir": (("medica", _del_paciente("clinica:compartir")),),
    "clinica:otras-instituciones": (("medica", _del_paciente("clinica:otras-instituciones")),),
    "clinica:referencias-de-paciente": (
        ("medica", _del_paciente("clinica:referencias-de-paciente")),
    ),
    "clinica:referencias": (("medica", _fija("clinica:referencias")),),
    "clinica:vigencia": (("archivo", _del_paciente("clinica:vigencia")),),
    "clinica:convenios": (("enlace", _fija("clinica:convenios")),),
    "clinica:convenio": (("enlace", _del_convenio("convenio")),),
    "clinica:convenio-nuevo": (("enlace", _fija("clinica:convenio-nuevo")),),
    "bandeja:bandeja": (("enlace", _bandeja("bandeja:bandeja")),),
    "bandeja:mensaje": (("enlace", _bandeja("bandeja:mensaje", en_espera)),),
    "bandeja:saliente": (("enlace", _bandeja("bandeja:saliente", por_salir)),),
    "portal:notificaciones": (("paciente", _del_paciente("portal:notificaciones")),),
    "portal:notificaciones-preferencias": (
        ("paciente", _del_paciente("portal:notificaciones-preferencias")),
    ),
}
ENTRADAS = {
    "paciente": "**/portal/**",
    "nadie": "**/portal/**",
    "calidad": "**/clinica/calidad/",
    "gobierno": "**/cuenta/personas/",
    "privacidad": "**/clinica/**",
    "direccion": "**/cuenta/personas/por-autorizar/",
    "enlace": "**/clinica/convenios/",
}
"""Where those who are only in these tests land."""
SIN_PAGINA = {
    "bandeja:red": "an action: it leads back to the desk",
    "cuenta:app-retirar": "an action: it leads back to the list",
    "clinica:dejar-de-compartir": "an action: it leads back to the list",
    "clinica:referencia": "looked at where there is one (tests/flujos/test_red.py)",
    "clinica:referencia-recibida": "looked at where there is one (tests/flujos/test_red.py)",
    "clinica:convenio-terminos": "a file to save",
    "clinica:convenio-corregir": "the form of a new agreement, filled in",
    "clinica:convenio-firmar": "an action: it leads back to the agreement",
    "clinica:convenio-firma": "an action: it leads back to the agreement",
    "clinica:convenio-paso": "an action: it leads back to the agreement",
    "portal:accesos-todos": "a file to save",
    "portal:acceso-recibo": "a file to save",
    "verificar:checkpoint": "a text for machines",
    "verificar:checkpoint-de": "a text for machines",
    "verificar:llaves": "a text for machines",
    "verificar:tesela": "bytes for machines",
    "verificar:tesela-parcial": "bytes for machines",
    "verificar:agregar-checkpoint": "an action of another institution's log",
    "verificar:atestiguado": "a text for machines",
    "clinica:arco-paso": "an action: it leads back to the request",
    "clinica:bloqueo-retener": "an action: it leads back to the desk",
    "clinica:arco-acuse": "a PDF document",
    "clinica:arco-copia": "a file to save",
    "portal:arco-acuse": "a PDF document",
    "portal:arco-copia": "a file to save",
    "portal:manifiesto": "JSON for the phone",
    "portal:obrero": "a script",
    "portal:documento-original": "a file to save",
    "portal:documento-imagen": "a picture, part of the document's page",
    "portal:descargar-fhir": "a file to save",
    "portal:revocar": "an action: it leads back to the links",
    "clinica:aviso-publicar": "an action: it leads to the notices",
    "clinica:consentimiento-revocar": "an action: it leads back to the letter",
    "clinica:consentimiento-pdf": "a PDF document",
    "clinica:consentimiento-firmar": "JSON for the page of the letter",
    "clinica:consentimiento-evidencia": "a file to save",
    "portal:consentimiento-firmar": "JSON for the page of the letter",
    "portal:consentimiento-evidencia": "a file to save",
    "portal:consentimiento-abrir": "an action: it leads to the letter",
    "portal:consentimiento-revocar": "an action: it leads back to the letter",
    "portal:consentimiento-pdf": "a PDF document",
    "cuenta:salir": "an action: it leads to the door",
    "cuenta:entrar-llave": "JSON for the device",
    "cuenta:segundo-paso": "for whoever gave their password: looked at in test_cuenta.py",
    "cuenta:confirmar-llave": "JSON for the device",
    "cuenta:confirmar-codigo": "an action of the page that confirms",
    "cuenta:desbloquear-llave": "JSON for the device",
    "cuenta:bloquear": "an action of every page",
    "cuenta:presente": "a sign of life of every page",
    "cuenta:llave-nueva": "JSON for the device",
    "cuenta:llave-quitar": "an action: it leads back to the account",
    "cuenta:generador-quitar": "an action: it leads back to the account",
    "cuenta:recuperacion": "an action: looked at in test_cuenta.py",
    "cuenta:sesiones-cerrar": "an action: it leads back to the account",
    "cuenta:sesion-cerrar": "an action: it leads back to the account",
    "cuenta:otorgar": "an action: it leads back to the person",
    "cuenta:retirar": "an action: it leads back to the person",
    "cuenta:suspender": "an action: it leads back to the person",
    "cuenta:baja": "an action: it leads back to the person",
    "cuenta:reinvitar": "the person's page, with a link",
    "cuenta:autorizar": "an action: it leads back to the list",
    "cuenta:idioma": "an action: it leads back to the page it was asked from",
    "cuenta:inscribirse-datos": "the second step of another page, looked at in test_inscripcion",
    "cuenta:recuperar-enlace": "what a message leads to, looked at in test_inscripcion",
    "cuenta:aviso": "an action: it leads to the portal",
    "portal:notificaciones-push": "an action: JSON for the page of preferences",
    "clinica:alergias-niega": "an action: it leads back to the allergies",
    "clinica:cerrar": "an action: it leads to the day's page",
    "clinica:fragmento": "the page of fragments, with one in its form; looked at below",
    "clinica:fragmento-borrar": "an action: it leads back to the fragments",
    "clinica:nota-apoyo": "a piece of the editor, looked at below",
    "clinica:nota-guardar": "autosave: JSON for the editor",
    "clinica:nota-finalizar": "an action; the editor with its errors is looked at below",
    "clinica:nota-contrafirmar": "an action: it leads back to the note",
    "clinica:nota-devolver": "an action: it leads back to the note",
    "clinica:nota-adenda": "an action: it leads back to the note",
    "clinica:nota-pdf": "a PDF document",
    "clinica:nota-recibo": "a file to save",
    "clinica:recibo": "a file to save",
    "clinica:nota-firmar": "an action: it leads back to the note",
    "clinica:firma-evidencia": "a file to save",
    "clinica:firmar-preparar": "JSON for the page where notes are signed",
    "clinica:firmar-enviar": "JSON for the page where notes are signed",
    "clinica:firmar-institucional": "an action of the page where documents are signed",
    "clinica:delegacion-de-firma-revocar": "an action of the page of delegations",
    "clinica:receta-pdf": "a PDF document",
    "clinica:receta-suspender": "an action: it leads back to the list of medicines",
    "clinica:medicamentos": "a piece of the prescription, looked at below",
    "clinica:orden-cancelar": "an action: it leads back to the order",
    "clinica:documento-anular": "an action: it leads back to the document",
    "clinica:documento-original": "a file to save",
    "clinica:documento-imagen": "a picture, part of the document's page",
    "clinica:criticos": "a piece of every page, which shows it",
    "clinica:estudios": "a piece of the order's form, looked at below",
    "clinica:cita-recibir": "an action: it leads back to the agenda",
    "clinica:cita-faltar": "an action: it leads back to the agenda",
    "clinica:cita-atender": "an action: it leads to the chart",
    "clinica:cita-pdf": "a PDF document",
    "portal:permiso-retirar": "an action: it leads back to the permissions",
    "portal:delegacion-confirmar": "an action: it leads back to whom one let in",
    "portal:delegacion-retirar": "an action: it leads back to whom one let in",
    "clinica:permiso-retirar": "an action: it leads back to the permissions",
    "clinica:emergencia-terminar": "an action: it leads to the first page",
    "clinica:vigilar": "an action; with its error, looked at below",
    "clinica:calidad-sortear": "an action: it leads back to the dashboard",
    "clinica:turnos": "a piece of the agenda, looked at in it",
    "clinica:buscar": "a piece of every page, looked at below",
    "clinica:linea": "a piece of the chart, looked at below",
    "clinica:cie10": "a piece of forms, looked at below",
    "clinica:parecidos": "a piece of the registration form, looked at below",
    "clinica:fotografia": "an image",
    "clinica:fotografiar": "an action: it leads to the identification",
    "clinica:lugares": "the options of a field of the registration form",
    "clinica:curp": "a piece of the registration form, looked at below",
}


def nombres(
    patrones: list[URLPattern | URLResolver] | None = None, espacio: str = ""
) -> Iterator[str]:
    """Every name of the URLconf of pages."""
    for patron in get_resolver("ece.web.urls").url_patterns if patrones is None else patrones:
        if isinstance(patron, URLResolver):
            dentro = f"{patron.namespace}:" if patron.namespace else ""
            yield from nombres(patron.url_patterns, espacio + dentro)
        else:
            yield f"{espacio}{patron.name}"


def fallar(pagina: Page, cuerpo: str) -> None:
    pagina.route("**/falla/", lambda ruta: ruta.fulfill(body=cuerpo, content_type="text/html"))


def test_no_page_is_left_out() -> None:
    todos = {*nombres(), *nombres(urls_de_bandeja.urlpatterns, "bandeja:")}
    assert todos == PAGINAS.keys() | SIN_PAGINA.keys()
    assert not PAGINAS.keys() & SIN_PAGINA.keys()
    assert {"404.html", "403.html", "500.html"} <= set(ERRORES)


@pytest.fixture
def lleno(hospital: Hospital) -> Lleno:
    call_command("cargar_catalogos", stdout=io.StringIO())
    return llenar(hospital)


def contratados(hospital: Hospital) -> None:
    """Those who are only in these tests: a patient, nobody yet, and who govern the rest."""
    for clave, paciente in (("paciente", hospital.paciente), ("nadie", None)):
        usuario = Usuario.objects.create_user(clave, password=CONTRASENA)
        usuario.paciente = paciente
        usuario.save()
    espera = {"rol": Rol.PRIVACIDAD, "desde": AHORA, "por_autorizar": True}
    Asignacion.objects.create(usuario=hospital.elenco.enfermera, **espera)
    gobierno(Rol.DIRECCION, Rol.ADMINISTRADOR)
    gobierno(Rol.IMAGEN)
    oficial(hospital.elenco)


@pytest.fixture
def entrar(abrir: Callable[..., Page], hospital: Hospital, lleno: Lleno) -> Callable[..., Page]:
    """As `abrir`, also for people who are only in these tests."""
    contratados(hospital)

    def _entrar(usuario: str) -> Page:
        if usuario not in ENTRADAS:
            return abrir(usuario)
        pagina = abrir()
        pagina.fill("#id_username", usuario)
        pagina.fill("#id_password", CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url(ENTRADAS[usuario])
        return pagina

    return _entrar


PARTES = 3
"""Shares of the pages, for the processes of a run."""


class Capturas:
    """The pictures of ``docs/pantallas.md``, taken anew by `make capturas`."""

    def __init__(self) -> None:
        self.pide = bool(os.environ.get("ECE_CAPTURAS"))
        self.nombres: list[str] = []

    def tomar(self, pagina: Page, nombre: str) -> None:
        if not self.pide or nombre == "inicio":
            return
        clave = nombre.replace(":", "-")
        if clave in self.nombres:
            clave = f"{clave}-{sum(n.startswith(clave) for n in self.nombres) + 1}"
        self.nombres.append(clave)
        carpeta = DOCS / "imagenes/paginas"
        carpeta.mkdir(parents=True, exist_ok=True)
        pagina.screenshot(path=carpeta / f"{clave}.jpg", type="jpeg", quality=55)
        cuerpo = "\n\n".join(
            f"## {n}\n\n![{n}](imagenes/paginas/{n}.jpg)" for n in sorted(self.nombres)
        )
        (DOCS / "pantallas.md").write_text(f"{ENCABEZADO}\n\n{cuerpo}\n")


CAPTURAS = Capturas()


@pytest.mark.parametrize("parte", range(PARTES))
def test_no_page_fails_axe(
    entrar: Callable[..., Page], hospital: Hospital, lleno: Lleno, parte: int
) -> None:
    abiertas: dict[str, Page] = {}
    for nombre, visitas in list(PAGINAS.items())[parte::PARTES]:
        for usuario, direcciones in visitas:
            if usuario not in abiertas:
                abiertas[usuario] = entrar(usuario)
            for direccion in direcciones(hospital, lleno):
                respuesta = abiertas[usuario].goto(hospital.url + direccion)
                assert respuesta is not None
                assert respuesta.ok, f"{direccion}: {respuesta.status}"
                revisar(abiertas[usuario])
                CAPTURAS.tomar(abiertas[usuario], nombre)


def test_no_error_page_fails_axe(abrir: Callable[..., Page], hospital: Hospital) -> None:
    pagina = abrir()
    # The real template with the real styles, at an address of the server that cannot be provoked.
    for plantilla in ERRORES:
        fallar(pagina, render_to_string(plantilla))
        pagina.goto(f"{hospital.url}/falla/")
        revisar(pagina)
        expect(pagina.get_by_role("link", name="Ir al inicio")).to_be_visible()
        assert pagina.locator(".pasos li").count() >= 1
    respuesta = pagina.goto(f"{hospital.url}/clinica/no-existe/")
    assert respuesta is not None
    assert respuesta.status == 404
    revisar(pagina)


def test_no_state_of_a_page_fails_axe(
    entrar: Callable[..., Page], hospital: Hospital, lleno: Lleno
) -> None:
    """What opens, what is refused, what arrives afterwards."""
    pagina = entrar("medica")
    pagina.keyboard.press("?")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    expect(pagina.locator("#atajos")).to_be_hidden()
    pagina.keyboard.press("Control+k")
    pagina.keyboard.type("ibanez")
    expect(pagina.get_by_role("option", name=XOCHITL.primer_apellido).first).to_be_visible()
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("/")
    pagina.keyboard.type("iba")
    pagina.wait_for_selector("#encontrados [role=option]")
    revisar(pagina)

    pagina.goto(hospital.expediente())
    pagina.keyboard.press("o")
    expect(pagina.locator("#menu-de-notas")).to_be_visible()
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.click("#filtro-Observation")
    expect(pagina.locator("#filtro-Observation")).to_have_attribute("aria-current", "true")
    revisar(pagina)

    pagina.goto(hospital.expediente("signos/"))
    pagina.locator(".marca[tabindex='0']").first.focus()
    revisar(pagina)
    pagina.click("main form button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina.goto(hospital.expediente("registrar/diagnostico/"))
    pagina.locator("#id_clave").press_sequentially("diab")
    pagina.wait_for_selector("#cie10-opciones [role=option]")
    revisar(pagina)

    pagina.goto(hospital.expediente("registrar/receta/"))
    pagina.locator("#id_r-0-medicamento").press_sequentially("amox")
    pagina.wait_for_selector(".renglon [role=option]")
    revisar(pagina)
    pagina.keyboard.press("Enter")
    expect(pagina.locator(".hallazgo.grave")).to_be_visible()
    revisar(pagina)
    pagina.click("main .boton.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.goto(hospital.expediente("recetas/"))
    pagina.locator(".suspender summary").first.click()
    pagina.goto(hospital.expediente("ordenes/nueva/"))
    pagina.locator("#estudio").press_sequentially("pota")
    pagina.wait_for_selector("#estudio-opciones [role=option]")
    revisar(pagina)
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina.goto(hospital.expediente(f"tareas/{lleno.estudios.tarea}/"))
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina.goto(hospital.expediente("buscar/?q=asma"))
    expect(pagina.locator("mark")).to_have_text("asma")
    revisar(pagina)

    pagina.goto(hospital.expediente(f"registros/Patient/{hospital.paciente}/"))
    pagina.click("summary")
    revisar(pagina)

    # Items: options in sight and in a list, instants, words; empty, and refused.
    for tipo in ("egreso", "historia-clinica"):
        pagina.goto(hospital.expediente(f"notas/nueva/{tipo}/"))
        pagina.click("main button.principal")
        pagina.wait_for_selector("#nota")
        pagina.wait_for_load_state()
        revisar(pagina)
    pagina.click("#terminar")
    pagina.keyboard.type(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.goto(f"{hospital.url}/clinica/fragmentos/")
    pagina.fill("#id_abreviatura", "cita")
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.fill("#id_texto", "Cita en {{plazo}}.")
    pagina.click("main button.principal")
    pagina.get_by_role("link", name="Cambiar cita").click()
    revisar(pagina)

    pagina.goto(hospital.expediente(f"notas/{lleno.borrador}/"))
    pagina.wait_for_selector("#apoyo section")
    pagina.keyboard.type("/ci")
    pagina.wait_for_selector(".fragmentos [role=option]")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.select_option("#documento", index=1)
    pagina.wait_for_selector("#al-lado article")
    revisar(pagina)
    pagina.click("[data-cierra-documento]")
    pagina.click("[data-cuadro]")
    pagina.wait_for_selector("#cuadro form")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.route(
        "**/guardar/",
        lambda ruta: ruta.fulfill(
            status=409,
            json={"version": 9, "quien": "Elena", "campos": {"evolucion": "Otra cosa."}},
        ),
    )
    pagina.fill("[name=evolucion]", "Una cosa.")
    expect(pagina.locator("#fusion")).to_be_visible()
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.unroute("**/guardar/")
    pagina.reload()
    pagina.route("**/guardar/", lambda ruta: ruta.fulfill(status=403))
    pagina.fill("[name=evolucion]", "Sin cambios.")
    expect(pagina.locator("#reentrar")).to_be_visible()
    revisar(pagina)
    pagina.locator("#dx").press_sequentially("diab")
    pagina.wait_for_selector("#dx-opciones [role=option]")
    revisar(pagina)
    pagina.keyboard.press("Escape")
    pagina.click("#terminar")
    revisar(pagina)
    pagina.keyboard.type(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)

    pagina = entrar("medico-ajeno")
    pagina.goto(hospital.expediente("emergencia/"))
    pagina.click("main button.peligro")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.get_by_label("Otra urgencia").check()
    pagina.fill("#id_texto", "Una urgencia que no espera.")
    pagina.fill("#id_contrasena", CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("timer")).to_be_visible()
    revisar(pagina)
    pagina = entrar("urgencias")
    pagina.goto(hospital.expediente("linea/"))
    expect(pagina.get_by_role("heading", level=1)).to_contain_text("No tiene una atención")
    revisar(pagina)
    pagina = entrar("privacidad")
    pagina.goto(f"{hospital.url}/clinica/privacidad/simulador/")
    pagina.fill("#id_numero", lleno.numero)
    pagina.click("main button.principal")
    expect(pagina.locator(".respuestas")).to_be_visible()
    pagina.locator(".respuestas summary").first.click()
    revisar(pagina)

    pagina = entrar("archivo")
    pagina.goto(f"{hospital.url}/clinica/pacientes/nuevo/")
    for plegado in pagina.locator("details.grupo > summary").all():
        plegado.click()
    pagina.click("main button.principal")
    expect(pagina.locator("main [role=alert]").first).to_be_visible()
    revisar(pagina)
    pagina.locator("#id_curp").press_sequentially("ABC")
    pagina.fill("#id_nombre", XOCHITL.nombre)
    pagina.fill("#id_primer_apellido", XOCHITL.primer_apellido)
    pagina.fill("#id_fecha_nacimiento", XOCHITL.fecha_nacimiento.isoformat())
    pagina.keyboard.press("Tab")
    expect(pagina.locator(".parecidos")).to_be_visible()
    revisar(pagina)
