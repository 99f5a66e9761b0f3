"""Who may open what: every address of the URLconf, every person, every machine.

An address or a person that is in no row, or a cell that is not what happens, fails. So does a
refusal, or a permitted look at a patient, that leaves no event.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_django
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditoria.models import Evento
from consentimiento import decision
from consentimiento.convenios import ConPacientes
from consentimiento.selectors import delegaciones as ver_delegaciones
from consentimiento.services import compartidos, delegaciones
from ece import fhir
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import clientes as servicio_de_clientes
from ece.identidad.services import fragmentos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.oauth import credenciales
from registros.selectors import expediente, firmas
from registros.services import alergias, enlaces, fotografias, notas, quejas
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.consentimiento import avisos, solicitudes, vulneraciones
from tests.consentimiento.permisos import dirigir
from tests.consentimiento.por_revisar import por_revisar
from tests.contratos.urlconf import direcciones
from tests.convenios import pactar
from tests.deshecho import Deshecho
from tests.elenco import AHORA, CONTRASENA, Elenco
from tests.flujos.estudios import Estudios, poblar
from tests.flujos.expediente_lleno import DIABETES, TEXTOS
from tests.red import referidos
from tests.registros import cartas, cartas_firmadas, clinica, del_portal, firmadas
from tests.registros.test_fotografias import retrato

# 200, and its like: what the page answers. pasa: done, and sent on to another page of the desk.
# entra: sent to sign in. aparte: whoever has no post is sent to the portal, where the decision
# waits. 404: refused, as if there were nothing there. dice: refused, and told why, for whoever may
# know that the person is there.
PERSONAS = """
                            nadie medica ajeno urg   enfer lab   archi pac    otra   priva  admin
