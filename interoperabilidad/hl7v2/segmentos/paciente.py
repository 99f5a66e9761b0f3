"""PID, PD1, NK1, MRG: who the patient is, whom to call, and which identifiers were theirs."""

from collections.abc import Iterable

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento, Valor

_EXT = "http://hl7.org/fhir/StructureDefinition/"
PADRE, MADRE = f"{_EXT}humanname-fathers-family", f"{_EXT}humanname-mothers-family"
_SI = ("Y", "S", "YES", "SI")

BORRABLES = {
    9: "alias",
    11: "address",
    13: "telecom",
    16: "maritalStatus",
    30: "deceasedBoolean",
}
"""PID fields that a null empties, and the element of Patient that each writes."""


def de_pid(pid: Segmento, nk1: Iterable[Segmento], contexto: Contexto) -> Recurso:
    """PID (and NK1) to Patient. Raises `DatoInvalido`."""
    nombres = [n for xpn in pid.valores(5) if (n := _nombre(xpn, pid.valor(6)))]
    nombres += [{**n, "use": "old"} for xpn in pid.valores(9) if (n := datos.nombre(xpn))]
    if nombres and "use" not in nombres[0]:
        nombres[0]["use"] = "official"
    return limpio(
        {
            "resourceType": "Patient",
            "extension": _extensiones(pid),
            "identifier": identificadores(pid, contexto),
            "active": True,
            "name": nombres,
            "telecom": _medios(pid),
            "gender": tablas.SEXO.get(pid[8].upper(), "unknown") if pid[8] else "",
            **_nacimiento(pid, contexto),
            **_defuncion(pid, contexto),
            "address": [a for xad in pid.valores(11) if (a := datos.domicilio(xad))],
            "maritalStatus": _estado_civil(pid.valor(16)),
            **_parto_multiple(pid),
            "communication": _idioma(pid.valor(15)),
            "contact": [c for segmento in nk1 if (c := de_nk1(segmento))],
        }
    )


def identificadores(pid: Segmento, contexto: Contexto) -> list[Recurso]:
    """All that PID says the patient is known by (PID-3, PID-2, PID-4, PID-19), each once."""
    hallados = [datos.identificador(cx, contexto) for n in (3, 2, 4) for cx in pid.valores(n)]
    if pid[19]:
        hallados.append(
            {
                "system": f"{datos.AJENO}ss:{contexto.propio}",
                "value": pid[19],
                "type": {"coding": [{"system": f"{tablas.V2}0203", "code": "SS"}]},
            }
        )
    return sin_repetir(hallados)


def para_hallar(pid: Segmento, contexto: Contexto) -> list[Recurso]:
    """The identifiers that find somebody: PID-3 or, of old versions, PID-2.

    What PID-4 and PID-19 say is kept, and too often shared or invented to say who somebody is.
    """
    hallados = [datos.identificador(cx, contexto) for cx in pid.valores(3)]
    if not any(hallados):
        hallados = [datos.identificador(cx, contexto) for cx in pid.valores(2)]
    return sin_repetir(hallados)


def de_mrg(mrg: Segmento, contexto: Contexto) -> list[Recurso]:
    """The identifiers that the patient no longer has (MRG-1 or, of old versions, MRG-4)."""
    hallados = [datos.identificador(cx, contexto) for cx in mrg.valores(1)]
    if not any(hallados):
        hallados = [datos.identificador(cx, contexto) for cx in mrg.valores(4)]
    return sin_repetir(hallados)


def sin_repetir(identificadores: Iterable[Recurso]) -> list[Recurso]:
    unicos: dict[tuple[str, str], Recurso] = {}
    for uno in identificadores:
        if uno.get("value"):
            unicos.setdefault((uno.get("system", ""), uno["value"]), uno)
    return list(unicos.values())


