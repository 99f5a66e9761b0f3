"""Random clients against a simple model of the specification: no divergence, no 5xx.

``ECE_PASOS_FHIR`` is how many steps to take (a few by default).
"""

import os
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from ece import fhir
from tests.deshecho import Deshecho
from tests.interoperabilidad.socios import FHIR_XML, SocioEntero, operacion, parche_fhirpath

PASOS = int(os.environ.get("ECE_PASOS_FHIR", "120"))
POR_VIDA = 40
LOINC = "http://loinc.org"

codigos = st.sampled_from(["8310-5", "8867-4", "9279-1"])
estados = st.sampled_from(["final", "amended", "preliminary"])
dias = st.dates(date(2026, 10, 28), date(2026, 11, 4))
generos = st.sampled_from(["female", "male", "other", "unknown"])
prefijos = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])
indice = st.integers(0, 30)
apellidos = st.sampled_from(["Núñez", "Nuñoz de la Vega", "Zamora", "Áxtla", "Ek"])
comienzos = st.sampled_from(["nun", "NÚÑ", "zam", "áxt", "vega", "ek", "nadie"])


def de_dias(prefijo: str, dia: date, desde: date, hasta: date) -> bool:
    """Whether a day stands so to [desde, hasta), both whole days (R4 search.html, date)."""
    dentro = desde <= dia < hasta
    return {
        "": dentro,
        "eq": dentro,
        "ne": not dentro,
        "gt": dia >= hasta,
        "sa": dia >= hasta,
        "lt": dia < desde,
        "eb": dia < desde,
        "ge": dia >= desde,
        "le": dia < hasta,
    }[prefijo]


