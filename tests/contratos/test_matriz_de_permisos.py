"""Who may open what: every address of the URLconf, every person, every machine.

An address or a person that is in no row, or a cell that is not what happens, fails. So does a
refusal, or a permitted look at a patient, that leaves no event.
"""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from auditoria.models import Evento
from ece import fhir
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.services import clientes as servicio_de_clientes
from ece.nucleo.roles import Rol
from interoperabilidad.oauth import credenciales
from registros.services import notas
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.contratos.urlconf import direcciones
from tests.elenco import AHORA, CONTRASENA, Elenco
from tests.flujos.expediente_lleno import DIABETES, TEXTOS

pytestmark = pytest.mark.django_db

# 200, and its like: what the page answers. pasa: done, and sent on to another page of the desk.
# entra: sent to sign in. aparte: whoever has no post is sent to the portal, where the decision
# waits. 404: refused, as if there were nothing there.
PERSONAS = """
                            nadie medica ajeno urg   enfer lab   archi pac    otra   priva  admin
inicio                      entra pasa   pasa  pasa  pasa  pasa  pasa  aparte aparte aparte pasa
cuenta:entrar               200   pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   pasa
cuenta:salir                entra entra  entra entra entra entra entra entra  entra  entra  entra
cuenta:idioma               pasa  pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   pasa
clinica:hoy                 entra 200    200   200   200   200   200   404    404    404    404
clinica:buscar              entra 200    200   200   200   200   200   404    404    404    404
clinica:cie10               entra 200    200   200   200   200   200   200    200    200    200
clinica:registrar           entra 404    404   200   404   404   200   404    404    404    404
clinica:parecidos           entra 404    404   200   404   404   200   404    404    404    404
clinica:curp                entra 404    404   200   404   404   200   404    404    404    404
clinica:expediente          entra 200    404   pasa  200   pasa  pasa  aparte aparte 404    404
clinica:identificacion      entra 200    404   200   200   200   200   aparte aparte 404    404
clinica:linea               entra 200    404   404   200   404   404   aparte aparte 404    404
clinica:signos              entra pasa   404   404   pasa  404   404   aparte aparte 404    404
clinica:abrir-encuentro     entra 200    404   200   200   404   200   aparte aparte 404    404
clinica:cerrar              entra pasa   404   404   404   404   404   aparte aparte 404    404
clinica:agregar/alergia     entra pasa   404   404   pasa  404   404   aparte aparte 404    404
clinica:agregar/diagnostico entra 200    404   404   404   404   404   aparte aparte 404    404
clinica:agregar/receta      entra 200    404   404   404   404   404   aparte aparte 404    404
clinica:agregar/resultado   entra 404    404   404   404   200   404   aparte aparte 404    404
clinica:registro            entra 200    404   404   200   404   404   aparte aparte 404    404
clinica:nota-nueva          entra pasa   404   404   404   404   404   aparte aparte 404    404
clinica:nota                entra 200    404   404   200   404   404   aparte aparte 404    404
clinica:nota-guardar        entra 200    404   404   404   404   404   aparte aparte 404    404
clinica:nota-finalizar      entra 422    404   404   404   404   404   aparte aparte 404    404
clinica:nota-adenda         entra pasa   404   404   404   404   404   aparte aparte 404    404
clinica:nota-pdf            entra 200    404   404   200   404   404   aparte aparte 404    404
portal:inicio               entra 200    200   200   200   200   200   aparte 200    200    200
portal:resumen              entra 200    404   404   200   404   404   200    404    404    404
fhir:raiz                   401   401    401   401   401   401   401   401    401    401    401
fhir:metadata               200   200    200   200   200   200   200   200    200    200    200
fhir:smart                  200   200    200   200   200   200   200   200    200    200    200
fhir:todo                   401   401    401   401   401   401   401   401    401    401    401
fhir:tipo                   401   401    401   401   401   401   401   401    401    401    401
fhir:buscar                 401   401    401   401   401   401   401   401    401    401    401
fhir:registro               401   401    401   401   401   401   401   401    401    401    401
fhir:historia               401   401    401   401   401   401   401   401    401    401    401
fhir:version                401   401    401   401   401   401   401   401    401    401    401
fhir:compartimento          401   401    401   401   401   401   401   401    401    401    401
oauth:token                 400   400    400   400   400   400   400   400    400    400    400
viva                        200   200    200   200   200   200   200   200    200    200    200
lista                       200   200    200   200   200   200   200   200    200    200    200
metricas                    200   200    200   200   200   200   200   200    200    200    200
raiz                        401   401    401   401   401   401   401   401    401    401    401
admin:index                 pasa  pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   200
"""
MAQUINAS = """
                   nadie sin-convenio hospital-aliado integracion
fhir:raiz          401   404          404             200
fhir:metadata      200   200          200             200
fhir:smart         200   200          200             200
fhir:todo          401   404          404             200
fhir:tipo          401   403          200             200
fhir:tipo/crear    401   404          404             201
fhir:buscar        401   403          200             200
fhir:registro      401   404          404             200
fhir:historia      401   404          404             200
fhir:version       401   404          404             200
fhir:compartimento 401   200          200             200
raiz               401   404          404             200
"""


