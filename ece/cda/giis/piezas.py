"""The pieces of the body that have entries of C-CDA's templates, and the tables they point to."""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5

from ece.cda.entradas import ALERGIA, MEDICINA, PROBLEMA, SIGNO
from ece.cda.giis.escritura import (
    ACTO,
    SNOMED,
    Nodo,
    cd,
    ce,
    el,
    ii,
    ivl,
    limpio,
    nulo,
    pq,
    ts,
)
from ece.cda.giis.fuente import Fuente
from ece.cda.tipos import Recurso

CCDA = "2.16.840.1.113883.10.20.22"
Renglones = list[tuple[list[str], str]]
"""Rows of a table: the words of its cells, and the ID of the first."""
Pieza = tuple[Nodo | None, list[Nodo]]
"""What a section says in words, if it says anything, and its entries."""


def tabla(titulos: Sequence[str], renglones: Renglones) -> Nodo | None:
    if not renglones:
        return None
    return el(
        "table",
        el("thead", el("tr", *(el("th", t) for t in titulos))),
        el(
            "tbody",
            *(
                el(
                    "tr",
                    el("td", el("content", celdas[0], ID=id_)),
                    *(el("td", celda) for celda in celdas[1:]),
                )
                for celdas, id_ in renglones
            ),
        ),
    )


def alergias(fuente: Fuente) -> Pieza:
    if not fuente.alergias:
        dicho = el("paragraph", "Niega alergias conocidas.") if fuente.sin_alergias else None
        return dicho, []
    renglones: Renglones = []
    entradas = []
    for n, recurso in enumerate(fuente.alergias, 1):
        reacciones = [
            texto(m) for r in recurso.get("reaction", ()) for m in r.get("manifestation", ())
        ]
        fecha = dia(recurso, "onsetDateTime") or dia(recurso, "recordedDate")
        renglones.append(
            ([texto(recurso.get("code")), ", ".join(reacciones), fecha], f"alergia{n}")
        )
        entradas.append(_alergia(recurso, f"alergia{n}"))
    return tabla(("Sustancia", "Reacción", "Fecha"), renglones), entradas


def _alergia(recurso: Recurso, id_: str) -> Nodo:
    inicio = str(recurso.get("onsetDateTime", ""))
    clase = {
        "medication": ("416098002", "Alergia a medicamento"),
        "food": ("414285001", "Alergia a alimento"),
    }.get(next(iter(recurso.get("category", ())), ""), ("419199007", "Alergia a sustancia"))
    reacciones = [
        el(
            "entryRelationship",
            el(
                "observation",
                el("templateId", root=f"{CCDA}.4.9"),
                _id(recurso, f"reaccion{n}"),
                ce("code", "ASSERTION", ACTO),
                el("statusCode", code="completed"),
                cd("value", manifestacion, xsi_type="CD"),
                classCode="OBS",
                moodCode="EVN",
            ),
            typeCode="MFST",
            inversionInd="true",
        )
        for n, manifestacion in enumerate(
            m for r in recurso.get("reaction", ()) for m in r.get("manifestation", ())
        )
    ]
    observacion = el(
        "observation",
        el("templateId", root=ALERGIA),
        _id(recurso, "alergia"),
        ce("code", "ASSERTION", ACTO),
        el("text", el("reference", value=f"#{id_}")),
        el("statusCode", code="completed"),
        ivl("effectiveTime", inicio),
        ce("value", clase[0], SNOMED, clase[1], xsi_type="CD"),
        el(
            "participant",
            el(
                "participantRole",
                el(
                    "playingEntity",
                    cd("code", recurso.get("code", {}), cita=id_),
                    el("name", texto(recurso.get("code"))),
                    classCode="MMAT",
                ),
                classCode="MANU",
            ),
            typeCode="CSM",
        ),
        *reacciones,
        classCode="OBS",
        moodCode="EVN",
    )
    return _preocupacion(recurso, observacion, f"{CCDA}.4.30")


def _preocupacion(recurso: Recurso, dentro: Nodo, plantilla: str) -> Nodo:
    """The act that holds a problem or an allergy for as long as it concerns somebody."""
    inicio = str(recurso.get("recordedDate") or recurso.get("onsetDateTime", ""))
    return el(
        "act",
        el("templateId", root=plantilla),
        _id(recurso, "acto"),
        ce("code", "CONC", "2.16.840.1.113883.5.6", "Preocupación"),
        el("statusCode", code="active" if _vigente(recurso) else "completed"),
        ivl("effectiveTime", inicio, "" if _vigente(recurso) else _fin(recurso)),
        el("entryRelationship", dentro, typeCode="SUBJ"),
        classCode="ACT",
        moodCode="EVN",
    )


def _vigente(recurso: Recurso) -> bool:
    codigos = recurso.get("clinicalStatus", {}).get("coding", ())
    return next((c.get("code") for c in codigos), "active") in ("active", "recurrence", "relapse")


def _fin(recurso: Recurso) -> str:
    return str(recurso.get("abatementDateTime") or recurso.get("recordedDate", ""))


def condiciones(recursos: Sequence[Recurso], prefijo: str) -> Pieza:
    renglones: Renglones = []
    entradas = []
    for n, recurso in enumerate(recursos, 1):
        id_, concepto = f"{prefijo}{n}", recurso.get("code", {})
        clave = next((str(c.get("code", "")) for c in concepto.get("coding", ())), "")
        inicio = str(recurso.get("onsetDateTime", ""))
        estado = "Activo" if _vigente(recurso) else "Terminado"
        renglones.append(([texto(concepto), clave, inicio[:10], estado], id_))
        observacion = el(
            "observation",
            el("templateId", root=PROBLEMA),
            _id(recurso, "problema"),
            ce("code", "282291009", SNOMED, "Diagnóstico"),
            el("text", el("reference", value=f"#{id_}")),
            el("statusCode", code="completed"),
            ivl("effectiveTime", inicio, str(recurso.get("abatementDateTime", ""))),
            cd("value", concepto, cita=id_, xsi_type="CD"),
            classCode="OBS",
            moodCode="EVN",
        )
        entradas.append(_preocupacion(recurso, observacion, f"{CCDA}.4.3"))
    return tabla(("Diagnóstico", "CIE-10", "Desde", "Estado"), renglones), entradas


