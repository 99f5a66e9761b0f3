// A workflow of fhir-kit-client: discover, get in, write, search, page, patch, transact, look back.
import { Client } from "fhir-kit-client";
import { readFileSync } from "fs";
import { paciente, temperatura, token } from "./_entrar.mjs";

const [base, clientId, pem] = process.argv.slice(2);
const client = new Client({ baseUrl: base });
const visto = {};

const smart = await client.smartAuthMetadata();
visto.tokenUrl = String(smart.tokenUrl);
const capacidad = await client.capabilityStatement();
visto.fhirVersion = capacidad.fhirVersion;
client.bearerToken = await token(visto.tokenUrl, clientId, readFileSync(pem, "utf8"));

const persona = await client.create({ resourceType: "Patient", body: paciente });
const patient = `Patient/${persona.id}`;
visto.leida = (await client.read({ resourceType: "Patient", id: persona.id })).name[0].family;

const medidas = [];
for (const valor of [36.5, 37.1, 38.2]) {
  medidas.push(await client.create({ resourceType: "Observation", body: temperatura(patient, valor) }));
}
const primera = await client.search({
  resourceType: "Observation",
  searchParams: { patient: persona.id, code: "http://loinc.org|8310-5", _count: 2, _sort: "-date" },
});
const segunda = await client.nextPage({ bundle: primera });
visto.paginas = [primera.entry.length, segunda.entry.length];
const compartimento = await client.compartmentSearch({
  resourceType: "Observation",
  compartment: { resourceType: "Patient", id: persona.id },
});
visto.enCompartimento = compartimento.entry.length;

const cambiada = await client.update({
  resourceType: "Observation",
  id: medidas[0].id,
  body: { ...medidas[0], status: "amended" },
});
visto.version = cambiada.meta.versionId;
const parchada = await client.patch({
  resourceType: "Observation",
  id: medidas[0].id,
  jsonPatch: [{ op: "replace", path: "/status", value: "corrected" }],
});
visto.parchada = parchada.status;
const anterior = await client.vread({ resourceType: "Observation", id: medidas[0].id, version: "1" });
visto.anterior = anterior.status;
const historia = await client.resourceHistory({ resourceType: "Observation", id: medidas[0].id });
visto.versiones = historia.entry.length;

const hecho = await client.transaction({
  body: {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        fullUrl: "urn:uuid:7b1c6f1e-9a3c-4c53-8f0e-0b9c0c1f2a01",
        resource: { ...paciente, name: [{ family: "Nuevo", given: ["Uno"] }] },
        request: { method: "POST", url: "Patient" },
      },
      {
        resource: temperatura("urn:uuid:7b1c6f1e-9a3c-4c53-8f0e-0b9c0c1f2a01", 36.9),
        request: { method: "POST", url: "Observation" },
      },
    ],
  },
});
visto.transaccion = hecho.entry.map((e) => e.response.status.slice(0, 3));
const lote = await client.batch({
  body: {
    resourceType: "Bundle",
    type: "batch",
    entry: [
      { request: { method: "GET", url: patient } },
      { request: { method: "GET", url: "Patient/00000000-0000-4000-8000-000000000000" } },
    ],
  },
});
visto.lote = lote.entry.map((e) => e.response.status.slice(0, 3));

const todo = await client.operation({
  name: "everything",
  resourceType: "Patient",
  id: persona.id,
  method: "GET",
});
visto.todo = todo.entry.length;
await client.delete({ resourceType: "Observation", id: medidas[2].id });
visto.borrada = (await client.read({ resourceType: "Observation", id: medidas[2].id })).status;
const negada = await client
  .read({ resourceType: "Patient", id: "00000000-0000-4000-8000-000000000000" })
  .catch((error) => ({ status: error.response.status, data: error.response.data }));
visto.negada = [negada.status, negada.data.resourceType];
const invalida = await client
  .create({ resourceType: "Observation", body: { resourceType: "Observation", status: "nada" } })
  .catch((error) => ({ status: error.response.status, data: error.response.data }));
visto.invalida = [invalida.status, invalida.data.issue.length > 0];
console.log(JSON.stringify(visto));
