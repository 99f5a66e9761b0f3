// The note editor: every change is kept in this browser at once and on the server a moment later.
// What is kept here goes away when the server has it. Whoever else writes the same note, in another
// window or on another device, is never overwritten: both texts are brought together.
import { Borrador } from "./borrador.js";
import { ask } from "./fusion.js";

const form = document.querySelector("#nota");
const state = document.querySelector("#estado");
const again = document.querySelector("#reentrar");
const join = document.querySelector("#unir");
const meter = document.querySelector("#completitud");
const dialog = document.querySelector("#fusion");
const words = form.dataset;
const RETRY = 5000;
const NOT_CONTENT = ["csrfmiddlewaretoken", "contrasena", "numero_de_empleado", "segundo_factor", "version", "q"];
const draft = new Borrador(words.nota, words.llave);
const server = JSON.parse(document.querySelector("#servidor").textContent);
let timer = null, saving = null, apart = null;
// What the server has, as far as this window knows.
let known = { version: server.version, fields: server.campos };

function read() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (NOT_CONTENT.includes(name)) continue;
    fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
  }
  return fields;
}
// The element of a name; the first, where radio buttons share one.
const element = (name) => (form.elements[name] instanceof RadioNodeList ? form.elements[name][0] : form.elements[name]);
function write(name, value) {
  const field = form.elements[name];
  if (!field) return;
  if (field.type === "checkbox") field.checked = value === field.value;
  else field.value = value;
  if (field.type === "hidden") field.dispatchEvent(new CustomEvent("recuperado", { bubbles: true }));
}
const coded = (name) => name === "diagnosticos";
const list = (value) => JSON.parse(value || "[]");
function plain(name, value = "") {
  if (coded(name)) return list(value).map((one) => one.clave + (one.presuntivo ? "?" : "")).sort().join(" ");
  const text = String(value ?? "").replace(/\r\n?/g, "\n").trim();
  return element(name)?.type === "number" && text ? String(Number(text)) : text;
}
const same = (name, one, other) => plain(name, one) === plain(name, other);
const names = (...all) => [...new Set(all.flatMap(Object.keys))].filter((name) => form.elements[name]);
const changed = () => names(read(), known.fields).some((name) => !same(name, read()[name], known.fields[name]));

function title(name) {
  const field = element(name), part = field.closest(".campo");
  const label = (field.type !== "radio" && field.labels?.[0]) || part.querySelector("legend, label");
  return label.firstChild.textContent.trim();
}
const shown = (name, value) => (coded(name) ? list(value).map((one) => `${one.clave} ${one.texto}`).join("\n") : plain(name, value));
function both(name, mine, theirs) {
  if (coded(name)) {
    const ours = list(mine), keys = ours.map((one) => one.clave);
    return JSON.stringify([...ours, ...list(theirs).filter((one) => !keys.includes(one.clave))]);
  }
  if (element(name).tagName !== "TEXTAREA") return undefined;
  const [a, b] = [plain(name, mine), plain(name, theirs)];
  return a.includes(b) ? a : b.includes(a) ? b : `${a}\n\n${b}`;
}

// Bring `theirs` into the form. `base` is what both started from (null: nobody knows). False if put off.
async function reconcile(theirs, base, who) {
  const mine = read(), taken = [], items = [];
  for (const name of names(mine, theirs)) {
    if (same(name, mine[name], theirs[name]) || (base && same(name, theirs[name], base[name]))) continue;
    const theirsOnly = (base && same(name, mine[name], base[name])) || !plain(name, mine[name]);
    if (theirsOnly) taken.push(name);
    else if (!plain(name, theirs[name]) && !base) continue;
    else items.push({ name, title: title(name), mine: shown(name, mine[name]), theirs: shown(name, theirs[name]), both: both(name, mine[name], theirs[name]) });
  }
  if (items.length) {
    const answers = await ask(dialog, items, who);
    if (answers === null) return false;
    items.forEach(({ name, both }, index) => {
      write(name, { mio: mine[name], otro: theirs[name], ambos: both }[answers[index]] ?? "");
    });
  }
  taken.forEach((name) => write(name, theirs[name] ?? ""));
  tell(taken, who);
  return true;
}
function tell(taken, who) {
  const notice = document.querySelector("#tomado");
  notice.hidden = !taken.length;
  notice.textContent = `${who} ${words.cambio} ${taken.map(title).join(", ")}.`;
  for (const name of taken) element(name).closest(".campo").classList.add("recien");
}

function say(text, kind = "") {
  again.hidden = text !== words.sesion;
  join.hidden = apart === null;
  if (state.textContent !== text) state.textContent = text;
  state.className = `ficha ${kind}`;
}
function later(wait = 900) { clearTimeout(timer); timer = setTimeout(save, wait); }
const keep = () => draft.keep({ version: known.version, base: known.fields, mine: read(), at: Date.now() });