inicio                      entra pasa   pasa  pasa  pasa  pasa  pasa  aparte aparte pasa   pasa
cuenta:entrar               200   pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   pasa
cuenta:salir                entra entra  entra entra entra entra entra entra  entra  entra  entra
cuenta:idioma               pasa  pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   pasa
cuenta:inscribirse          200   200    200   200   200   200   200   200    200    200   200
cuenta:inscribirse-datos    pasa  pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa  pasa
cuenta:recuperar            200   200    200   200   200   200   200   200    200    200   200
cuenta:recuperar-enlace     404   404    404   404   404   404   404   404    404    404   404
cuenta:aviso                entra 404    404   404   404   404   404   404    404    404   404
clinica:invitar             entra 200    404   200   dice  dice  200   aparte aparte 404    404
cuenta:inicio               entra 200   200   200   200   200   200   200   200   200   200
cuenta:confirmar            entra 200   200   200   200   200   200   200   200   200   200
cuenta:confirmar-llave      entra 422   422   422   422   422   422   422   422   422   422
cuenta:confirmar-codigo     entra 422   422   422   422   422   422   422   422   422   422
cuenta:desbloquear          entra 200   200   200   200   200   200   200   200   200   200
cuenta:desbloquear-llave    entra 422   422   422   422   422   422   422   422   422   422
cuenta:bloquear             entra 204   204   204   204   204   204   204   204   204   204
cuenta:presente             entra 204   204   204   204   204   204   204   204   204   204
cuenta:llave-nueva          entra 422   422   422   422   422   422   422   422   422   422
cuenta:llave-quitar         entra pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa
cuenta:generador            entra 200   200   200   200   200   200   200   200   200   200
cuenta:generador-quitar     entra pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa
cuenta:recuperacion         entra 200   200   200   200   200   200   200   200   200   200
cuenta:sesiones-cerrar      entra pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa
cuenta:sesion-cerrar        entra pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa  pasa
cuenta:entrar-llave         422   422   422   422   422   422   422   422   422   422   422
cuenta:segundo-paso         entra entra entra entra entra entra entra entra entra entra entra
cuenta:invitacion           410   410   410   410   410   410   410   410   410   410   410
cuenta:personas             entra 404   404   404   404   404   404   404   404   404   200
cuenta:persona              entra 404   404   404   404   404   404   404   404   404   200
cuenta:otorgar              entra 404   404   404   404   404   404   404   404   404   422
cuenta:retirar              entra 404   404   404   404   404   404   404   404   404   pasa
cuenta:suspender            entra 404   404   404   404   404   404   404   404   404   422
cuenta:baja                 entra 404   404   404   404   404   404   404   404   404   pasa
cuenta:reinvitar            entra 404   404   404   404   404   404   404   404   404   200
cuenta:autorizaciones       entra 404   404   404   404   404   404   404   404   404   404
cuenta:autorizar            entra 404   404   404   404   404   404   404   404   404   404
clinica:hoy                 entra 200    200   200   200   200   200   404    404    404    404
clinica:motivo              entra 200    200   200   200   200   200   200    200    200    200
clinica:buscar              entra 200    200   200   200   200   200   404    404    404    404
clinica:cie10               entra 200    200   200   200   200   200   200    200    200    200
clinica:registrar           entra 404    404   200   404   404   200   404    404    404    404
clinica:parecidos           entra 404    404   200   404   404   200   404    404    404    404
clinica:curp                entra 404    404   200   404   404   200   404    404    404    404
clinica:lugares             entra 200    200   200   200   200   200   200    200    200    200
clinica:desconocido         entra 404    404   200   404   404   200   404    404    404    404
clinica:fragmentos          entra pasa   pasa  pasa  pasa   404   404   404    404    404    404
clinica:fragmento           entra 200    404   404   404   404   404   404    404    404    404
clinica:fragmento-borrar    entra pasa   404   404   404   404   404   404    404    404    404
clinica:expediente          entra 200    404   pasa  200   pasa  pasa  aparte aparte 404    404
clinica:identificacion      entra 200    404   200   200   200   200   aparte aparte 404    404
clinica:corregir            entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:fotografia          entra 200    404   200   200   200   200   aparte aparte 404    404
clinica:fotografiar         entra pasa   404   pasa  dice  dice  pasa  aparte aparte 404    404
clinica:nacimiento          entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:duplicados          entra dice   404   dice  dice  dice  200   aparte aparte 404    404
clinica:comparar            entra dice   404   dice  dice  dice  200   aparte aparte 404    404
clinica:linea               entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:signos              entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:abrir-encuentro     entra 200    404   200   200   dice  200   aparte aparte 404    404
clinica:cerrar              entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:agregar/alergia     entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:agregar/diagnostico entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:medicamentos        entra 200    200   200   200   200   200   200    200    200    200
clinica:recetar             entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:agregar/receta      entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:recetas             entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:receta-pdf          entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:receta-suspender    entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:agregar/resultado   entra dice   404   dice  dice  200   dice  aparte aparte 404    404
clinica:registro            entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:imprimir            entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:recibo              entra pasa   404   dice  403   dice  dice  aparte aparte 404    404
clinica:nota-nueva          entra pasa   404   dice  403   dice  dice  aparte aparte 404    404
clinica:nota-nueva/enfermeria entra 403    404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:nota                entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:nota-apoyo          entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:nota-guardar        entra 200    404   dice  409   dice  dice  aparte aparte 404    404
clinica:nota-finalizar      entra 422    404   dice  422   dice  dice  aparte aparte 404    404
clinica:nota-adenda         entra pasa   404   dice  403   dice  dice  aparte aparte 404    404
clinica:nota-pdf            entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:nota-recibo         entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:nota-firmar         entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:firma-evidencia     entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:por-firmar          entra 200    200   200   200   200   404   404    404    404    404
clinica:firmar-preparar     entra 422    422   422   422   422   404   404    404    404    404
clinica:firmar-enviar       entra 422    422   422   422   422   404   404    404    404    404
clinica:firmar-institucional entra pasa   pasa  pasa  pasa  pasa  404   404    404    404    404
clinica:delegaciones-de-firma entra 200   200   200   200   200   404   404    404    404    404
clinica:delegacion-de-firma-revocar entra pasa pasa pasa pasa pasa 404  404    404    404    404
clinica:nota-contrafirmar   entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:nota-devolver       entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:etiquetas           entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:urgencias           entra 200    200   200   200   200   200   404    404    404    404
clinica:problemas           entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:problema            entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:problema/cambiar    entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:alergias            entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:alergias-niega      entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:alergia             entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:antecedentes        entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:familiar            entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:habito              entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:escalas             entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:escala/glasgow      entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:escala/triage       entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:vacunas             entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:vacuna-nueva        entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:crecimiento         entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:embarazo            entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:embarazo-accion     entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
verificar:documento         200   200    200   200   200   200   200   200    200    200    200
verificar:receta            200   200    200   200   200   200   200   200    200    200    200
verificar:evidencia         200   200   200   200   200   200   200   200   200   200   200
verificar:bitacora          200   200   200   200   200   200   200   200   200   200   200
verificar:llaves            200   200   200   200   200   200   200   200   200   200   200
verificar:checkpoint        404   404   404   404   404   404   404   404   404   404   404
verificar:checkpoint-de     404   404   404   404   404   404   404   404   404   404   404
verificar:tesela            404   404   404   404   404   404   404   404   404   404   404
verificar:tesela-parcial    404   404   404   404   404   404   404   404   404   404   404
verificar:agregar-checkpoint 400   400   400   400   400   400   400   400   400   400   400
verificar:atestiguado       404   404   404   404   404   404   404   404   404   404   404
clinica:sancion             entra dice   404   dice  dice  dice  dice  aparte aparte 200    404
clinica:estudios            entra 200    200   200   200   200   200   200    200    200    200
clinica:criticos            entra 200    200   200   286   286   286   286    286    286    286
clinica:servicio            entra 404    404   404   404   200   404   404    404    404    404
clinica:pendientes          entra 200    200   200   200   200   200   404    404    404    404
clinica:ordenes             entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:orden-nueva         entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:orden               entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:orden-cancelar      entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:atender             entra dice   404   dice  dice  pasa  dice  aparte aparte 404    404
clinica:informe             entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:serie               entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:tarea               entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:buscar-en-expediente entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:documento-agregar   entra 200    404   dice  dice  200   dice  aparte aparte 404    404
clinica:documento           entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:documento-anular    entra pasa   404   dice  dice  pasa  dice  aparte aparte 404    404
clinica:conciliar           entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:documento-original  entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:documento-imagen    entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:agenda              entra 200    200   200   200   200   200   404    404    404    404
clinica:turnos              entra 200    200   200   200   200   200   404    404    404    404
clinica:hueco               entra 200    200   200   200   200   200   404    404    404    404
clinica:espera              entra 200    200   200   200   200   200   404    404    404    404
clinica:citas               entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:cita-nueva          entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:cita-esperar        entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:cita-cambiar        entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:cita-cancelar       entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:cita-recibir        entra pasa   404   pasa  dice  dice  pasa  aparte aparte 404    404
clinica:cita-faltar         entra pasa   404   pasa  dice  dice  pasa  aparte aparte 404    404
clinica:cita-atender        entra pasa   404   pasa  pasa  dice  pasa  aparte aparte 404    404
clinica:cita-pdf            entra 200    404   200   dice  dice  200   aparte aparte 404    404
clinica:calidad             entra 404    404   404   404   404   404   404    404    404    404
clinica:calidad-sortear     entra 404    404   404   404   404   404   404    404    404    404
clinica:calidad-evaluar     entra dice   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:emergencia          entra 200    200   200   200   404   404   404    404    404    404
clinica:emergencia-terminar entra pasa   404   dice  pasa  dice  dice  aparte aparte 404    404
clinica:revisiones          entra 404    404   404   404   404   404   404    404    200    404
clinica:revision            entra dice   404   dice  dice  dice  dice  aparte aparte 200    404
clinica:vencidas            entra 404    404   404   404   404   404   404    404    404    404
clinica:inusuales           entra 404    404   404   404   404   404   404    404    200    404
clinica:inusual             entra dice   404   dice  dice  dice  dice  aparte aparte 200    404
clinica:inusual-de-muchos   entra 404    404   404   404   404   404   404    404    200    404
clinica:vigilar             entra 404    404   404   404   404   404   404    404    422    404
clinica:vigilado            entra dice   404   dice  dice  dice  dice  aparte aparte 200    404
clinica:simulador           entra 404    404   404   404   404   404   404    404    200    404
portal:inicio               entra 200    200   200   200   200   200   aparte 200    200    200
portal:resumen              entra 200    404   dice  200   dice  dice  200    404    404    404
clinica:privacidad          entra 404    404   404   404   404   404   404    404    200    404
clinica:privacidad-arco     entra 404    404   404   404   404   404   404    404    200    404
clinica:arco-atender        entra dice  404   dice  dice  dice  dice  aparte aparte 200   404
clinica:arco-paso           entra dice  404   dice  dice  dice  dice  aparte aparte pasa  404
clinica:bloqueo-retener     entra dice  404   dice  dice  dice  dice  aparte aparte pasa  404
clinica:arco                entra dice  404   dice  dice  dice  200   aparte aparte 404   404
clinica:arco-solicitud      entra dice  404   dice  dice  dice  200   aparte aparte 404   404
clinica:arco-acuse          entra dice  404   dice  dice  dice  200   aparte aparte 404   404
clinica:arco-copia          entra 422   404   dice  dice  dice  dice  aparte aparte 404   404
portal:arco                 entra dice  404   dice  dice  dice  200   200   404   404   404
portal:arco-solicitud       entra dice  404   dice  dice  dice  200   200   404   404   404
portal:arco-acuse           entra dice  404   dice  dice  dice  200   200   404   404   404
portal:arco-copia           entra 422   404   dice  dice  dice  dice  422   404   404   404
portal:canjear              entra 200    200   200   200   200   200   200    200    200    200
portal:permisos             entra dice  404   dice  dice  dice  403   200   404   404   404
portal:permiso-nuevo        entra dice  404   dice  dice  dice  403   200   404   404   404
portal:permiso-retirar      entra dice  404   dice  dice  dice  403   pasa  404   404   404
portal:delegar              entra dice  404   dice  dice  dice  dice  200   404   404   404
portal:delegacion-confirmar entra dice  404   dice  dice  dice  dice  pasa  404   404   404
portal:delegacion-retirar   entra dice  404   dice  dice  dice  dice  pasa  404   404   404
clinica:permisos            entra dice  404   dice  dice  dice  200   aparte aparte 404   404
clinica:permiso-nuevo       entra dice  404   dice  dice  dice  200   aparte aparte 404   404
clinica:permiso-retirar     entra dice  404   dice  dice  dice  pasa  aparte aparte 404   404
portal:manifiesto           200   200   200   200   200   200   200   200   200   200   200
portal:obrero               200   200   200   200   200   200   200   200   200   200   200
portal:sin-conexion         200   200   200   200   200   200   200   200   200   200   200
portal:abrir                200   200   200   200   200   200   200   200   200   200   200
portal:mas                  entra 200    404   dice  200   dice  dice  200    404    404    404
portal:problemas            entra 200    404   dice  200   dice  dice  200    404    404    404
portal:medicinas            entra 200    404   dice  200   dice  dice  200    404    404    404
portal:resultados           entra 200    404   dice  200   dice  dice  200    404    404    404
portal:informe              entra 200    404   dice  200   dice  dice  200    404    404    404
portal:serie                entra 200    404   dice  200   dice  dice  200    404    404    404
portal:mediciones           entra 200    404   dice  200   dice  dice  200    404    404    404
portal:vacunas              entra 200    404   dice  200   dice  dice  200    404    404    404
portal:notas                entra 200    404   dice  200   dice  dice  200    404    404    404
portal:nota                 entra 200    404   dice  200   dice  dice  200    404    404    404
portal:documentos           entra 200    404   dice  200   dice  dice  200    404    404    404
portal:documento            entra 200    404   dice  200   dice  dice  200    404    404    404
portal:documento-original   entra 200    404   dice  200   dice  dice  200    404    404    404
portal:documento-imagen     entra 200    404   dice  200   dice  dice  200    404    404    404
portal:citas                entra 200    404   dice  200   dice  dice  200    404    404    404
portal:original             entra 200    404   dice  200   dice  dice  200    404    404    404
portal:accesos              entra 200    404   dice  200   dice  dice  200    404    404    404
portal:medir                entra dice   404   dice  dice  dice  dice  pasa   404    404    404
portal:documento-agregar    entra dice   404   dice  dice  dice  dice  200    404    404    404
portal:datos                entra dice   404   dice  dice  dice  dice  200    404    404    404
portal:descargar            entra 200    404   dice  dice  dice  dice  200    404    404    404
portal:descargar-fhir       entra 200    404   dice  dice  dice  dice  200    404    404    404
portal:accesos-todos        entra pasa   404   dice  pasa  dice  dice  pasa   404    404    404
portal:acceso-recibo        entra pasa   404   dice  pasa  dice  dice  pasa   404    404    404
portal:quejas               entra dice   404   dice  dice  dice  dice  pasa   404    404    404
portal:compartir            entra dice   404   dice  dice  dice  dice  200    404    404    404
portal:revocar              entra dice   404   dice  dice  dice  dice  pasa   404    404    404
clinica:constancias         entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:quejas              entra 404   404   404   404   404   404   404   404   200   404
clinica:queja               entra dice   404   dice  dice  dice  dice  aparte aparte 200    404
clinica:vulneraciones       entra 404   404   404   404   404   404   404   404   200   404
clinica:vulneracion         entra 404   404   404   404   404   404   404   404   200   404
portal:vulneraciones        entra dice  404   dice  dice  dice  dice  200    404    404    404
aviso-de-privacidad         200   200    200   200   200   200   200   200    200    200   200
clinica:avisos              entra 404    404   404   404   404   404   404    404    200   404
clinica:aviso               entra 404    404   404   404   404   404   404    404    200   404
clinica:aviso-publicar      entra 404    404   404   404   404   404   404    404    pasa  404
clinica:aviso-poner         entra 200    404   200   200   dice  200   aparte aparte 404    404
clinica:consentimientos     entra 200    404   200   200   dice  200   aparte aparte 404    404
clinica:consentimiento-nuevo/datos-sensibles entra 200 404 200 200 dice 200 aparte aparte 404 404
clinica:consentimiento-nuevo/cirugia-mayor entra 200 404 200 403 dice 403 aparte aparte 404 404
clinica:consentimiento-urgencia entra 200    404   200   403   dice  403   aparte aparte 404    404
clinica:consentimiento      entra 200    404   200   200   dice  200   aparte aparte 404    404
clinica:consentimiento-revocar entra pasa   404   pasa  pasa  dice  pasa  aparte aparte 404    404
clinica:consentimiento-pdf  entra 200    404   200   200   dice  200   aparte aparte 404    404
clinica:consentimiento-firmar entra 422  404   422   422   dice  422   aparte aparte 404    404
clinica:consentimiento-evidencia entra 200 404 200   200   dice  200   aparte aparte 404    404
portal:aviso                entra 403    404   403   403   dice  403   200    404    404    404
portal:consentimientos      entra 403    404   403   403   dice  403   200    404    404    404
portal:consentimiento-abrir entra 403    404   403   403   dice  403   pasa   404    404    404
portal:consentimiento       entra 403    404   403   403   dice  403   200    404    404    404
portal:consentimiento-revocar entra 403    404   403   403   dice  403   pasa   404    404    404
portal:consentimiento-pdf   entra 403    404   403   403   dice  403   200    404    404    404
portal:consentimiento-firmar entra 403   404   403   403   dice  403   422    404    404    404
portal:consentimiento-evidencia entra 403 404  403   403   dice  403   200    404    404    404
portal:notificaciones       entra 200    404   dice  200   dice  dice  200    404    404    404
portal:notificaciones-preferencias entra 200 404 dice 200 dice dice 200 404 404 404
portal:notificaciones-push  entra 400    404   dice  400   dice  dice  400    404    404    404
bandeja:bandeja             entra 404    404   404   404   404   404   404    404    404    404
bandeja:mensaje             entra 404    404   404   404   404   404   404    404    404    404
bandeja:saliente            entra 404    404   404   404   404   404   404    404    404    404
cda                         401   401    401   401   401   401   401   401    401    401    401
hl7v2                       405   405    405   405   405   405   405   405    405    405    405
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
fhir:historia-de-todo       401   401    401   401   401   401   401   401    401    401    401
fhir:historia-de-tipo       401   401    401   401   401   401   401   401    401    401    401
fhir:buscar-en-compartimento 401   401    401   401   401   401   401   401    401    401    401
fhir:process-message        401   401    401   401   401   401   401   401    401    401    401
fhir:summary                401   401    401   401   401   401   401   401    401    401    401
fhir:cda                    401   401    401   401   401   401   401   401    401    401    401
fhir:ihe-pix                401   401    401   401   401   401   401   401    401    401    401
fhir:match                  401   401    401   401   401   401   401   401    401    401    401
fhir:lastn                  401   401    401   401   401   401   401   401    401    401    401
fhir:docref                 401   401    401   401   401   401   401   401    401    401    401
fhir:document               401   401    401   401   401   401   401   401    401    401    401
fhir:validate               401   401    401   401   401   401   401   401    401    401    401
fhir:validate-uno           401   401    401   401   401   401   401   401    401    401    401
fhir:codigos                401   401    401   401   401   401   401   401    401    401    401
fhir:exportar               401   401   401   401   401   401   401   401   401   401   401
fhir:exportar-pacientes     401   401   401   401   401   401   401   401   401   401   401
fhir:exportar-grupo         401   401   401   401   401   401   401   401   401   401   401
fhir:exportacion            401   401   401   401   401   401   401   401   401   401   401
fhir:exportacion-archivo    401   401   401   401   401   401   401   401   401   401   401
fhir:importar               401   401   401   401   401   401   401   401   401   401   401
fhir:importacion            401   401   401   401   401   401   401   401   401   401   401
fhir:importacion-rechazos   401   401   401   401   401   401   401   401   401   401   401
fhir:suscripciones          401   401   401   401   401   401   401   401   401   401   401
fhir:suscripciones-buscar   401   401   401   401   401   401   401   401   401   401   401
fhir:suscripciones-estado   401   401   401   401   401   401   401   401   401   401   401
fhir:suscripcion            401   401   401   401   401   401   401   401   401   401   401
fhir:suscripcion-estado     401   401   401   401   401   401   401   401   401   401   401
fhir:suscripcion-eventos    401   401   401   401   401   401   401   401   401   401   401
fhir:llaves                 200   200   200   200   200   200   200   200   200   200   200
oauth:token                 400   400    400   400   400   400   400   400    400    400    400
oauth:revocar               400   400    400   400   400   400   400   400    400    400    400
oauth:introspeccion         401   401    401   401   401   401   401   401    401    401    401
autorizar-app               entra 400    400   400   400   400   400   400    400    400    400
esquema                     200   200    200   200   200   200   200   200    200    200    200
fhir-desconocida            401   401    401   401   401   401   401   401    401    401    401
api-desconocida             401   401    401   401   401   401   401   401    401    401    401
convenios:llaves            200   200    200   200   200   200   200   200    200    200    200
convenios:lista             401   401    401   401   401   401   401   401    401    401    401
convenios:convenio          401   401    401   401   401   401   401   401    401    401    401
convenios:terminos          401   401    401   401   401   401   401   401    401    401    401
convenios:firma             401   401    401   401   401   401   401   401    401    401    401
cuenta:apps                 entra 200    200   200   200   200   200   200    200    200    200
cuenta:app-retirar          entra pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   pasa
portal:apps                 entra 200    404   dice  200   dice  dice  200    404    404    404
clinica:apps                entra 200    404   dice  200   dice  dice  aparte aparte 404    404
clinica:compartir           entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:dejar-de-compartir  entra pasa   404   dice  dice  dice  dice  aparte aparte 404    404
clinica:otras-instituciones entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:referencias-de-paciente entra 200 404  dice  dice  dice  dice  aparte aparte 404    404
clinica:referencia          entra 200    404   dice  dice  dice  dice  aparte aparte 404    404
clinica:referencias         entra 200    200   200   404   404   200   404    404    404    404
clinica:referencia-recibida entra 200    200   200   404   404   200   404    404    404    404
clinica:vigencia            entra dice   404   200   dice  dice  200   aparte aparte 404    404
bandeja:red                 entra 404    404   404   404   404   404   404    404    404    404
clinica:convenios           entra 404    404   404   404   404   404   404    404    200    404
clinica:convenio            entra 404    404   404   404   404   404   404    404    200    404
clinica:convenio-terminos   entra 404    404   404   404   404   404   404    404    200    404
clinica:convenio-nuevo      entra 404    404   404   404   404   404   404    404    404    404
clinica:convenio-corregir   entra 404    404   404   404   404   404   404    404    404    404
clinica:convenio-firmar     entra 404    404   404   404   404   404   404    404    404    404
clinica:convenio-firma      entra 404    404   404   404   404   404   404    404    404    404
clinica:convenio-paso       entra 404    404   404   404   404   404   404    404    404    404
viva                        200   200    200   200   200   200   200   200    200    200    200
lista                       200   200    200   200   200   200   200   200    200    200    200
metricas                    200   200    200   200   200   200   200   200    200    200    200
raiz                        401   401    401   401   401   401   401   401    401    401    401
admin:index                 pasa  pasa   pasa  pasa  pasa  pasa  pasa  pasa   pasa   pasa   200
"""
MAQUINAS = """
                   nadie sin-convenio hospital-aliado integracion
