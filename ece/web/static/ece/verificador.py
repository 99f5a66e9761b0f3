#!/usr/bin/env python3
"""verificador: checks evidence of an ECE log with nothing but Python (3.9 or later).

    python3 verificador.py recibo.json [expediente-de-sancion.zip …]
    python3 verificador.py --llave 'hospital.example/verificar/bitacora+1a2b3c4d+AQ…' recibo.json
    python3 verificador.py recibo.json nota.pdf        # is that PDF the one that was printed?
    python3 verificador.py --llave '…' cabecera.txt    # a line ``ECE-Recibo: v1 …`` of an answer

It needs no network, no database and no other program. What it answers is explained in
docs/evidence.md. `--llave` is the key that the institution published, from wherever you got it:
without it, the signature is checked with the key that the file itself brings, which shows that the
file is whole and not who made it. Exit code: 0 everything holds, 1 something does not, 2 bad usage.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import time
import zipfile

FORMATO = "ece-evidencia/1"
IMPRESION = "impresion.hecha"
MAPA, MOMENTO = "ece.mapa/v1 ", "ece.momento/v1 "
NADA = bytes(32)


class NoVale(Exception):
    """What does not hold, in words."""


# Ed25519 (RFC 8032), verification only, in extended coordinates.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
RAIZ_DE_MENOS_UNO = pow(2, (P - 1) // 4, P)
BASE_Y = 4 * pow(5, P - 2, P) % P


def _x(y, signo):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if signo else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * RAIZ_DE_MENOS_UNO % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != signo else x


def _punto(crudo):
    y = int.from_bytes(crudo, "little")
    signo, y = y >> 255, y & ((1 << 255) - 1)
    x = _x(y, signo)
    return None if x is None else (x, y, 1, x * y % P)


def _mas(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    p, q, r, s = f - e, h - g, h + g, f + e
    return (p * q % P, r * s % P, q * r % P, p * s % P)


def _por(n, a):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _mas(total, a)
        a = _mas(a, a)
        n >>= 1
    return total


BASE = (_x(BASE_Y, 0), BASE_Y, 1, _x(BASE_Y, 0) * BASE_Y % P)


def ed25519(publica, mensaje, firma):
    """Whether `firma` (64 bytes) is that of `mensaje` by `publica` (32 bytes)."""
    if len(publica) != 32 or len(firma) != 64:
        return False
    a, r = _punto(publica), _punto(firma[:32])
    s = int.from_bytes(firma[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(firma[:32] + publica + mensaje).digest(), "little") % L
    izq, der = _por(s, BASE), _mas(r, _por(k, a))
    return not ((izq[0] * der[2] - der[0] * izq[2]) % P or (izq[1] * der[2] - der[1] * izq[2]) % P)


# C2SP signed notes and checkpoints.


def sha(crudo):
    return hashlib.sha256(crudo).digest()


def b64(texto):
    try:
        return base64.b64decode(texto, validate=True)
    except (ValueError, TypeError):
        raise NoVale("hay base64 mal formado") from None


def leer_vkey(texto):
    nombre, _, resto = texto.strip().partition("+")
    id_, _, cuerpo = resto.partition("+")
    crudo = b64(cuerpo)
    if len(crudo) != 33 or crudo[0] not in (1, 4):
        raise NoVale("una llave no tiene la forma nombre+id+clave")
    if sha(nombre.encode() + b"\n" + crudo)[:4].hex() != id_:
        raise NoVale("el id de una llave no es el suyo")
    return nombre, bytes.fromhex(id_), crudo[0], crudo[1:]


def leer_nota(nota):
    texto, separador, pie = nota.rpartition("\n\n")
    if not separador:
        raise NoVale("el checkpoint no es una nota firmada")
    firmas = []
    for renglon in pie.splitlines():
        marca, nombre, cuerpo = [*renglon.split(" "), "", ""][:3]
        if marca != "\u2014":
            raise NoVale("un renglón de firma está mal formado")
        crudo = b64(cuerpo)
        firmas.append((nombre, crudo[:4], crudo[4:]))
    return texto + "\n", firmas


def firmaron(texto, firmas, llaves):
    """Which of `llaves` signed; a false line of one of them refuses the note."""
    buenas = []
    for vkey in llaves:
        nombre, id_, clase, publica = leer_vkey(vkey)
        for suyo, su_id, cuerpo in firmas:
            if (suyo, su_id) != (nombre, id_):
                continue
            mensaje = texto.encode()
            if clase == 4 and len(cuerpo) == 72:
                segundos = struct.unpack(">Q", cuerpo[:8])[0]
                mensaje = b"cosignature/v1\ntime %d\n" % segundos + mensaje
                cuerpo = cuerpo[8:]
            if not ed25519(publica, mensaje, cuerpo):
                raise NoVale("la firma de %s es falsa" % nombre)
            buenas.append(vkey)
    return buenas


def leer_checkpoint(texto):
    renglones = texto.rstrip("\n").split("\n")
    if len(renglones) < 3 or not renglones[1].isdigit():
        raise NoVale("no es un checkpoint")
    raiz = b64(renglones[2])
    mapa = [b64(r[len(MAPA) :]) for r in renglones[3:] if r.startswith(MAPA)]
    momento = [r[len(MOMENTO) :] for r in renglones[3:] if r.startswith(MOMENTO)]
    return {
        "origen": renglones[0],
        "tamano": int(renglones[1]),
        "raiz": raiz,
        "mapa": mapa[0] if mapa else b"",
        "momento": momento[0] if momento else "",
    }


# The leaf of an event, the way to the root (RFC 9162, 2.1.3.2), and the map of completeness.


def entrada(apertura):
    partes = apertura["partes"]
    if not apertura["varios"]:
        (parte,) = partes
        return sha(b"ece/evento/1\n" + bytes.fromhex(parte["sal"]) + parte["dato"].encode())
    huellas = [
        bytes.fromhex(p["huella"])
        if "huella" in p
        else sha(bytes.fromhex(p["sal"]) + p["dato"].encode())
        for p in partes
    ]
    return sha(b"ece/evento/n\n" + b"".join(huellas))


def nodo(izquierda, derecha):
    return sha(b"\1" + izquierda + derecha)


def raiz_por(hoja, indice, tamano, camino):
    if not 0 <= indice < tamano:
        raise NoVale("el lugar del evento cae fuera de la bitácora")
    lugar, ultimo, acumulado = indice, tamano - 1, hoja
    for hermano in camino:
        if ultimo == 0:
            raise NoVale("la prueba de inclusión es más larga que el árbol")
        if lugar & 1 or lugar == ultimo:
            acumulado = nodo(hermano, acumulado)
            while not lugar & 1 and lugar:
                lugar, ultimo = lugar >> 1, ultimo >> 1
        else:
            acumulado = nodo(acumulado, hermano)
        lugar, ultimo = lugar >> 1, ultimo >> 1
    if ultimo:
        raise NoVale("la prueba de inclusión es más corta que el árbol")
    return acumulado


def raiz_del_mapa(prueba):
    clave, cabeza = bytes.fromhex(prueba["clave"]), bytes.fromhex(prueba["cabeza"])
    hermanos = [b64(h) for h in prueba["hermanos"]]
    if len(clave) != 32 or len(cabeza) != 32 or not 16 <= len(hermanos) <= 256:
        raise NoVale("la prueba de completitud está mal formada")
    acumulado = sha(b"\0" + clave + prueba["cuenta"].to_bytes(8, "big") + cabeza)
    for i, hermano in enumerate(hermanos):
        profundo = len(hermanos) - 1 - i
        derecha = clave[profundo >> 3] >> (7 - (profundo & 7)) & 1
        acumulado = nodo(hermano, acumulado) if derecha else nodo(acumulado, hermano)
    return acumulado


def es_de(apertura, paciente):
    """Whether an opened event names `paciente`."""
    datos = [p["dato"] for p in apertura["partes"] if "dato" in p]
    if apertura["varios"]:
        return paciente in datos
    return json.loads(datos[0])["pacientes"] == [paciente]


def verificar(paquete, llaves=()):
    """What holds, in lines. `NoVale` for the first thing that does not."""
    if paquete.get("formato") != FORMATO:
        raise NoVale("no es una evidencia de ECE (%s)" % FORMATO)
    bitacora = paquete["bitacora"]
    texto, firmas = leer_nota(bitacora["checkpoint"])
    checkpoint = leer_checkpoint(texto)
    if checkpoint["origen"] != bitacora["origen"]:
        raise NoVale("el checkpoint es de otra bitácora")
    buenas = firmaron(texto, firmas, llaves or bitacora["llaves"])
    if not buenas:
        raise NoVale("el checkpoint no lo firma la llave esperada")
    dicho = ["La firma de la bitácora %s es buena." % checkpoint["origen"]]
    if checkpoint["momento"]:
        dicho.append("Sellada el %s." % checkpoint["momento"])
    if not llaves:
        dicho.append(
            "OJO: la llave venía en el archivo; compárela con la publicada: %s" % buenas[-1]
        )
    testigos = sorted({nombre for nombre, _, cuerpo in firmas if len(cuerpo) == 72})
    if testigos:
        dicho.append("La atestiguan (dé su llave para comprobarlo): %s." % ", ".join(testigos))
    hojas = []
    for evento in paquete["eventos"]:
        hoja = sha(b"\0" + entrada(evento["apertura"]))
        camino = [b64(h) for h in evento["camino"]]
        raiz = raiz_por(hoja, evento["indice"], checkpoint["tamano"], camino)
        if raiz != checkpoint["raiz"]:
            raise NoVale("el evento %d no es el que se selló" % evento["indice"])
        if not es_de(evento["apertura"], paquete["paciente"]):
            raise NoVale("el evento %d es de otro expediente" % evento["indice"])
        hojas.append((evento["indice"], hoja))
    dicho.append(
        "%d de los %d eventos de la bitácora, aquí, son los que se sellaron."
        % (len(hojas), checkpoint["tamano"])
    )
    if "completitud" in paquete:
        prueba = paquete["completitud"]
        paciente = bytes.fromhex(paquete["paciente"].replace("-", ""))
        if bytes.fromhex(prueba["clave"]) != sha(b"ece/mapa/1\n" + paciente):
            raise NoVale("la prueba de completitud es de otro expediente")
        if raiz_del_mapa(prueba) != checkpoint["mapa"]:
            raise NoVale("la prueba de completitud no lleva al checkpoint")
        cabeza = NADA
        for _, hoja in sorted(hojas):
            cabeza = sha(cabeza + hoja)
        if prueba["cuenta"] != len(hojas) or cabeza.hex() != prueba["cabeza"]:
            raise NoVale(
                "faltan eventos: el sello dice %d y aquí hay %d" % (prueba["cuenta"], len(hojas))
            )
        dicho.append("Están los %d que hay de este expediente: no falta ninguno." % len(hojas))
    return dicho


def verificar_zip(ruta, llaves=()):
    """A signed package of files: its manifest, each file's digest, and the evidence inside."""
    with zipfile.ZipFile(ruta) as archivo:
        nombres = set(archivo.namelist())
        if "MANIFIESTO" not in nombres or "evidencia.json" not in nombres:
            raise NoVale("no es un paquete de ECE: falta MANIFIESTO o evidencia.json")
        evidencia = json.loads(archivo.read("evidencia.json"))
        texto, firmas = leer_nota(archivo.read("MANIFIESTO").decode())
        if not firmaron(texto, firmas, llaves or evidencia["bitacora"]["llaves"]):
            raise NoVale("el manifiesto no lo firma la llave esperada")
        dichos = {}
        for renglon in texto.splitlines()[1:]:
            huella, _, nombre = renglon.partition("  ")
            dichos[nombre] = huella
        if set(dichos) != nombres - {"MANIFIESTO"}:
            raise NoVale("el paquete no tiene los archivos que su manifiesto dice")
        for nombre, huella in sorted(dichos.items()):
            if hashlib.sha256(archivo.read(nombre)).hexdigest() != huella:
                raise NoVale("el archivo %s no es el que se empaquetó" % nombre)
        dicho = ["El manifiesto está firmado y los %d archivos son los suyos." % len(dichos)]
        asentadas = _versiones_asentadas(evidencia)
        for nombre in sorted(n for n in dichos if n.startswith("sellado/")):
            if hashlib.sha256(archivo.read(nombre)).hexdigest() not in asentadas:
                raise NoVale("%s no es una versión que los eventos asienten" % nombre)
    return dicho + verificar(evidencia, llaves)


