// The note editor: every change is kept in this browser at once and on the server a moment later.
const form = document.querySelector("#nota");
const state = document.querySelector("#estado");
const meter = document.querySelector("#completitud");
const key = `nota:${form.dataset.nota}`;
let timer = null, saving = false, again = false, baseline = snapshot();

function snapshot() {
  const data = new FormData(form);
  ["csrfmiddlewaretoken", "contrasena", "version"].forEach((name) => data.delete(name));
  return JSON.stringify([...data.entries()]);
}
function say(text, kind = "") { state.textContent = text; state.className = `ficha ${kind}`; }

function restore() {
  const kept = localStorage.getItem(key);
  if (!kept) return;
  const { content } = JSON.parse(kept);
  if (content === baseline) { localStorage.removeItem(key); return; }
  for (const [name, value] of JSON.parse(content)) {
    const field = form.elements[name];
    if (field && field.type !== "hidden") field.value = value;
  }
  say(form.dataset.recuperado, "aviso");
  later();
}
function later() { clearTimeout(timer); timer = setTimeout(save, 900); }

async function save() {
  if (saving) { again = true; return; }
  const content = snapshot();
  if (content === baseline) return;
  saving = true; say(form.dataset.guardando);
  try {
    const response = await fetch(form.dataset.guardar, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (response.redirected) throw new Error("sesion");
    const answer = await response.json();
    clearErrors();
    if (response.ok) {
      form.elements.version.value = answer.version; baseline = content;
      if (snapshot() === content) localStorage.removeItem(key);
      say(form.dataset.guardado, "");
      const total = Number(meter.max); meter.value = total - answer.faltan.length;
      document.querySelectorAll("[data-seccion]").forEach((item) => { item.hidden = !answer.faltan.includes(item.dataset.seccion); });
    } else if (response.status === 422) {
      for (const [name, message] of Object.entries(answer.errores)) showError(name, message);
      say(form.dataset.revise, "aviso");
    } else say(answer.error, "alerta");
  } catch { say(form.dataset.sinred, "aviso"); timer = setTimeout(save, 5000); }
  saving = false;
  if (again) { again = false; later(); }
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
  if (event.target.name === "contrasena") return;
  localStorage.setItem(key, JSON.stringify({ content: snapshot() }));
  later();
});
document.querySelector("#terminar").addEventListener("click", async () => {
  clearTimeout(timer); await save();
  document.querySelector("#finalizar").showModal();
});
form.addEventListener("submit", () => { clearTimeout(timer); localStorage.removeItem(key); });
restore();