fhir:raiz          401   404          403             200
fhir:metadata      200   200          200             200
fhir:smart         200   200          200             200
fhir:todo          401   404          403             200
fhir:tipo          401   403          403             200
fhir:tipo/crear    401   404          403             201
fhir:buscar        401   403          403             200
fhir:registro      401   404          403             200
fhir:historia      401   404          403             200
fhir:version       401   404          403             200
fhir:compartimento 401   200          403             200
fhir:historia-de-todo 401   403          403             200
fhir:historia-de-tipo 401   403          403             200
fhir:buscar-en-compartimento 401   200          403             200
fhir:summary       401   404          403             200
fhir:cda           401   404          403             200
fhir:ihe-pix       401   403          403             200
fhir:match         401   403          403             200
fhir:lastn         401   200          403             200
fhir:docref        401   200          403             200
fhir:document      401   404          403             200
fhir:process-message 401 403          403             403
fhir:validate      401   200          200             200
fhir:validate-uno  401   404          403             200
fhir:codigos       401   200          200             200
fhir:registro/parchar 401   404          403             200
fhir:exportar          401   403          403             202
fhir:exportar-pacientes 401   403          403             202
fhir:exportar-grupo    401   404          403             404
fhir:exportacion       401   404          404             404
fhir:exportacion-archivo 401   404          404             404
fhir:importar          401   403          403             202
fhir:importacion       401   404          404             404
fhir:importacion-rechazos 401   404          404             404
fhir:suscripciones     401   200          200             200
fhir:suscripciones/crear 401   403          403             201
fhir:suscripciones-buscar 401   200          200             200
fhir:suscripciones-estado 401   200          200             200
fhir:suscripcion       401   404          404             404
fhir:suscripcion-estado 401   404          404             404
fhir:suscripcion-eventos 401   404          404             404
fhir:llaves            200   200          200             200
raiz               401   404          403             200
fhir-desconocida   401   404          404             404
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
SIN_FILA_DE_PACIENTE = {
    "clinica:motivo",
    "clinica:emergencia",
    *("clinica:cie10", "clinica:lugares", "clinica:medicamentos", "clinica:estudios"),
    *("clinica:criticos", "portal:inicio", "portal:canjear"),
    *("clinica:criticos", "portal:inicio"),
    *("portal:manifiesto", "portal:obrero", "portal:sin-conexion", "portal:abrir"),
    *("clinica:fragmentos", "clinica:fragmento", "clinica:fragmento-borrar"),
    *("clinica:delegaciones-de-firma", "clinica:delegacion-de-firma-revocar"),
}
"""Pages that show nobody's data, for whoever has signed in."""
ACCIONES_DE_CUENTA = {
    f"cuenta:{accion}"
    for accion in (
        *("entrar-llave", "confirmar-llave", "confirmar-codigo", "desbloquear-llave", "bloquear"),
        *("presente", "llave-nueva", "generador-quitar", "recuperacion", "sesiones-cerrar"),
    )
}