def _datos(evidencia):
    """(event, what is open of it): objects and lists only."""
    for evento in evidencia["eventos"]:
        for parte in evento["apertura"]["partes"]:
            if parte.get("dato", "").startswith(("{", "[")):
                yield evento, json.loads(parte["dato"])


def _versiones_asentadas(evidencia):
    huellas = set()
    for _, dato in _datos(evidencia):
        escritos = dato if isinstance(dato, list) else dato.get("escritos", [])
        huellas |= {e["huella"] for e in escritos}
    return huellas


class Probado:
    """What the evidence that held in this run proves, for the files that lean on it."""

    def __init__(self):
        self.llaves, self.hojas, self.impresos = [], set(), {}

    def anotar(self, evidencia):
        self.llaves += evidencia["bitacora"]["llaves"]
        self.hojas |= {sha(b"\0" + entrada(e["apertura"])) for e in evidencia["eventos"]}
        for evento, dato in _datos(evidencia):
            if isinstance(dato, dict) and dato.get("tipo") == IMPRESION:
                self.impresos[dato["detalle"]["sha256"]] = (evento["indice"], dato["momento"])


def verificar_pdf(crudo, probado):
    """Whether the log committed to these very bytes when they were printed."""
    hallado = probado.impresos.get(hashlib.sha256(crudo).hexdigest())
    if hallado:
        return ["Es, byte por byte, el que se imprimió el %s (evento %d)." % hallado[::-1]]
    if not probado.impresos:
        raise NoVale("para un PDF dé también su recibo, o la prueba de todos los eventos")
    for fin in _finales(crudo):
        if hashlib.sha256(crudo[:fin]).hexdigest() in probado.impresos:
            raise NoVale(
                "sus primeros %d bytes son lo que se imprimió; el resto se agregó después" % fin
            )
    raise NoVale("ningún evento de los que se dieron asienta este PDF")


