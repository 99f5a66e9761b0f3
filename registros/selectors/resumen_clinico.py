"""What the clinical summary of guide GIIS-A001 is made of: the patient's record, of what the proof
lets be seen. What is withheld is as if it had never been written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from ece import fhir
from ece.cda import giis
from ece.cda.giis import Establecimiento, Fuente, Profesional
from ece.cda.tipos import Recurso
from ece.identidad import selectors as directorio
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.catalogos import notas as catalogo
from registros.catalogos.antecedentes import PADECIMIENTOS
from registros.catalogos.edades import meses_cumplidos
from registros.catalogos.sensibles import etiquetar
from registros.models.base import referido
from registros.models.identificacion import Domicilio, Identificacion
from registros.models.identificacion_en_fhir import de_recurso
from registros.selectors import alergias, recursos, tratamientos
from registros.selectors.recursos import Orden

POR_SECCION, FILAS = 50, 400
_TIPOS = (
    *("Patient", "Encounter", "Composition", "AllergyIntolerance", "Condition", "Observation"),
    *("MedicationRequest", "MedicationStatement", "Procedure", "FamilyMemberHistory"),
)
_TEXTOS = {
    "42349-1": frozenset({"motivo-de-envio"}),
    "29762-2": frozenset({"no-patologicos"}),
    "11348-0": frozenset({"patologicos"}),
    "10154-3": frozenset({"padecimiento-actual", "motivo", "interrogatorio"}),
    "51848-0": frozenset({"criterios"}),
    "8648-8": frozenset({"evolucion", "manejo"}),
    "18776-5": frozenset({"tratamiento", "plan", "terapeutica", "recomendaciones"}),
    "47420-5": frozenset({"pronostico"}),
}
"""Section of the guide -> sections of notes whose latest words it carries."""
_REFERENCIA = "referencia"
_OBLIGATORIOS = ("hipertension", "dislipidemia", "diabetes")
_CIE10 = "http://hl7.org/fhir/sid/icd-10"


def fuente(acceso: Acceso, *, ahora: datetime) -> Fuente:
    """Everything a summary says, in a constant number of queries."""
    acceso.exigir(Permiso.RECURSO_LEER)
    todos = _abiertos(acceso)
    (paciente,) = todos["Patient"]
    quien = de_recurso(paciente)
    encuentro = next(iter(todos["Encounter"]), None)
    notas = [n for n in todos["Composition"] if n.get("status") in ("final", "amended")]
    vigentes = [a for a in todos["AllergyIntolerance"] if alergias.vigente(a)]
    condiciones = [c for c in todos["Condition"] if not fhir.anulado(c)]
    observadas = [o for o in todos["Observation"] if o.get("status") in ("final", "amended")]
    institucion = directorio.institucion()
    contenido = {
        "alergias": [a for a in vigentes if not alergias.niega(a)][:POR_SECCION],
        "problemas": _sin_repetir(c for c in condiciones if _activo(c))[:POR_SECCION],
        "antecedentes": _sin_repetir(c for c in condiciones if not _activo(c))[:POR_SECCION],
        "procedimientos": [
            p for p in todos["Procedure"] if p.get("status") in ("completed", "in-progress")
        ][:POR_SECCION],
        "medicamentos": _medicamentos(todos, ahora),
        "signos": _ultimos(o for o in observadas if _es(o, "vital-signs")),
        "habitos": _ultimos(o for o in observadas if _es(o, "social-history")),
    }
    dicho = [paciente, *notas, *todos["FamilyMemberHistory"], *chain(*contenido.values())]
    raiz = settings.ECE_OID_INSTITUCIONAL
    return Fuente(
        id=uuid7(),
        momento=timezone.localtime(ahora),
        raiz=raiz or f"2.25.{(institucion.pk if institucion else UUID(int=0)).int}",
        registrada=bool(raiz),
        establecimiento=_establecimiento(acceso, encuentro),
        elabora=_profesional(acceso.actor.id if acceso.actor.clase == "persona" else None),
        reservado=any(etiquetar(recurso) for recurso in dicho),
        paciente=paciente,
        persona=_persona(quien, ahora),
        encuentro=encuentro,
        responsable=_profesional(_responsable(encuentro)),
        sin_alergias=any(alergias.niega(a) for a in vigentes),
        familiares=_familiares(todos["FamilyMemberHistory"], notas),
        textos=_textos(notas),
        **contenido,
    )


def cda(acceso: Acceso, *, ahora: datetime) -> bytes:
    """The summary as a CDA R2 document."""
    return giis.resumen(fuente(acceso, ahora=ahora))


def _abiertos(acceso: Acceso) -> dict[str, list[Recurso]]:
    """The patient's resources by type, newest first: one query a type, however long the record."""
    todos: dict[str, list[Recurso]] = {}
    for tipo in _TIPOS:
        filas = recursos.compartimento(acceso, tipos=[tipo], orden=Orden.FECHA_DESC, limite=FILAS)
        abiertos = recursos.abrir_todos({acceso.paciente: acceso}, filas)
        todos[tipo] = [fhir.json.leer(json) for _, json in abiertos]
    return todos