@dataclass
class Escena:
    """A patient in a visit with `medica`, a draft, a finished note, and everybody's account."""

    paciente: UUID
    encuentro: UUID
    borrador: UUID
    terminada: UUID
    otro: UUID
    receta: UUID
    cita: UUID
    fragmento: UUID
    medica: UUID
    puesto: UUID
    cuentas: dict[str, Usuario | None]
    sesiones: dict[str, str]
    caso: UUID
    hallazgo: UUID
    de_muchos: UUID
    problema: UUID
    alergia: UUID
    estudios: Estudios
    arco: UUID
    directiva: UUID
    delegacion: UUID
    enlace: UUID
    queja: UUID
    carta: UUID
    aviso: UUID
    vulneracion: UUID
    convenio: UUID
    compartido: UUID
    enviada: UUID
    recibida: UUID

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
            case "clinica:emergencia-terminar", _:
                return [p], {}
            case "clinica:revision", _:
                return [p, self.caso], None
            case "clinica:inusual", _:
                return [p, self.hallazgo], None
            case "clinica:inusual-de-muchos", _:
                return [self.de_muchos], None
            case "clinica:vigilar", _:
                return [], {"numero": "NO-EXISTE"}
            case "clinica:problema", _:
                datos = {"estado": "resolved", "motivo": "Curó", "fecha": "2026-11-20"}
                return [p, self.problema], datos if variante else None
            case "clinica:alergias", _:
                return [p], {"sustancia": "Polen", "categoria": "environment", "criticidad": "low"}
            case "clinica:alergias-niega", _:
                return [p], {}
            case "clinica:alergia", _:
                return [p, self.alergia], {"cambio": "refuted", "motivo": "La toleró"}
            case "clinica:familiar", _:
                return [p], {"parentesco": "MTH", "padecimientos": ["diabetes"], "vive": "on"}
            case "clinica:habito", _:
                return [p, "alcohol"], {"respuesta": "nunca"}
            case "clinica:escala", "glasgow":
                return [p, variante], clinica.GLASGOW_14
            case "clinica:escala", _:
                return [p, variante], {"nivel": "verde", "banderas": ["dolor"]}
            case "clinica:vacuna-nueva", _:
                return [p], {"biologico": "td", "fecha": "2020-05-01", "lote": "L1"}
            case "clinica:crecimiento", _:
                return [p], {"peso": "80"}
            case "clinica:embarazo-accion", _:
                return [p, "abrir"], self._embarazo()
            case "clinica:fotografiar", _:
                return [p], {}
            case "clinica:comparar", _:
                return [p, self.otro], None
            case "clinica:cerrar", _:
                return [p, self.encuentro], {}
            case "clinica:signos", _:
                return [p], {"peso": "80"}
            case "clinica:registro", _:
                return [p, "Encounter", self.encuentro], None
            case "clinica:receta-pdf", _:
                return [p, self.receta], None
            case "clinica:receta-suspender", _:
                return [p, self.receta], {"motivo": "Diarrea"}
            case "clinica:nota-nueva", _:
                return [p, variante or "evolucion"], {}
            case "clinica:nota" | "clinica:nota-pdf" | "clinica:nota-recibo", _:
                return [p, self.terminada], None
            case "clinica:fragmentos", _:
                return [], {"abreviatura": "reposo", "texto": "Reposo {{dias}} días."}
            case "clinica:fragmento", _:
                return [self.fragmento], None
            case "clinica:fragmento-borrar", _:
                return [self.fragmento], {}
            case "clinica:nota-apoyo", _:
                return [p, self.borrador], None
            case "clinica:nota-guardar", _:
                return [p, self.borrador], {"version": "1", "evolucion": "Bien"}
            case "clinica:nota-finalizar", _:
                return [p, self.borrador], {}
            case "clinica:nota-adenda", _:
                return [p, self.terminada], {"texto": "Algo", "contrasena": CONTRASENA}
            case "clinica:nota-firmar", _:
                return [p, self.terminada], {"contrasena": CONTRASENA}
            case "clinica:firma-evidencia", _:
                return [p, *self._firma()], None
            case "clinica:firmar-preparar" | "clinica:firmar-enviar", _:
                return [], {}
            case "clinica:firmar-institucional", _:
                return [], {}
            case "clinica:delegacion-de-firma-revocar", _:
                return [uuid4()], {}
            case "clinica:nota-contrafirmar", _:
                return [p, self.terminada], {"contrasena": CONTRASENA}
            case "clinica:nota-devolver", _:
                return [p, self.terminada], {"motivo": "Falta la dosis"}
            case "clinica:etiquetas", _:
                return [p, "Encounter", self.encuentro], None
            case "clinica:orden-nueva", _:
                return [p], {"frecuentes": ["bh"], "prioridad": "routine", "problema": "Anemia"}
            case "clinica:orden", _:
                return [p, self.estudios.orden], None
            case "clinica:orden-cancelar", _:
                return [p, self.estudios.orden], {"motivo": "Ya no hace falta"}
            case "clinica:atender", _:
                return [p, self.estudios.orden], {"accion": "procesar"}
            case "clinica:informe", _:
                return [p, self.estudios.informe], None
            case "clinica:serie", _:
                return [p, "2823-3"], None
            case "clinica:tarea", _:
                return [p, self.estudios.tarea], {"que_se_hizo": "Algo", "releido_0": "6.8"}
            case "clinica:documento" | "clinica:documento-original", _:
                return [p, self.estudios.documentos["pdf"]], None
            case "clinica:documento-anular", _:
                return [p, self.estudios.documentos["pdf"]], {}
            case "clinica:conciliar", _:
                return [p, self.estudios.documentos["cda"]], None
            case "clinica:documento-imagen", _:
                return [p, self.estudios.documentos["imagen"], 1], None
            case "clinica:cita-recibir" | "clinica:cita-faltar" | "clinica:cita-atender", _:
                return [p, self.cita], {}
            case "clinica:cita-cambiar" | "clinica:cita-cancelar" | "clinica:cita-pdf", _:
                return [p, self.cita], None
            case "clinica:arco-paso", _:
                return [p, self.arco, "admitir"], {"texto": "Se admite"}
            case "clinica:arco-copia" | "portal:arco-copia", _:
                return [p, self.arco], {"contrasena": "otra"}
            case "clinica:bloqueo-retener", _:
                return [p], {}
            case _ if "arco-" in nombre and nombre != "clinica:privacidad-arco":
                return [p, self.arco], None
            case "clinica:vulneracion", _:
                return [self.vulneracion], None
            case "clinica:aviso", _:
                return [self.aviso], None
            case "clinica:referencia", _:
                return [p, self.enviada], None
            case "clinica:referencia-recibida", _:
                return [self.recibida], None
            case "bandeja:red", _:
                return [self.recibida], {}
            case "clinica:dejar-de-compartir", _:
                return [p, self.compartido], {}
            case "clinica:convenio-firmar" | "clinica:convenio-firma" | "convenios:firma", _:
                return [self.convenio], {}
            case "clinica:convenio-paso", _:
                return [self.convenio, "suspender"], {}
            case _ if nombre.startswith(("clinica:convenio-", "convenios:")) and (
                nombre not in ("clinica:convenio-nuevo", "convenios:lista", "convenios:llaves")
            ):
                return [self.convenio], None
            case "clinica:convenio", _:
                return [self.convenio], None
            case "clinica:aviso-publicar", _:
                return [self.aviso], {}
            case "clinica:consentimiento-nuevo", _:
                return [p, variante], None
            case "clinica:consentimiento" | "clinica:consentimiento-pdf", _:
                return [p, self.carta], None
            case "portal:consentimiento" | "portal:consentimiento-pdf", _:
                return [p, self.carta], None
            case "clinica:consentimiento-evidencia" | "portal:consentimiento-evidencia", _:
                return [p, *self._firma_de_carta()], None
            case "clinica:consentimiento-firmar" | "portal:consentimiento-firmar", _:
                return [p, self.carta], {}
            case "clinica:consentimiento-revocar" | "portal:consentimiento-revocar", _:
                return [p, self.carta], {}
            case "portal:consentimiento-abrir", _:
                return [p, "docencia"], {}
            case "bandeja:mensaje" | "bandeja:saliente", _:
                return [self.carta], None
            case "clinica:calidad-sortear", _:
                return [], {}
            case "portal:permiso-retirar" | "clinica:permiso-retirar", _:
                return [p, self.directiva], {"identificacion": "Pasaporte"}
            case "portal:delegacion-confirmar" | "portal:delegacion-retirar", _:
                return [p, self.delegacion], {}
            case "portal:informe" | "portal:nota" | "portal:documento" | "portal:original", _:
                return [p, *self._del_portal()[nombre.partition(":")[2]]], None
            case "portal:documento-original", _:
                return [p, self.estudios.documentos["pdf"]], None
            case "portal:documento-imagen", _:
                return [p, self.estudios.documentos["imagen"], 1], None
            case "portal:acceso-recibo" | "clinica:sancion", _:
                evento = Evento.objects.filter(pacientes=[p], resultado="permitido").first()
                return [p, evento and evento.pk], None
            case "clinica:recibo", _:
                suyos = Evento.objects.filter(pacientes=[p], resultado="permitido")
                propio = suyos.filter(actor=self.medica).first()
                return [p, propio and propio.pk], None
            case "verificar:checkpoint-de", _:
                return [1], None
            case "verificar:tesela", _:
                return [0, "000"], None
            case "verificar:tesela-parcial", _:
                return [0, "000", 1], None
            case "verificar:agregar-checkpoint", _:
                return [], {}
            case "portal:serie", _:
                return [p, "2823-3"], None
            case "portal:medir", _:
                return [p], {"peso": "70", "cuando": "2026-11-20T08:00"}
            case "portal:quejas", _:
                return [p], {"texto": "¿Quién es?"}
            case "portal:revocar", _:
                return [p, self.enlace], {}
            case "clinica:queja", _:
                return [p, self.queja], None
            case "clinica:parecidos", _:
                return [], {"nombre": "Inés", "primer_apellido": "Robles"}
            case "clinica:curp", _:
                return [], {"curp": "AAAA"}
            case "cuenta:aviso", _:
                return [self.problema], None
            case "cuenta:recuperar-enlace", _:
                return [self.problema, "x"], None
            case "portal:notificaciones-push", _:
                return [p], {}
            case "cuenta:salir" | "cuenta:idioma", _:
                return [], {}
            case "oauth:token" | "oauth:revocar" | "oauth:introspeccion", _:
                return [], {}
            case "cuenta:invitacion", _:
                return ["de-nadie"], None
            case "cuenta:persona", _:
                return [self.medica], None
            case "cuenta:otorgar" | "cuenta:suspender" | "cuenta:baja" | "cuenta:reinvitar", _:
                return [self.medica], {}
            case "cuenta:retirar", _:
                return [self.medica, self.puesto], {}
            case "cuenta:autorizar" | "cuenta:llave-quitar" | "cuenta:sesion-cerrar", _:
                return [self.puesto], {}
            case "cuenta:app-retirar", _:
                return [self.puesto], {}
            case _ if nombre in ACCIONES_DE_CUENTA:
                return [], {}
            case _ if self._lleva_paciente(nombre):
                return [p], None
            case _:
                return [], None

    def _del_portal(self) -> dict[str, list[Any]]:
        return {
            "informe": [self.estudios.informe],
            "nota": [self.terminada],
            "documento": [self.estudios.documentos["pdf"]],
            "original": ["Encounter", self.encuentro],
        }

    def _firma(self) -> list[UUID]:
        """A note finished under the institution's seal, and its signature."""
        firmadas.preparar_institucion()
        quien = actor_de_usuario(self.cuentas["medica"], ahora=AHORA)  # type: ignore[arg-type]
        acceso = decision.abrir_paciente(quien, self.paciente, Permiso.NOTA_FINALIZAR, ahora=AHORA)
        nota = firmadas.terminada(acceso)
        return [nota, firmas.de_documento(acceso, tipo="Composition", id=nota)[0].id]

    def _firma_de_carta(self) -> list[UUID]:
        """A letter that a witness signed with her e.firma, and that signature."""
        firmadas.preparar_institucion()
        quien = actor_de_usuario(self.cuentas["medica"], ahora=AHORA)  # type: ignore[arg-type]
        permiso = Permiso.CONSENTIMIENTO_RECABAR
        acceso = decision.abrir_paciente(quien, self.paciente, permiso, ahora=AHORA)
        carta = cartas_firmadas.otorgada(acceso)
        cartas_firmadas.firmar(acceso, carta, cartas_firmadas.de_rosa(), "testigo_1")
        return [carta, firmas.de_documento(acceso, tipo="Consent", id=carta)[0].id]

    @staticmethod
    def _embarazo() -> dict[str, Any]:
        fum = timezone.localdate() - timedelta(days=100)
        formula = {"gestas": "1", "partos": "0", "cesareas": "0", "abortos": "0"}
        return {"fum": fum.isoformat(), **formula}

    @staticmethod
    def _lleva_paciente(nombre: str) -> bool:
        return any("<uuid:paciente>" in d.ruta for d in direcciones() if d.nombre == nombre)


