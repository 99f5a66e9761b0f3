// The verifier in the browser (docs/evidence.md): the same checks as verificador.py, with WebCrypto.
// Nothing is fetched or sent: it works with the network off once the page is open.
const MAP = "ece.mapa/v1 ", MOMENT = "ece.momento/v1 ", FORMAT = "ece-evidencia/1", PRINTED = "impresion.hecha";
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

async function verifies(key, signature, message) {
  let publicKey;
  try { publicKey = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]); }
  catch { throw new Invalid("sin-ed25519"); }
  return crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, message);
}

async function signedBy(note, vkeys) {
  const good = [];
  for (const vkey of vkeys) {
    const key = await readKey(vkey);
    for (const line of note.lines) {
      if (line.name !== key.name || line.id !== key.id) continue;
      let message = text.encode(note.text), signature = line.body;
      if (key.kind === 4 && signature.length === 72) {
        const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
        message = concat(text.encode(`cosignature/v1\ntime ${seconds}\n`), message);
        signature = signature.slice(8);
      }
      if (!(await verifies(key, signature, message))) throw new Invalid("firma-falsa");
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

function* opened(evidence) {
  for (const event of evidence.eventos)
    for (const { dato } of event.apertura.partes)
      if (dato && /^[{[]/.test(dato)) yield [event, JSON.parse(dato)];
}

function recorded(evidence) {
  const digests = new Set();
  for (const [, said] of opened(evidence))
    for (const { huella } of Array.isArray(said) ? said : said.escritos ?? []) digests.add(huella);
  return digests;
}

// What the evidence that held proves, for the files that lean on it: printed documents, receipts.
async function takeNote(proved, evidence) {
  proved.keys.push(...evidence.bitacora.llaves);
  for (const event of evidence.eventos) proved.leaves.add(hex(await sha([0], await entry(event.apertura))));
  for (const [, said] of opened(evidence))
    if (said.tipo === PRINTED) proved.printed.set(said.detalle.sha256, said.momento);
}

async function verifyPrinted(bytes, proved) {
  const moment = proved.printed.get(hex(await sha(bytes)));
  if (moment) return [["impreso", moment]];
  if (!proved.printed.size) throw new Invalid("sin-prueba");
  const text = new TextDecoder("latin1").decode(bytes);
  for (let at = text.indexOf("%%EOF"); at >= 0; at = text.indexOf("%%EOF", at + 5))
    for (const jump of ["", "\n", "\r", "\r\n"]) {
      const end = at + 5 + jump.length;
      if (text.startsWith(jump, at + 5) && proved.printed.has(hex(await sha(bytes.subarray(0, end))))) throw new Invalid("agregado", end);
    }
  throw new Invalid("impreso-ajeno");
}

async function verifyReceipt(line, vkeys, proved) {
  const [version, id, seconds, entries, signature, ...more] = line.replace(/^ECE-Recibo:/, "").trim().split(/\s+/);
  if (version !== "v1" || !signature || more.length || !/^\d{1,12}$/.test(seconds)) throw new Invalid("formato");
  const keys = await Promise.all((vkeys.length ? vkeys : proved.keys).map(readKey));
  const key = keys.find((one) => one.kind === 1 && one.id === id);
  if (!key) throw new Invalid("otra-llave");
  const promised = entries.split(",");
  const message = text.encode(["ece-recibo/1", key.name, seconds, ...promised].join("\n") + "\n");
  if (!(await verifies(key, b64(signature), message))) throw new Invalid("firma-falsa");
  const said = [["prometido", `${key.name}, ${new Date(seconds * 1000).toISOString()}`]];
  for (const one of promised) {
    const leaf = hex(await sha([0], b64(one)));
    said.push([proved.leaves.has(leaf) ? "hoja" : "hoja-por-buscar", leaf]);
  }
  if (!vkeys.length) said.push(["ojo", key.vkey]);
  return said;
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
  const said = [["archivos", String(lines.length)], ...(await verify(evidence, vkeys))];
  const proved = { keys: [], leaves: new Set(), printed: new Map() };
  await takeNote(proved, evidence);
  for (const line of lines)
    if (proved.printed.has(line.slice(0, 64))) said.push(["impreso", `${line.slice(66)}, ${proved.printed.get(line.slice(0, 64))}`]);
  return said;
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

const starts = (bytes, word) => new TextDecoder("latin1").decode(bytes.subarray(0, word.length)) === word;
const isDocument = (bytes) => starts(bytes, "%PDF") || starts(bytes, "<") || starts(bytes, "\u00ef\u00bb\u00bf<");
const leans = (bytes) => isDocument(bytes) || starts(bytes, "v1 ") || starts(bytes, "ECE-Recibo:");

async function verifyFile(bytes, vkeys, proved) {
  if (isDocument(bytes)) return verifyPrinted(bytes, proved);
  if (starts(bytes, "PK")) {
    const said = await verifyZip(bytes, vkeys);
    await takeNote(proved, JSON.parse(untext.decode(unzip(bytes).get("evidencia.json"))));
    return said;
  }
  const written = untext.decode(bytes).trim();
  if (leans(bytes)) return verifyReceipt(written, vkeys, proved);
  const evidence = JSON.parse(written), said = await verify(evidence, vkeys);
  await takeNote(proved, evidence);
  return said;
}

document.querySelector("#evidencia").addEventListener("submit", async (event) => {
  event.preventDefault();
  const files = await Promise.all(Array.from(document.querySelector("#archivo").files, async (file) =>
    ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  files.sort((a, b) => leans(a.bytes) - leans(b.bytes));
  const key = document.querySelector("#llave").value.trim(), vkeys = key ? [key] : [];
  const proved = { keys: [], leaves: new Set(), printed: new Map() }, lines = [];
  let good = true;
  for (const { name, bytes } of files) {
    const mark = files.length > 1 ? `${name}: ` : "";
    try {
      for (const [clave, what] of await verifyFile(bytes, vkeys, proved)) lines.push(mark + say(clave, what));
    } catch (error) {
      good = false;
      lines.push(mark + (error instanceof Invalid ? say(error.key, error.what) : say("formato")));
    }
  }
  show(good, lines);
});