def _activo(recurso: Recurso) -> bool:
    codigos = recurso.get("clinicalStatus", {}).get("coding", ())
    return next((c.get("code") for c in codigos), "active") in ("active", "recurrence", "relapse")


def _sin_repetir(condiciones: Iterable[Recurso]) -> list[Recurso]:
    vistas: dict[str, Recurso] = {}
    for una in condiciones:
        codigos = una.get("code", {}).get("coding", ())
        clave = next((str(c["code"]) for c in codigos if c.get("code")), "")
        vistas.setdefault(clave or fhir.texto(una.get("code", {})), una)
    return list(vistas.values())


def _es(observacion: Recurso, categoria: str) -> bool:
    return any(
        c.get("code") == categoria
        for una in observacion.get("category", ())
        for c in una.get("coding", ())
    )


def _ultimos(observaciones: Iterable[Recurso]) -> list[Recurso]:
    """The latest of each thing observed."""
    vistas: dict[str, Recurso] = {}
    for una in observaciones:
        vistas.setdefault(fhir.texto(una["code"]), una)
    return list(vistas.values())[:POR_SECCION]


def _medicamentos(todos: dict[str, list[Recurso]], ahora: datetime) -> list[Recurso]:
    hoy = timezone.localdate(ahora)
    recetados = [
        r
        for r in todos["MedicationRequest"]
        if tratamientos.vigente(r, fhir.fecha_clinica(r) or ahora, hoy=hoy)
    ]
    dichos = [r for r in todos["MedicationStatement"] if r.get("status") in ("active", "on-hold")]
    return [*recetados, *dichos][:POR_SECCION]


def _textos(notas: Sequence[Recurso]) -> dict[str, list[str]]:
    """The latest words of each section, from whichever note has them."""
    dichos: dict[str, list[str]] = {}
    hechas: set[str] = set()
    for nota in notas:
        tipo = catalogo.de_concepto(nota["type"])
        for seccion in nota.get("section", ()):
            clave = catalogo.clave_de_seccion(seccion)
            if tipo is not None and tipo.clave == _REFERENCIA and clave == "motivo":
                clave = "motivo-de-envio"
            if clave in hechas or "text" not in seccion:
                continue
            for codigo, claves in _TEXTOS.items():
                if clave in claves and codigo not in dichos:
                    hechas.add(clave)
                    dichos[codigo] = [fhir.narrativa.a_texto(seccion["text"]["div"])]
    return dichos