@pytest.fixture(scope="module")
def mundo(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Escena]:
    """What every row looks at: made once, and undone when the last has looked."""
    with django_db_blocker.unblock():
        todo = Deshecho()
        hecha = _escena()
    yield hecha
    with django_db_blocker.unblock():
        todo.deshacer()


@pytest.fixture
def escena(mundo: Escena, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Escena]:
    with django_db_blocker.unblock():
        suyo = Deshecho()
        yield mundo
        suyo.deshacer()


def _escena() -> Escena:
    elenco = reparto.reunir()
    paciente = reparto.registrar(elenco)
    encuentro = reparto.en_consulta(elenco, paciente)
    acceso = reparto.acceso_de_medica(elenco, paciente)
    nueva = {"tipo": "evolucion", "encuentro_id": encuentro, "ahora": AHORA}
    borrador, terminada = (notas.redactar(acceso, **nueva) for _ in range(2))  # type: ignore[arg-type]
    contenido = Contenido(TEXTOS, {}, (DIABETES,))
    notas.finalizar(acceso, nota_id=terminada, contenido=contenido, version=1, ahora=AHORA)
    suyo = fragmentos.guardar(
        elenco.actor(elenco.medica), abreviatura="cita", texto="Cita en {{plazo}}.", unidad_id=None
    )
    alergia = alergias.registrar(
        acceso,
        sustancia="Huevo",
        categoria=alergias.Categoria.ALIMENTO,
        criticidad=alergias.Criticidad.BAJA,
        reaccion="",
        ahora=AHORA,
    )
    fotografias.poner(acceso, imagen=retrato(), ahora=AHORA)
    receta = clinica.metformina(acceso, encuentro=encuentro)
    caso, hallazgo, de_muchos = por_revisar(elenco, paciente)
    cuentas = _cuentas(elenco, paciente)
    suya = del_portal.acceso_del_paciente(cuentas["pac"], paciente)
    alianza = pactar()
    enviada, recibida = referidos.dos(alianza, paciente)
    return Escena(
        enviada=enviada,
        recibida=recibida,
        convenio=alianza.convenio,
        compartido=compartidos.compartir(
            acceso,
            convenio_id=alianza.convenio,
            base=ConPacientes.REFERENCIA,
            hasta=timezone.now() + timedelta(days=9),
            ahora=AHORA,
        ),
        paciente=paciente,
        caso=caso,
        hallazgo=hallazgo,
        de_muchos=de_muchos,
        encuentro=encuentro,
        borrador=borrador,
        terminada=terminada,
        cuentas=cuentas,
        sesiones=_sesiones(cuentas),
        directiva=dirigir(suya, propositos=frozenset({"HRESCH"})),
        delegacion=_delegacion(suya, cuentas["otra"]),
        enlace=enlaces.crear(suya, dura=enlaces.LO_MAS, ahora=timezone.now())[0],
        queja=quejas.presentar(suya, texto="¿Quién?", evento_id=None, ahora=AHORA),
        carta=cartas.otorgada(acceso, "telemedicina"),
        aviso=avisos.borrador(elenco.actor(cuentas["priva"])),  # type: ignore[arg-type]
        vulneracion=vulneraciones.registrada(elenco, [paciente]),
        otro=reparto.registrar(elenco),
        problema=clinica.problema(acceso),
        alergia=alergia,
        receta=receta,
        fragmento=suyo,
        medica=elenco.medica.pk,
        puesto=elenco.medica.asignaciones.get().pk,
        cita=reparto.citada(elenco, paciente),
        estudios=poblar(elenco, paciente, encuentro),
        arco=solicitudes.pedida(elenco, paciente),
    )


