// A workflow of Medplum's core client against a server that is not Medplum's: get in with an
// assertion, write, search, patch, batch, look back, subscribe, and export everything.
import { readFileSync } from "fs";
import { asercion, paciente, temperatura } from "./_entrar.mjs";

// A browser has one, and node since 22: the client names it when it is loaded, and is not asked here
// for anything that would use it.
globalThis.WebSocket ??= class extends EventTarget {};
const { MedplumClient } = await import("@medplum/core");

const [raiz, clientId, pem] = process.argv.slice(2);
const tokenUrl = `${raiz}/oauth/token`;
const medplum = new MedplumClient({
  baseUrl: raiz,
  fhirUrlPath: "fhir",
  tokenUrl,
  cacheTime: 0,
  storage: undefined,
});
const visto = {};
await medplum.startJwtAssertionLogin(await asercion(tokenUrl, clientId, readFileSync(pem, "utf8")));
visto.entro = Boolean(medplum.getAccessToken());

const persona = await medplum.createResource(paciente);
visto.persona = persona.id;
const patient = `Patient/${persona.id}`;
const medida = await medplum.createResource(temperatura(patient, 36.5));
await medplum.createResource(temperatura(patient, 38.1));
const condicion = `patient=${patient}&value-quantity=gt37&code=8310-5`;
const repetida = await medplum.createResourceIfNoneExist(temperatura(patient, 38.1), condicion);
visto.halladas = (await medplum.searchResources("Observation", { patient: persona.id })).length;
visto.una = (await medplum.searchOne("Observation", condicion)).id === repetida.id;
visto.contadas = (await medplum.search("Observation", { patient: persona.id, _summary: "count" })).total;
visto.incluidas = (
  await medplum.search("Observation", `patient=${patient}&_include=Observation:patient`)
).entry.length;

const cambiada = await medplum.updateResource({ ...medida, status: "amended" });
visto.version = cambiada.meta.versionId;
const parchada = await medplum.patchResource("Observation", medida.id, [
  { op: "test", path: "/status", value: "amended" },
  { op: "replace", path: "/status", value: "corrected" },
]);
visto.parchada = parchada.status;
visto.versiones = (await medplum.readHistory("Observation", medida.id)).entry.length;
visto.anterior = (await medplum.readVersion("Observation", medida.id, "1")).status;
const referida = await medplum.readReference({ reference: patient });
visto.referida = referida.birthDate;
visto.todo = (await medplum.readPatientEverything(persona.id)).entry.length;
visto.resumen = (await medplum.readPatientSummary(persona.id)).type;

const lote = await medplum.executeBatch({
  resourceType: "Bundle",
  type: "transaction",
  entry: [
    {
      fullUrl: "urn:uuid:3f8a54c9-2f6f-4f8b-9d4d-6a3d1d0a7f11",
      resource: { ...paciente, name: [{ family: "Otro", given: ["Nuevo"] }] },
      request: { method: "POST", url: "Patient" },
    },
    {
      resource: temperatura("urn:uuid:3f8a54c9-2f6f-4f8b-9d4d-6a3d1d0a7f11", 36.2),
      request: { method: "POST", url: "Observation" },
    },
  ],
});
visto.lote = lote.entry.map((e) => e.response.status.slice(0, 3));
await medplum.deleteResource("Observation", repetida.id);
visto.borrada = (await medplum.readResource("Observation", repetida.id, { cache: "reload" })).status;
visto.negada = await medplum
  .readResource("Patient", "00000000-0000-4000-8000-000000000000")
  .catch((error) => error.outcome.resourceType);

const exportado = await medplum.bulkExport("", "Patient,Observation", undefined, {
  pollStatusOnAccepted: true,
  pollStatusPeriod: 300,
});
visto.exportado = {};
for (const { type, url } of exportado.output) {
  const texto = await (await medplum.download(url)).text();
  visto.exportado[type] = texto.trim().split("\n").map((linea) => JSON.parse(linea).id).length;
}
console.log(JSON.stringify(visto));
