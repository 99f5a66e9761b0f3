"""A whole search: its reach, its chains, its page, its total and what it includes."""

from datetime import datetime

from consentimiento.decision import AccesoDenegado
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import inclusiones, ordenadas
from interoperabilidad.fhir.busqueda import Busqueda, Resultado
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.plan import Plan


def ejecutar(actor: Actor, plan: Plan, *, ahora: datetime) -> Resultado:
    """Run `plan` as far as `actor` may see. Raises `AccesoDenegado` only for lack of role."""
    busqueda = Busqueda(actor, plan, ahora)
    if plan.vacio:
        return Resultado(total=0)
    try:
        prueba = busqueda.prueba()
    except AccesoDenegado as negado:
        if negado.fundamento in ErrorFhir.DEL_CLIENTE:
            raise
        return Resultado(total=0)
    if plan.cadenas or plan.inversas:
        busqueda.encadenar()
        if plan.vacio:
            return Resultado(total=0)
    if plan.resumen == "count":
        return Resultado(total=busqueda.contar(prueba))
    if plan.claves:
        resultado = ordenadas.pagina(busqueda, prueba)
    else:
        hallados, siguiente = busqueda.pagina(prueba)
        resultado = Resultado(hallados=hallados, siguiente=siguiente)
        if not siguiente and plan.despues is None:
            resultado.total = len(hallados)
        elif plan.total != "none":
            resultado.total = busqueda.contar(prueba)
    if resultado.hallados and (plan.incluir or plan.incluir_inverso):
        resultado.incluidos = inclusiones.de(busqueda, resultado.hallados, prueba)
    return resultado