def procedimientos(fuente: Fuente) -> Pieza:
    renglones: Renglones = []
    entradas = []
    for n, recurso in enumerate(fuente.procedimientos, 1):
        fecha = str(
            recurso.get("performedDateTime") or recurso.get("performedPeriod", {}).get("start", "")
        )
        renglones.append(([texto(recurso.get("code")), fecha[:10]], f"procedimiento{n}"))
        entradas.append(
            el(
                "procedure",
                _id(recurso, "procedimiento"),
                cd("code", recurso.get("code", {}), cita=f"procedimiento{n}"),
                el("statusCode", code="completed"),
                ts("effectiveTime", fecha),
                classCode="PROC",
                moodCode="EVN",
            )
        )
    return tabla(("Procedimiento", "Fecha"), renglones), entradas


def medicamentos(fuente: Fuente) -> Pieza:
    renglones: Renglones = []
    entradas = []
    for n, recurso in enumerate(fuente.medicamentos, 1):
        id_ = f"medicamento{n}"
        concepto = recurso.get("medicationCodeableConcept") or {
            "text": recurso.get("medicationReference", {}).get("display", "")
        }
        dichas = (*recurso.get("dosageInstruction", ()), *recurso.get("dosage", ()))
        dosis: Recurso = next(iter(dichas), {})
        inicio = str(
            recurso.get("authoredOn")
            or recurso.get("effectivePeriod", {}).get("start")
            or recurso.get("dateAsserted", "")
        )
        renglones.append(([texto(concepto), str(dosis.get("text", "")), inicio[:10]], id_))
        tasa: Recurso = next(iter(dosis.get("doseAndRate", ())), {})
        cantidad = tasa.get("doseQuantity", {})
        entradas.append(
            el(
                "substanceAdministration",
                el("templateId", root=MEDICINA),
                _id(recurso, "medicamento"),
                el("text", el("reference", value=f"#{id_}")),
                el("statusCode", code="active"),
                ivl("effectiveTime", inicio, xsi_type="IVL_TS"),
                cd("routeCode", dosis["route"]) if dosis.get("route") else None,
                pq("doseQuantity", cantidad) if cantidad else None,
                el(
                    "consumable",
                    el(
                        "manufacturedProduct",
                        el(
                            "manufacturedMaterial",
                            cd("code", concepto, cita=id_),
                            el("name", texto(concepto)),
                        ),
                        classCode="MANU",
                    ),
                ),
                classCode="SBADM",
                moodCode="EVN" if recurso["resourceType"] == "MedicationStatement" else "INT",
            )
        )
    return tabla(("Medicamento", "Indicación", "Desde"), renglones), entradas


def signos(fuente: Fuente) -> Pieza:
    medidas = [m for recurso in fuente.signos for m in _medidas(recurso)]
    renglones: Renglones = []
    entradas = []
    for n, (recurso, concepto, cantidad) in enumerate(medidas, 1):
        id_, fecha = f"signo{n}", str(recurso.get("effectiveDateTime", ""))
        cifra = f"{cantidad.get('value', '')} {cantidad.get('unit', '')}".strip()
        renglones.append(([texto(concepto), cifra, fecha[:16].replace("T", " ")], id_))
        componente = el(
            "observation",
            el("templateId", root=SIGNO),
            ii(uuid_de(fuente, f"{recurso.get('id', '')}{id_}")),
            cd("code", concepto),
            el("text", el("reference", value=f"#{id_}")),
            el("statusCode", code="completed"),
            ts("effectiveTime", fecha),
            pq("value", cantidad, xsi_type="PQ"),
            classCode="OBS",
            moodCode="EVN",
        )
        entradas.append(
            el(
                "organizer",
                ii(uuid_de(fuente, f"grupo{recurso.get('id', '')}{id_}")),
                ce("code", "46680005", SNOMED, "Signos vitales"),
                el("statusCode", code="completed"),
                ts("effectiveTime", fecha),
                el("component", componente),
                classCode="CLUSTER",
                moodCode="EVN",
            )
        )
    return tabla(("Signo", "Valor", "Fecha"), renglones), entradas


def _medidas(recurso: Recurso) -> list[tuple[Recurso, Recurso, Recurso]]:
    """(Observation, what was measured, Quantity) of it and of its components."""
    partes = [recurso, *recurso.get("component", ())]
    return [
        (recurso, parte["code"], parte["valueQuantity"])
        for parte in partes
        if "valueQuantity" in parte
    ]


def texto(concepto: Recurso | None) -> str:
    dicho = (concepto or {}).get("text") or next(
        (c.get("display") or c.get("code") for c in (concepto or {}).get("coding", ())), ""
    )
    return limpio(str(dicho or ""))


def dia(recurso: Recurso, elemento: str) -> str:
    return str(recurso.get(elemento, ""))[:10]


def _id(recurso: Recurso, parte: str) -> Nodo:
    """An id of the entry, the same in every summary that has it."""
    if not recurso.get("id"):
        return nulo("id")
    return ii(str(uuid5(NAMESPACE_OID, f"{recurso['resourceType']}/{recurso['id']}/{parte}")))


def uuid_de(fuente: Fuente, parte: str) -> str:
    return str(uuid5(fuente.id, parte))