def _tabla(texto: str) -> dict[tuple[str, str], str]:
    """{(row, column): cell} of a table of words."""
    cabecera, *filas = (linea.split() for linea in texto.strip().splitlines())
    assert all(len(fila) == len(cabecera) + 1 for fila in filas)
    return {
        (fila[0], columna): celda
        for fila in filas
        for columna, celda in zip(cabecera, fila[1:], strict=True)
    }


DE_PERSONAS, DE_MAQUINAS = _tabla(PERSONAS), _tabla(MAQUINAS)
SIN_FILA_DE_PACIENTE = {"clinica:cie10", "portal:inicio"}
"""Pages that show nobody's data, for whoever has signed in."""


@dataclass
class Escena:
    """A patient in a visit with `medica`, a draft, a finished note, and everybody's account."""

    paciente: UUID
    encuentro: UUID
    borrador: UUID
    terminada: UUID
    cuentas: dict[str, Usuario | None]

    def peticion(self, fila: str) -> tuple[list[Any], dict[str, Any] | None]:
        """Arguments of the address and, for what is sent by POST, the data."""
        nombre, _, variante = fila.partition("/")
        p = self.paciente
        match nombre, variante:
            case "clinica:agregar", "alergia":
                datos = {"sustancia": "Polen", "categoria": "environment", "criticidad": "low"}
                return [p, variante], datos
            case "clinica:agregar", _:
                return [p, variante], None
            case "clinica:cerrar", _:
                return [p, self.encuentro], {}
            case "clinica:signos", _:
                return [p], {"peso": "80"}
            case "clinica:registro", _:
                return [p, "Encounter", self.encuentro], None
            case "clinica:nota-nueva", _:
                return [p, "evolucion"], {}
            case "clinica:nota" | "clinica:nota-pdf", _:
                return [p, self.terminada], None
            case "clinica:nota-guardar", _:
                return [p, self.borrador], {"version": "1", "evolucion": "Bien"}
            case "clinica:nota-finalizar", _:
                return [p, self.borrador], {}
            case "clinica:nota-adenda", _:
                return [p, self.terminada], {"texto": "Algo", "contrasena": CONTRASENA}
            case "clinica:parecidos", _:
                return [], {"nombre": "Inés", "primer_apellido": "Robles"}
            case "clinica:curp", _:
                return [], {"curp": "AAAA"}
            case "cuenta:salir" | "cuenta:idioma" | "oauth:token", _:
                return [], {}
            case _ if self._lleva_paciente(nombre):
                return [p], None
            case _:
                return [], None

    @staticmethod
    def _lleva_paciente(nombre: str) -> bool:
        return any("<uuid:paciente>" in d.ruta for d in direcciones() if d.nombre == nombre)


