// Small things every page uses: search with the keyboard, colour scheme, shortcuts, dialogs, charts.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// Enter takes what the arrows point at or, from what was found for what is written now, the first;
// pressed sooner, it waits for it.
function listbox(input, box) {
  let actual = -1, shown = input.value, waiting = false;
  const options = () => $$("[role=option]", box);
  const point = (index) => {
    actual = index;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === actual)));
    const one = options()[actual];
    if (one) {
      input.setAttribute("aria-activedescendant", one.id);
      one.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const step = (by) => {
    const all = options().length;
    if (all) point(actual < 0 && by < 0 ? all - 1 : (actual + by + all) % all);
  };
  const close = () => { box.replaceChildren(); input.setAttribute("aria-expanded", "false"); point(-1); shown = input.value; waiting = false; };
  input.addEventListener("input", () => { waiting = false; point(-1); });
  let pointed;
  box.addEventListener("htmx:beforeSwap", () => { pointed = options()[actual]?.textContent; });
  box.addEventListener("htmx:afterSwap", () => {
    input.setAttribute("aria-expanded", String(options().length > 0));
    point(pointed === undefined ? -1 : options().findIndex((option) => option.textContent === pointed));
  });
  box.addEventListener("htmx:afterSettle", (event) => {
    shown = event.detail.requestConfig?.parameters?.[input.name] ?? input.value;
    if (waiting && shown === input.value) { waiting = false; options()[0]?.click(); }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); step(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); step(-1); }
    else if (event.key === "Escape") close();
    else if (event.key !== "Enter") return;
    else if (actual < 0 && input.value !== shown) { event.preventDefault(); waiting = true; }
    else if (options().length) { event.preventDefault(); options()[Math.max(actual, 0)].click(); }
  });
  document.addEventListener("click", (event) => { if (!box.contains(event.target) && event.target !== input) close(); });
  return close;
}

const search = $("#buscar");
if (search) listbox(search, $("#encontrados"));

const theme = $("#tema"), root = document.documentElement, night = matchMedia("(prefers-color-scheme: dark)");
if (theme) {
  const dark = () => (root.dataset.tema ? root.dataset.tema === "oscuro" : night.matches);
  const tell = () => theme.setAttribute("aria-pressed", String(dark()));
  theme.addEventListener("click", () => {
    root.dataset.tema = dark() ? "claro" : "oscuro";
    localStorage.setItem("tema", root.dataset.tema);
    tell();
  });
  night.addEventListener("change", tell);
  tell();
}

// A form that was refused opens where it is to be corrected; one that is all its page is for, where it begins.
const wrong = $("main [aria-invalid=true], main .errores[role=alert]:not([hidden])");
if (wrong) {
  if (wrong.matches("p")) wrong.tabIndex = -1;
  wrong.focus();
} else $("main form[data-empieza] :is(input:not([type=hidden]), select, textarea)")?.focus();

// On a phone the rest of the record slides: where one is stays in sight.
const here = $(".mas-del-expediente [aria-current]"), strip = here?.closest("nav");
if (strip) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;

$$("[data-abre]").forEach((button) => button.addEventListener("click", () => $(button.dataset.abre).showModal()));
$$("[data-imprime]").forEach((button) => button.addEventListener("click", () => print()));
$$("[data-cierra]").forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));

// What htmx brings: focus goes to the first thing that arrived, and what changed is said aloud.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig?.elt;
  if (new URL(event.detail.xhr.responseURL || location.href).pathname === document.body.dataset.entrar) {
    event.detail.shouldSwap = false;
    // Nobody asked, or a note is being written (its editor says so itself): the page stays.
    if (asked?.matches("[data-callado]") || $("[data-nota]")) return;
    location.reload(); // The session ended: the guard of this page leads to the door and back.
    return;
  }
  if (event.detail.xhr.status === 403 && event.detail.xhr.getResponseHeader("HX-Reswap") && !asked?.matches("[data-callado]")) {
    event.detail.shouldSwap = true; // It says why not, where what was asked for would be.
    event.detail.isError = false;
    return;
  }
  if (!asked?.matches("[data-anteriores]")) return;
  const before = asked.closest("li").previousElementSibling;
  document.addEventListener("htmx:afterSwap", () => {
    let item = before.nextElementSibling;
    while (item && !$("a", item)) item = item.nextElementSibling;
    $("a", item ?? before)?.focus();
  }, { once: true });
});
document.addEventListener("htmx:afterSettle", (event) => {
  const asked = event.detail.requestConfig?.elt;
  if (asked?.dataset.anuncia) announce(asked.dataset.anuncia);
});
const failed = (event) => event.target.matches("[data-callado]") || announce(document.body.dataset.fallo, "error");
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);
function announce(text, kind = "") {
  const place = $("#anuncio");
  if (!place) return;
  place.textContent = text;
  place.className = kind ? `aviso-de-pagina ${kind} flotante` : "solo-lector";
}

