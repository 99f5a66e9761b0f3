"""Which of the notes that a visit asks for again and again are overdue."""

from datetime import datetime, timedelta

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.notas import TIPOS, TipoDeNota, de_concepto
from registros.models import NotaClinica
from registros.selectors.expediente import Entrada


def vencidas(acceso: Acceso, *, encuentro: Entrada, ahora: datetime) -> list[TipoDeNota]:
    """The types due every so many hours in an open visit, with none finished within that time."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    clase = encuentro.recurso["class"].get("code", "")
    pedidas = [
        (tipo, ahora - timedelta(hours=tipo.plazo.cada_horas))
        for tipo in TIPOS.values()
        if tipo.plazo and tipo.plazo.cada_horas and clase in tipo.plazo.encuentros
    ]
    pedidas = [(tipo, limite) for tipo, limite in pedidas if encuentro.fecha <= limite]
    if not pedidas:
        return []
    escritas = NotaClinica.objects.de(acceso).con_estado("final", "amended")
    recientes = [
        (de_concepto(nota.recurso["type"]), nota.fecha)
        for nota in escritas.filter(
            encuentro=encuentro.id, fecha__gt=min(limite for _, limite in pedidas)
        )
    ]
    return [
        tipo
        for tipo, limite in pedidas
        if not any(escrita is tipo and fecha > limite for escrita, fecha in recientes)
    ]
