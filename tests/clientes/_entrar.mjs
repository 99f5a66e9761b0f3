// SMART Backend Services with the library jose, which nobody here wrote: a signed assertion, and the
// token that it is exchanged for.
import { importPKCS8, SignJWT } from "jose";
import { randomUUID } from "crypto";

export async function asercion(tokenUrl, clientId, pem) {
  const llave = await importPKCS8(pem, "ES384");
  return new SignJWT({})
    .setProtectedHeader({ alg: "ES384", kid: "k1", typ: "JWT" })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("4m")
    .sign(llave);
}

export async function token(tokenUrl, clientId, pem, scope = "system/*.cruds") {
  const cuerpo = new URLSearchParams({
    grant_type: "client_credentials",
    scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await asercion(tokenUrl, clientId, pem),
  });
  const respuesta = await fetch(tokenUrl, { method: "POST", body: cuerpo });
  if (!respuesta.ok) throw new Error(`token: ${respuesta.status} ${await respuesta.text()}`);
  return (await respuesta.json()).access_token;
}

export const paciente = {
  resourceType: "Patient",
  name: [{ family: "Ibáñez Peña", given: ["Xóchitl"] }],
  birthDate: "1984-05-17",
  gender: "female",
};

export function temperatura(patient, value, effectiveDateTime = "2026-11-20T10:00:00-06:00") {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "8310-5" }] },
    subject: { reference: patient },
    effectiveDateTime,
    valueQuantity: { value, unit: "°C", system: "http://unitsofmeasure.org", code: "Cel" },
  };
}
