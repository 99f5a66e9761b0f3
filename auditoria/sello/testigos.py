"""Our log's witnesses: each is handed every checkpoint with the proof that it continues the last
one that they cosigned (C2SP tlog-witness), and their cosignatures are kept with it."""

import http.client
import logging
import ssl
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings

from auditoria import bitacora
from auditoria.notas import COFIRMA, Nota, NotaInvalida, Verificadora
from auditoria.sello import pruebas
from ece.nucleo import sentencias

SEGUNDOS = 5
_LARGA = 64 * 1024
_registro = logging.getLogger("ece.bitacora")


class SilencioDeTestigo(Exception):
    """The witness did not answer, or not what the protocol says."""


class RechazoDeTestigo(Exception):
    """The witness says that the checkpoint does not continue the one it cosigned: a fork, or a log
    that was rolled back."""


@dataclass(frozen=True, slots=True)
class Testigo:
    """Where a witness takes checkpoints, and the key with which it cosigns."""

    url: str
    llave: Verificadora


def configurados() -> list[Testigo]:
    """Of ``ECE_TESTIGOS``: addresses and keys, ``https://… name+id+key``."""
    testigos = []
    for uno in settings.ECE_TESTIGOS:
        url, _, vkey = uno.partition(" ")
        llave = Verificadora.de_vkey(vkey)
        if llave.clase != COFIRMA or urlsplit(url).scheme not in ("https", "http"):
            raise NotaInvalida(f"ECE_TESTIGOS: {uno!r} no es una dirección y una llave de testigo")
        testigos.append(Testigo(url.rstrip("/"), llave))
    return testigos


def pedir_cofirmas() -> int:
    """Ask each witness to cosign the last checkpoint; how many did. One that refuses is told in the
    log of the server and asked again next time."""
    firmaron = 0
    for testigo in configurados():
        try:
            firmaron += _pedir(testigo)
        except SilencioDeTestigo as error:
            _registro.warning("el testigo %s no respondió: %s", testigo.llave.nombre, error)
        except RechazoDeTestigo as error:
            _registro.error("el testigo %s RECHAZA la bitácora: %s", testigo.llave.nombre, error)
    return firmaron


def ultimo_visto(testigo: Testigo) -> str:
    """The last checkpoint of ours that it cosigned (empty: none). Raises `SilencioDeTestigo`."""
    publicado = pruebas.checkpoint()
    if publicado is None:
        return ""
    origen = quote(publicado.checkpoint.origen, safe="")
    estado, cuerpo = _llamar(testigo, "GET", f"/ultimo?origen={origen}", "")
    if estado == http.HTTPStatus.NOT_FOUND:
        return ""
    if estado != http.HTTPStatus.OK:
        raise SilencioDeTestigo(f"HTTP {estado}")
    return cuerpo


def _pedir(testigo: Testigo) -> bool:
    nombre = testigo.llave.nombre
    filas = bitacora.consultar(
        "SELECT coalesce(max(tamano), 0) FROM auditoria_cofirma WHERE testigo = %s", [nombre]
    )
    antes = filas[0][0]
    for _ in range(2):  # it may have cosigned more than we know, and then says how much
        with pruebas.instantanea() as ahora:
            if ahora is None or ahora.publicado.checkpoint.tamano == antes:
                return False
            tamano, nota = ahora.publicado.checkpoint.tamano, ahora.publicado.nota
            try:
                camino = ahora.consistencia(antes)
            except ValueError as error:
                raise RechazoDeTestigo(f"cofirmó {antes} hojas y hay {tamano}") from error
        estado, cuerpo = _llamar(testigo, "POST", "/add-checkpoint", _cuerpo(antes, camino, nota))
        if estado == http.HTTPStatus.OK:
            _guardar(testigo, tamano, nota, cuerpo)
            return True
        if estado == http.HTTPStatus.CONFLICT and cuerpo.strip().isdigit():
            if (visto := int(cuerpo)) != antes:
                antes = visto
                continue
            raise RechazoDeTestigo(f"vio otra raíz con {visto} hojas")
        if estado in (http.HTTPStatus.CONFLICT, http.HTTPStatus.UNPROCESSABLE_ENTITY):
            raise RechazoDeTestigo(f"HTTP {estado}")
        raise SilencioDeTestigo(f"HTTP {estado}")
    raise SilencioDeTestigo("cambia mientras se le pide")


def _cuerpo(antes: int, camino: list[bytes], nota: str) -> str:
    renglones = [f"old {antes}", *(b64encode(hash_).decode() for hash_ in camino)]
    return "\n".join(renglones) + "\n\n" + nota


def _guardar(testigo: Testigo, tamano: int, nota: str, cuerpo: str) -> None:
    """Keep those lines that are its cosignature of this checkpoint. Raises `SilencioDeTestigo`."""
    try:
        leida = Nota.leer(nota + cuerpo)
        leida.firmada_por([testigo.llave])
    except NotaInvalida as error:
        raise SilencioDeTestigo(str(error)) from error
    suyos = [
        renglon + "\n"
        for renglon, firma in zip(
            cuerpo.splitlines(), Nota.leer("-\n\n" + cuerpo).firmas, strict=True
        )
        if firma.de(testigo.llave)
    ]
    with sentencias.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auditoria_cofirma (tamano, testigo, renglones) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [tamano, testigo.llave.nombre, suyos],
        )


def _llamar(testigo: Testigo, metodo: str, camino: str, cuerpo: str) -> tuple[int, str]:
    partes = urlsplit(testigo.url)
    conexion: http.client.HTTPConnection
    if partes.scheme == "https":
        contexto = ssl.create_default_context()
        conexion = http.client.HTTPSConnection(partes.netloc, timeout=SEGUNDOS, context=contexto)
    else:
        conexion = http.client.HTTPConnection(partes.netloc, timeout=SEGUNDOS)
    try:
        conexion.request(metodo, partes.path + camino, cuerpo.encode() or None)
        respuesta = conexion.getresponse()
        return respuesta.status, respuesta.read(_LARGA).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise SilencioDeTestigo(type(error).__name__) from error
    finally:
        conexion.close()
