"""What a verification may find, in the words of who has to act on it."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Clase(StrEnum):
    EVENTO_ALTERADO = "evento.alterado"
    EVENTO_FALTANTE = "evento.faltante"
    EVENTO_INTRUSO = "evento.intruso"
    EVENTO_REORDENADO = "evento.reordenado"
    EVENTO_CONTRADICHO = "evento.contradicho"
    SELLO_ALTERADO = "sello.alterado"
    SELLO_FALTANTE = "sello.faltante"
    SELLO_SIN_FIRMA = "sello.sin-firma"
    LLAVE_AJENA = "llave.ajena"
    ARBOL_ALTERADO = "arbol.alterado"
    MAPA_ALTERADO = "mapa.alterado"
    VERSION_ALTERADA = "version.alterada"
    VERSION_FALTANTE = "version.faltante"
    VERSION_INTRUSA = "version.intrusa"
    GUARDA_AUSENTE = "guarda.ausente"
    SECUENCIA_RETROCEDIDA = "secuencia.retrocedida"
    TESTIGO_CONTRADICE = "testigo.contradice"
    RETROCESO = "testigo.retroceso"


SIGNIFICA = {
    Clase.EVENTO_ALTERADO: "el evento no dice lo que decía cuando se selló",
    Clase.EVENTO_FALTANTE: "un evento sellado ya no está en la tabla: alguien lo quitó",
    Clase.EVENTO_INTRUSO: "hay un evento entre los sellados que no se selló: se metió después",
    Clase.EVENTO_REORDENADO: "los eventos sellados están, pero en otro orden",
    Clase.EVENTO_CONTRADICHO: "las columnas con que se busca el evento no son las que él dice",
    Clase.SELLO_ALTERADO: "un sello no es el que se firmó",
    Clase.SELLO_FALTANTE: "falta un sello de la cadena: cada uno continúa al anterior",
    Clase.SELLO_SIN_FIRMA: "el sello no lo firma la llave de la bitácora de entonces",
    Clase.LLAVE_AJENA: "una llave pública registrada no es la del llavero: otro firmó los sellos",
    Clase.ARBOL_ALTERADO: "las hojas guardadas no llevan a la raíz firmada",
    Clase.MAPA_ALTERADO: "el mapa de completitud no cuenta los eventos que cada paciente tiene",
    Clase.VERSION_ALTERADA: "una versión del expediente no es la que su evento asentó",
    Clase.VERSION_FALTANTE: "falta una versión del expediente que un evento asentó",
    Clase.VERSION_INTRUSA: "hay una versión del expediente que ningún evento asentó",
    Clase.GUARDA_AUSENTE: "la base de datos no tiene puesta una de sus guardas",
    Clase.SECUENCIA_RETROCEDIDA: "un contador de la base de datos está detrás de lo ya escrito",
    Clase.TESTIGO_CONTRADICE: "un testigo vio otra bitácora de ese tamaño: el pasado se reescribió",
    Clase.RETROCESO: "un testigo vio una bitácora más larga: se restauró un respaldo o se cortó",
}


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """One divergence: where it is (`orden` sorts them in the log; 0 when it is outside of it)."""

    clase: Clase
    donde: str
    detalle: str = ""
    orden: int = 0

    @property
    def significa(self) -> str:
        return SIGNIFICA[self.clase]

    def __str__(self) -> str:
        detalle = f" ({self.detalle})" if self.detalle else ""
        return (
            f"{self.clase}: {self.donde}{detalle}. {self.significa[0].upper()}{self.significa[1:]}."
        )
