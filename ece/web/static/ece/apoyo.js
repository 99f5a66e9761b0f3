// Beside the note editor: what was said before, at one key; a document to read; a form that records
// something else (a prescription) without leaving the note.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $("#nota"), help = $("#apoyo"), beside = $("#al-lado"), box = $("#cuadro");

function put(button) {
  if (button.dataset.dx) {
    const hidden = form.elements.diagnosticos, chosen = JSON.parse(hidden.value || "[]");
    if (chosen.some((one) => one.clave === button.dataset.dx)) return;
    chosen.push({ clave: button.dataset.dx, texto: button.dataset.texto, presuntivo: "presuntivo" in button.dataset });
    hidden.value = JSON.stringify(chosen);
    hidden.dispatchEvent(new CustomEvent("recuperado"));
    return;
  }
  const field = form.elements[button.dataset.pone], text = button.dataset.texto;
  if (!field || field.value.includes(text)) return;
  if (field.value.trim() && field.tagName !== "TEXTAREA") return; // A figure already written stays.
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
help.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pone], [data-dx]");
  if (button) put(button);
});
// Ctrl+. brings what there is for the section where the cursor is.
form.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== ".") return;
  event.preventDefault();
  const part = event.target.closest("[data-parte]");
  if (!part) return;
  const fields = new Set($$("[name]", part).map((field) => field.name));
  $$("[data-pone]", help).filter((one) => fields.has(one.dataset.pone)).forEach(put);
  if (fields.has("diagnosticos")) $$("[data-dx]", help).forEach(put);
});

async function page(address, options) {
  const response = await fetch(address, options).catch(() => null);
  if (!response || response.status >= 500) return { failed: true };
  const text = await response.text();
  const path = new URL(response.url).pathname;
  if (path === document.body.dataset.entrar) { location.reload(); return { failed: true }; }
  return { path, arrived: new DOMParser().parseFromString(text, "text/html") };
}
function say(place, text) {
  const line = document.createElement("p");
  line.className = "aviso-de-pagina error"; line.role = "alert"; line.textContent = text;
  place.replaceChildren(line);
}

// Side by side with any earlier document; on a phone, a sheet that covers the lower half.
async function read(address) {
  const place = $("[data-texto]", beside);
  beside.hidden = !address;
  form.classList.toggle("con-documento", Boolean(address));
  if (!address) return;
  place.textContent = beside.dataset.cargando;
  const { failed, arrived } = await page(address);
  if (failed) { say(place, document.body.dataset.fallo); return; }
  place.replaceChildren(...$$("main article", arrived));
  if (!place.childElementCount) say(place, document.body.dataset.fallo);
  beside.focus();
}
help.addEventListener("change", (event) => { if (event.target.id === "documento") read(event.target.value); });
$("[data-cierra-documento]", beside).addEventListener("click", () => {
  read("");
  const choice = $("#documento");
  if (choice) { choice.value = ""; choice.focus(); }
});

// The form of another page, in a dialog: recorded, the note goes on where it was.
let address = "", origin = null;
async function open(button) {
  origin = document.activeElement; address = button.dataset.cuadro;
  const place = $("[data-forma]", box);
  place.textContent = beside.dataset.cargando;
  box.setAttribute("aria-label", button.textContent.trim());
  box.showModal();
  const { failed, arrived } = await page(address);
  if (failed) say(place, document.body.dataset.fallo); else show(arrived);
}
function show(arrived) {
  const place = $("[data-forma]", box), found = $("main form", arrived);
  if (!found) { say(place, document.body.dataset.fallo); return; }
  place.replaceChildren(...$$("main .aviso-de-pagina", arrived), found);
  // What the form's own page wears and runs, it wears and runs here too.
  for (const sheet of $$("link[rel=stylesheet]", arrived))
    if (!$$("link[rel=stylesheet]").some((one) => one.href === sheet.href)) document.head.append(sheet);
  for (const script of $$("head script[type=module]", arrived)) {
    const here = $$("script[type=module]").some((one) => one.src.split("?")[0] === script.src && !one.dataset.cuadro);
    if (here) continue;
    const again = Object.assign(document.createElement("script"), { type: "module", src: `${script.src}?${Date.now()}` });
    again.dataset.cuadro = "";
    document.head.append(again);
  }
  window.htmx?.process(found);
  found.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: found } }));
  const wrong = $("[aria-invalid=true]", found);
  (wrong ?? $("input:not([type=hidden]), select, textarea", found))?.focus();
}
$$("[data-cuadro]").forEach((button) => button.addEventListener("click", () => open(button)));
box.addEventListener("submit", async (event) => {
  event.preventDefault();
  const sent = event.target, button = event.submitter;
  const to = new URL(sent.getAttribute("action") || address, location.href);
  if (button) button.disabled = true;
  const { failed, path, arrived } = await page(to, { method: "POST", body: new FormData(sent, button) });
  if (button) button.disabled = false;
  if (failed) { $("[data-fallo]", box).hidden = false; return; }
  $("[data-fallo]", box).hidden = true;
  if (path === to.pathname || path === new URL(address, location.href).pathname) { show(arrived); return; }
  box.close();
  help.dispatchEvent(new CustomEvent("registrado"));
  $("#anuncio").textContent = box.dataset.hecho;
});
box.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && !link.target) { event.preventDefault(); box.close(); }
});
box.addEventListener("close", () => { $("[data-forma]", box).replaceChildren(); origin?.focus(); });
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.altKey || event.key !== "Enter" || !event.shiftKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  $("[data-cuadro]")?.click();
});
