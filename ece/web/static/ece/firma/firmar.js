// A person's signature: what is shown is what is signed. This browser opens the key, recomputes every
// digest from the very text it shows, writes what is signed itself, and sends two signatures.
import { base64, base64url, hex, join, oid, sha256, tlv } from "./der.js";
import { ClaveIncorrecta, LlaveIlegible, SIGN, abrir, pareja } from "./llave.js";
import { partes } from "./mostrar.js";

const form = document.querySelector("#firmar");
const review = document.querySelector("#revision");
const said = form.querySelector("[data-error]");
const words = form.dataset;
const encode = (text) => new TextEncoder().encode(text);
let pending = null;

class Dicho extends Error {}

function tell(text) {
  said.textContent = text;
  said.hidden = !text;
  if (text) said.focus();
}

async function send(address, body) {
  const response = await fetch(address, {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
  });
  if (response.redirected) { location.assign(response.url); return new Promise(() => {}); }
  const answer = await response.json().catch(() => ({ error: words.fallo }));
  if (!response.ok) throw new Dicho(answer.error);
  return answer;
}

async function bytes(input) {
  const read = new Uint8Array(await input.files[0].arrayBuffer());
  const text = new TextDecoder("latin1").decode(read.slice(0, 64));
  if (!text.startsWith("-----BEGIN")) return read;
  const body = new TextDecoder().decode(read).replace(/-----[^-]+-----/g, "").replace(/\s/g, "");
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

const chosen = () => [...form.querySelectorAll("[name=documento]:checked, [name=documento][type=hidden]")].map((box) => box.value.split("/"));
const who = () => form.querySelector("[name=quien]:checked")?.value;
const digest = async (text) => hex(await sha256(encode(text)));

// Every digest is made here, of what is going to be shown; one that does not match is not signed.
async function verified(prepared, documents) {
  const sheet = JSON.parse(prepared.pliego);
  const leaves = [];
  for (const [n, leaf] of prepared.hojas.entries()) {
    const declared = JSON.parse(leaf.declaracion), { id, sha256: signed } = declared.documento;
    const asked = documents[n] && leaf.paciente === documents[n][0] && leaf.documento === documents[n][1];
    let same = asked && id === leaf.documento && signed === await digest(leaf.contenido);
    if (declared.texto) {
      const text = Uint8Array.from(atob(JSON.parse(leaf.contenido).sourceAttachment.data), (letter) => letter.charCodeAt(0));
      same &&= declared.texto.sha256 === hex(await sha256(text));
    }
    for (const [cited, text] of Object.entries(leaf.citados)) {
      same &&= declared.cita.find((one) => one.id === cited)?.sha256 === await digest(text);
    }
    if (!same) throw new Dicho(words.distinto);
    leaves.push(await digest(leaf.declaracion));
  }
  const same = sheet.hojas.length === documents.length && leaves.every((leaf, n) => leaf === sheet.hojas[n]);
  if (!same || sheet.momento !== prepared.momento) throw new Dicho(words.distinto);
}

function show(prepared) {
  const list = review.querySelector("[data-hojas]"), sample = review.querySelector("template");
  list.replaceChildren(...prepared.hojas.map((leaf) => {
    const cited = Object.fromEntries(Object.entries(leaf.citados).map(([id, text]) => [id, JSON.parse(text)]));
    const { title, texts } = partes(JSON.parse(leaf.contenido), cited, review.dataset);
    const item = sample.content.cloneNode(true), body = item.querySelector("[data-texto]");
    const listed = form.querySelector(`[value="${leaf.paciente}/${leaf.documento}"]`).closest("[data-documento]");
    const label = listed?.querySelector("[data-quien]").textContent ?? JSON.parse(leaf.declaracion).firmante.nombre;
    item.querySelector("summary").textContent = `${title} · ${label}`;
    for (const [name, said] of texts) {
      const heading = document.createElement("h4"), text = document.createElement("p");
      heading.textContent = name;
      text.className = "texto";
      text.textContent = said;
      body.append(heading, text);
    }
    return item;
  }));
  review.querySelector("[data-titular]").textContent = prepared.titular;
  review.showModal();
}

// SignedAttributes of CAdES: content type, digest, instant, and which certificate signs.
async function attributes(content, certificate, instant) {
  const attribute = (type, value) => tlv(0x30, oid(type), tlv(0x31, value));
  const when = new Date(instant).toISOString().replace(/[-:T]|\.\d+/g, "").slice(2);
  const all = [
    attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
    attribute("1.2.840.113549.1.9.4", tlv(0x04, await sha256(content))),
    attribute("1.2.840.113549.1.9.5", tlv(0x17, encode(when))),
    attribute("1.2.840.113549.1.9.16.2.47", tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x04, await sha256(certificate)))))),
  ];
  return tlv(0x31, join(...all.sort((a, b) => (hex(a) < hex(b) ? -1 : 1))));
}

async function signatures({ key, certificate, prepared }) {
  const content = encode(prepared.pliego);
  const header = JSON.stringify({ alg: "RS256", sigT: prepared.momento, x5c: [base64(certificate)] });
  const input = encode(`${base64url(encode(header))}.${base64url(content)}`);
  const sign = async (data) => base64(new Uint8Array(await crypto.subtle.sign(SIGN, key, data)));
  return { cms: await sign(await attributes(content, certificate, prepared.momento)), jws: await sign(input) };
}

function explain(error) {
  if (error instanceof ClaveIncorrecta) return words.clave;
  if (error instanceof LlaveIlegible) return words.llave;
  return error instanceof Dicho ? error.message : words.fallo;
}

async function guarded(button, work) {
  button.disabled = true;
  tell("");
  try {
    await work();
  } catch (error) {
    review.close();
    tell(explain(error));
  } finally {
    button.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  guarded(form.querySelector("[type=submit]"), async () => {
    const documents = chosen(), { cer, llave, clave } = form.elements;
    if (!documents.length || !cer.files.length || !llave.files.length || !clave.value) throw new Dicho(words.faltan);
    const certificate = await bytes(cer);
    const key = await abrir(await bytes(llave), clave.value);
    clave.value = "";
    if (!await pareja(key, certificate).catch(() => false)) throw new Dicho(words.pareja);
    const prepared = await send(words.preparar, { documentos: documents, quien: who(), certificado: base64(certificate) });
    await verified(prepared, documents);
    pending = { key, certificate, prepared, documents, signer: who() };
    show(prepared);
  });
});
review.querySelector("[data-firma]").addEventListener("click", (event) => guarded(event.currentTarget, async () => {
  const { certificate, prepared, documents, signer } = pending;
  const signed = await signatures(pending);
  pending = null;
  const { ir } = await send(words.enviar, { documentos: documents, quien: signer, certificado: base64(certificate), momento: prepared.momento, ...signed });
  location.assign(ir);
}));
review.addEventListener("close", () => { pending = null; });
if (!isSecureContext || !crypto.subtle) tell(words.inseguro);
