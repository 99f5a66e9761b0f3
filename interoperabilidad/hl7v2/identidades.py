"""Who a message says somebody is, over what was known. Pure, but for the number of a new record."""

from collections.abc import Iterable

from interoperabilidad.hl7v2.datos import Recurso
from interoperabilidad.hl7v2.traduccion import Persona
from registros.services.pacientes import SISTEMA_EXPEDIENTE, siguiente_expediente

_LISTAS = ("identifier", "extension")
_SE_TOMAN = frozenset(
    {"name", "telecom", "gender", "birthDate", "_birthDate", "address", "maritalStatus", "contact"}
    | {"deceasedBoolean", "deceasedDateTime", "communication", "multipleBirthBoolean"}
    | {"multipleBirthInteger"}
)
_EXCLUYENTES = (
    ("deceasedBoolean", "deceasedDateTime"),
    ("multipleBirthBoolean", "multipleBirthInteger"),
)


def nuevo(recurso: Recurso) -> Recurso:
    """The Patient to register, with a number of ours if the message does not give it."""
    propios = recurso.get("identifier", [])
    if any(i.get("system") == SISTEMA_EXPEDIENTE for i in propios):
        return recurso
    numero = {"system": SISTEMA_EXPEDIENTE, "value": siguiente_expediente()}
    return {**recurso, "identifier": [*propios, numero]}


def sobre(conocido: Recurso, persona: Persona) -> Recurso:
    """What the message says over what was known; what it does not say stays.

    Identifiers and extensions are added to; the number of the record here never changes. Names that
    read the same stay as somebody wrote them here, with what they say of each surname.
    """
    dicho = {k: v for k, v in persona.recurso.items() if k in _SE_TOMAN}
    junto = {**conocido, **dicho}
    for uno, otro in _EXCLUYENTES:
        if uno in dicho or otro in dicho:
            for clave in (uno, otro):
                if clave not in dicho:
                    junto.pop(clave, None)
    if _mismos_nombres(conocido, persona.recurso):
        junto["name"] = conocido["name"]
    otra_fecha = dicho.get("birthDate") not in (None, conocido.get("birthDate"))
    if otra_fecha and "_birthDate" not in dicho:
        junto.pop("_birthDate", None)
    for elemento in persona.borrados:
        if elemento not in dicho:
            junto.pop(elemento, None)
    junto["identifier"] = _identificadores(
        conocido.get("identifier", ()), persona.recurso.get("identifier", ())
    )
    extensiones = {e["url"]: e for e in persona.recurso.get("extension", ())}
    ajenas = [e for e in conocido.get("extension", ()) if e.get("url") not in extensiones]
    if ajenas or extensiones:
        junto["extension"] = [*ajenas, *extensiones.values()]
    return junto


def con_previos(conocido: Recurso, persona: Persona) -> Recurso:
    """With the identifiers that they had, as old ones: what still comes under them is theirs."""
    viejos = [{**i, "use": "old"} for i in persona.previos if i.get("system") != SISTEMA_EXPEDIENTE]
    propios = [*persona.recurso.get("identifier", ()), *viejos]
    return {
        **conocido,
        "identifier": _identificadores(conocido.get("identifier", ()), propios),
    }


def _identificadores(unos: Iterable[Recurso], otros: Iterable[Recurso]) -> list[Recurso]:
    juntos = {(i.get("system"), i.get("value")): i for i in unos}
    expediente = any(sistema == SISTEMA_EXPEDIENTE for sistema, _ in juntos)
    for uno in otros:
        clave = (uno.get("system"), uno.get("value"))
        if expediente and clave[0] == SISTEMA_EXPEDIENTE:
            continue
        juntos.setdefault(clave, uno)
    return list(juntos.values())


def _mismos_nombres(uno: Recurso, otro: Recurso) -> bool:
    return [_leido(n) for n in uno.get("name", ())] == [_leido(n) for n in otro.get("name", ())]


def _leido(nombre: Recurso) -> tuple[str, str]:
    return " ".join(nombre.get("given", ())).upper(), str(nombre.get("family", "")).upper()
