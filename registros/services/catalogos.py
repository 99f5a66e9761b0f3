"""Loading catalogues: each edition once, with what it changes said before it rules."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from ece import fhir
from registros.catalogos.fuentes import Fila, Fuente
from registros.models import Concepto, VersionDeCatalogo


@dataclass(frozen=True, slots=True)
class Diferencias:
    """What a load changed (words or limits) against the edition that was in force."""

    catalogo: str
    version: str
    nuevas: int
    retiradas: int
    cambiadas: int
    sin_cambios: bool = False


@transaction.atomic
def cargar(fuente: Fuente, *, ahora: datetime) -> Diferencias:
    """Make `fuente` the edition in force, unless its very content already is."""
    huella = _huella(fuente)
    vigente = VersionDeCatalogo.objects.filter(catalogo=fuente.catalogo, vigente=True).first()
    if vigente is not None and vigente.huella == huella:
        return Diferencias(fuente.catalogo, vigente.version, 0, 0, 0, sin_cambios=True)
    antes: dict[str, Fila] = {}
    if vigente is not None:
        campos = vigente.conceptos.values_list(
            "clave", "texto", "sexo", "edad_minima", "edad_maxima"
        )
        antes = {valores[0]: Fila(*valores) for valores in campos}
    despues = {fila.clave: fila for fila in fuente.filas}
    VersionDeCatalogo.objects.filter(catalogo=fuente.catalogo).update(vigente=False)
    version = f"{fuente.version}-{huella[:8]}"
    nueva, creada = VersionDeCatalogo.objects.update_or_create(
        catalogo=fuente.catalogo,
        version=version,
        defaults={"huella": huella, "cargado_at": ahora, "vigente": True},
    )
    if creada:
        Concepto.objects.bulk_create(
            [
                Concepto(
                    version=nueva,
                    clave=fila.clave,
                    texto=fila.texto,
                    palabras=normalizar(f"{fila.clave} {fila.texto}"),
                    sexo=fila.sexo,
                    edad_minima=fila.edad_minima,
                    edad_maxima=fila.edad_maxima,
                )
                for fila in despues.values()
            ],
            batch_size=1_000,
        )
    return Diferencias(
        fuente.catalogo,
        version,
        nuevas=len(despues.keys() - antes.keys()),
        retiradas=len(antes.keys() - despues.keys()),
        cambiadas=sum(antes[c] != despues[c] for c in antes.keys() & despues.keys()),
    )


def normalizar(texto: str) -> str:
    return re.sub(r"[^\w ]+", " ", fhir.normalizar(texto))


def _huella(fuente: Fuente) -> str:
    filas = sorted(repr(fila) for fila in fuente.filas)
    return sha256("\n".join(filas).encode()).hexdigest()