// A chart is one stop of the Tab key; the arrows walk along its points.
$$(".grafica svg[role=group]").forEach((svg) => {
  const marks = $$(".marca", svg);
  svg.addEventListener("keydown", (event) => {
    const at = marks.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key];
    if (at < 0 || !marks[to]) return;
    event.preventDefault();
    marks[at].setAttribute("tabindex", "-1");
    marks[to].setAttribute("tabindex", "0");
    marks[to].focus();
  });
});

// Diagnoses by CIE-10: chosen ones are listed and travel as JSON in a hidden field.
const unready = (selector, root) => $$(`${selector}:not([data-listo])`, root).filter((one) => { one.dataset.listo = ""; return true; });
function diagnoses(root) {
  const hidden = $("input[type=hidden]", root), input = $("input[type=search]", root), list = $("ul", root), box = $(".opciones", root);
  let chosen = JSON.parse(hidden.value || "[]");
  const close = listbox(input, box);
  const draw = () => {
    hidden.value = JSON.stringify(chosen);
    list.replaceChildren(...chosen.map((one, index) => {
      const item = document.createElement("li"), words = document.createElement("span"), remove = document.createElement("button");
      words.textContent = root.hasAttribute("data-sin-clave") ? one.texto : `${one.clave} ${one.texto}`;
      remove.type = "button"; remove.className = "boton chico"; remove.textContent = root.dataset.quitar;
      remove.setAttribute("aria-label", `${root.dataset.quitar} ${one.texto}`);
      remove.addEventListener("click", () => { chosen.splice(index, 1); draw(); input.focus(); });
      item.append(words, remove);
      return item;
    }));
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
  };
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-clave]");
    if (!option) return;
    if (!chosen.some((one) => one.clave === option.dataset.clave)) chosen.push({ clave: option.dataset.clave, texto: option.dataset.texto });
    input.value = ""; close(); draw(); input.focus();
  });
  hidden.addEventListener("recuperado", () => { chosen = JSON.parse(hidden.value || "[]"); draw(); });
  draw();
}
function diagnosis(root) {
  const input = $("input", root), box = $(".opciones", root), close = listbox(input, box);
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-clave]");
    if (!option) return;
    input.value = option.dataset.clave;
    $(".ayuda", root).textContent = option.textContent.trim().replace(/\s+/g, " ");
    close(); input.focus();
  });
}

// Medicines by generic name: choosing one asks the server for its line, already filled in.
function medicine(root) {
  const input = $("input", root), box = $(".opciones", root), close = listbox(input, box);
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[data-nombre]");
    if (!option) return;
    input.value = option.dataset.nombre;
    close();
    $("[data-elegir]", root).click();
  });
}

// Pieces that arrive later (by htmx, or in a dialog) are made ready as those of the page were.
function prepare(root) {
  unready("[data-diagnosticos]", root).forEach(diagnoses);
  unready("[data-cie10-simple]", root).forEach(diagnosis);
  unready("[data-medicamento]", root).forEach(medicine);
}
document.addEventListener("htmx:load", (event) => {
  prepare(event.detail.elt);
  // What was typed before the page, or the piece, was ready is looked up too.
  const early = document.activeElement;
  if (event.detail.elt.contains(early) && early.matches("[hx-trigger*=temprano]") && early.value !== early.defaultValue) early.dispatchEvent(new Event("temprano"));
});
prepare(document);
