"""What is asked of the server: each workload is an endless supply of ready HTTP requests."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec

from benchmarks.banco import NAVEGADOR, Banco

LOINC = "http://loinc.org"
CODIGOS = (
    "8867-4",
    "8310-5",
    "9279-1",
    "29463-7",
    "8302-2",
    "2708-6",
    "8480-6",
    "8462-4",
    "2339-0",
)
POR_CODIGO = 11
EXPEDIENTES = 48
_MUESTRA = 500


@dataclass(frozen=True, slots=True)
class Carga:
    """`objetivo`: requests a second wanted at concurrency 8, or milliseconds of server time."""

    nombre: str
    peticiones: Iterable[bytes]
    objetivo: float
    estado: range = range(200, 300)
    conexiones: int = 8
    en_milisegundos: bool = False

    def supply(self) -> Iterator[bytes]:
        """The same requests for ever, or those of a generator where each follows another."""
        if isinstance(self.peticiones, Iterator):
            return self.peticiones
        return cycle(self.peticiones)


def peticion(
    metodo: str,
    camino: str,
    *,
    cabeceras: dict[str, str],
    cuerpo: bytes | None = None,
    clase: str = "application/fhir+json",
) -> bytes:
    lineas = [f"{metodo} {camino} HTTP/1.1", "Host: 127.0.0.1"]
    lineas += [f"{nombre}: {valor}" for nombre, valor in {**NAVEGADOR, **cabeceras}.items()]
    if cuerpo is not None:
        lineas += [f"Content-Type: {clase}", f"Content-Length: {len(cuerpo)}"]
    return "\r\n".join([*lineas, "", ""]).encode() + (cuerpo or b"")


def preparar(banco: Banco) -> list[Carga]:
    """Every workload of the issue, with requests over patients drawn at random."""
    azar = random.Random(banco.pacientes)
    autorizada = {"Authorization": banco.ficha_de_acceso()}
    with httpx.Client(base_url=f"{banco.base}/fhir", headers=autorizada, timeout=60) as cliente:
        pacientes = _pacientes(cliente)
        completos = [_expediente_completo(cliente, azar) for _ in range(EXPEDIENTES)]
    azar.shuffle(pacientes)

    def leer(*caminos: str) -> list[bytes]:
        return [peticion("GET", f"/fhir/{camino}", cabeceras=autorizada) for camino in caminos]

    def escribir(tipo: str, cuerpos: list[bytes]) -> list[bytes]:
        return [
            peticion("POST", f"/fhir{tipo}", cabeceras=autorizada, cuerpo=cuerpo)
            for cuerpo in cuerpos
        ]

    return [
        Carga("Read a Patient", leer(*(f"Patient/{p['id']}" for p in pacientes)), 1800),
        Carga(
            "Search by family and birth date",
            leer(
                *(
                    f"Patient?family={quote(p['name'][0]['family'])}&birthdate={p['birthDate']}"
                    for p in pacientes
                )
            ),
            1500,
        ),
        Carga(
            "Observations of a patient by code",
            leer(
                *(
                    f"Observation?patient={p}&code={quote(f'{LOINC}|{azar.choice(CODIGOS)}')}"
                    "&_sort=-date"
                    for p in completos
                    for _ in range(4)
                )
            ),
            1500,
        ),
        Carga("Newest 50 Observations", leer("Observation?_sort=-date&_count=50"), 1200),
        Carga(
            "Create an Observation",
            escribir(
                "/Observation",
                [msgspec.json.encode(_observacion(azar, f"Patient/{p['id']}")) for p in pacientes],
            ),
            1000,
        ),
        Carga(
            "Transaction of 30 entries",
            escribir("", [_transaccion(azar, p["id"], 30) for p in pacientes[:100]]),
            60,
        ),
        Carga(
            "Patient/$everything, 100 resources",
            leer(*(f"Patient/{p}/$everything" for p in completos)),
            500,
        ),
        *_paginas(banco),
    ]


def _paginas(banco: Banco) -> list[Carga]:
    """A physician's pages: one at a time, by the milliseconds that each takes."""
    galleta = {"Cookie": banco.galleta("medica")}
    propias = dict(una.split("=", 1) for una in galleta["Cookie"].split("; ") if "csrf" not in una)
    with httpx.Client(
        base_url=banco.base, headers=NAVEGADOR, cookies=propias, timeout=60
    ) as cliente:
        candidatos = _de_hoy(cliente)
        rico = max(candidatos, key=lambda id_: len(cliente.get(f"/clinica/{id_}/").text))
        colmado = next(id_ for id_ in candidatos if id_ != rico)
        _colmar(banco, colmado)
        borrador = _Borrador.empezado(cliente, colmado)
    teclas = ("gar", "her", "lop", "mar", "gon", "perez", "ro", "jim", "maria gar", "cru")

    def pagina(nombre: str, peticiones: Iterable[bytes], objetivo: float) -> Carga:
        return Carga(f"{nombre} (ms)", peticiones, objetivo, conexiones=1, en_milisegundos=True)

    return [
        pagina(
            "Chart page, 2 000 records",
            [peticion("GET", f"/clinica/{rico}/", cabeceras=galleta)],
            40,
        ),
        pagina(
            "Chart page, 10 000 records",
            [peticion("GET", f"/clinica/{colmado}/", cabeceras=galleta)],
            40,
        ),
        pagina(
            "Type-ahead",
            [
                peticion("GET", f"/clinica/buscar/?q={quote(tecla)}", cabeceras=galleta)
                for tecla in teclas
            ],
            50,
        ),
        pagina("Save a note", borrador.guardados(), 50),
    ]