def _finales(crudo):
    """Where a PDF may have ended before something was appended to it."""
    desde = crudo.find(b"%%EOF")
    while desde >= 0:
        fin = desde + 5
        for salto in (b"", b"\n", b"\r", b"\r\n"):
            if crudo[fin:].startswith(salto):
                yield fin + len(salto)
        desde = crudo.find(b"%%EOF", fin)


def verificar_recibo(texto, llaves, probado):
    """The receipt of an answer: a signed promise that what it left is in the log."""
    partes = texto.partition(":")[2].split() if texto.startswith("ECE-Recibo:") else texto.split()
    if len(partes) != 5 or partes[0] != "v1" or not partes[2].isdigit():
        raise NoVale("el recibo no tiene la forma v1 llave segundos entradas firma")
    _, su_id, segundos, entradas, firma = partes
    for vkey in llaves or probado.llaves:
        nombre, id_, clase, publica = leer_vkey(vkey)
        if clase == 1 and id_.hex() == su_id:
            break
    else:
        raise NoVale("lo firma otra llave: dé con --llave la que publica la institución")
    dicho = "\n".join(["ece-recibo/1", nombre, segundos, *entradas.split(",")]) + "\n"
    if not ed25519(publica, dicho.encode(), b64(firma)):
        raise NoVale("la firma del recibo es falsa")
    cuando = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(segundos)))
    lineas = ["%s prometió, el %s, que esto está en su bitácora:" % (nombre, cuando)]
    for una in entradas.split(","):
        hoja = sha(b"\0" + b64(una))
        esta = "está entre los eventos comprobados" if hoja in probado.hojas else "búsquela"
        lineas.append("hoja %s: %s." % (hoja.hex(), esta))
    if not llaves:
        lineas.append("OJO: la llave venía en un archivo; compárela con la publicada: %s" % vkey)
    return lineas


