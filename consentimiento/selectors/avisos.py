"""Privacy notices: the one in force, their history, and which of them a patient was shown."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consentimiento.catalogos.avisos import FRACCIONES, LEYES, Fraccion, faltantes
from consentimiento.models import Aviso
from consentimiento.models.aviso import Estado
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro
from registros.models.base import ANULADO

SISTEMA = "urn:ece:aviso-de-privacidad"
VERSION = "urn:ece:fhir:version-del-aviso"


@dataclass(frozen=True, slots=True)
class AvisoVisto:
    """A notice as it is read: `secciones` in the law's order, with what is still unsaid."""

    id: UUID
    version: int
    regimen: str
    ley: str
    estado: str
    institucion: str
    huella: str
    creado_at: datetime
    publicado_at: datetime | None
    sustituido_at: datetime | None
    secciones: list[tuple[Fraccion, str]]
    faltan: list[Fraccion]

    @property
    def borrador(self) -> bool:
        return self.estado == Estado.BORRADOR

    @property
    def publicado(self) -> bool:
        return self.estado == Estado.PUBLICADO

    @property
    def breves(self) -> list[tuple[Fraccion, str]]:
        return [(f, texto) for f, texto in self.secciones if f.breve]

    @property
    def integrales(self) -> list[tuple[Fraccion, str]]:
        return [(f, texto) for f, texto in self.secciones if f.clave != "sitio"]


@dataclass(frozen=True, slots=True)
class Entrega:
    """That a patient was shown a version: when, how, by whom."""

    aviso: UUID | None
    version: int
    medio: str
    fecha: datetime
    quien: str


def publicado() -> AvisoVisto | None:
    """The notice in force; it is everybody's to read."""
    fila = Aviso.objects.select_related("institucion").filter(estado=Estado.PUBLICADO).first()
    return _visto(fila) if fila else None


def todos(alcance: Alcance) -> list[AvisoVisto]:
    """Every version, the newest first."""
    alcance.exigir(Permiso.AVISO_PUBLICAR)
    return [_visto(a) for a in Aviso.objects.select_related("institucion").order_by("-version")]


def uno(alcance: Alcance, *, aviso_id: UUID) -> AvisoVisto | None:
    alcance.exigir(Permiso.AVISO_PUBLICAR)
    fila = Aviso.objects.select_related("institucion").filter(pk=aviso_id).first()
    return _visto(fila) if fila else None


def entregas(acceso: Acceso) -> list[Entrega]:
    """The versions the patient was shown, the newest first."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    filas = OtroRegistro.objects.de(acceso).filter(tipo="Communication").exclude(estado=ANULADO)
    vistas = []
    for fila in filas.order_by("-fecha", "-id"):
        recurso = fila.recurso
        codigo = next(
            (i["value"] for i in recurso.get("identifier", ()) if i.get("system") == SISTEMA), None
        )
        if codigo is None:
            continue
        extensiones = recurso.get("extension", ())
        version = next((e["valueInteger"] for e in extensiones if e["url"] == VERSION), 0)
        medio = recurso["medium"][0]["coding"][0]["code"]
        quien = recurso.get("sender", {}).get("display", "")
        vistas.append(Entrega(UUID(codigo), version, medio, fila.fecha, quien))
    return vistas


def le_falta(acceso: Acceso) -> AvisoVisto | None:
    """The notice in force, when nothing says that the patient was shown that version."""
    vigente = publicado()
    if vigente is None or any(e.aviso == vigente.id for e in entregas(acceso)):
        return None
    return vigente


def _visto(fila: Aviso) -> AvisoVisto:
    return AvisoVisto(
        id=fila.pk,
        version=fila.version,
        regimen=fila.regimen,
        ley=LEYES[fila.regimen],
        estado=fila.estado,
        institucion=fila.institucion.nombre,
        huella=fila.huella,
        creado_at=fila.creado_at,
        publicado_at=fila.publicado_at,
        sustituido_at=fila.sustituido_at,
        secciones=[(f, fila.contenido.get(f.clave, "")) for f in FRACCIONES[fila.regimen]],
        faltan=faltantes(fila.regimen, fila.contenido),
    )