@dataclass(frozen=True, slots=True)
class _Borrador:
    """A draft in the editor of `medica`, saved again and again as it grows."""

    lugar: str
    version: int
    cabeceras: dict[str, str]

    @classmethod
    def empezado(cls, cliente: httpx.Client, paciente: str) -> _Borrador:
        inicio = f"/clinica/{paciente}/notas/nueva/evolucion/"
        pagina = cliente.get(inicio, follow_redirects=True)
        if "/encuentros/abrir/" in pagina.url.path:
            unidad = re.search(r'<option value="([0-9a-f-]{36})" selected', pagina.text)
            assert unidad is not None, "the visit's form offers no unit"
            visita = {"clase": "AMB", "unidad_id": unidad[1], "motivo": "Control"}
            _enviar(cliente, pagina, visita)
            pagina = cliente.get(inicio, follow_redirects=True)
        editor = cliente.get(_enviar(cliente, pagina, {}).headers["Location"])
        version = re.search(r'name="version" value="(\d+)"', editor.text)
        assert version is not None, "the editor did not open"
        cabeceras = {
            "Cookie": "; ".join(f"{una.name}={una.value}" for una in cliente.cookies.jar),
            "X-CSRFToken": cliente.cookies["csrftoken"],
        }
        return cls(f"{editor.url.path}guardar/", int(version[1]), cabeceras)

    def guardados(self) -> Iterator[bytes]:
        for version in count(self.version):
            texto = f"Acude a control; refiere mejoría. Versión {version}. " * 12
            campos = {"version": version, "evolucion": texto, "pronostico": "Bueno"}
            yield peticion(
                "POST",
                self.lugar,
                cabeceras=self.cabeceras,
                cuerpo=urlencode(campos).encode(),
                clase="application/x-www-form-urlencoded",
            )


def _enviar(cliente: httpx.Client, pagina: httpx.Response, datos: dict[str, str]) -> httpx.Response:
    testigo = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', pagina.text)
    assert testigo is not None
    respuesta = cliente.post(
        pagina.url,
        data={"csrfmiddlewaretoken": testigo[1], **datos},
        headers={"Referer": str(cliente.base_url)},
    )
    assert respuesta.status_code == httpx.codes.FOUND, respuesta.text
    return respuesta


def _colmar(banco: Banco, paciente: str, registros: int = 10_000, tanda: int = 500) -> None:
    """Measurements for `paciente` until there are `registros`."""
    azar = random.Random(paciente)
    autorizada = {"Authorization": banco.ficha_de_acceso()}
    with httpx.Client(base_url=f"{banco.base}/fhir", headers=autorizada, timeout=60) as cliente:
        ya = cliente.get(f"Observation?patient={paciente}&_summary=count").json()["total"]
        for _ in range(ya, registros, tanda):
            cliente.post(
                str(cliente.base_url).rstrip("/"),
                content=_transaccion(azar, paciente, tanda),
                headers={"Content-Type": "application/fhir+json"},
            ).raise_for_status()


def _pacientes(cliente: httpx.Client) -> list[dict[str, Any]]:
    recursos: list[dict[str, Any]] = []
    siguiente: str | None = "Patient?_count=100"
    while siguiente and len(recursos) < _MUESTRA:
        pagina = cliente.get(siguiente).raise_for_status().json()
        recursos += [entrada["resource"] for entrada in pagina.get("entry", ())]
        enlaces = {enlace["relation"]: enlace["url"] for enlace in pagina["link"]}
        siguiente = enlaces.get("next")
    return [r for r in recursos if r.get("birthDate") and r["name"][0].get("family")]


def _observacion(azar: random.Random, paciente: str, codigo: str = "8867-4") -> dict[str, Any]:
    momento = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(minutes=azar.randrange(500_000))
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": codigo}], "text": "Medición"},
        "subject": {"reference": paciente},
        "effectiveDateTime": momento.isoformat(),
        "valueQuantity": {
            "value": azar.randrange(50, 140),
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
    }


def _entrada(recurso: dict[str, Any], tipo: str) -> dict[str, Any]:
    return {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": recurso,
        "request": {"method": "POST", "url": tipo},
    }


def _transaccion(azar: random.Random, paciente: str, entradas: int) -> bytes:
    return msgspec.json.encode(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                _entrada(_observacion(azar, f"Patient/{paciente}"), "Observation")
                for _ in range(entradas)
            ],
        }
    )


def _expediente_completo(cliente: httpx.Client, azar: random.Random) -> str:
    """A patient and 99 Observations, written as a partner would: in one transaction."""
    paciente = _entrada(
        {
            "resourceType": "Patient",
            "name": [{"family": "Banco", "given": ["Prueba"]}],
            "gender": "female",
            "birthDate": "1980-02-03",
        },
        "Patient",
    )
    observaciones = [
        _entrada(_observacion(azar, paciente["fullUrl"], codigo), "Observation")
        for codigo in CODIGOS
        for _ in range(POR_CODIGO)
    ]
    cuerpo = {"resourceType": "Bundle", "type": "transaction", "entry": [paciente, *observaciones]}
    respuesta = cliente.post(
        f"{str(cliente.base_url).rstrip('/')}",
        content=msgspec.json.encode(cuerpo),
        headers={"Content-Type": "application/fhir+json"},
    ).raise_for_status()
    lugar = respuesta.json()["entry"][0]["response"]["location"]
    return str(lugar).split("Patient/")[1].split("/")[0]


def _de_hoy(cliente: httpx.Client) -> list[str]:
    """The patients of today's list (``sembrar --rico`` gives one a long chart)."""
    agenda = cliente.get("/clinica/").raise_for_status().text
    return list(dict.fromkeys(re.findall(r"/clinica/([0-9a-f-]{36})/", agenda)))
