"""Privacy notices: drafted, published when they say all their law asks for, shown to patients."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.catalogos.avisos import FRACCIONES, Fraccion, faltantes
from consentimiento.models import Aviso
from consentimiento.models.aviso import Estado
from consentimiento.selectors.avisos import SISTEMA, VERSION
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro
from registros.models.base import Recurso

_CATEGORIA = "http://terminology.hl7.org/CodeSystem/communication-category"


class AvisoInexistente(Exception):
    """There is no such notice, or it is past the state in which this can be done."""


class SinInstitucion(Exception):
    """No institution is registered for the notice to speak of."""


class AvisoIncompleto(Exception):
    """It does not say something its law asks for; `fracciones` are what, by article."""

    def __init__(self, fracciones: list[Fraccion]) -> None:
        partes = (f"Falta «{f.titulo}» (art. {f.articulo})." for f in fracciones)
        super().__init__(" ".join(partes))
        self.fracciones = fracciones


def redactar(
    alcance: Alcance, *, ahora: datetime, contenido: Mapping[str, str] | None = None
) -> UUID:
    """A new draft of the institution's next version, from the one in force; or the open draft.

    The regime is the institution's. Raises `SinInstitucion`.
    """
    alcance.exigir(Permiso.AVISO_PUBLICAR)
    institucion = identidad.institucion()
    if institucion is None:
        raise SinInstitucion
    with transaction.atomic():
        avisos = Aviso.objects.select_for_update().filter(institucion=institucion)
        if abierto := avisos.filter(estado=Estado.BORRADOR).first():
            return abierto.pk
        ultimo = avisos.order_by("-version").first()
        nuevo = Aviso.objects.create(
            institucion=institucion,
            regimen=institucion.regimen,
            version=ultimo.version + 1 if ultimo else 1,
            estado=Estado.BORRADOR,
            contenido=dict(contenido or (ultimo.contenido if ultimo else {})),
            creado_at=ahora,
        )
        _asentar(alcance, TipoDeEvento.AVISO_REDACTADO, nuevo, ahora)
    return nuevo.pk


def guardar(
    alcance: Alcance, *, aviso_id: UUID, contenido: Mapping[str, str], ahora: datetime
) -> None:
    """Replace what a draft says. Raises `AvisoInexistente`."""
    alcance.exigir(Permiso.AVISO_PUBLICAR)
    with transaction.atomic():
        aviso = _borrador(aviso_id)
        claves = [f.clave for f in FRACCIONES[aviso.regimen]]
        aviso.contenido = {c: contenido.get(c, "").strip() for c in claves}
        aviso.save(update_fields=["contenido"])
        _asentar(alcance, TipoDeEvento.AVISO_REDACTADO, aviso, ahora)


def publicar(alcance: Alcance, *, aviso_id: UUID, ahora: datetime) -> None:
    """Put a draft in force in place of the one before. Raises `AvisoInexistente`,
    `AvisoIncompleto` (its message names the article and fraction of each thing missing).
    """
    alcance.exigir(Permiso.AVISO_PUBLICAR)
    with transaction.atomic():
        aviso = _borrador(aviso_id)
        if faltan := faltantes(aviso.regimen, aviso.contenido):
            raise AvisoIncompleto(faltan)
        Aviso.objects.filter(institucion=aviso.institucion, estado=Estado.PUBLICADO).update(
            estado=Estado.SUSTITUIDO, sustituido_at=ahora
        )
        aviso.estado, aviso.publicado_at = Estado.PUBLICADO, ahora
        aviso.huella = sha256(fhir.json.escribir(aviso.contenido)).hexdigest()
        aviso.save(update_fields=["estado", "publicado_at", "huella"])
        _asentar(alcance, TipoDeEvento.AVISO_PUBLICADO, aviso, ahora)


def entregar(acceso: Acceso, *, medio: str, ahora: datetime) -> UUID:
    """Record that the notice in force was put before the patient, and how (`medio`, a code).

    Raises `AvisoInexistente` when none is in force.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    aviso = Aviso.objects.filter(estado=Estado.PUBLICADO).first()
    if aviso is None:
        raise AvisoInexistente
    propio = acceso.actor.paciente_propio == acceso.paciente
    remite: Recurso = {"display": acceso.actor.nombre}
    if not propio:
        remite["reference"] = f"Practitioner/{acceso.actor.id}"
    recurso: Recurso = {
        "resourceType": "Communication",
        "status": "completed",
        "identifier": [{"system": SISTEMA, "value": str(aviso.pk)}],
        "extension": [{"url": VERSION, "valueInteger": aviso.version}],
        "category": [{"coding": [{"system": _CATEGORIA, "code": "notification"}]}],
        "medium": [{"coding": [{"system": SISTEMA, "code": medio}]}],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "topic": {"text": "Aviso de privacidad"},
        "sent": ahora.isoformat(timespec="seconds"),
        "recipient": [{"reference": f"Patient/{acceso.paciente}"}],
        "sender": remite,
        "payload": [{"contentString": f"sha256:{aviso.huella}"}],
    }
    with acto(acceso, tipo=TipoDeEvento.AVISO_ENTREGADO, ahora=ahora) as el_acto:
        entrega = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(entrega)
    return entrega.id


def _borrador(aviso_id: UUID) -> Aviso:
    aviso = Aviso.objects.select_for_update().filter(pk=aviso_id, estado=Estado.BORRADOR).first()
    if aviso is None:
        raise AvisoInexistente(str(aviso_id))
    return aviso


def _asentar(alcance: Alcance, tipo: TipoDeEvento, aviso: Aviso, ahora: datetime) -> None:
    bitacora.anexar(
        [
            NuevoEvento(
                tipo=tipo,
                resultado=Resultado.HECHO,
                actor=alcance.actor,
                momento=ahora,
                fundamento=alcance.fundamento,
                decision=alcance.decision,
                detalle={"aviso": str(aviso.pk), "version": aviso.version},
            )
        ]
    )