// Whoever signs in again in another window gets another token; the cookie has the one in force.
function freshToken() {
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
}
// One at a time; whoever asks while one is on its way waits for it and for what was written since.
async function save() {
  if (saving) { await saving; return save(); }
  if (apart || !changed()) return;
  say(words.guardando); freshToken();
  saving = send(read());
  try { await saving; } finally { saving = null; }
}
async function send(fields) {
  let response;
  form.elements.version.value = known.version;
  try {
    response = await fetch(words.guardar, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  } catch {
    say(words.sinred, "aviso"); later(RETRY); return;
  }
  if (response.status === 404 || response.headers.has("ECE-Negado")) { say(words.sinacceso, "alerta"); return; }
  if (response.redirected || response.status === 401 || response.status === 403) { say(words.sesion, "alerta"); return; }
  if (response.status >= 500) { say(words.servidor, "alerta"); later(RETRY); return; }
  let answer;
  try {
    answer = await response.json();
  } catch { // Cut off halfway, or not ours: what was written is here, and goes again.
    say(words.servidor, "alerta"); later(RETRY); return;
  }
  clearErrors();
  if (response.ok) {
    known = { version: answer.version, fields };
    form.elements.version.value = answer.version;
    draft.forget(() => !changed());
    say(words.guardado);
    meter.value = Number(meter.max) - answer.faltan.length;
    document.querySelectorAll("[data-seccion]").forEach((item) => { item.hidden = !answer.faltan.includes(item.dataset.seccion); });
  } else if (response.status === 422) {
    for (const [name, message] of Object.entries(answer.errores)) showError(name, message);
    say(words.revise, "aviso");
  } else if (answer.campos) {
    await settle(answer, known.fields);
  } else say(answer.error, "alerta");
}
// Somebody wrote first: nothing is sent again until both texts are one.
async function settle(theirs, base) {
  apart = { theirs, base };
  keep();
  say(words.aparte, "alerta");
  if (!(await reconcile(theirs.campos, base, theirs.quien))) return;
  apart = null;
  known = { version: theirs.version, fields: theirs.campos };
  if (changed()) { keep(); say(words.unido); later(0); } else { draft.forget(); say(words.guardado); }
}
function showError(name, message) {
  const field = element(name); if (!field) return;
  const note = document.createElement("p");
  note.className = "error vivo"; note.id = `error-${name}`; note.textContent = message;
  field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", note.id);
  field.closest(".campo")?.append(note);
}
function clearErrors() {
  form.querySelectorAll(".error.vivo").forEach((note) => note.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}

// What windows that are gone left on this device comes back as the other side of a merge.
async function restore() {
  for (const { place, record } of await draft.left()) {
    const when = new Date(record.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    if (!(await reconcile(record.mine, record.base, `${words.recuperado} (${when})`))) continue;
    keep();
    draft.queue = draft.queue.then(() => localStorage.removeItem(place));
  }
  // What was typed before this code ran counts too.
  if (changed()) { keep(); later(0); } else draft.forget();
}

form.addEventListener("input", (event) => {
  if (["contrasena", "q"].includes(event.target.name)) return;
  event.target.closest(".campo")?.classList.remove("recien");
  if (changed()) keep();
  later();
});
join.addEventListener("click", () => settle(apart.theirs, apart.base));
addEventListener("online", save);
addEventListener("focus", save);
addEventListener("offline", () => { if (changed()) say(words.sinred, "aviso"); });
// A field of a fragment that was left to be filled in.
const gap = () => [...form.querySelectorAll("textarea")].map((field) => ({ field, at: field.value.match(/\{\{[^{}]*\}\}/) })).find((one) => one.at);
async function finish() {
  const left = gap();
  if (left) {
    say(words.hueco, "aviso"); left.field.focus();
    left.field.setSelectionRange(left.at.index, left.at.index + left.at[0].length);
    return;
  }
  clearTimeout(timer); await save();
  if (!apart) document.querySelector("#finalizar").showModal();
}
document.querySelector("#terminar").addEventListener("click", finish);
// The finished note's page forgets what this window kept: until then it may still be needed.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (saving) { // What is on its way would make this version an old one.
    event.preventDefault();
    await saving;
    form.requestSubmit();
    return;
  }
  freshToken();
  form.elements.version.value = known.version;
  sessionStorage.setItem(`terminada:${words.nota}`, draft.place);
});

// From section to section without the hands leaving the keys.
function sections() { return [...form.querySelectorAll("[data-parte], .reactivos")]; }
function step(to) {
  const all = sections(), at = all.findIndex((part) => part.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + to, 0), all.length - 1)];
  next?.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}
form.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault(); step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.ctrlKey && !event.shiftKey && event.key === "Enter" && !event.target.closest("dialog")) {
    event.preventDefault(); finish();
  }
});

const stale = Number(form.elements.version.value) !== server.version;
if (stale) settle(server, null); else restore();
// Whoever began to write before this ran goes on where they were.
if (!form.contains(document.activeElement)) sections().map((part) => part.querySelector("textarea, input:not([type=hidden])")).find((field) => field && !field.value)?.focus({ preventScroll: true });