def de_nk1(nk1: Segmento) -> Recurso:
    """NK1 to Patient.contact."""
    relaciones = [datos.concepto(nk1.valor(n), tabla=t) for n, t in ((3, "0063"), (7, "0131"))]
    contacto = limpio(
        {
            "name": datos.nombre(nk1.valor(2)),
            "relationship": [r for r in relaciones if r],
            "address": datos.domicilio(nk1.valor(4)),
            "telecom": [
                m
                for n, uso in ((5, "home"), (6, "work"), (40, ""))
                for xtn in nk1.valores(n)
                if (m := datos.medio(xtn, uso=uso))
            ],
            "gender": tablas.SEXO.get(nk1[15].upper(), "unknown") if nk1[15] else "",
        }
    )
    if nk1[13] and "name" not in contacto:
        contacto["organization"] = {"display": nk1[13]}
    return contacto if contacto.keys() & {"name", "telecom", "address", "organization"} else {}


def borrados(pid: Segmento) -> frozenset[str]:
    """Elements of Patient that PID says to delete."""
    return frozenset(e for n, e in BORRABLES.items() if pid.nulo(n) and e != "alias")


def _nombre(xpn: Valor, de_la_madre: Valor) -> Recurso:
    nombre = datos.nombre(xpn)
    if nombre and not nombre.get("family") and xpn.sub(1, 3):
        nombre["family"] = xpn.sub(1, 3)
    apellidos, materno = nombre.get("family", ""), " ".join(de_la_madre[1].split())
    if materno and apellidos.upper().endswith(f" {materno.upper()}"):
        paterno = apellidos[: -len(materno)].strip()
        nombre["_family"] = {
            "extension": [
                {"url": PADRE, "valueString": paterno},
                {"url": MADRE, "valueString": apellidos[-len(materno) :]},
            ]
        }
    return nombre


def _medios(pid: Segmento) -> list[Recurso]:
    medios = [
        m
        for numero, uso in ((13, "home"), (14, "work"), (40, ""))
        for xtn in pid.valores(numero)
        if (m := datos.medio(xtn, uso=uso))
    ]
    return list({(m.get("system"), m["value"]): m for m in reversed(medios)}.values())[::-1]


def _nacimiento(pid: Segmento, contexto: Contexto) -> Recurso:
    if not pid[7]:
        return {}
    dicho = datos.instante(pid[7], zona=contexto.zona)
    nacio: Recurso = {"birthDate": dicho[:10]}
    if "T" in dicho:
        nacio["_birthDate"] = {
            "extension": [{"url": f"{_EXT}patient-birthTime", "valueDateTime": dicho}]
        }
    return nacio


def _defuncion(pid: Segmento, contexto: Contexto) -> Recurso:
    if pid[29]:
        return {"deceasedDateTime": datos.instante(pid[29], zona=contexto.zona)}
    if pid[30]:
        return {"deceasedBoolean": pid[30].upper() in _SI}
    return {}


def _parto_multiple(pid: Segmento) -> Recurso:
    if pid[25].isdecimal() and int(pid[25][:9]) > 0:
        return {"multipleBirthInteger": int(pid[25][:9])}
    return {"multipleBirthBoolean": pid[24].upper() in _SI} if pid[24] else {}


def _estado_civil(cwe: Valor) -> Recurso:
    codigo = tablas.ESTADO_CIVIL.get(cwe[1].upper())
    if codigo is None:
        return datos.concepto(cwe, tabla="0002") if cwe else {}
    return limpio(
        {"coding": [{"system": f"{tablas.V3}MaritalStatus", "code": codigo}], "text": cwe[2]}
    )


def _idioma(cwe: Valor) -> list[Recurso]:
    idioma = datos.concepto(cwe, tabla="0296") if cwe else {}
    return [{"language": idioma, "preferred": True}] if idioma else []


def _extensiones(pid: Segmento) -> list[Recurso]:
    extensiones: list[Recurso] = []
    madre = datos.nombre(pid.valor(6)) if pid.valor(6) else {}
    if madre.get("family"):
        url = f"{_EXT}patient-mothersMaidenName"
        extensiones.append({"url": url, "valueString": madre["family"]})
    if religion := (datos.concepto(pid.valor(17), tabla="0006") if pid.valor(17) else {}):
        extensiones.append({"url": f"{_EXT}patient-religion", "valueCodeableConcept": religion})
    if pid[23]:
        url = f"{_EXT}patient-birthPlace"
        extensiones.append({"url": url, "valueAddress": {"text": pid[23]}})
    return extensiones