def _delegacion(suya: Acceso, quien: Usuario | None) -> UUID:
    """One that waits for the yes of the person; it opens nothing yet."""
    assert quien is not None
    codigo = delegaciones.ofrecer(
        suya,
        alcance=delegaciones.AlcanceDelegado.TODO,
        con_sensibles=False,
        hasta=timezone.now() + timedelta(days=9),
        ahora=timezone.now(),
    )
    actor = actor_de_usuario(quien, ahora=timezone.now())
    delegaciones.canjear(actor, codigo=codigo, ahora=timezone.now())
    return ver_delegaciones.de_paciente(suya, ahora=timezone.now())[0].id


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


def _sesiones(cuentas: dict[str, Usuario | None]) -> dict[str, str]:
    """Everybody signed in, once: what a row does to a session is undone with the rest."""
    llaves = {}
    for nombre, cuenta in cuentas.items():
        if cuenta is not None:
            cliente = Client()
            cliente.force_login(cuenta)
            llaves[nombre] = cliente.cookies[settings.SESSION_COOKIE_NAME].value
    return llaves


def _resultado(respuesta: HttpResponse, nombre: str) -> str:
    if respuesta.status_code != 302:
        return str(respuesta.status_code)
    destino = respuesta["Location"]
    if nombre.startswith("portal:") and nombre != "portal:inicio" and "/portal/" in destino:
        return "entra" if "/cuenta/entrar/" in destino else "pasa"
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
            cliente.cookies[settings.SESSION_COOKIE_NAME] = escena.sesiones[quien]
        respuesta = cliente.get(direccion) if datos is None else cliente.post(direccion, datos)
        resultado = _resultado(respuesta, nombre)  # type: ignore[arg-type]
        eventos = [
            (evento.resultado, evento.pacientes)
            for evento in Evento.objects.exclude(id__in=antes)
            if cuenta is not None
            and evento.actor == cuenta.pk
            and not evento.tipo.startswith(("sesion.", "identidad."))
        ]
        transaction.savepoint_rollback(punto)
        if resultado == "403" and any(r == "denegado" for r, _ in eventos):
            resultado = "dice"
        assert resultado == DE_PERSONAS[fila, quien], (fila, quien)
        if cuenta is None or not nombre.startswith(("clinica:", "portal:")):
            continue
        if nombre in SIN_FILA_DE_PACIENTE or resultado == "aparte":
            assert not eventos, (fila, quien)
            continue
        assert eventos, (fila, quien)
        esperado = "denegado" if resultado in ("404", "dice") else "permitido"
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
        "fhir:buscar-en-compartimento": ("POST", f"/fhir/Patient/{p}/Encounter/_search", None),
        "fhir:historia-de-todo": ("GET", "/fhir/_history", None),
        "fhir:historia-de-tipo": ("GET", "/fhir/Patient/_history", None),
        "fhir:registro/parchar": ("PATCH", f"/fhir/Patient/{p}", _parche()),
        "fhir:process-message": (
            "POST",
            "/fhir/$process-message",
            referidos.bundle(referidos.mensaje()),
        ),
        "fhir:summary": ("GET", f"/fhir/Patient/{p}/$summary", None),
        "fhir:cda": ("GET", f"/fhir/Patient/{p}/$cda", None),
        "fhir:ihe-pix": ("GET", f"/fhir/Patient/$ihe-pix?sourceIdentifier={_numero(p)}", None),
        "fhir:match": ("POST", "/fhir/Patient/$match", {"resourceType": "Patient"}),
        "fhir:lastn": ("GET", f"/fhir/Observation/$lastn?patient={p}", None),
        "fhir:docref": ("GET", f"/fhir/DocumentReference/$docref?patient={p}", None),
        "fhir:document": ("GET", f"/fhir/Composition/{escena.terminada}/$document", None),
        "fhir:validate": ("POST", "/fhir/Observation/$validate", observacion),
        "fhir:validate-uno": ("GET", f"/fhir/Patient/{p}/$validate", None),
        "fhir:codigos": ("GET", f"/fhir/ValueSet/$expand?url={_CONJUNTO}", None),
        "fhir-desconocida": ("GET", "/fhir/$nada", None),
        "fhir:llaves": ("GET", "/fhir/.well-known/jwks.json", None),
        "fhir:exportar": ("GET", "/fhir/$export", None),
        "fhir:exportar-pacientes": ("GET", "/fhir/Patient/$export", None),
        "fhir:exportar-grupo": ("GET", f"/fhir/Group/{p}/$export", None),
        "fhir:exportacion": ("GET", f"/fhir/$export-status/{p}", None),
        "fhir:exportacion-archivo": ("GET", f"/fhir/$export-status/{p}/Patient-1.ndjson", None),
        "fhir:importar": ("POST", "/fhir/$import", _IMPORTAR),
        "fhir:importacion": ("GET", f"/fhir/$import-status/{p}", None),
        "fhir:importacion-rechazos": ("GET", f"/fhir/$import-status/{p}/0.ndjson", None),
        "fhir:suscripciones": ("GET", "/fhir/Subscription", None),
        "fhir:suscripciones/crear": ("POST", "/fhir/Subscription", _SUSCRIBIR),
        "fhir:suscripciones-buscar": ("POST", "/fhir/Subscription/_search", None),
        "fhir:suscripciones-estado": ("GET", "/fhir/Subscription/$status", None),
        "fhir:suscripcion": ("GET", f"/fhir/Subscription/{p}", None),
        "fhir:suscripcion-estado": ("GET", f"/fhir/Subscription/{p}/$status", None),
        "fhir:suscripcion-eventos": ("GET", f"/fhir/Subscription/{p}/$events", None),
    }[fila]


