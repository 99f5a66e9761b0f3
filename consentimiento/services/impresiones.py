"""What is printed or given out, by its digest: the log commits to it, and so tells a copy from
another. Whoever takes it may take the proof of that with it.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from auditoria import bitacora
from auditoria.sello import sellador
from auditoria.tipos import TipoDeEvento
from consentimiento import paquetes
from consentimiento.asientos import asiento
from ece.cda import Firmado
from ece.identidad.confianza import Nivel
from ece.nucleo.acceso import Acceso
from registros.selectors import firmas, resumen_clinico
from registros.services import firmas_separadas


def folio() -> str:
    """What each print says of itself: nobody who guesses the rest of one guesses this, nor so its
    digest."""
    return secrets.token_hex(8)


def asentar(
    acceso: Acceso, documento: bytes, *, registros: Iterable[UUID] = (), ahora: datetime
) -> UUID:
    """Leave the SHA-256 of a document of the record of `acceso`, as it is handed out now; the event
    that has it."""
    detalle = {
        "sha256": sha256(documento).hexdigest(),
        "registros": [str(registro) for registro in registros],
    }
    evento = asiento(
        acceso,
        TipoDeEvento.IMPRESION_HECHA,
        ahora=ahora,
        detalle=detalle,
        pacientes=(acceso.paciente,),
    )
    bitacora.anexar([evento])
    return evento.id


def resumen(acceso: Acceso, *, ahora: datetime, con_firma: bool = True) -> tuple[Firmado, UUID]:
    """The clinical summary (CDA) as it is given out, under the institution's seal unless what takes
    it has no place for that; and its event.

    Its own random id keeps the digest from who guesses what it says.
    """
    documento = resumen_clinico.cda(acceso, ahora=ahora)
    firma = firmas_separadas.firmar(documento, ahora=ahora) if con_firma else b""
    return Firmado(documento, firma), asentar(acceso, documento, ahora=ahora)


def en_archivos(firmado: Firmado, nombre: str) -> dict[str, bytes]:
    """A document and, if it has a signature, that and the authorities it is verified with."""
    archivos = {f"{nombre}.xml": firmado.documento}
    if firmado.firma:
        archivos[f"{nombre}.xml.p7s"] = firmado.firma
        archivos["autoridades.pem"] = firmas.autoridades(Nivel.INSTITUCIONAL)
    return archivos


def con_prueba(
    acceso: Acceso,
    archivos: Mapping[str, bytes],
    *,
    evento: UUID,
    verificador: bytes,
    ahora: datetime,
) -> bytes:
    """A package (a zip) of what was just given out, with the proof that the log has its `evento`.

    Raises `SinSellar` when the log cannot be sealed yet.
    """
    for _ in sellador.sellar_todo(ahora=ahora):
        pass
    prueba = paquetes.evidencia(acceso, [evento])
    todos = {
        "LEAME.txt": _LEAME.encode(),
        **archivos,
        "evidencia.json": json.dumps(prueba, ensure_ascii=False, indent=1).encode(),
        "verificador.py": verificador,
    }
    return paquetes.empaquetar({n: crudo for n, crudo in todos.items() if crudo}, ahora)


_LEAME = """\
Un documento, con la prueba de que es el que la institución entregó.

  *.pdf, *.xml     el documento; abra este, el demás es para comprobarlo
  *.xml.p7s        de un CDA, la firma de la institución sobre esos bytes (CMS, CAdES)
  autoridades.pem  de esa firma, las autoridades: consígalas también de quien las publica
  evidencia.json   el evento de la bitácora que tiene la huella del documento, con su prueba
  MANIFIESTO       la huella de cada archivo, firmada por la bitácora
  verificador.py   comprueba todo lo anterior sin red y sin confiar en la institución:

      python3 verificador.py documento.zip
      python3 verificador.py --llave 'LA LLAVE PUBLICADA' documento.zip
      openssl cms -verify -cades -inform DER -in resumen-cda.xml.p7s -content resumen-cda.xml \\
        -binary -CAfile autoridades.pem -purpose any -out /dev/null

Lo que cada prueba muestra, y lo que no, está en docs/evidence.md del programa.
"""
