"""The header, in the order of the guide (and of CDA R2's schema)."""

from ece.cda.giis.escritura import (
    ACTO,
    CEDULA,
    CLUES,
    CURP,
    Nodo,
    ce,
    el,
    ii,
    instante,
    ivl,
    nombre_de,
    nulo,
    telefonos,
    ts,
)
from ece.cda.giis.fuente import Fuente, Profesional
from ece.cda.tipos import Recurso

PLANTILLA = "2.16.840.1.113883.3.215.11.1.1"
MX = "2.16.840.1.113883.3.215"
NO_INTERCAMBIABLE = "no intercambiable"
APLICACION = "Expediente Clínico Electrónico (ECE)"
_SEXOS = {"male": ("M", "Masculino"), "female": ("F", "Femenino"), "other": ("UN", "Indefinido")}
_CIVILES = frozenset("DMUWTLS")
_CLASES = {"AMB": "AMB", "EMER": "EMER", "IMP": "IMP", "HH": "HH", "VR": "VR", "SS": "SS"}
_EGRESOS = {"home": "2", "aadvice": "3", "other-hcf": "4", "exp": "5"}


def de(fuente: Fuente) -> list[Nodo]:
    titulo = "Resumen clínico"
    if not fuente.registrada:
        titulo = f"{titulo} ({NO_INTERCAMBIABLE}: la institución no tiene OID registrado)"
    momento = instante(fuente.momento)
    return [
        el("realmCode", code="MX"),
        el("typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
        el("templateId", root=PLANTILLA),
        ii(fuente.raiz, str(fuente.id), autoridad=_autoridad(fuente)),
        ce("code", "34133-9", "2.16.840.1.113883.6.1", "Nota de resumen de episodio"),
        el("title", titulo),
        el("effectiveTime", value=momento),
        ce(
            "confidentialityCode",
            "R" if fuente.reservado else "N",
            "2.16.840.1.113883.5.25",
            "Restringida" if fuente.reservado else "Normal",
        ),
        el("languageCode", code="es-MX"),
        ii(fuente.raiz, str(fuente.id), nombre="setId"),
        el("versionNumber", value="1"),
        _paciente(fuente),
        _autor(fuente, momento),
        *([_captura(fuente.elabora, fuente, momento)] if fuente.elabora else []),
        el(
            "custodian",
            el(
                "assignedCustodian",
                el(
                    "representedCustodianOrganization",
                    _clues(fuente),
                    nombre_de(fuente.establecimiento.nombre),
                    nulo("telecom"),
                    _domicilio(fuente),
                ),
            ),
        ),
        *([_firma(fuente, momento)] if fuente.responsable or fuente.elabora else []),
        _servicio(fuente),
        *([_encuentro(fuente)] if fuente.encuentro else []),
    ]


def _autoridad(fuente: Fuente) -> str:
    propia = fuente.establecimiento.institucion
    return propia if fuente.registrada else f"{propia} (sin OID registrado, {NO_INTERCAMBIABLE})"


def _paciente(fuente: Fuente) -> Nodo:
    recurso, persona = fuente.paciente, fuente.persona
    ids = {i.get("system"): i.get("value", "") for i in recurso.get("identifier", ())}
    curp = ids.get(f"urn:oid:{CURP}", "")
    sexo = _SEXOS.get(recurso.get("gender", ""))
    civil = next((c.get("code") for c in recurso.get("maritalStatus", {}).get("coding", ())), "")
    clave_nac, nacionalidad = persona.nacionalidad
    papel = el(
        "patientRole",
        ii(fuente.raiz, ids.get("urn:ece:expediente", "") or str(recurso.get("id", ""))),
        ii(CURP, curp) if curp else nulo("id", "NI", assigningAuthorityName="RENAPO"),
        ii(f"{MX}.12.15", clave_nac, autoridad=nacionalidad) if clave_nac else None,
        ii(f"{MX}.12.501", str(persona.edad)) if persona.edad is not None else None,
        el("addr", *(el(parte, dicho) for parte, dicho in persona.domicilio))
        if persona.domicilio
        else nulo("addr"),
        *telefonos(recurso),
        el(
            "patient",
            _nombre(fuente),
            ce("administrativeGenderCode", sexo[0], "2.16.840.1.113883.5.1", sexo[1])
            if sexo
            else nulo("administrativeGenderCode", "UNK"),
            ts("birthTime", str(recurso.get("birthDate", ""))),
            ce("maritalStatusCode", civil, "2.16.840.1.113883.5.2") if civil in _CIVILES else None,
            ce("religiousAffiliationCode", persona.religion[0], f"{MX}.12.11", persona.religion[1])
            if persona.religion[0]
            else None,
            ce("ethnicGroupCode", persona.etnia[0], f"{MX}.12.10", persona.etnia[1])
            if persona.etnia[0]
            else None,
            _tutor(persona.tutor) if persona.tutor else None,
            el("birthplace", el("place", el("addr", el("state", persona.entidad_de_nacimiento))))
            if persona.entidad_de_nacimiento
            else None,
        ),
        el(
            "providerOrganization",
            _clues(fuente),
            nombre_de(fuente.establecimiento.nombre),
            nulo("telecom"),
            _domicilio(fuente),
        ),
    )
    return el("recordTarget", papel)


def _nombre(fuente: Fuente) -> Nodo:
    nombre: Recurso = next(iter(fuente.paciente.get("name", ())), {})
    apellidos = [a for a in fuente.persona.apellidos if a] or [nombre.get("family", "")]
    dados = " ".join(nombre.get("given", ()))
    partes = [("given", dados), *(("family", a) for a in apellidos)]
    hijos = [el(clave, dicho) for clave, dicho in partes if dicho]
    return el("name", *hijos) if hijos else nulo("name", "UNK")


def _tutor(nombre: str) -> Nodo:
    return el(
        "guardian",
        ce("code", "GUARD", "2.16.840.1.113883.5.111", "Tutor"),
        nulo("addr"),
        nulo("telecom"),
        el("guardianPerson", nombre_de(nombre)),
    )


def _clues(fuente: Fuente) -> Nodo:
    clues = fuente.establecimiento.clues
    return ii(CLUES, clues) if clues else nulo("id")


def _domicilio(fuente: Fuente) -> Nodo:
    dicho = fuente.establecimiento.domicilio
    return el("addr", el("streetAddressLine", dicho)) if dicho else nulo("addr")


def _organizacion(fuente: Fuente) -> Nodo:
    return el("representedOrganization", _clues(fuente), nombre_de(fuente.establecimiento.nombre))


def _autor(fuente: Fuente, momento: str) -> Nodo:
    """The system itself: it puts the document together."""
    return el(
        "author",
        el("time", value=momento),
        el(
            "assignedAuthor",
            ii(fuente.raiz),
            nulo("addr"),
            nulo("telecom"),
            el("assignedAuthoringDevice", el("softwareName", APLICACION)),
            _organizacion(fuente),
        ),
    )


def _asignado(quien: Profesional, fuente: Fuente) -> Nodo:
    return el(
        "assignedEntity",
        ii(CEDULA, quien.cedula) if quien.cedula else nulo("id"),
        nulo("addr"),
        nulo("telecom"),
        el("assignedPerson", nombre_de(quien.nombre)),
        _organizacion(fuente),
    )


def _captura(quien: Profesional, fuente: Fuente, momento: str) -> Nodo:
    return el("dataEnterer", el("time", value=momento), _asignado(quien, fuente))


def _firma(fuente: Fuente, momento: str) -> Nodo:
    """Who answers for it. ``X``: their signature is required, and this file does not carry it."""
    quien = fuente.elabora or fuente.responsable
    assert quien is not None
    return el(
        "legalAuthenticator",
        el("time", value=momento),
        el("signatureCode", code="X"),
        _asignado(quien, fuente),
    )


def _periodo(fuente: Fuente) -> tuple[str, str]:
    periodo = (fuente.encuentro or {}).get("period", {})
    inicio = str(periodo.get("start", "")) or fuente.momento.isoformat(timespec="seconds")
    return inicio, str(periodo.get("end", ""))


def _clase(fuente: Fuente) -> str:
    return _CLASES.get((fuente.encuentro or {}).get("class", {}).get("code", ""), "AMB")


def _servicio(fuente: Fuente) -> Nodo:
    inicio, fin = _periodo(fuente)
    clase = {"VR": "AMB", "SS": "IMP"}.get(_clase(fuente), _clase(fuente))
    quien = fuente.responsable or fuente.elabora
    ejecuta = None
    if quien is not None:
        ejecuta = el(
            "performer",
            ce("functionCode", "PP", "2.16.840.1.113883.12.443", "Médico tratante"),
            _asignado(quien, fuente),
            typeCode="PRF",
        )
    return el(
        "documentationOf",
        el(
            "serviceEvent",
            ii(fuente.raiz, str((fuente.encuentro or {}).get("id", "")) or str(fuente.id)),
            ce("code", clase, ACTO),
            ivl("effectiveTime", inicio, fin or fuente.momento.isoformat(timespec="seconds")),
            ejecuta,
            classCode="PCPR",
        ),
    )


def _encuentro(fuente: Fuente) -> Nodo:
    assert fuente.encuentro is not None
    inicio, fin = _periodo(fuente)
    hospital = fuente.encuentro.get("hospitalization", {})
    egreso = next(
        (c.get("code", "") for c in hospital.get("dischargeDisposition", {}).get("coding", ())), ""
    )
    return el(
        "componentOf",
        el(
            "encompassingEncounter",
            ii(fuente.raiz, str(fuente.encuentro.get("id", ""))),
            ce("code", _clase(fuente), ACTO),
            ivl("effectiveTime", inicio, fin),
            ce(
                "dischargeDispositionCode",
                _EGRESOS.get(egreso, "6"),
                "2.16.840.1.113883.12.112",
            )
            if egreso
            else None,
            el("responsibleParty", _asignado(fuente.responsable, fuente))
            if fuente.responsable
            else None,
            el("location", el("healthCareFacility", _clues(fuente))),
        ),
    )
