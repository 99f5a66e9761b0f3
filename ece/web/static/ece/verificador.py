#!/usr/bin/env python3
"""verificador: checks evidence of an ECE log with nothing but Python (3.9 or later).

    python3 verificador.py recibo.json [expediente-de-sancion.zip …]
    python3 verificador.py --llave 'hospital.example/verificar/bitacora+1a2b3c4d+AQ…' recibo.json
    python3 verificador.py recibo.json nota.pdf        # is that PDF the one that was printed?
    python3 verificador.py --autoridad institucion.pem resumen-cda.xml resumen-cda.xml.p7s
    python3 verificador.py --llave '…' cabecera.txt    # a line ``ECE-Recibo: v1 …`` of an answer

It needs no network, no database and no other program. What it answers is explained in
docs/evidence.md. `--llave` is the key that the institution published, from wherever you got it:
without it, the signature is checked with the key that the file itself brings, which shows that the
file is whole and not who made it. `--autoridad` is the same for the certificates of signed
documents: a file in PEM, got from who publishes it. Exit code: 0 everything holds, 1 something does
not, 2 bad usage.
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
FIRMA = ".p7s"
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


# Detached signatures of documents (RFC 5652, CAdES B-B and B-T): RSA with SHA-2, DER by hand.

DIGESTOS = {
    "608648016503040201": ("sha256", "3031300d060960864801650304020105000420"),
    "608648016503040202": ("sha384", "3041300d060960864801650304020205000430"),
    "608648016503040203": ("sha512", "3051300d060960864801650304020305000440"),
}
PREFIJOS = {nombre: bytes.fromhex(prefijo) for nombre, prefijo in DIGESTOS.values()}
RSA = {
    "2a864886f70d01010b": "sha256",
    "2a864886f70d01010c": "sha384",
    "2a864886f70d01010d": "sha512",
}
PKCS9 = "2a864886f70d0109"
FIRMADO, DATOS, SELLO_DE_TIEMPO = "2a864886f70d010702", "2a864886f70d010701", PKCS9 + "100104"
MENSAJE, SELLADO, QUIEN = PKCS9 + "04", PKCS9 + "10020e", PKCS9 + "10022f"
NOMBRE, BASICAS, USO_EXTENDIDO, SELLAR = "550403", "551d13", "551d25", "2b06010505070308"


def der(crudo, desde=0):
    """(tag, where its content begins, where it ends) of the element at `desde`."""
    tag, largo, inicio = crudo[desde], crudo[desde + 1], desde + 2
    if largo & 0x80:
        cuantos = largo & 0x7F
        if not 1 <= cuantos <= 4:
            raise NoVale("hay DER mal formado")
        largo = int.from_bytes(crudo[inicio : inicio + cuantos], "big")
        inicio += cuantos
    if inicio + largo > len(crudo):
        raise NoVale("hay DER mal formado")
    return tag, inicio, inicio + largo


def dentro(crudo):
    _, inicio, fin = der(crudo)
    return crudo[inicio:fin]


def hijos(crudo):
    _, inicio, fin = der(crudo)
    lista = []
    while inicio < fin:
        siguiente = der(crudo, inicio)[2]
        lista.append(crudo[inicio:siguiente])
        inicio = siguiente
    return lista


def oid(crudo):
    return dentro(crudo).hex()


def instante(crudo):
    """A UTCTime or a GeneralizedTime, as digits that sort."""
    dicho = dentro(crudo).decode()
    if crudo[0] == 0x17:
        dicho = ("19" if dicho[:2] >= "50" else "20") + dicho
    if not dicho.endswith("Z") or not dicho[:14].isdigit():
        raise NoVale("hay una fecha mal formada")
    return dicho[:14]


def rsa(publica, digesto, mensaje, firma):
    """Whether `firma` (PKCS #1 v1.5) is that of `mensaje` by `publica` (n, e)."""
    n, e = publica
    largo = (n.bit_length() + 7) // 8
    if n.bit_length() < 2048 or e < 65537 or len(firma) != largo:
        return False
    cola = PREFIJOS[digesto] + hashlib.new(digesto, mensaje).digest()
    relleno = b"\0\1" + b"\xff" * (largo - len(cola) - 3) + b"\0"
    return pow(int.from_bytes(firma, "big"), e, n).to_bytes(largo, "big") == relleno + cola


class Certificado:
    def __init__(self, crudo):
        self.crudo = crudo
        self.tbs, algoritmo, firma = hijos(crudo)
        self.digesto, self.firma = RSA.get(oid(hijos(algoritmo)[0])), dentro(firma)[1:]
        campos = [c for c in hijos(self.tbs) if c[0] != 0xA0]
        _, _, self.emisor, vigencia, self.titular, clave = campos[:6]
        self.desde, self.hasta = (instante(c) for c in hijos(vigencia))
        numeros = [dentro(c) for c in hijos(dentro(hijos(clave)[1])[1:])[:2]]
        self.publica = tuple(int.from_bytes(c, "big") for c in numeros)
        extensiones = {
            oid(hijos(e)[0]): dentro(hijos(e)[-1])
            for c in campos[6:]
            if c[0] == 0xA3
            for e in hijos(hijos(c)[0])
        }
        self.emite = dentro(extensiones.get(BASICAS, b"\x30\0"))[:3] == b"\1\1\xff"
        self.sella = [oid(u) for u in hijos(extensiones.get(USO_EXTENDIDO, b"\x30\0"))] == [SELLAR]

    @property
    def nombre(self):
        pares = [hijos(p) for grupo in hijos(self.titular) for p in hijos(grupo)]
        return next((dentro(v).decode(errors="replace") for c, v in pares if oid(c) == NOMBRE), "")

    def lo_emitio(self, otro):
        return (
            otro.emite
            and otro.titular == self.emisor
            and self.digesto is not None
            and rsa(otro.publica, self.digesto, self.tbs, self.firma)
        )


def exigir_vigente(certificado, momento):
    if not certificado.desde <= momento <= certificado.hasta:
        raise NoVale("el certificado de %s no estaba vigente" % certificado.nombre)


def exigir_cadena(certificado, otros, autoridades, momento):
    """That it reaches `autoridades` (any, if none is given), each link in force at `momento`."""
    eslabon, quedan = certificado, list(otros)
    exigir_vigente(eslabon, momento)
    while autoridades and eslabon not in autoridades:
        eslabon = next((a for a in [*autoridades, *quedan] if eslabon.lo_emitio(a)), None)
        if eslabon is None:
            raise NoVale("el certificado de %s no es de esa autoridad" % certificado.nombre)
        quedan = [otro for otro in quedan if otro is not eslabon]
        exigir_vigente(eslabon, momento)


def leer_cms(sobre, clase, contenido=None):
    """(who signed, the other certificates, the signature, what is unsigned, what was signed)."""
    tipo, cuerpo = hijos(sobre)
    if oid(tipo) != FIRMADO:
        raise NoVale("no es una firma en CMS")
    partes = hijos(hijos(cuerpo)[0])
    encapsulado = hijos(partes[2])
    if oid(encapsulado[0]) != clase or (contenido is not None) != (len(encapsulado) == 1):
        raise NoVale("la firma es de otra clase de contenido")
    if contenido is None:
        contenido = dentro(hijos(encapsulado[1])[0])
    certificados = [Certificado(c) for p in partes[3:] if p[0] == 0xA0 for c in hijos(p)]
    (firmante,) = hijos(partes[-1])
    campos = hijos(firmante)
    digesto = DIGESTOS.get(oid(hijos(campos[2])[0]), ("", ""))[0]
    por_clase = {campo[0]: campo for campo in campos[3:]}
    firmados, firma = por_clase[0xA0], dentro(por_clase[0x04])
    atributos = {oid(hijos(a)[0]): hijos(hijos(a)[1]) for a in hijos(firmados)}
    if not digesto or dentro(atributos[MENSAJE][0]) != hashlib.new(digesto, contenido).digest():
        raise NoVale("el documento no es el que se firmó")
    nombrado = hijos(hijos(hijos(atributos[QUIEN][0])[0])[0])
    huella = next(dentro(c) for c in nombrado if c[0] == 0x04)
    quien = next((c for c in certificados if sha(c.crudo) == huella), None)
    if quien is None or not rsa(quien.publica, digesto, b"\x31" + firmados[1:], firma):
        raise NoVale("la firma del documento es falsa")
    otros = [c for c in certificados if c is not quien]
    sin_firmar = hijos(por_clase.get(0xA1, b"\xa1\0"))
    return (
        quien,
        otros,
        firma,
        {oid(hijos(a)[0]): hijos(hijos(a)[1]) for a in sin_firmar},
        contenido,
    )


def verificar_firma(sobre, documento, autoridades):
    """The detached signature of a document: whose, since when, and that nothing changed."""
    quien, otros, firma, sin_firmar, _ = leer_cms(sobre, DATOS, documento)
    ahora = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    momento, dicho = ahora, []
    if SELLADO in sin_firmar:
        token = sin_firmar[SELLADO][0]
        autoridad, suyas, _, _, info = leer_cms(token, SELLO_DE_TIEMPO)
        campos = hijos(info)
        algoritmo, huella = hijos(campos[2])
        digesto = DIGESTOS.get(oid(hijos(algoritmo)[0]), ("", ""))[0]
        if not digesto or dentro(huella) != hashlib.new(digesto, firma).digest():
            raise NoVale("el sello de tiempo es de otra firma")
        momento = instante(campos[4])
        if not autoridad.sella:
            raise NoVale("el sello de tiempo no es de una autoridad de tiempo")
        exigir_cadena(autoridad, suyas, autoridades, momento)
        exigir_vigente(autoridad, ahora)
        dicho.append("Sello de tiempo de %s: %s UTC." % (autoridad.nombre, momento))
    exigir_cadena(quien, otros, autoridades, momento)
    dicho.insert(0, "Lo firma %s, y nada cambió desde entonces." % quien.nombre)
    if not autoridades:
        dicho.append(
            "OJO: el certificado venía con la firma; dé con --autoridad el de su autoridad."
        )
    return dicho


def leer_pem(texto):
    """The certificates of a file in PEM."""
    cuerpos = texto.split("-----BEGIN CERTIFICATE-----")[1:]
    limpios = ("".join(c.partition("-----END")[0].split()) for c in cuerpos)
    return [Certificado(b64(uno)) for uno in limpios]


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


def verificar_zip(ruta, llaves=(), autoridades=()):
    """A signed package of files: its manifest, each file's digest, and the evidence inside; or a
    document and its detached signature alone."""
    with zipfile.ZipFile(ruta) as archivo:
        nombres = set(archivo.namelist())
        firmados = []
        for nombre in sorted(n for n in nombres if n.endswith(FIRMA)):
            escrito = archivo.read(nombre[: -len(FIRMA)])
            firmados += verificar_firma(archivo.read(nombre), escrito, autoridades)
        if "MANIFIESTO" not in nombres and firmados:
            return firmados
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
        probado = Probado()
        probado.anotar(evidencia)
        for nombre in sorted(dichos):
            if dichos[nombre] in probado.impresos:
                cuando = probado.impresos[dichos[nombre]][::-1]
                dicho.append("%s es el que se imprimió el %s (evento %d)." % (nombre, *cuando))
    return dicho + firmados + verificar(evidencia, llaves)


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
    """What the evidence that held in this run proves, for the files that lean on it; and the
    signatures that were given, by the name of their file."""

    def __init__(self):
        self.llaves, self.hojas, self.impresos, self.firmas = [], set(), {}, {}

    def anotar(self, evidencia):
        self.llaves += evidencia["bitacora"]["llaves"]
        self.hojas |= {sha(b"\0" + entrada(e["apertura"])) for e in evidencia["eventos"]}
        for evento, dato in _datos(evidencia):
            if isinstance(dato, dict) and dato.get("tipo") == IMPRESION:
                self.impresos[dato["detalle"]["sha256"]] = (evento["indice"], dato["momento"])


def verificar_xml(ruta, crudo, probado, autoridades):
    """A clinical document: by the signature that was given with it, by the log, or by both."""
    dicho = []
    suya = ruta + FIRMA if len(probado.firmas) > 1 else next(iter(probado.firmas), None)
    firma = probado.firmas.pop(suya, None)
    if firma is not None:
        dicho = verificar_firma(firma, crudo, autoridades)
    if probado.impresos or firma is None:
        dicho += verificar_pdf(crudo, probado)
    return dicho


def verificar_pdf(crudo, probado):
    """Whether the log committed to these very bytes when they were printed."""
    hallado = probado.impresos.get(hashlib.sha256(crudo).hexdigest())
    if hallado:
        return ["Es, byte por byte, el que se imprimió el %s (evento %d)." % hallado[::-1]]
    if not probado.impresos:
        raise NoVale("dé también su recibo, o la prueba de todos los eventos")
    for fin in _finales(crudo):
        if hashlib.sha256(crudo[:fin]).hexdigest() in probado.impresos:
            raise NoVale(
                "sus primeros %d bytes son lo que se imprimió; el resto se agregó después" % fin
            )
    raise NoVale("ningún evento de los que se dieron asienta este documento")


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


def comprobar(ruta, llaves, autoridades, probado):
    """What holds of a file, whichever kind it is; evidence is taken note of in `probado`."""
    with open(ruta, "rb") as archivo:
        crudo = archivo.read()
    if crudo.startswith(b"%PDF"):
        return verificar_pdf(crudo, probado)
    if zipfile.is_zipfile(ruta):
        dicho = verificar_zip(ruta, llaves, autoridades)
        with zipfile.ZipFile(ruta) as archivo:
            if "evidencia.json" in archivo.namelist():
                probado.anotar(json.loads(archivo.read("evidencia.json")))
        return dicho
    if crudo.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return verificar_xml(ruta, crudo, probado, autoridades)
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
            inicio = archivo.read(16).lstrip(b"\xef\xbb\xbf \t\r\n")
            return inicio.startswith((b"%PDF", b"ECE-Recibo:", b"v1 ", b"<"))
    except OSError:
        return False


def main(argumentos):
    lector = argparse.ArgumentParser(prog="verificador", description="Comprueba evidencia de ECE.")
    lector.add_argument("archivos", nargs="+", metavar="ARCHIVO")
    lector.add_argument("--llave", action="append", default=[], help="llave publicada, nombre+id+…")
    lector.add_argument(
        "--autoridad", action="append", default=[], help="certificados de quien se cree, en PEM"
    )
    elegido = lector.parse_args(argumentos)
    malos, probado = 0, Probado()
    autoridades = []
    try:
        for ruta in elegido.autoridad:
            with open(ruta, encoding="ascii") as archivo:
                autoridades += leer_pem(archivo.read())
        for ruta in (ruta for ruta in elegido.archivos if ruta.endswith(FIRMA)):
            with open(ruta, "rb") as archivo:
                probado.firmas[ruta] = archivo.read()
    except (OSError, ValueError, IndexError, NoVale) as error:
        lector.error("no se puede leer %s (%s)" % (ruta, type(error).__name__))
    otros = [ruta for ruta in elegido.archivos if not ruta.endswith(FIRMA)]
    for ruta in sorted(otros, key=_se_apoya):
        try:
            dicho = comprobar(ruta, elegido.llave, autoridades, probado)
            print("%s: VALE" % ruta)
            for renglon in dicho:
                print("  " + renglon)
        except NoVale as motivo:
            malos += 1
            print("%s: NO VALE: %s" % (ruta, motivo))
        except (LookupError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            malos += 1
            print("%s: NO VALE: no se puede leer (%s)" % (ruta, type(error).__name__))
    for ruta in probado.firmas:
        malos += 1
        print("%s: NO VALE: dé también el documento que firma" % ruta)
    return 1 if malos else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
