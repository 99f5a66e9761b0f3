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

export function partes(resource, cited, words) {
  return resource.resourceType === "Consent" ? letter(resource, words) : note(resource);
}
