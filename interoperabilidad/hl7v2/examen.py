"""What is looked at before a message is acknowledged: who sends it, and whether it can be used.

Touches no table: whoever may connect is given (`Directorio`). A message that cannot be translated
is refused here, with its reason, and changes nothing.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas, sobres
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.hl7v2 import catalogo, er7, juegos, traduccion
from interoperabilidad.hl7v2.acuses import Rechazo
from interoperabilidad.hl7v2.datos import DatoInvalido, Recurso
from interoperabilidad.hl7v2.er7 import Er7Invalido, Mensaje
from interoperabilidad.hl7v2.interlocutores import Directorio, Ficha, Origen
from interoperabilidad.hl7v2.juegos import JuegoInvalido
from interoperabilidad.hl7v2.traduccion import Intraducible, Traduccion
from interoperabilidad.models import PARTICIONES

_SEGURO = re.compile(r"[^A-Z0-9^]")
_NEGADO = Rechazo("AR", "207", "remitente", "el remitente no está registrado para esta conexión")
PRODUCCION = ("P", "T", "D", "")


@dataclass(slots=True)
class Examen:
    """A message that arrived, and what was seen in it; without `rechazo`, it can be used."""

    datos: bytes = field(repr=False)
    origen: Origen
    momento: datetime
    id: UUID = field(default_factory=uuid7)
    ficha: Ficha | None = None
    mensaje: Mensaje | None = field(default=None, repr=False)
    codec: str = "utf-8"
    tipo: str = ""
    version: str = ""
    familia: str = ""
    control: str = ""
    clave: int | None = None
    clave_previa: int | None = None
    rechazo: Rechazo | None = None

    @property
    def es_consulta(self) -> bool:
        return self.rechazo is None and self.familia == catalogo.CONSULTAS

    @property
    def particion(self) -> int:
        return (self.clave or 0) % PARTICIONES

    @property
    def huella(self) -> bytes:
        return sobres.huella("hl7.mensaje", self.datos.hex())

    @property
    def huella_de_control(self) -> bytes | None:
        """What makes it the same message: who sends it (MSH-3, MSH-4) and what it calls it."""
        if self.rechazo is not None or self.mensaje is None or self.ficha is None:
            return None
        quien = f"{self.ficha.id}|{self.mensaje.msh.crudo(3)}|{self.mensaje.msh.crudo(4)}"
        return sobres.huella("hl7.control", f"{quien}|{self.control}")

    @property
    def acepta_primero(self) -> bool:
        """Enhanced mode: the sender asks for an acknowledgement of acceptance (MSH-15)."""
        return self.mensaje is not None and self.mensaje.msh[15].upper() in ("AL", "SU", "ER")

    def se_acusa(self) -> bool:
        """Whether what was agreed in MSH-15 and MSH-16 asks for an answer on this connection."""
        if self.mensaje is None:
            return True
        de_aceptacion = self.mensaje.msh[15].upper()
        de_aplicacion = self.mensaje.msh[16].upper()
        if not de_aceptacion and not de_aplicacion:
            return True
        condicion = de_aceptacion if de_aceptacion not in ("", "NE") else de_aplicacion
        return condicion == "AL" or condicion == ("SU" if self.rechazo is None else "ER")


def examinar(datos: bytes, *, origen: Origen, directorio: Directorio, momento: datetime) -> Examen:
    """Look at a message; what is wrong with it is in `rechazo`."""
    examen = Examen(datos, origen, momento)
    try:
        _leer(examen, directorio)
        if examen.rechazo is None:
            _entender(examen)
    except JuegoInvalido as error:
        examen.rechazo = Rechazo("AR", "102", "juego", str(error), ("MSH", 1, 18))
    except Er7Invalido as error:
        examen.rechazo = Rechazo("AR", "100", "sintaxis", str(error))
    except Intraducible as error:
        examen.rechazo = Rechazo("AE", "101", "incompleto", str(error), error.lugar)
    except DatoInvalido as error:
        examen.rechazo = Rechazo("AE", "102", "dato", str(error))
    except RecursionError:
        examen.rechazo = Rechazo("AR", "100", "sintaxis", "el mensaje está demasiado anidado")
    return examen


def _leer(examen: Examen, directorio: Directorio) -> None:
    """Its header and who sends it; to whom nobody knows, nothing else is said."""
    cabeza = _cabeza(examen.datos)
    if cabeza is not None:
        examen.control = cabeza.msh[10][:199]
    candidato = (
        directorio.reconocer(examen.origen, aplicacion=cabeza.msh[3], institucion=cabeza.msh[4])
        if cabeza is not None
        else None
    )
    if cabeza is None:
        raise Er7Invalido("el mensaje no empieza con un MSH que se pueda leer")
    if candidato is None:
        examen.rechazo = _NEGADO
        examen.mensaje = cabeza
        return
    examen.ficha = candidato
    examen.mensaje = cabeza
    texto, examen.codec = juegos.decodificar(examen.datos, por_omision=candidato.juego)
    examen.mensaje = er7.leer(texto)
    examen.control = examen.mensaje.control[:199]


def _cabeza(datos: bytes) -> Mensaje | None:
    """The MSH alone, of bytes that may be of any set."""
    primera = datos.lstrip(b"\xef\xbb\xbf\r\n\t ")[:4096].replace(b"\n", b"\r").split(b"\r", 1)[0]
    try:
        return er7.leer(primera.decode("latin-1"))
    except Er7Invalido:
        return None


def _entender(examen: Examen) -> None:
    mensaje, ficha = examen.mensaje, examen.ficha
    assert mensaje is not None
    assert ficha is not None
    tipo, evento = traduccion.evento_de(mensaje)
    examen.tipo = _SEGURO.sub("", f"{tipo}^{evento}")[:12]
    examen.version = re.sub(r"[^0-9.]", "", mensaje.version)[:8]
    if mensaje.version not in catalogo.VERSIONES:
        texto = f"la versión {mensaje.version[:8]!r} no se admite; de 2.3.1 a 2.8"
        examen.rechazo = Rechazo("AR", "203", "version", texto, ("MSH", 1, 12))
    elif not examen.control:
        examen.rechazo = Rechazo(
            "AR", "101", "control", "falta el identificador del mensaje", ("MSH", 1, 10)
        )
    elif mensaje.msh[11].upper() not in PRODUCCION:
        examen.rechazo = Rechazo("AR", "202", "proceso", "MSH-11 no es P, T ni D", ("MSH", 1, 11))
    elif (tipo, evento) not in catalogo.EVENTOS:
        conocido = any(tipo == otro for otro, _ in catalogo.EVENTOS)
        texto = f"no se admite {examen.tipo or 'un mensaje sin tipo'}"
        codigo = "201" if conocido else "200"
        examen.rechazo = Rechazo("AR", codigo, "tipo", texto, ("MSH", 1, 9))
    else:
        examen.familia = catalogo.EVENTOS[tipo, evento].familia
        if not _puede(ficha, examen.familia):
            texto = f"{ficha.nombre} no tiene acordado enviar {examen.familia}"
            examen.rechazo = Rechazo("AR", "207", "sin-acuerdo", texto, ("MSH", 1, 9))
        elif not examen.es_consulta:
            _traducir(examen, mensaje, ficha)


def _puede(ficha: Ficha, familia: str) -> bool:
    """What the client's role may do at all; each patient's record is decided when it is applied."""
    if ficha.familias and familia not in ficha.familias:
        return False
    consulta = familia == catalogo.CONSULTAS
    pedido = Permiso.PACIENTE_LISTAR if consulta else Permiso.RECURSO_ESCRIBIR
    return pedido in ficha.actor.permisos


def _traducir(examen: Examen, mensaje: Mensaje, ficha: Ficha) -> None:
    t = traduccion.traducir(mensaje, ficha.contexto(mensaje.msh[4]))
    problemas = _problemas(t)
    if problemas:
        uno = problemas[0]
        examen.rechazo = Rechazo(
            "AE", "102", "fhir", f"no se puede expresar en FHIR: {uno.ubicacion}: {uno.mensaje}"
        )
        return
    examen.clave = ficha_de(t.persona.hallar[0])
    if t.persona.previos:
        examen.clave_previa = ficha_de(t.persona.previos[0])


def _problemas(t: Traduccion) -> list[fhir.Problema]:
    recursos = [t.persona.recurso] if t.actualiza_identidad else []
    recursos += [pieza.recurso for pieza in t.piezas]
    return [p for recurso in recursos for p in fhir.validar(recurso)]


def ficha_de(identificador: Recurso) -> int:
    """The token by which messages of one patient are kept in order."""
    valor = f"{identificador.get('system', '')}|{identificador['value'].upper()}"
    return fichas.ficha("hl7.paciente", valor)
