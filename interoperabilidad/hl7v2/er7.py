"""The ER7 syntax of HL7 v2 (chapter 2, sections 2.5 to 2.7): delimiters, segments, fields, escapes.

Read without loss: a segment keeps its text as it came, and its parts are only told apart when they
are asked for. Pure; what cannot be a message raises `Er7Invalido` before anything large is built.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SEGMENTOS_MAXIMOS = 10_000
PARTES_MAXIMAS = 20_000
"""Of any one kind of delimiter in a segment."""
ESCAPADO_MAXIMO = 200
"""Characters between two escape characters: longer is not an escape sequence."""
NULO = '""'
"""What says that a value is to be deleted, rather than left as it is (2.5.3)."""

_NOMBRE = re.compile(r"[A-Z][A-Z0-9]{2}")


class Er7Invalido(Exception):
    """The text is not an HL7 v2 message; the message says where it breaks."""


@dataclass(frozen=True, slots=True)
class Delimitadores:
    """What MSH-1 and MSH-2 declare."""

    campo: str = "|"
    componente: str = "^"
    repeticion: str = "~"
    escape: str = "\\"
    subcomponente: str = "&"

    @property
    def msh2(self) -> str:
        return self.componente + self.repeticion + self.escape + self.subcomponente

    @classmethod
    def de(cls, texto: str) -> "Delimitadores":
        """Those of a message that begins with MSH. Raises `Er7Invalido`."""
        if not texto.startswith("MSH") or len(texto) < 8:
            raise Er7Invalido("el mensaje no empieza con MSH")
        campo = texto[3]
        msh2 = texto[4:].split(campo, 1)[0]
        if not 4 <= len(msh2) <= 5:
            raise Er7Invalido("MSH-2 no declara cuatro delimitadores")
        todos = campo + msh2[:4]
        if len(set(todos)) != 5 or any(c.isalnum() or c.isspace() for c in todos):
            raise Er7Invalido(
                "MSH-1 y MSH-2 repiten delimitadores o usan letras, cifras o espacios"
            )
        return cls(campo, *msh2[:4])


@dataclass(frozen=True, slots=True)
class Valor:
    """One repetition of a field. `v[n]` is its component n (from 1), first subcomponent, in plain
    text; empty where there is none or it is null."""

    crudo: str
    delimitadores: Delimitadores
    _partes: list[str] = field(default_factory=list, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.crudo) and self.crudo != NULO

    def __getitem__(self, numero: int) -> str:
        return self.sub(numero, 1)

    def sub(self, componente: int, subcomponente: int) -> str:
        d = self.delimitadores
        if d.componente not in self.crudo and d.subcomponente not in self.crudo:
            parte = self.crudo if componente == subcomponente == 1 else ""
        else:
            if not self._partes:
                self._partes.extend(self.crudo.split(d.componente))
            parte = self._partes[componente - 1] if componente <= len(self._partes) else ""
            if subcomponente > 1 or d.subcomponente in parte:
                partes = parte.split(d.subcomponente)
                parte = partes[subcomponente - 1] if subcomponente <= len(partes) else ""
            if not parte:
                return ""
        return "" if parte == NULO else desescapar(parte, d).strip()

    def componente(self, numero: int) -> "Valor":
        """Component `numero` as a value whose components are its subcomponents."""
        d = self.delimitadores
        componentes = self.crudo.split(d.componente)
        texto = componentes[numero - 1] if numero <= len(componentes) else ""
        return Valor(texto, Delimitadores(d.campo, d.subcomponente, d.repeticion, d.escape, "\0"))

    @property
    def entero(self) -> str:
        """The whole of it as text (TX, FT: what looks like a delimiter belongs to it)."""
        return "" if self.crudo == NULO else desescapar(self.crudo, self.delimitadores).strip()


@dataclass(frozen=True, slots=True)
class Segmento:
    """A segment and its text as it came. Fields count from 1; those of MSH count its delimiter."""

    nombre: str
    texto: str
    delimitadores: Delimitadores
    _campos: list[str] = field(default_factory=list, compare=False, repr=False)

    def crudo(self, numero: int) -> str:
        if not self._campos:
            self._campos.extend(self.texto.split(self.delimitadores.campo))
        if self.nombre == "MSH":
            if numero == 1:
                return self.delimitadores.campo
            numero -= 1
        return self._campos[numero] if numero < len(self._campos) else ""

    def valores(self, numero: int) -> list[Valor]:
        """The repetitions of a field that say something."""
        crudo = self.crudo(numero)
        if not crudo or crudo == NULO:
            return []
        d = self.delimitadores
        partes = crudo.split(d.repeticion) if d.repeticion in crudo else [crudo]
        return [Valor(parte, d) for parte in partes if parte and parte != NULO]

    def valor(self, numero: int) -> Valor:
        """The first repetition of a field, or an empty value."""
        crudo, d = self.crudo(numero), self.delimitadores
        if d.repeticion in crudo:
            return next(iter(self.valores(numero)), Valor("", d))
        return Valor("" if crudo == NULO else crudo, d)

    def __getitem__(self, numero: int) -> str:
        """The first component of the first repetition of a field, in plain text."""
        return self.valor(numero)[1]

    def nulo(self, numero: int) -> bool:
        """Whether the field says that its value is to be deleted."""
        return self.crudo(numero) == NULO

    @property
    def cuantos(self) -> int:
        return self.texto.count(self.delimitadores.campo) + (self.nombre == "MSH")


@dataclass(frozen=True, slots=True)
class Mensaje:
    delimitadores: Delimitadores
    segmentos: tuple[Segmento, ...]

    @property
    def msh(self) -> Segmento:
        return self.segmentos[0]

    def todos(self, *nombres: str) -> Iterator[Segmento]:
        return (s for s in self.segmentos if s.nombre in nombres)

    def primero(self, nombre: str) -> Segmento | None:
        return next(self.todos(nombre), None)

    def grupos(self, *inicios: str) -> list[list[Segmento]]:
        """What follows each segment called one of `inicios`, with it, up to the next of them."""
        grupos: list[list[Segmento]] = []
        for segmento in self.segmentos:
            if segmento.nombre in inicios:
                grupos.append([segmento])
            elif grupos:
                grupos[-1].append(segmento)
        return grupos

    @property
    def tipo(self) -> str:
        return self.msh.valor(9)[1].upper()

    @property
    def evento(self) -> str:
        return self.msh.valor(9)[2].upper()

    @property
    def version(self) -> str:
        return self.msh[12]

    @property
    def control(self) -> str:
        return self.msh[10]

    def __str__(self) -> str:
        return "".join(f"{s.texto}\r" for s in self.segmentos)


def leer(texto: str) -> Mensaje:
    """The message that `texto` writes. Segments end in CR; LF and CRLF are understood too.

    Raises `Er7Invalido`.
    """
    texto = texto.lstrip("\ufeff\r\n\t ")
    delimitadores = Delimitadores.de(texto)
    final = "\r" if "\r" in texto else "\n"
    if texto.count(final) > SEGMENTOS_MAXIMOS:
        raise Er7Invalido(f"tiene más de {SEGMENTOS_MAXIMOS} segmentos")
    segmentos: list[Segmento] = []
    for numero, linea in enumerate(texto.split(final), 1):
        linea = linea.strip("\n\x00")
        if not linea.strip():
            continue
        nombre = linea[:3]
        if not _NOMBRE.fullmatch(nombre) or linea[3:4] not in ("", delimitadores.campo):
            raise Er7Invalido(f"el renglón {numero} no es un segmento")
        if nombre == "MSH" and segmentos:
            raise Er7Invalido("trae más de un MSH")
        for separador in (delimitadores.campo, *delimitadores.msh2):
            if linea.count(separador) > PARTES_MAXIMAS:
                raise Er7Invalido(f"{nombre} tiene más de {PARTES_MAXIMAS} partes")
        segmentos.append(Segmento(nombre, linea, delimitadores))
    return Mensaje(delimitadores, tuple(segmentos))


def desescapar(texto: str, d: Delimitadores) -> str:
    """Plain text of what may have escape sequences (2.7); those of presentation become breaks."""
    if d.escape not in texto:
        return texto
    e = re.escape(d.escape)
    patron = f"{e}([^{e}]{{0,{ESCAPADO_MAXIMO}}}){e}"
    return re.sub(patron, lambda hallado: _secuencia(hallado[1], d, hallado[0]), texto)


def _secuencia(dentro: str, d: Delimitadores, entera: str) -> str:
    simples = {
        "F": d.campo,
        "S": d.componente,
        "T": d.subcomponente,
        "R": d.repeticion,
        "E": d.escape,
        "P": "#",
        "H": "",
        "N": "",
        ".br": "\n",
        ".sp": "\n",
        ".ce": "\n",
    }
    if dentro in simples:
        return simples[dentro]
    if dentro.startswith((".sp", ".in", ".ti", ".sk", ".fi", ".nf")):
        return "\n" if dentro.startswith(".sp") else " "
    if dentro.startswith("X"):
        try:
            octetos = bytes.fromhex(dentro[1:])
        except ValueError:
            return entera
        try:
            return octetos.decode()
        except UnicodeDecodeError:
            return octetos.decode("latin-1")
    return entera


def escapar(texto: str, d: Delimitadores = Delimitadores()) -> str:
    """`texto` as a value of a field; what is not printable is never written as it is."""
    resultado = []
    especiales = {
        d.escape: "E",
        d.campo: "F",
        d.componente: "S",
        d.subcomponente: "T",
        d.repeticion: "R",
    }
    for letra in texto.replace("\r\n", "\n").replace("\r", "\n"):
        if letra in especiales:
            resultado.append(f"{d.escape}{especiales[letra]}{d.escape}")
        elif letra == "\n":
            resultado.append(f"{d.escape}.br{d.escape}")
        elif letra < " ":
            resultado.append(f"{d.escape}X{ord(letra):02X}{d.escape}")
        else:
            resultado.append(letra)
    return "".join(resultado)


class Escritor:
    """Writes segments with `d`: a field is a text, a tuple (components, each maybe a tuple of
    subcomponents) or a list of these (repetitions)."""

    def __init__(self, d: Delimitadores = Delimitadores()) -> None:
        self._d = d
        self._segmentos: list[str] = []

    def segmento(self, nombre: str, campos: dict[int, object]) -> "Escritor":
        """Add a segment with those fields, by number; of MSH, from 3 on."""
        ultimo = max((n for n, v in campos.items() if v), default=0)
        primero = 3 if nombre == "MSH" else 1
        partes = [self._campo(campos.get(n, "")) for n in range(primero, ultimo + 1)]
        cabeza = [nombre] if nombre != "MSH" else ["MSH", self._d.msh2]
        self._segmentos.append(self._d.campo.join([*cabeza, *partes]))
        return self

    def crudo(self, texto: str) -> "Escritor":
        """Add a segment that is already written with these delimiters."""
        self._segmentos.append(texto)
        return self

    def _campo(self, valor: object) -> str:
        d = self._d
        repeticiones = valor if isinstance(valor, list) else [valor]
        return d.repeticion.join(
            self._unir(r, d.componente, lambda c: self._unir(c, d.subcomponente, self._texto))
            for r in repeticiones
        )

    def _unir(self, valor: object, separador: str, cada: Callable[[object], str]) -> str:
        partes = valor if isinstance(valor, tuple) else (valor,)
        return separador.join(cada(parte) for parte in partes).rstrip(separador)

    def _texto(self, valor: object) -> str:
        return "" if valor is None else escapar(str(valor), self._d)

    def __str__(self) -> str:
        return "".join(f"{s}\r" for s in self._segmentos)
