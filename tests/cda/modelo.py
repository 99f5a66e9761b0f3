"""CDA R2's published schema, by the classes that generateDS made of it (malac-models-cda).

The schema itself has no licence to be shipped with; whoever has it points ECE_CDA_XSD at CDA.xsd,
and `esquema` validates with it too.
"""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from tests.cda.conftest import ESQUEMA

V3 = "{urn:hl7-org:v3}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
SIN_ORDEN = frozenset({"addr", "name"})
"""Choices: their parts go in any order."""
CUERPO = "nonXMLBody structuredBody"
HECHOS = (
    "act encounter observation observationMedia organizer procedure regionOfInterest "
    "substanceAdministration supply"
)
MINIMOS = {
    "ClinicalDocument": (
        *("typeId", "id", "code", "effectiveTime", "confidentialityCode"),
        *("recordTarget", "author", "custodian", "component"),
    ),
    "InfrastructureRoot_typeId": ("root", "extension"),
    "RecordTarget": ("patientRole",),
    "PatientRole": ("id",),
    "Birthplace": ("place",),
    "Guardian": ("guardianPerson guardianOrganization",),
    "Author": ("time", "assignedAuthor"),
    "AssignedAuthor": ("id",),
    "DataEnterer": ("assignedEntity",),
    "AssignedEntity": ("id",),
    "Informant12": ("assignedEntity relatedEntity",),
    "RelatedEntity": ("classCode",),
    "Custodian": ("assignedCustodian",),
    "AssignedCustodian": ("representedCustodianOrganization",),
    "CustodianOrganization": ("id",),
    "InformationRecipient": ("intendedRecipient",),
    "LegalAuthenticator": ("time", "signatureCode", "assignedEntity"),
    "Authenticator": ("time", "signatureCode", "assignedEntity"),
    "Participant1": ("typeCode", "associatedEntity"),
    "AssociatedEntity": ("classCode",),
    "InFulfillmentOf": ("order",),
    "Order": ("id",),
    "DocumentationOf": ("serviceEvent",),
    "Performer1": ("typeCode", "assignedEntity"),
    "RelatedDocument": ("typeCode", "parentDocument"),
    "ParentDocument": ("id",),
    "Authorization": ("consent",),
    "Consent": ("statusCode",),
    "Component1": ("encompassingEncounter",),
    "EncompassingEncounter": ("effectiveTime",),
    "ResponsibleParty": ("assignedEntity",),
    "EncounterParticipant": ("typeCode", "assignedEntity"),
    "Location": ("healthCareFacility",),
    "Component2": (CUERPO,),
    "NonXMLBody": ("text",),
    "StructuredBody": ("component",),
    "Component3": ("section",),
    "Component5": ("section",),
    "Entry": (HECHOS,),
    "EntryRelationship": ("typeCode", HECHOS),
    "Component4": (HECHOS,),
    "Act": ("classCode", "moodCode", "code"),
    "Encounter": ("classCode", "moodCode"),
    "Observation": ("classCode", "moodCode", "code"),
    "ObservationMedia": ("classCode", "moodCode", "value"),
    "Organizer": ("classCode", "moodCode", "statusCode"),
    "Procedure": ("classCode", "moodCode"),
    "SubstanceAdministration": ("classCode", "moodCode", "consumable"),
    "Supply": ("classCode", "moodCode"),
    "Consumable": ("manufacturedProduct",),
    "Product": ("manufacturedProduct",),
    "ManufacturedProduct": ("manufacturedLabeledDrug manufacturedMaterial",),
    "Performer2": ("assignedEntity",),
    "Participant2": ("typeCode", "participantRole"),
    "Specimen": ("specimenRole",),
    "Subject": ("relatedSubject",),
    "ReferenceRange": ("observationRange",),
    "Precondition": ("criterion",),
    "Reference": (
        "typeCode",
        "externalAct externalObservation externalProcedure externalDocument",
    ),
    "MaintainedEntity": ("maintainingPerson",),
}
"""What each class of POCD_MT000040 must have (CDA R2, its hierarchical description): elements and
attributes without a default; of several names in one text, one."""


def problemas(documento: bytes) -> list[str]:
    """What the schema does not admit in it: elements and attributes that are unknown, missing, out
    of their place or too many, and values that are of no code or pattern of theirs."""
    from malac.models.cda import at_ext as modelo

    raiz = etree.fromstring(documento, etree.XMLParser(remove_comments=True, remove_pis=True))
    avisos = modelo.GdsCollector_()
    leido = modelo.POCD_MT000040_ClinicalDocument.factory()
    leido.build(raiz, gds_collector_=avisos)
    # generateDS turns booleans into Python's before it looks at how they were written.
    malos = [
        str(a)
        for a in avisos.get_messages()
        if 'Value "True"' not in str(a) and 'Value "False"' not in str(a)
    ]
    return malos + list(_estructura(modelo, raiz, "POCD_MT000040_ClinicalDocument"))


def _estructura(modelo: Any, nodo: etree._Element, clase: str) -> Iterator[str]:
    partes = _partes(getattr(modelo, clase))
    lugares = {nombre: lugar for lugar, nombre in enumerate(partes)}
    local, ultimo, previo = etree.QName(nodo).localname, -1, ""
    for atributo in nodo.attrib:
        if atributo != XSI and str(atributo) not in partes:
            yield f"{local}/@{atributo} no es de {clase}"
    hay = {etree.QName(hijo).localname for hijo in nodo} | {str(a) for a in nodo.attrib}
    for pedidos in MINIMOS.get(clase.removeprefix("POCD_MT000040_"), ()):
        if hay.isdisjoint(pedidos.split()) and "nullFlavor" not in hay:
            yield f"{local} no tiene {pedidos}"
    for hijo in nodo:
        nombre = etree.QName(hijo).localname
        if nombre not in partes:
            yield f"{local}/{nombre} no es de {clase}"
            continue
        tipo, varios = partes[nombre]
        if local not in SIN_ORDEN:
            if lugares[nombre] < ultimo:
                yield f"{local}/{nombre} va antes de {previo}"
            if nombre == previo and not varios:
                yield f"{local}/{nombre} va una sola vez"
        ultimo, previo = lugares[nombre], nombre
        dicho = str(hijo.get(XSI, "")).rpartition(":")[2] or tipo
        if hasattr(modelo, dicho) and nombre != "text":
            yield from _estructura(modelo, hijo, dicho)


@cache
def _partes(clase: Any) -> dict[str, tuple[str, bool]]:
    """element or attribute -> (class, whether it repeats), in the order of the schema."""
    partes = {}
    for nombre, parametro in inspect.signature(clase.__init__).parameters.items():
        dicho = str(parametro.annotation)
        tipo = re.sub(r"^.*\[|[\]'\"]|ForwardRef\(|\)", "", dicho).replace(".", "_")
        partes[nombre.rstrip("_")] = (tipo, "List" in dicho)
    return partes


def esquema(documento: bytes) -> list[str]:
    """What CDA.xsd says of it, where there is one."""
    if not ESQUEMA:
        return []
    validador = etree.XMLSchema(etree.parse(ESQUEMA))
    validador.validate(etree.fromstring(documento))
    return [str(error) for error in validador.error_log]
