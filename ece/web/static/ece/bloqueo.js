// The lock over a page that nobody watches. The page stays under it, with what was being written;
// the server locks the session as well, so that lifting the cover with tools shows nothing new.
import { token } from "./llaves.js";

const dialog = document.querySelector("#bloqueo");
const LIMIT = Number(dialog.dataset.minutos) * 60_000;
const form = dialog.querySelector("form"), error = dialog.querySelector("#bloqueo-error");
const windows = new BroadcastChannel("ece-presencia"); // All windows of the person count as one.
let last = Date.now(), told = last, locked = false;

const post = (address, body) => fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" } });

function cover() {
  if (locked) return;
  locked = true;
  dialog.showModal();
  dialog.querySelector("#bloqueo-contrasena").focus();
}
function lock() {
  cover();
  windows.postMessage("bloqueada");
  post(dialog.dataset.bloquear).catch(() => {}); // Out of reach: the server's own clock locks it.
}
function open() {
  if (!locked) return;
  locked = false;
  last = told = Date.now();
  error.hidden = true;
  form.reset();
  dialog.close();
  dispatchEvent(new Event("online")); // What could not be saved meanwhile is saved now.
}

function here() {
  if (locked || Date.now() - last < 1000) return;
  last = Date.now();
  windows.postMessage("presente");
}
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"])
  addEventListener(kind, here, { passive: true, capture: true });
windows.addEventListener("message", ({ data }) => {
  if (data === "presente") last = Date.now();
  else if (data === "bloqueada") cover();
  else if (data === "abierta") open();
});

async function watch() {
  if (locked) return;
  if (Date.now() - last > LIMIT) { lock(); return; }
  if (last > told && Date.now() - told > LIMIT / 3) { told = Date.now(); await ask(); }
}
// Tell the server that somebody is here, and learn from it whether the session still is.
async function ask() {
  try {
    const response = await post(dialog.dataset.presente);
    if (response.headers.has("ECE-Bloqueo")) cover();
    else if (response.redirected) location.reload();
  } catch { /* Out of reach: nothing is known. */ }
}
setInterval(watch, 5000);
document.addEventListener("visibilitychange", watch);
addEventListener("pageshow", (event) => { if (event.persisted) ask(); }); // Back, perhaps after signing out.

document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("ECE-Bloqueo")) { event.preventDefault(); cover(); }
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.matches("[data-callado]")) event.detail.headers["ECE-Callado"] = "1";
});

dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.addEventListener("close", () => { if (locked) dialog.showModal(); });
dialog.addEventListener("abierto", () => { windows.postMessage("abierta"); open(); });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const response = await post(form.action, new FormData(form));
    if (response.status === 204) { windows.postMessage("abierta"); open(); return; }
    if (response.redirected) { location.reload(); return; }
    error.textContent = (await response.json()).error;
  } catch {
    error.textContent = dialog.dataset.fallo;
  }
  error.hidden = false;
  form.elements.contrasena.select();
});