def _numero(paciente: UUID) -> str:
    acceso = decision.abrir_paciente(
        reparto.INTEGRACION, paciente, Permiso.PACIENTE_LEER, ahora=AHORA
    )
    return f"urn:ece:expediente|{expediente.identidad(acceso)[0].expediente}"


_CONJUNTO = "http://hl7.org/fhir/ValueSet/administrative-gender"
SIN_EVENTO = {"fhir:metadata", "fhir:smart", "fhir:llaves", "fhir:validate", "fhir:codigos"}
"""What says nothing of anybody."""
DE_SU_DUENO = {
    *("fhir:exportacion", "fhir:exportacion-archivo"),
    *("fhir:importacion", "fhir:importacion-rechazos"),
    *("fhir:suscripciones", "fhir:suscripciones-buscar", "fhir:suscripciones-estado"),
    *("fhir:suscripcion", "fhir:suscripcion-estado", "fhir:suscripcion-eventos"),
}
"""What a system asked for itself: to any other it is as if it were not there, and nothing of
anybody is decided to say so."""
NINGUNA = {"fhir-desconocida"}
"""No address of ours: nothing of anybody is decided to say so."""
_IMPORTAR = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "inputSource", "valueUri": "urn:ejemplo"},
        {
            "name": "input",
            "part": [
                {"name": "type", "valueCode": "Patient"},
                {"name": "url", "valueUrl": "https://ejemplo.example/a.ndjson"},
            ],
        },
    ],
}
_SUSCRIBIR = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "Saber",
    "criteria": "urn:ece:tema:resultado",
    "channel": {"type": "rest-hook", "endpoint": "https://ejemplo.example/"},
}


