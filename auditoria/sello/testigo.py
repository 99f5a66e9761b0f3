"""Being a witness of other institutions' logs (C2SP tlog-witness): we cosign a checkpoint only if
it continues the last one that we cosigned of that log, so that nobody can show two pasts."""

import base64
import binascii
import re
from datetime import datetime

from django.conf import settings
from django.db import transaction

from auditoria import merkle
from auditoria.models import BitacoraAjena
from auditoria.notas import FIRMA, Checkpoint, Nota, NotaInvalida, Verificadora
from auditoria.sello import llaves

_VIEJO = re.compile(r"old (0|[1-9][0-9]{0,18})")
PASOS = 63


class PeticionInvalida(Exception):
    """The body is not that of the protocol (400)."""


class BitacoraDesconocida(Exception):
    """We are not a witness of that log (404)."""


class FirmaDesconocida(Exception):
    """The log's key did not sign it (403)."""


class OtroTamano(Exception):
    """The last checkpoint that we cosigned has `tamano` leaves, or another root (409)."""

    def __init__(self, tamano: int) -> None:
        super().__init__(tamano)
        self.tamano = tamano


class NoContinua(Exception):
    """The proof does not show that it continues the last one (422)."""


def conocidas() -> dict[str, list[Verificadora]]:
    """Of ``ECE_BITACORAS_ATESTIGUADAS``: origin -> the keys that may sign it."""
    por_origen: dict[str, list[Verificadora]] = {}
    for vkey in settings.ECE_BITACORAS_ATESTIGUADAS:
        llave = Verificadora.de_vkey(vkey)
        if llave.clase != FIRMA:
            raise NotaInvalida("ECE_BITACORAS_ATESTIGUADAS: se esperan llaves de bitácora")
        por_origen.setdefault(llave.nombre, []).append(llave)
    return por_origen


def agregar(cuerpo: str, *, ahora: datetime) -> str:
    """``add-checkpoint``: our cosignature, once what we saw is on disk.

    Raises `PeticionInvalida`, `BitacoraDesconocida`, `FirmaDesconocida`, `OtroTamano`,
    `NoContinua`.
    """
    antes, camino, nota = _leer(cuerpo)
    checkpoint = _leer_checkpoint(nota)
    if antes > checkpoint.tamano:
        raise PeticionInvalida("old es mayor que el tamaño")
    with transaction.atomic(durable=True):
        BitacoraAjena.objects.get_or_create(
            origen=checkpoint.origen, defaults={"tamano": 0, "raiz": b"", "nota": ""}
        )
        vista = BitacoraAjena.objects.select_for_update().get(origen=checkpoint.origen)
        if vista.tamano != antes:
            raise OtroTamano(vista.tamano)
        if antes == checkpoint.tamano and antes and bytes(vista.raiz) != checkpoint.raiz:
            raise OtroTamano(vista.tamano)
        try:
            merkle.comprobar_consistencia(
                antes, bytes(vista.raiz), checkpoint.tamano, checkpoint.raiz, camino
            )
        except merkle.PruebaInvalida as error:
            raise NoContinua(str(error)) from error
        vista.tamano, vista.raiz, vista.nota = checkpoint.tamano, checkpoint.raiz, nota
        vista.save()
    texto = Nota.leer(nota).texto
    return llaves.de_testigo().renglon(texto, segundos=int(ahora.timestamp()))


def ultimo(origen: str) -> str:
    """The last checkpoint that we cosigned of a log. Raises `BitacoraDesconocida`."""
    vista = BitacoraAjena.objects.filter(origen=origen).first()
    if vista is None or not vista.nota:
        raise BitacoraDesconocida(origen)
    return vista.nota


def _leer_checkpoint(nota: str) -> Checkpoint:
    try:
        leida = Nota.leer(nota)
        checkpoint = Checkpoint.leer(leida.texto)
    except NotaInvalida as error:
        raise PeticionInvalida(str(error)) from error
    llaves_suyas = conocidas().get(checkpoint.origen)
    if llaves_suyas is None:
        raise BitacoraDesconocida(checkpoint.origen)
    try:
        leida.firmada_por(llaves_suyas)
    except NotaInvalida as error:
        raise FirmaDesconocida(str(error)) from error
    return checkpoint


def _leer(cuerpo: str) -> tuple[int, list[bytes], str]:
    cabeza, separador, nota = cuerpo.partition("\n\n")
    primero, *resto = cabeza.split("\n")
    viejo = _VIEJO.fullmatch(primero)
    if not separador or viejo is None or len(resto) > PASOS:
        raise PeticionInvalida("se espera old N, la prueba, un renglón vacío y el checkpoint")
    try:
        camino = [base64.b64decode(renglon, validate=True) for renglon in resto]
    except (binascii.Error, ValueError) as error:
        raise PeticionInvalida("base64 mal formado") from error
    if any(len(hash_) != 32 for hash_ in camino):
        raise PeticionInvalida("un hash no mide 32 bytes")
    return int(viejo[1]), camino, nota