def comprobar(ruta, llaves, probado):
    """What holds of a file, whichever kind it is; evidence is taken note of in `probado`."""
    with open(ruta, "rb") as archivo:
        crudo = archivo.read()
    if crudo.startswith(b"%PDF"):
        return verificar_pdf(crudo, probado)
    if zipfile.is_zipfile(ruta):
        dicho = verificar_zip(ruta, llaves)
        with zipfile.ZipFile(ruta) as archivo:
            probado.anotar(json.loads(archivo.read("evidencia.json")))
        return dicho
    texto = crudo.decode().strip()
    if texto.startswith(("ECE-Recibo:", "v1 ")):
        return verificar_recibo(texto, llaves, probado)
    evidencia = json.loads(texto)
    dicho = verificar(evidencia, llaves)
    probado.anotar(evidencia)
    return dicho


def _se_apoya(ruta):
    """Whether a file is looked at after those that prove something by themselves."""
    try:
        with open(ruta, "rb") as archivo:
            return archivo.read(11).lstrip().startswith((b"%PDF", b"ECE-Recibo:", b"v1 "))
    except OSError:
        return False


def main(argumentos):
    lector = argparse.ArgumentParser(prog="verificador", description="Comprueba evidencia de ECE.")
    lector.add_argument("archivos", nargs="+", metavar="ARCHIVO")
    lector.add_argument("--llave", action="append", default=[], help="llave publicada, nombre+id+…")
    elegido = lector.parse_args(argumentos)
    malos, probado = 0, Probado()
    for ruta in sorted(elegido.archivos, key=_se_apoya):
        try:
            dicho = comprobar(ruta, elegido.llave, probado)
            print("%s: VALE" % ruta)
            for renglon in dicho:
                print("  " + renglon)
        except NoVale as motivo:
            malos += 1
            print("%s: NO VALE: %s" % (ruta, motivo))
        except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            malos += 1
            print("%s: NO VALE: no se puede leer (%s)" % (ruta, type(error).__name__))
    return 1 if malos else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