def _familiares(
    parientes: Sequence[Recurso], notas: Sequence[Recurso]
) -> list[tuple[str, str, str, str]]:
    """What is known of the three that the guide always asks for, and what else relatives have."""
    hallados: dict[str, list[str]] = {}
    palabras: dict[str, str] = {}
    for pariente in parientes:
        for condicion in pariente.get("condition", ()):
            codigos = condicion["code"].get("coding", ())
            clave = next((c["code"] for c in codigos if c.get("system") == _CIE10), "")
            dicho = fhir.texto(condicion["code"])
            palabras.setdefault(clave or dicho, dicho)
            hallados.setdefault(clave or dicho, []).append(fhir.texto(pariente["relationship"]))
    respondidos = _respuestas(notas)
    renglones = []
    for cual in _OBLIGATORIOS:
        clave, nombre = PADECIMIENTOS[cual]
        suyos = [h for h in hallados if h[:3] == clave[:3]]
        quienes = ", ".join(dict.fromkeys(q for h in suyos for q in hallados.pop(h)))
        respuesta = "presente" if suyos else respondidos.get(cual, "sin-informacion")
        renglones.append((clave, nombre, respuesta, quienes))
    for clave, de_quien in hallados.items():
        codigo = clave if clave != palabras[clave] else ""
        renglones.append((codigo, palabras[clave], "presente", ", ".join(dict.fromkeys(de_quien))))
    return renglones


def _respuestas(notas: Sequence[Recurso]) -> dict[str, str]:
    """What the latest historia clínica answered of each."""
    dichas: dict[str, str] = {}
    for nota in notas:
        for contenido in nota.get("contained", ()):
            for item in contenido.get("item", ()):
                seccion, _, cual = str(item.get("linkId", "")).partition(".")
                dada: Recurso = next(iter(item.get("answer", ())), {})
                respuesta = dada.get("valueCoding", {})
                if seccion == "heredofamiliares" and respuesta.get("code") in (
                    *("presente", "ausente"),
                    "sin-informacion",
                ):
                    dichas.setdefault(cual, respuesta["code"])
    return dichas


def _establecimiento(acceso: Acceso, encuentro: Recurso | None) -> Establecimiento:
    """Where the latest visit was; without one, the post of who asks, or any unit of ours."""
    lugares = (encuentro or {}).get("location", ())
    cual = next(
        (u for sitio in lugares if (u := referido(sitio.get("location"), "Location"))), None
    ) or next(iter(sorted(acceso.actor.unidades())), None)
    unidades = directorio.unidades()
    hallada = next((u for u in unidades if u.id == cual), next(iter(unidades), None))
    if hallada is None:
        return Establecimiento("", "", "", "")
    return Establecimiento(
        f"{hallada.institucion}, {hallada.nombre}",
        hallada.clues,
        hallada.domicilio,
        hallada.institucion,
    )


def _profesional(id_: UUID | None) -> Profesional | None:
    """Somebody with a licence; nobody else answers for a clinical document."""
    ficha = directorio.profesional(id_) if id_ is not None else None
    return Profesional(ficha.nombre, ficha.cedula) if ficha is not None and ficha.cedula else None


def _responsable(encuentro: Recurso | None) -> UUID | None:
    participantes = (encuentro or {}).get("participant", ())
    return next(
        (q for p in participantes if (q := referido(p.get("individual"), "Practitioner"))), None
    )


def _persona(quien: Identificacion, ahora: datetime) -> giis.Persona:
    edad = quien.edad_aproximada
    if quien.fecha_nacimiento is not None:
        edad = meses_cumplidos(quien.fecha_nacimiento, timezone.localdate(ahora)) // 12
    tutor = next((c.nombre for c in quien.contactos if c.tutor), "")
    return giis.Persona(
        apellidos=(quien.primer_apellido, quien.segundo_apellido),
        domicilio=_domicilio(quien.domicilio),
        nacionalidad=(quien.nacionalidad.clave, quien.nacionalidad.texto),
        religion=(quien.religion.clave, quien.religion.texto),
        etnia=("", ""),
        entidad_de_nacimiento=quien.entidad_nacimiento,
        tutor=tutor,
        edad=edad,
        afiliaciones=[(c.institucion.texto, c.numero) for c in quien.coberturas],
    )


def _domicilio(domicilio: Domicilio) -> list[tuple[str, str]]:
    partes = (
        ("streetName", domicilio.calle),
        ("deliveryInstallationArea", domicilio.colonia),
        ("precinct", domicilio.localidad.texto),
        ("county", domicilio.municipio.texto),
        ("state", domicilio.entidad.texto),
        ("postalCode", domicilio.codigo_postal),
    )
    dichas = [(parte, dicho) for parte, dicho in partes if dicho]
    return [*dichas, ("country", "MEX")] if dichas else []
