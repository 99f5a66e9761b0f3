"""The identification and the FHIR Patient that says the same: each from the other."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from registros.catalogos import dichos, personas
from registros.catalogos.personas import Clave
from registros.models.base import Recurso
from registros.models.identificacion import Cobertura, Contacto, Domicilio, Identificacion
from registros.models.paciente import (
    APELLIDO_MATERNO,
    APELLIDO_PATERNO,
    EDAD_APROXIMADA,
    EXTENSION,
    PROVISIONAL,
    SISTEMA_CURP,
    SISTEMA_EXPEDIENTE,
    SISTEMA_NSS,
    SISTEMA_PASAPORTE,
    edad_aproximada,
    extension,
    identificador,
)

CATALOGO = "urn:ece:catalogo:"
SIN_DATO = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
NACIMIENTO = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
RELIGION = "http://hl7.org/fhir/StructureDefinition/patient-religion"
ESTADO_CIVIL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
PARENTESCO = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
TUTOR = "GUARD"

_GENERO_FHIR = {"H": "male", "M": "female", "X": "other"}
_DERECHOHABIENCIA = f"{EXTENSION}derechohabiencia"
_COLONIA = f"{EXTENSION}colonia"
_CLAVE = f"{EXTENSION}clave"
_TEXTOS = {
    "sexo_curp": "sexo-curp",
    "sexo_biologico": "sexo-biologico",
    "genero": "genero",
    "entidad_nacimiento": "entidad-nacimiento",
    "sin_curp_motivo": "sin-curp-motivo",
    "indigena": "se-considera-indigena",
    "afromexicano": "se-considera-afromexicano",
    "ocupacion": "ocupacion",
    "nivel_socioeconomico": "nivel-socioeconomico",
    "vivienda": "vivienda",
    "senas": "senas-particulares",
    "folio_defuncion": "folio-certificado-defuncion",
    "provisional": PROVISIONAL.removeprefix(EXTENSION),
}
"""Field -> extension of ours that keeps it as a string."""
_CLAVES = {
    "nacionalidad": (EXTENSION + "nacionalidad", personas.NACIONALIDADES),
    "religion": (RELIGION, personas.RELIGIONES),
    "escolaridad": (EXTENSION + "escolaridad", personas.ESCOLARIDAD),
}
"""Field -> extension that keeps it as a concept, catalogue."""
_LUGARES = (
    ("state", "entidad", personas.ENTIDADES),
    ("district", "municipio", personas.MUNICIPIOS),
    ("city", "localidad", personas.LOCALIDADES),
)
_PROPIAS = frozenset(
    {*(EXTENSION + clave for clave in _TEXTOS.values()), *(url for url, _ in _CLAVES.values())}
    | {EDAD_APROXIMADA, _DERECHOHABIENCIA}
)
_ELEMENTOS = frozenset(
    {"name", "gender", "birthDate", "_birthDate", "deceasedDateTime", "deceasedBoolean", "telecom"}
    | {"address", "contact", "communication", "maritalStatus", "identifier", "extension"}
)
"""What the identification rules in the resource; the rest (links, photograph, tags) is left."""


def a_recurso(i: Identificacion, *, expediente: str, anterior: Recurso | None = None) -> Recurso:
    """The FHIR Patient that says the same; of `anterior`, what identification does not rule."""
    previo = anterior or {}
    nuevo: Recurso = {
        "resourceType": "Patient",
        "extension": [
            *_extensiones(i),
            *(e for e in previo.get("extension", ()) if e.get("url") not in _PROPIAS),
        ],
        "identifier": [
            *_identificadores(i, expediente),
            *(x for x in previo.get("identifier", ()) if x.get("system") not in _SISTEMAS),
        ],
        "active": True,
        "name": [_nombre(i)],
        "gender": _GENERO_FHIR.get(i.sexo_curp, "unknown"),
        **_nacimiento(i),
    }
    if i.fecha_defuncion is not None:
        nuevo["deceasedDateTime"] = i.fecha_defuncion.isoformat()
    medios = [
        {"system": sistema, "value": valor}
        for sistema, valor in (("phone", i.telefono), ("email", i.correo))
        if valor
    ]
    if medios:
        nuevo["telecom"] = medios
    if domicilio := _domicilio(i.domicilio):
        nuevo["address"] = [domicilio]
    if i.estado_civil:
        texto = personas.ESTADOS_CIVILES[i.estado_civil]
        nuevo["maritalStatus"] = {
            "coding": [{"system": ESTADO_CIVIL, "code": i.estado_civil}],
            "text": texto,
        }
    if i.contactos:
        nuevo["contact"] = [_contacto(contacto) for contacto in i.contactos]
    if i.lengua:
        nuevo["communication"] = [{"language": _concepto(i.lengua, personas.LENGUAS)}]
    return {**nuevo, **{k: v for k, v in previo.items() if k not in _ELEMENTOS}}


_SISTEMAS = frozenset({SISTEMA_CURP, SISTEMA_EXPEDIENTE, SISTEMA_NSS, SISTEMA_PASAPORTE})


def _identificadores(i: Identificacion, expediente: str) -> list[Recurso]:
    return [
        {"system": sistema, "value": valor}
        for sistema, valor in (
            (SISTEMA_CURP, i.curp.upper()),
            (SISTEMA_EXPEDIENTE, expediente),
            (SISTEMA_NSS, i.nss),
            (SISTEMA_PASAPORTE, i.pasaporte.upper()),
        )
        if valor
    ]


def _nombre(i: Identificacion) -> Recurso:
    partes = [
        {"url": url, "valueString": apellido}
        for url, apellido in (
            (APELLIDO_PATERNO, i.primer_apellido),
            (APELLIDO_MATERNO, i.segundo_apellido),
        )
        if apellido
    ]
    return {
        "use": "temp" if i.provisional else "official",
        "family": " ".join(str(parte["valueString"]) for parte in partes),
        "_family": {"extension": partes},
        "given": i.nombre.split(),
    }


def _nacimiento(i: Identificacion) -> Recurso:
    if i.fecha_nacimiento is None:
        return {"_birthDate": {"extension": [{"url": SIN_DATO, "valueCode": "unknown"}]}}
    fecha: Recurso = {"birthDate": i.fecha_nacimiento.isoformat()}
    if i.hora_nacimiento:
        fecha["_birthDate"] = {
            "extension": [{"url": NACIMIENTO, "valueDateTime": i.hora_nacimiento}]
        }
    return fecha


def _extensiones(i: Identificacion) -> Iterator[Recurso]:
    for campo, clave in _TEXTOS.items():
        if valor := getattr(i, campo):
            yield {"url": EXTENSION + clave, "valueString": valor}
    for campo, (url, catalogo) in _CLAVES.items():
        if concepto := getattr(i, campo):
            yield {"url": url, "valueCodeableConcept": _concepto(concepto, catalogo)}
    if i.edad_aproximada is not None:
        yield {"url": EDAD_APROXIMADA, "valueInteger": i.edad_aproximada}
    for cobertura in i.coberturas:
        yield {"url": _DERECHOHABIENCIA, "extension": [*_cobertura(cobertura)]}


def _cobertura(cobertura: Cobertura) -> Iterator[Recurso]:
    concepto = _concepto(cobertura.institucion, personas.AFILIACIONES)
    yield {"url": "institucion", "valueCodeableConcept": concepto}
    if cobertura.numero:
        yield {"url": "numero", "valueString": cobertura.numero}
    if cobertura.nivel:
        yield {"url": "nivel", "valueString": cobertura.nivel}
    if cobertura.vigencia is not None:
        yield {"url": "vigencia", "valueDate": cobertura.vigencia.isoformat()}


def _concepto(clave: Clave, catalogo: str) -> Recurso:
    if not clave.clave:
        return {"text": clave.texto}
    return {"coding": [_codigo(clave, catalogo)], "text": clave.texto}


def _codigo(clave: Clave, catalogo: str) -> Recurso:
    codigo = {"system": CATALOGO + catalogo, "code": clave.clave, "display": clave.texto}
    return {**codigo, "version": clave.version} if clave.version else codigo


def _domicilio(domicilio: Domicilio) -> Recurso:
    recurso: Recurso = {}
    if lineas := [linea for linea in (domicilio.calle, domicilio.colonia) if linea]:
        recurso["line"] = lineas
    if domicilio.colonia and not domicilio.calle:  # alone, it would be read back as a street
        recurso["extension"] = [{"url": _COLONIA, "valueString": domicilio.colonia}]
    for elemento, campo, catalogo in _LUGARES:
        lugar: Clave = getattr(domicilio, campo)
        if lugar:
            recurso[elemento] = lugar.texto
        if lugar.clave:
            codigo = {"url": _CLAVE, "valueCoding": _codigo(lugar, catalogo)}
            recurso[f"_{elemento}"] = {"extension": [codigo]}
    if domicilio.codigo_postal:
        recurso["postalCode"] = domicilio.codigo_postal
    return {"use": "home", **recurso, "country": "MX"} if recurso else {}


def _contacto(contacto: Contacto) -> Recurso:
    recurso: Recurso = {"name": {"text": contacto.nombre}}
    relaciones: list[Recurso] = []
    if contacto.parentesco:
        relaciones.append({"text": contacto.parentesco})
    if contacto.tutor:
        relaciones.append({"coding": [{"system": PARENTESCO, "code": TUTOR}], "text": dichos.TUTOR})
    if relaciones:
        recurso["relationship"] = relaciones
    if contacto.telefono:
        recurso["telecom"] = [{"system": "phone", "value": contacto.telefono}]
    return recurso


def de_recurso(recurso: Recurso) -> Identificacion:
    """The inverse of `a_recurso`; of a Patient written elsewhere, what it says in our terms."""
    nombre: Recurso = next(iter(recurso.get("name", ())), {})
    partes = {
        str(e.get("url")): str(e.get("valueString", ""))
        for e in nombre.get("_family", {}).get("extension", ())
    }
    nacio = recurso.get("birthDate", "")
    claves: dict[str, Any] = {
        campo: _leer_extension(recurso, url) for campo, (url, _) in _CLAVES.items()
    }
    idioma: Recurso = next(iter(recurso.get("communication", ())), {})
    textos: dict[str, Any] = {
        campo: extension(recurso, EXTENSION + clave) for campo, clave in _TEXTOS.items()
    }
    return Identificacion(
        nombre=" ".join(nombre.get("given", ())),
        primer_apellido=partes.get(APELLIDO_PATERNO)
        or str("" if partes else nombre.get("family", "")),
        segundo_apellido=partes.get(APELLIDO_MATERNO, ""),
        fecha_nacimiento=_fecha(nacio),
        curp=identificador(recurso, SISTEMA_CURP),
        nss=identificador(recurso, SISTEMA_NSS),
        pasaporte=identificador(recurso, SISTEMA_PASAPORTE),
        domicilio=_leer_domicilio(next(iter(recurso.get("address", ())), {})),
        telefono=_medio(recurso, "phone"),
        correo=_medio(recurso, "email"),
        coberturas=tuple(_coberturas(recurso)),
        contactos=tuple(_contactos(recurso)),
        lengua=_leer(idioma.get("language", {})),
        estado_civil=_codigo_civil(recurso),
        fecha_defuncion=_fecha(recurso.get("deceasedDateTime", "")),
        edad_aproximada=edad_aproximada(recurso),
        hora_nacimiento=str(extension(recurso.get("_birthDate", {}), NACIMIENTO)),
        **textos,
        **claves,
    )


def _fecha(escrita: str) -> date | None:
    """A day; None for what is not known to the day."""
    try:
        return date.fromisoformat(escrita[:10])
    except ValueError:
        return None


def _leer(concepto: Recurso) -> Clave:
    codigo: Recurso = next(iter(concepto.get("coding", ())), {})
    return Clave(
        codigo.get("code", ""),
        str(concepto.get("text", codigo.get("display", ""))),
        codigo.get("version", ""),
    )


def _leer_extension(recurso: Recurso, url: str) -> Clave:
    valor = extension(recurso, url)
    return _leer(valor) if isinstance(valor, dict) else Clave(valor, valor)


def _leer_domicilio(domicilio: Recurso) -> Domicilio:
    lineas = [*domicilio.get("line", ()), "", ""]
    if extension(domicilio, _COLONIA):
        lineas = ["", *lineas]
    lugares = {}
    for elemento, campo, _ in _LUGARES:
        codigo = extension(domicilio.get(f"_{elemento}", {}), _CLAVE) or {}
        lugares[campo] = Clave(
            codigo.get("code", ""), domicilio.get(elemento, ""), codigo.get("version", "")
        )
    return Domicilio(
        calle=lineas[0],
        colonia=lineas[1],
        codigo_postal=domicilio.get("postalCode", ""),
        **lugares,
    )


def _medio(recurso: Recurso, sistema: str) -> str:
    medios = recurso.get("telecom", ())
    return next((m.get("value", "") for m in medios if m.get("system") == sistema), "")


def _coberturas(recurso: Recurso) -> Iterator[Cobertura]:
    for una in recurso.get("extension", ()):
        if una.get("url") != _DERECHOHABIENCIA:
            continue
        if "valueString" in una:  # as it was kept before keys were
            yield Cobertura(Clave(texto=una["valueString"]))
            continue
        yield Cobertura(
            institucion=_leer_extension(una, "institucion"),
            numero=extension(una, "numero"),
            nivel=extension(una, "nivel"),
            vigencia=_fecha(extension(una, "vigencia")),
        )


def _contactos(recurso: Recurso) -> Iterator[Contacto]:
    for uno in recurso.get("contact", ()):
        relaciones = uno.get("relationship", ())
        de_tutor = [
            r for r in relaciones if any(c.get("code") == TUTOR for c in r.get("coding", ()))
        ]
        parentesco = next((r.get("text", "") for r in relaciones if r not in de_tutor), "")
        nombre = uno.get("name", {}).get("text", "")
        yield Contacto(nombre, parentesco, _medio(uno, "phone"), bool(de_tutor))


def _codigo_civil(recurso: Recurso) -> str:
    codigos = recurso.get("maritalStatus", {}).get("coding", ())
    return next(
        (c["code"] for c in codigos if c.get("code") in personas.ESTADOS_CIVILES),
        "",
    )
