// The verifier in the browser (docs/evidence.md): the same checks as verificador.py, with WebCrypto.
// Nothing is fetched or sent: it works with the network off once the page is open.
const MAP = "ece.mapa/v1 ", MOMENT = "ece.momento/v1 ", FORMAT = "ece-evidencia/1";
const text = new TextEncoder(), untext = new TextDecoder("utf-8", { fatal: true });

class Invalid extends Error {
  constructor(key, what = "") { super(key); this.key = key; this.what = what; }
}

const concat = (...parts) => {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};
const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
const unhex = (s) => {
  if (!/^([0-9a-f]{2})*$/.test(s)) throw new Invalid("formato");
  return Uint8Array.from(s.match(/../g) ?? [], (pair) => parseInt(pair, 16));
};
const b64 = (s) => {
  try { return Uint8Array.from(atob(s), (c) => c.charCodeAt(0)); } catch { throw new Invalid("formato"); }
};
const uint64 = (n) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
};
const node = (left, right) => sha([1], left, right);

async function readKey(vkey) {
  const [, name, id, body] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  if (!name) throw new Invalid("formato");
  const raw = b64(body);
  if (raw.length !== 33 || hex((await sha(text.encode(name + "\n"), raw)).slice(0, 4)) !== id) throw new Invalid("formato");
  return { name, id, kind: raw[0], key: raw.slice(1), vkey: vkey.trim() };
}

function readNote(note) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0) throw new Invalid("formato");
  const lines = note.slice(cut + 2).replace(/\n$/, "").split("\n").map((line) => {
    const [, name, body] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    if (!name) throw new Invalid("formato");
    const raw = b64(body);
    return { name, id: hex(raw.slice(0, 4)), body: raw.slice(4) };
  });
  return { text: note.slice(0, cut + 1), lines };
}

async function signedBy(note, vkeys) {
  const good = [];
  for (const vkey of vkeys) {
    const key = await readKey(vkey);
    let publicKey;
    try { publicKey = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]); }
    catch { throw new Invalid("sin-ed25519"); }
    for (const line of note.lines) {
      if (line.name !== key.name || line.id !== key.id) continue;
      let message = text.encode(note.text), signature = line.body;
      if (key.kind === 4 && signature.length === 72) {
        const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
        message = concat(text.encode(`cosignature/v1\ntime ${seconds}\n`), message);
        signature = signature.slice(8);
      }
      if (!(await crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, message))) throw new Invalid("firma-falsa");
      good.push(key.vkey);
    }
  }
  if (!good.length) throw new Invalid("firma-falsa");
  return good;
}

function readCheckpoint(body) {
  const [origin, size, root, ...others] = body.replace(/\n$/, "").split("\n");
  if (!/^(0|[1-9][0-9]{0,14})$/.test(size ?? "")) throw new Invalid("formato");
  const after = (prefix) => others.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "";
  return { origin, size: Number(size), root: b64(root), map: b64(after(MAP)), moment: after(MOMENT) };
}

async function entry(opening) {
  if (!opening.varios) {
    const [part] = opening.partes;
    return sha(text.encode("ece/evento/1\n"), unhex(part.sal), text.encode(part.dato));
  }
  const digests = await Promise.all(opening.partes.map((part) =>
    "huella" in part ? unhex(part.huella) : sha(unhex(part.sal), text.encode(part.dato))));
  return sha(text.encode("ece/evento/n\n"), ...digests);
}

function isAbout(opening, patient) {
  const said = opening.partes.filter((part) => "dato" in part).map((part) => part.dato);
  if (opening.varios) return said.includes(patient);
  const patients = JSON.parse(said[0]).pacientes;
  return patients.length === 1 && patients[0] === patient;
}

// RFC 9162, 2.1.3.2. Sizes fit in 2^49: plain numbers, and division instead of 32-bit shifts.
async function rootBy(leaf, index, size, path) {
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new Invalid("evento-ajeno", index);
  let at = index, last = size - 1, hash = leaf;
  const half = (n) => Math.floor(n / 2);
  for (const sibling of path) {
    if (last === 0) throw new Invalid("evento-ajeno", index);
    if (at % 2 || at === last) {
      hash = await node(sibling, hash);
      while (at % 2 === 0 && at) { at = half(at); last = half(last); }
    } else hash = await node(hash, sibling);
    at = half(at); last = half(last);
  }
  if (last) throw new Invalid("evento-ajeno", index);
  return hash;
}

async function mapRoot(proof) {
  const key = unhex(proof.clave), siblings = proof.hermanos.map(b64);
  if (key.length !== 32 || siblings.length < 16 || siblings.length > 256) throw new Invalid("mapa");
  let hash = await sha([0], key, uint64(proof.cuenta), unhex(proof.cabeza));
  for (const [i, sibling] of siblings.entries()) {
    const depth = siblings.length - 1 - i;
    hash = (key[depth >> 3] >> (7 - (depth & 7))) & 1 ? await node(sibling, hash) : await node(hash, sibling);
  }
  return hash;
}