@pytest.fixture
def escena(elenco: Elenco, paciente: UUID) -> Escena:
    encuentro = reparto.en_consulta(elenco, paciente)
    acceso = reparto.acceso_de_medica(elenco, paciente)
    nueva = {"tipo": "evolucion", "encuentro_id": encuentro, "ahora": AHORA}
    borrador, terminada = (notas.redactar(acceso, **nueva) for _ in range(2))  # type: ignore[arg-type]
    contenido = Contenido(TEXTOS, {}, (DIABETES,))
    notas.finalizar(acceso, nota_id=terminada, contenido=contenido, version=1, ahora=AHORA)
    return Escena(paciente, encuentro, borrador, terminada, _cuentas(elenco, paciente))


def _cuentas(elenco: Elenco, paciente: UUID) -> dict[str, Usuario | None]:
    def cuenta(nombre: str, rol: Rol | None = None, suyo: UUID | None = None) -> Usuario:
        usuario = Usuario.objects.create_user(nombre, password=CONTRASENA)
        usuario.paciente, usuario.is_staff = suyo, rol is Rol.ADMINISTRADOR
        usuario.save()
        if rol:
            Asignacion.objects.create(usuario=usuario, rol=rol, desde=AHORA - timedelta(days=1))
        return usuario

    return {
        "nadie": None,
        "medica": elenco.medica,
        "ajeno": elenco.medico_ajeno,
        "urg": elenco.de_urgencias,
        "enfer": elenco.enfermera,
        "lab": elenco.laboratorio,
        "archi": elenco.archivo,
        "pac": cuenta("paciente", suyo=paciente),
        "otra": cuenta("otra"),
        "priva": cuenta("privacidad", Rol.PRIVACIDAD),
        "admin": cuenta("admin", Rol.ADMINISTRADOR),
    }


def _resultado(respuesta: HttpResponse) -> str:
    if respuesta.status_code != 302:
        return str(respuesta.status_code)
    destino = respuesta["Location"]
    lugares = {"/cuenta/entrar/": "entra", "/portal/": "aparte"}
    return next((que for cual, que in lugares.items() if destino.startswith(cual)), "pasa")


def test_every_address_and_everybody_is_in_the_tables(escena: Escena) -> None:
    filas = {fila.partition("/")[0] for fila, _ in DE_PERSONAS}
    assert filas == {d.nombre for d in direcciones()} | {"admin:index"}
    assert {columna for _, columna in DE_PERSONAS} == escena.cuentas.keys()
    de_fhir = {d.nombre for d in direcciones() if d.ruta.startswith("fhir")}
    assert {fila.partition("/")[0] for fila, _ in DE_MAQUINAS} == de_fhir


@pytest.mark.parametrize("fila", dict.fromkeys(fila for fila, _ in DE_PERSONAS))
def test_people_pass_where_the_table_says(escena: Escena, fila: str) -> None:
    nombre = fila.partition("/")[0]
    argumentos, datos = escena.peticion(fila)
    if nombre.startswith(("fhir:", "raiz")):
        direccion = _de_fhir(escena, fila)[1]
    else:
        direccion = reverse(nombre, args=argumentos)
    for quien, cuenta in escena.cuentas.items():
        antes = set(Evento.objects.values_list("id", flat=True))
        punto = transaction.savepoint()
        cliente = Client()
        if cuenta is not None:
            cliente.force_login(cuenta)
        respuesta = cliente.get(direccion) if datos is None else cliente.post(direccion, datos)
        resultado = _resultado(respuesta)  # type: ignore[arg-type]
        assert resultado == DE_PERSONAS[fila, quien], (fila, quien)
        eventos = [
            (evento.resultado, evento.pacientes)
            for evento in Evento.objects.exclude(id__in=antes)
            if cuenta is not None
            and evento.actor == cuenta.pk
            and not evento.tipo.startswith("sesion.")
        ]
        transaction.savepoint_rollback(punto)
        if cuenta is None or not nombre.startswith(("clinica:", "portal:")):
            continue
        if nombre in SIN_FILA_DE_PACIENTE or resultado == "aparte":
            assert not eventos, (fila, quien)
            continue
        assert eventos, (fila, quien)
        esperado = "denegado" if resultado == "404" else "permitido"
        de_quien = [escena.paciente] if escena.paciente in argumentos else []
        assert (esperado, de_quien) in eventos, (fila, quien, eventos)