def _parche() -> dict[str, Any]:
    partes = [("type", "Code", "replace"), ("path", "String", "Patient.gender")]
    dado = [{"name": nombre, f"value{tipo}": valor} for nombre, tipo, valor in partes]
    cambio = {"name": "operation", "part": [*dado, {"name": "value", "valueCode": "other"}]}
    return {"resourceType": "Parameters", "parameter": [cambio]}


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
        cabeceras = {"HTTP_PREFER": "respond-async"}
        if quien != "nadie":
            cabeceras["HTTP_AUTHORIZATION"] = f"Basic {secreto}"
        respuesta = Client(**cabeceras).generic(  # type: ignore[arg-type]
            metodo,
            direccion,
            data=fhir.json.escribir(cuerpo) if cuerpo else b"",
            content_type="application/fhir+json" if cuerpo else "application/x-www-form-urlencoded",
        )
        assert str(respuesta.status_code) == DE_MAQUINAS[fila, quien], (quien, respuesta.content)
        nuevos = list(Evento.objects.exclude(id__in=antes))
        transaction.savepoint_rollback(punto)
        if fila in DE_SU_DUENO | NINGUNA:
            assert not nuevos, (fila, quien)
        elif respuesta.status_code in (403, 404):
            assert [e.resultado for e in nuevos] == ["denegado"], (fila, quien)
        elif quien != "nadie" and fila not in SIN_EVENTO:
            assert nuevos, (fila, quien)