async function verify(evidence, vkeys) {
  if (evidence.formato !== FORMAT) throw new Invalid("formato");
  const note = readNote(evidence.bitacora.checkpoint), checkpoint = readCheckpoint(note.text);
  if (checkpoint.origin !== evidence.bitacora.origen) throw new Invalid("firma-falsa");
  const good = await signedBy(note, vkeys.length ? vkeys : evidence.bitacora.llaves);
  const said = [["firma", checkpoint.origin]];
  if (checkpoint.moment) said.push(["momento", checkpoint.moment]);
  if (!vkeys.length) said.push(["ojo", good.at(-1)]);
  const witnesses = note.lines.filter((line) => line.body.length === 72).map((line) => line.name);
  if (witnesses.length) said.push(["testigos", witnesses.join(", ")]);
  const leaves = [];
  for (const event of evidence.eventos) {
    const leaf = await sha([0], await entry(event.apertura));
    const root = await rootBy(leaf, event.indice, checkpoint.size, event.camino.map(b64));
    if (!same(root, checkpoint.root)) throw new Invalid("evento-ajeno", event.indice);
    if (!isAbout(event.apertura, evidence.paciente)) throw new Invalid("otro-expediente", event.indice);
    leaves.push([event.indice, leaf]);
  }
  said.push(["eventos", String(leaves.length)]);
  if (evidence.completitud) {
    const proof = evidence.completitud, patient = unhex(evidence.paciente.replaceAll("-", ""));
    const key = await sha(text.encode("ece/mapa/1\n"), patient);
    if (hex(key) !== proof.clave || !same(await mapRoot(proof), checkpoint.map)) throw new Invalid("mapa");
    let head = new Uint8Array(32);
    for (const [, leaf] of leaves.sort((a, b) => a[0] - b[0])) head = await sha(head, leaf);
    if (proof.cuenta !== leaves.length || hex(head) !== proof.cabeza) throw new Invalid("faltan", String(proof.cuenta));
    said.push(["completo", String(proof.cuenta)]);
  }
  return said;
}

// A zip whose files are stored, as ours are: the central directory says where each is.
function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), files = new Map();
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Invalid("formato");
  let at = view.getUint32(end + 16, true);
  for (let n = view.getUint16(end + 10, true); n > 0; n--) {
    const method = view.getUint16(at + 10, true), size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true), local = view.getUint32(at + 42, true);
    const name = untext.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (method !== 0 || files.has(name)) throw new Invalid("formato");
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    files.set(name, bytes.subarray(start, start + size));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

function recorded(evidence) {
  const digests = new Set();
  for (const { apertura } of evidence.eventos)
    for (const { dato } of apertura.partes)
      if (dato && /^[{[]/.test(dato)) {
        const said = JSON.parse(dato);
        for (const { huella } of Array.isArray(said) ? said : said.escritos ?? []) digests.add(huella);
      }
  return digests;
}

async function verifyZip(bytes, vkeys) {
  const files = unzip(bytes);
  if (!files.has("MANIFIESTO") || !files.has("evidencia.json")) throw new Invalid("formato");
  const evidence = JSON.parse(untext.decode(files.get("evidencia.json")));
  const note = readNote(untext.decode(files.get("MANIFIESTO")));
  await signedBy(note, vkeys.length ? vkeys : evidence.bitacora.llaves);
  const lines = note.text.trimEnd().split("\n").slice(1), digests = recorded(evidence);
  if (lines.length !== files.size - 1) throw new Invalid("archivo-ajeno", "MANIFIESTO");
  for (const line of lines) {
    const digest = line.slice(0, 64), name = line.slice(66);
    const sealed = files.has(name) ? hex(await sha(files.get(name))) : "";
    if (sealed !== digest || (name.startsWith("sellado/") && !digests.has(sealed))) throw new Invalid("archivo-ajeno", name);
  }
  return [["archivos", String(lines.length)], ...(await verify(evidence, vkeys))];
}

const words = document.querySelector("#palabras").content, result = document.querySelector("#resultado");
const say = (key, what = "") => `${words.querySelector(`[data-clave="${key}"]`).textContent} ${what}`.trim();

function show(good, lines) {
  const verdict = document.createElement("p");
  verdict.className = good ? "veredicto" : "veredicto mala";
  verdict.textContent = (good ? "✓ " : "⚠ ") + say(good ? "vale" : "no-vale");
  const list = document.createElement("ul");
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    list.append(item);
  }
  result.replaceChildren(verdict, list);
  result.focus();
}

document.querySelector("#evidencia").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = document.querySelector("#archivo").files;
  const key = document.querySelector("#llave").value.trim(), vkeys = key ? [key] : [];
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const zipped = bytes[0] === 0x50 && bytes[1] === 0x4b;
    const said = zipped ? await verifyZip(bytes, vkeys) : await verify(JSON.parse(untext.decode(bytes)), vkeys);
    show(true, said.map(([clave, what]) => say(clave, what)));
  } catch (error) {
    show(false, [error instanceof Invalid ? say(error.key, error.what) : say("formato")]);
  }
});