def _de_fhir(escena: Escena, fila: str) -> tuple[str, str, dict[str, Any] | None]:
    """(method, address, body) of a request to a FHIR address."""
    p, observacion = escena.paciente, _observacion(escena.paciente)
    return {
        "fhir:raiz": ("POST", "/fhir/", _paquete(observacion)),
        "fhir:metadata": ("GET", "/fhir/metadata", None),
        "fhir:smart": ("GET", "/fhir/.well-known/smart-configuration", None),
        "fhir:todo": ("GET", f"/fhir/Patient/{p}/$everything", None),
        "fhir:tipo": ("GET", "/fhir/Patient?family=Ib%C3%A1%C3%B1ez", None),
        "fhir:tipo/crear": ("POST", "/fhir/Observation", observacion),
        "fhir:buscar": ("POST", "/fhir/Patient/_search", None),
        "fhir:registro": ("GET", f"/fhir/Patient/{p}", None),
        "raiz": ("POST", "/fhir", _paquete(observacion)),
        "fhir:historia": ("GET", f"/fhir/Patient/{p}/_history", None),
        "fhir:version": ("GET", f"/fhir/Patient/{p}/_history/1", None),
        "fhir:compartimento": ("GET", f"/fhir/Patient/{p}/Encounter", None),
    }[fila]


def _observacion(paciente: UUID) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Peso"},
        "subject": {"reference": f"Patient/{paciente}"},
    }


def _paquete(recurso: dict[str, Any]) -> dict[str, Any]:
    entrada = {"resource": recurso, "request": {"method": "POST", "url": "Observation"}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entrada]}


@pytest.mark.parametrize("fila", dict.fromkeys(fila for fila, _ in DE_MAQUINAS))
def test_machines_pass_where_the_table_says(escena: Escena, fila: str) -> None:
    credenciales.olvidar()
    roles = {"integracion": Rol.INTEGRACION, "hospital-aliado": Rol.ALIADO, "sin-convenio": None}
    actores = {
        nombre: servicio_de_clientes.registrar(
            client_id=nombre, nombre=nombre, rol=rol, secreto=CONTRASENA
        )
        for nombre, rol in roles.items()
    }
    metodo, direccion, cuerpo = _de_fhir(escena, fila)
    for quien in ("nadie", *actores):
        antes = set(Evento.objects.values_list("id", flat=True))
        punto = transaction.savepoint()
        secreto = base64.b64encode(f"{quien}:{CONTRASENA}".encode()).decode()
        cabeceras = {"HTTP_AUTHORIZATION": f"Basic {secreto}"} if quien != "nadie" else {}
        respuesta = Client(**cabeceras).generic(  # type: ignore[arg-type]
            metodo,
            direccion,
            data=fhir.json.escribir(cuerpo) if cuerpo else b"",
            content_type="application/fhir+json" if cuerpo else "application/x-www-form-urlencoded",
        )
        assert str(respuesta.status_code) == DE_MAQUINAS[fila, quien], (quien, respuesta.content)
        nuevos = list(Evento.objects.exclude(id__in=antes))
        transaction.savepoint_rollback(punto)
        if respuesta.status_code in (403, 404):
            assert [e.resultado for e in nuevos] == ["denegado"], (fila, quien)
        elif quien != "nadie" and fila not in ("fhir:metadata", "fhir:smart"):
            assert nuevos, (fila, quien)
