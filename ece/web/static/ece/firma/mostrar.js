// What a document says, as a title and [heading, text] pairs, out of the very JSON that is signed.
const said = (resource, url) => resource.extension?.find((one) => one.url === `urn:ece:fhir:${url}`)?.valueString;

function plain(div) {
  const parsed = new DOMParser().parseFromString(div, "text/html");
  parsed.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
  return parsed.body.textContent;
}

function note(resource) {
  return { title: resource.title, texts: (resource.section ?? []).map((one) => [one.title ?? "", plain(one.text?.div ?? "")]) };
}

function letter(resource, words) {
  const { title, data } = resource.sourceAttachment;
  const text = new TextDecoder().decode(Uint8Array.from(atob(data), (one) => one.charCodeAt(0)));
  const blocks = text.split("\n\n").map((block) => [block.split("\n", 1)[0], block.slice(block.indexOf("\n") + 1)]);
  const decided = [resource.status === "active" ? words.acepta : words.noAcepta, ...resource.performer.map((one) => one.display)];
  const signed = resource.extension.map((one) => one.valueSignature).filter((one) => one?.type[0].code.endsWith(".8"));
  const rest = [
    [words.comprension, said(resource, "comprension")],
    [words.testigos, signed.map((one) => one.who.display).join(", ")],
  ];
  return { title, texts: [...blocks, [words.decision, decided.join(" · ")], ...rest.filter(([, text]) => text)] };
}

const quantity = (value) => (value ? [value.comparator, value.value, value.unit].filter((one) => one !== undefined).join(" ") : "");

function prescription(resource, words) {
  const { text, coding } = resource.medicationCodeableConcept ?? {};
  const [dosage = {}] = resource.dosageInstruction ?? [];
  const texts = [[words.indicacion, dosage.text], [words.paraElPaciente, dosage.patientInstruction], [words.surtir, quantity(resource.dispenseRequest?.quantity)]];
  return { title: text ?? coding?.[0]?.display, texts: texts.filter(([, said]) => said) };
}

function report(resource, cited, words) {
  const figures = (resource.result ?? []).map((one) => cited[one.reference.split("/")[1]]).filter(Boolean);
  const measured = figures.map((one) => [one.code.text, quantity(one.valueQuantity) || one.valueString || one.valueCodeableConcept?.text || "—"]);
  const rest = [[words.conclusion, resource.conclusion], [words.incidentes, said(resource, "incidentes")]];
  return { title: resource.code.text, texts: [...measured, ...rest.filter(([, text]) => text)] };
}

export function partes(resource, cited, words) {
  if (resource.resourceType === "Consent") return letter(resource, words);
  if (resource.resourceType === "MedicationRequest") return prescription(resource, words);
  return resource.resourceType === "DiagnosticReport" ? report(resource, cited, words) : note(resource);
}
