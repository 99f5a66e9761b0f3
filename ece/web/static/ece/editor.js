// The note editor: every change is kept in this browser at once and on the server a moment later.
// What is kept here is encrypted under a key that only the editor's page brings, and goes away when
// the server has it: a computer left behind tells nothing.
const form = document.querySelector("#nota");
const state = document.querySelector("#estado");
const again = document.querySelector("#reentrar");
const meter = document.querySelector("#completitud");
const place = `nota:${form.dataset.nota}`;
const RETRY = 5000;
let timer = null, saving = false, pending = false, baseline = snapshot(), kept = Promise.resolve();

function snapshot() {
  const data = new FormData(form);
  ["csrfmiddlewaretoken", "contrasena", "version", "q"].forEach((name) => data.delete(name));
  return JSON.stringify([...data.entries()]);
}
function say(text, kind = "") {
  again.hidden = text !== form.dataset.sesion;
  if (state.textContent !== text) state.textContent = text;
  state.className = `ficha ${kind}`;
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const key = crypto.subtle?.importKey("raw", bytes(form.dataset.llave), "AES-GCM", false, ["encrypt", "decrypt"]);
function keep(content) {
  if (!key) return;
  kept = kept.then(async () => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(content));
    localStorage.setItem(place, btoa(String.fromCharCode(...iv)) + "." + btoa(Array.from(new Uint8Array(sealed), (byte) => String.fromCharCode(byte)).join("")));
  });
}
function forget(content) {
  kept = kept.then(() => { if (snapshot() === content) localStorage.removeItem(place); });
}
async function recall() {
  const [iv, sealed] = (localStorage.getItem(place) ?? "").split(".");
  if (!sealed || !key) return null;
  try {
    const content = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await key, bytes(sealed));
    return new TextDecoder().decode(content);
  } catch {
    return null; // Kept by another person, or damaged: nothing of ours.
  }
}
async function restore() {
  const content = await recall();
  if (content === null) return;
  if (content === baseline) { localStorage.removeItem(place); return; }
  for (const [name, value] of JSON.parse(content)) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    if (field.type === "hidden") field.dispatchEvent(new CustomEvent("recuperado", { bubbles: true }));
  }
  say(form.dataset.recuperado, "aviso");
  later();
}
function later(wait = 900) { clearTimeout(timer); timer = setTimeout(save, wait); }

// Whoever signs in again in another window gets another token; the cookie has the one in force.
function freshToken() {
  const cookie = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
}
async function save() {
  if (saving) { pending = true; return; }
  const content = snapshot();
  if (content === baseline) return;
  saving = true; say(form.dataset.guardando); freshToken();
  await send(content);
  saving = false;
  if (pending) { pending = false; later(); }
}
async function send(content) {
  let response;
  try {
    response = await fetch(form.dataset.guardar, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  } catch {
    say(form.dataset.sinred, "aviso"); later(RETRY); return;
  }
  if (response.redirected || response.status === 401 || response.status === 403) { say(form.dataset.sesion, "alerta"); return; }
  if (response.status === 404) { say(form.dataset.sinacceso, "alerta"); return; }
  if (response.status >= 500) { say(form.dataset.servidor, "alerta"); later(RETRY); return; }
  const answer = await response.json();
  clearErrors();
  if (response.ok) {
    form.elements.version.value = answer.version; baseline = content;
    forget(content);
    say(form.dataset.guardado);
    meter.value = Number(meter.max) - answer.faltan.length;
    document.querySelectorAll("[data-seccion]").forEach((item) => { item.hidden = !answer.faltan.includes(item.dataset.seccion); });
  } else if (response.status === 422) {
    for (const [name, message] of Object.entries(answer.errores)) showError(name, message);
    say(form.dataset.revise, "aviso");
  } else say(answer.error, "alerta");
}
function showError(name, message) {
  const field = form.elements[name]; if (!field) return;
  const note = document.createElement("p");
  note.className = "error vivo"; note.id = `error-${name}`; note.textContent = message;
  field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", note.id);
  field.closest(".campo")?.append(note);
}
function clearErrors() {
  form.querySelectorAll(".error.vivo").forEach((note) => note.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}
form.addEventListener("input", (event) => {
  if (event.target.name === "contrasena" || event.target.name === "q") return;
  keep(snapshot());
  later();
});
addEventListener("online", save);
addEventListener("focus", save);
document.querySelector("#terminar").addEventListener("click", async () => {
  clearTimeout(timer); await save();
  document.querySelector("#finalizar").showModal();
});
// The finished note's page forgets what was kept: until then it may still be needed.
form.addEventListener("submit", () => { clearTimeout(timer); freshToken(); });
restore();