class Modelo(RuleBasedStateMachine):
    """What a server should remember: every version of every resource, in order."""

    socio: SocioEntero

    def __init__(self) -> None:
        super().__init__()
        self.vida = Deshecho()
        self.versiones: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.desde = ""

    def teardown(self) -> None:
        """Each life begins where nothing was written: no search grows too costly."""
        self.vida.olvidar()

    # What is in the model

    def de_tipo(self, tipo: str) -> list[str]:
        return [id_ for suyo, id_ in self.versiones if suyo == tipo]

    def uno(self, tipo: str, n: int) -> str:
        ids = self.de_tipo(tipo)
        return ids[n % len(ids)]

    def actual(self, tipo: str, id_: str) -> dict[str, Any]:
        return self.versiones[tipo, id_][-1]

    @property
    def hay_paciente(self) -> bool:
        return bool(self.de_tipo("Patient"))

    @property
    def hay_observacion(self) -> bool:
        return bool(self.de_tipo("Observation"))

    def anotar(self, respuesta: Any, recurso: dict[str, Any]) -> None:
        """The answer to a write: the resource as it was sent, in its version."""
        assert respuesta.status_code in (200, 201), respuesta.content
        dicho = respuesta.json()
        clave = (recurso["resourceType"], dicho["id"])
        self.versiones.setdefault(clave, []).append(recurso)
        numero = len(self.versiones[clave])
        assert respuesta.status_code == (201 if numero == 1 else 200)
        assert respuesta["ETag"] == f'W/"{numero}"'
        self.comparar(dicho, recurso, numero)

    @staticmethod
    def comparar(dicho: dict[str, Any], esperado: dict[str, Any], numero: int) -> None:
        assert dicho["meta"]["versionId"] == str(numero)
        suyo = {c: v for c, v in dicho.items() if c not in ("id", "meta")}
        assert suyo == {c: v for c, v in esperado.items() if c not in ("id", "meta")}

    # Writing

    @rule(genero=generos, nacio=dias, apellido=apellidos, condicional=st.booleans())
    def registrar(self, genero: str, nacio: date, apellido: str, condicional: bool) -> None:
        recurso = {
            "resourceType": "Patient",
            "identifier": [{"system": "urn:x:modelo", "value": uuid4().hex}],
            "name": [{"family": apellido}],
            "gender": genero,
            "birthDate": nacio.isoformat(),
        }
        cabeceras = {}
        if condicional:
            valor = recurso["identifier"][0]["value"]  # type: ignore[index]
            cabeceras = {"HTTP_IF_NONE_EXIST": f"identifier=urn:x:modelo|{valor}"}
        respuesta = self.socio.post("Patient", recurso, **cabeceras)
        self.anotar(respuesta, recurso)
        self.desde = self.desde or respuesta.json()["meta"]["lastUpdated"]
        if condicional:
            otra = self.socio.post("Patient", recurso, **cabeceras)
            assert (otra.status_code, otra.json()["id"]) == (200, respuesta.json()["id"])

    @precondition(lambda self: self.hay_paciente)
    @rule(n=indice, codigo=codigos, estado=estados, dia=dias, en_xml=st.booleans())
    def observar(self, n: int, codigo: str, estado: str, dia: date, en_xml: bool) -> None:
        recurso = {
            "resourceType": "Observation",
            "status": estado,
            "code": {"coding": [{"system": LOINC, "code": codigo}]},
            "subject": {"reference": f"Patient/{self.uno('Patient', n)}"},
            "effectiveDateTime": dia.isoformat(),
        }
        if en_xml:
            respuesta = self.socio.pedir(
                "POST", "Observation", fhir.xml.escribir(recurso), FHIR_XML
            )
        else:
            respuesta = self.socio.post("Observation", recurso)
        self.anotar(respuesta, recurso)

    @precondition(lambda self: self.hay_observacion)
    @rule(n=indice, estado=estados, dia=dias, etiqueta=st.sampled_from(["", "buena", "vieja"]))
    def actualizar(self, n: int, estado: str, dia: date, etiqueta: str) -> None:
        id_ = self.uno("Observation", n)
        cuantas = len(self.versiones["Observation", id_])
        nuevo = {
            **self.actual("Observation", id_),
            "status": estado,
            "effectiveDateTime": dia.isoformat(),
        }
        cabeceras = {
            "": {},
            "buena": {"HTTP_IF_MATCH": f'W/"{cuantas}"'},
            "vieja": {"HTTP_IF_MATCH": f'W/"{cuantas + 1}"'},
        }[etiqueta]
        respuesta = self.socio.put(f"Observation/{id_}", {**nuevo, "id": id_}, **cabeceras)
        if etiqueta == "vieja":
            assert respuesta.status_code == 412
        else:
            self.anotar(respuesta, nuevo)

    @precondition(lambda self: self.hay_observacion)
    @rule(n=indice, estado=estados, fhirpath=st.booleans())
    def parchar(self, n: int, estado: str, fhirpath: bool) -> None:
        id_ = self.uno("Observation", n)
        nuevo = {**deepcopy(self.actual("Observation", id_)), "status": estado}
        if fhirpath:
            cambio = operacion(
                type="replace", path="Observation.status", value={"valueCode": estado}
            )
            respuesta = self.socio.pedir("PATCH", f"Observation/{id_}", parche_fhirpath(cambio))
        else:
            cambios = [{"op": "replace", "path": "/status", "value": estado}]
            respuesta = self.socio.parchar(f"Observation/{id_}", cambios)
        self.anotar(respuesta, nuevo)

    @precondition(lambda self: self.hay_observacion)
    @rule(n=indice)
    def borrar(self, n: int) -> None:
        id_ = self.uno("Observation", n)
        respuesta = self.socio.pedir("DELETE", f"Observation/{id_}")
        assert respuesta.status_code == 204
        if self.actual("Observation", id_)["status"] != "entered-in-error":
            anulada = {**self.actual("Observation", id_), "status": "entered-in-error"}
            self.versiones["Observation", id_].append(anulada)

    @precondition(lambda self: self.hay_observacion)
    @rule(n=indice, estado=estados, dia=dias, falla=st.booleans())
    def por_transaccion(self, n: int, estado: str, dia: date, falla: bool) -> None:
        id_ = self.uno("Observation", n)
        cambiada = {**self.actual("Observation", id_), "status": estado}
        nueva = {**self.actual("Observation", id_), "effectiveDateTime": dia.isoformat()}
        if falla:
            nueva["status"] = "inventado"
        respuesta = self.socio.post(
            "",
            {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [
                    {
                        "resource": {**cambiada, "id": id_},
                        "request": {"method": "PUT", "url": f"Observation/{id_}"},
                    },
                    {"resource": nueva, "request": {"method": "POST", "url": "Observation"}},
                ],
            },
        )
        if falla:
            assert respuesta.status_code == 422
            return
        assert respuesta.status_code == 200, respuesta.content
        self.versiones["Observation", id_].append(cambiada)
        lugar = respuesta.json()["entry"][1]["response"]["location"]
        self.versiones["Observation", lugar.split("/")[1]] = [nueva]

    # Reading

    @precondition(lambda self: self.hay_paciente)
    @rule(tipo=st.sampled_from(["Patient", "Observation"]), n=indice)
    def leer(self, tipo: str, n: int) -> None:
        if not self.de_tipo(tipo):
            return
        id_ = self.uno(tipo, n)
        suyas = self.versiones[tipo, id_]
        leido = self.socio.get(f"{tipo}/{id_}")
        self.comparar(leido.json(), suyas[-1], len(suyas))
        assert self.socio.get(f"{tipo}/{id_}", HTTP_IF_NONE_MATCH=leido["ETag"]).status_code == 304
        numero = n % len(suyas) + 1
        self.comparar(
            self.socio.get(f"{tipo}/{id_}/_history/{numero}").json(), suyas[numero - 1], numero
        )
        assert self.socio.get(f"{tipo}/{id_}/_history/{len(suyas) + 1}").status_code == 404
        historia = self.socio.get(f"{tipo}/{id_}/_history").json()["entry"]
        assert len(historia) == len(suyas)
        for entrada, version in zip(historia, reversed(suyas), strict=True):
            self.comparar(
                entrada["resource"], version, int(entrada["resource"]["meta"]["versionId"])
            )

    def suyas(self) -> list[tuple[str, dict[str, Any]]]:
        return [(id_, self.actual("Observation", id_)) for id_ in self.de_tipo("Observation")]

    def buscar(self, consulta: str) -> list[str]:
        """Every page of a search; ids, none of them twice."""
        vistos: list[str] = []
        camino = consulta
        while camino:
            pagina = self.pagina(camino)
            vistos += [e["resource"]["id"] for e in pagina.get("entry", ())]
            enlaces = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
            camino = enlaces[0].split("/fhir/")[1] if enlaces else ""
        assert len(vistos) == len(set(vistos))
        return vistos

    def pagina(self, camino: str) -> dict[str, Any]:
        """The first page of a search, or one that a link leads to, followed as it is written."""
        if "_cursor" not in camino:
            return self.socio.buscar(camino)
        respuesta = self.socio.get(camino)
        assert respuesta.status_code == 200, respuesta.content
        return respuesta.json()

    @precondition(lambda self: self.hay_paciente)
    @rule(
        codigo=st.none() | codigos,
        estado=st.none() | estados | st.just("entered-in-error"),
        dia=st.none() | dias,
        prefijo=prefijos,
        del_mes=st.booleans(),
        n=st.none() | indice,
        cuenta=st.sampled_from([1, 3, 50]),
        orden=st.sampled_from(
            ["", "date", "-date", "_id", "-_lastUpdated", "status,-date", "code"]
        ),
        por_filtro=st.booleans(),
    )
    def buscar_observaciones(
        self,
        codigo: str | None,
        estado: str | None,
        dia: date | None,
        prefijo: str,
        del_mes: bool,
        n: int | None,
        cuenta: int,
        orden: str,
        por_filtro: bool,
    ) -> None:
        pacientes = self.de_tipo("Patient") if n is None else [self.uno("Patient", n)]
        desde, hasta = dia, dia + timedelta(days=1) if dia else None
        texto = dia.isoformat() if dia else ""
        if dia and del_mes:
            desde, hasta = (
                dia.replace(day=1),
                (dia.replace(day=28) + timedelta(days=4)).replace(day=1),
            )
            texto = f"{dia:%Y-%m}"
        partes = [f"patient={','.join(pacientes)}", f"_count={cuenta}"]
        criterios = [("code", "eq", codigo), ("status", "eq", estado), ("date", prefijo, texto)]
        dados = [(c, o, v) for c, o, v in criterios if v]
        if por_filtro and dados:
            partes.append("_filter=" + " and ".join(f"{c} {o or 'eq'} {v}" for c, o, v in dados))
        else:
            partes += [f"{c}={o if c == 'date' else ''}{v}" for c, o, v in dados]
        if orden:
            partes.append(f"_sort={orden}")
        hallados = self.buscar("Observation?" + "&".join(partes))
        esperados = {
            id_
            for id_, o in self.suyas()
            if o["subject"]["reference"].split("/")[1] in pacientes
            and codigo in (None, o["code"]["coding"][0]["code"])
            and estado in (None, o["status"])
            and (
                dia is None
                or de_dias(prefijo, date.fromisoformat(o["effectiveDateTime"]), desde, hasta)  # type: ignore[arg-type]
            )
        }
        assert set(hallados) == esperados, partes
        por_id = dict(self.suyas())
        if orden.lstrip("-") == "date":
            fechas = [por_id[id_]["effectiveDateTime"] for id_ in hallados]
            assert fechas == sorted(fechas, reverse=orden[0] == "-")
        if orden == "status,-date":
            claves = [(por_id[i]["status"], por_id[i]["effectiveDateTime"]) for i in hallados]
            al_reves = sorted(claves, key=lambda c: c[1], reverse=True)
            assert claves == sorted(al_reves, key=lambda c: c[0])
        contadas = self.socio.buscar("Observation?" + "&".join(partes) + "&_summary=count")
        assert contadas["total"] == len(esperados)

    @precondition(lambda self: self.hay_paciente)
    @rule(genero=generos, codigo=codigos, negado=st.booleans())
    def encadenar(self, genero: str, codigo: str, negado: bool) -> None:
        ids_ = ",".join(self.de_tipo("Patient"))
        genero_de = {i: self.actual("Patient", i)["gender"] for i in self.de_tipo("Patient")}
        modificador = ":not" if negado else ""
        hallados = self.buscar(
            f"Observation?patient={ids_}&subject:Patient.gender{modificador}={genero}&code={codigo}"
        )
        con_codigo = [(i, o) for i, o in self.suyas() if o["code"]["coding"][0]["code"] == codigo]
        assert set(hallados) == {
            i
            for i, o in con_codigo
            if (genero_de[o["subject"]["reference"].split("/")[1]] == genero) != negado
        }
        con = self.buscar(f"Patient?_id={ids_}&_has:Observation:patient:code={codigo}")
        assert set(con) == {o["subject"]["reference"].split("/")[1] for _, o in con_codigo}

    @precondition(lambda self: self.hay_paciente)
    @rule(
        comienzo=st.none() | comienzos,
        genero=generos,
        negado=st.booleans(),
        dia=dias,
        prefijo=prefijos,
        orden=st.sampled_from(["_id", "family", "-birthdate", "gender,family"]),
    )
    def buscar_personas(
        self,
        comienzo: str | None,
        genero: str,
        negado: bool,
        dia: date,
        prefijo: str,
        orden: str,
    ) -> None:
        propios = self.de_tipo("Patient")
        partes = [f"_id={','.join(propios)}", f"gender{':not' if negado else ''}={genero}"]
        partes += [f"birthdate={prefijo}{dia.isoformat()}", f"_sort={orden}", "_count=2"]
        if comienzo:
            partes.append(f"family={comienzo}")
        hallados = self.buscar("Patient?" + "&".join(partes))
        por_id = {i: self.actual("Patient", i) for i in propios}

        def empieza(paciente: dict[str, Any]) -> bool:
            suyas = fhir.palabras(paciente["name"][0]["family"])
            buscada = fhir.normalizar(comienzo or "")
            return any(p.startswith(buscada) for p in suyas)

        esperados = {
            i
            for i, p in por_id.items()
            if (p["gender"] == genero) != negado
            and de_dias(prefijo, date.fromisoformat(p["birthDate"]), dia, dia + timedelta(days=1))
            and empieza(p)
        }
        if comienzo == "ek":  # two letters find the word that is just those
            esperados = {i for i in esperados if por_id[i]["name"][0]["family"] == "Ek"}
        assert set(hallados) == esperados, partes
        if orden == "family":
            nombres = [fhir.normalizar(por_id[i]["name"][0]["family"]) for i in hallados]
            assert nombres == sorted(nombres)

    @precondition(lambda self: bool(self.desde))
    @rule(cuenta=st.sampled_from([2, 7, 50]), tipo=st.sampled_from(["Observation/", ""]))
    def ver_lo_escrito(self, cuenta: int, tipo: str) -> None:
        """The history of a type or of everything, since this began: every version, once."""
        vistas: list[tuple[str, str, str]] = []
        momentos: list[str] = []
        camino = f"{tipo}_history?_since={self.desde}&_count={cuenta}"
        while camino:
            pagina = self.pagina(camino)
            for entrada in pagina.get("entry", ()):
                recurso = entrada["resource"]
                meta = recurso["meta"]
                vistas.append((recurso["resourceType"], recurso["id"], meta["versionId"]))
                momentos.append(meta["lastUpdated"])
            enlaces = [e["url"] for e in pagina.get("link", ()) if e["relation"] == "next"]
            camino = enlaces[0].split("/fhir/")[1] if enlaces else ""
        assert len(vistas) == len(set(vistas))
        assert momentos == sorted(momentos, reverse=True)
        esperadas = {
            (suyo, id_, str(n + 1))
            for (suyo, id_), versiones in self.versiones.items()
            for n in range(len(versiones))
            if tipo in ("", f"{suyo}/")
        }
        assert set(vistas) == esperadas

    @rule(
        camino=st.sampled_from(["Patient", "Observation", "Patient/{id}", "Observation/{id}", ""]),
        metodo=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        cuerpo=st.sampled_from(
            [
                b"",
                b"{",
                b"[]",
                b'{"resourceType":"Patient"}',
                b'{"resourceType":5}',
                b"\xff",
                b"1e9",
            ]
        )
        | st.binary(max_size=40),
        consulta=st.sampled_from(
            ["", "?_sort=x", "?code=|", "?date=2026-99", "?_filter=a", "?_has:x", "?patient.x=1"]
        ),
        mime=st.sampled_from(
            ["application/fhir+json", FHIR_XML, "application/json-patch+json", "text/plain"]
        ),
    )
    def desatinar(self, camino: str, metodo: str, cuerpo: bytes, consulta: str, mime: str) -> None:
        """Nonsense is refused with an OperationOutcome, and changes nothing."""
        lugar = camino.format(id=UUID(int=404))
        respuesta = self.socio.pedir(metodo, lugar + consulta, cuerpo, mime)
        vacia_y_valida = metodo == "POST" and camino == "Patient" and b'"Patient"}' in cuerpo
        if respuesta.status_code < 300:
            assert metodo == "GET" or vacia_y_valida, (metodo, camino, cuerpo)
        else:
            assert respuesta.status_code < 500, respuesta.content
            assert respuesta.json()["resourceType"] == "OperationOutcome"


@pytest.mark.django_db
def test_ningun_cliente_ve_otra_cosa_que_el_modelo(clientes: None) -> None:
    Modelo.socio = SocioEntero("integracion")
    run_state_machine_as_test(
        Modelo,
        settings=settings(
            max_examples=max(1, PASOS // POR_VIDA),
            stateful_step_count=POR_VIDA,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
