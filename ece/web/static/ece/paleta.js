// The command palette (Ctrl+K) and the sheet of shortcuts (?): what can be done from here, read off
// the page itself, so that a new button is in both without anybody listing it again.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const dialog = $("#paleta"), sheet = $("#atajos");
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const words = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ");
const DELAY = 150, ENOUGH = 3;

// [{text, kind, key, run}]: first what is about the patient, then the page's own, then other pages.
function actions() {
  const { paciente, aqui, ir } = dialog.dataset, seen = new Set();
  const from = (selector, kind) => $$(selector).filter((one) => !one.closest("dialog")).map((one) => ({
    text: words(one), kind, key: one.dataset.atajo ?? one.dataset.tecla ?? "", run: () => one.click(), where: one.href ?? words(one),
  }));
  return [
    ...from("#acciones-del-paciente a", paciente), ...from("main .acciones :is(a, button), main [data-accion]", aqui), ...from("#paginas a", ir),
  ].filter((one) => !seen.has(one.where) && seen.add(one.where));
}

if (dialog) {
  const input = $("input", dialog), box = $("[role=listbox]", dialog), none = $("[data-nada]", dialog);
  let shown = [], actual = 0, timer = null, asked = 0;

  const mark = (index) => {
    actual = shown.length ? (index + shown.length) % shown.length : 0;
    $$("[role=option]", box).forEach((option, i) => option.setAttribute("aria-selected", String(i === actual)));
    const option = $$("[role=option]", box)[actual];
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id); else input.removeAttribute("aria-activedescendant");
  };
  const draw = (items) => {
    shown = items;
    box.replaceChildren(...items.map((item, index) => {
      const option = document.createElement("div"), text = document.createElement("span"), kind = document.createElement("span");
      option.id = `paleta-${index}`; option.role = "option";
      text.textContent = item.text; kind.textContent = item.kind; kind.className = "tenue chica";
      option.append(text, kind);
      if (item.key) { const key = document.createElement("kbd"); key.textContent = item.key; kind.append(" ", key); }
      option.addEventListener("click", () => run(item));
      return option;
    }));
    none.hidden = items.length > 0;
    mark(0);
  };
  const run = (item) => { dialog.close(); item.run(); };
  const matching = () => {
    const sought = plain(input.value).split(/\s+/).filter(Boolean);
    return actions().filter((item) => sought.every((word) => plain(`${item.text} ${item.kind}`).includes(word)));
  };
  const patients = async () => {
    const turn = ++asked, { buscar, persona } = dialog.dataset;
    const response = await fetch(`${buscar}?q=${encodeURIComponent(input.value)}`).catch(() => null);
    if (response?.redirected) { location.reload(); return; }
    if (!response?.ok || turn !== asked) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = $$("a[role=option]", page).map((one) => ({
      text: words($("strong", one) ?? one), kind: $("strong", one) ? words($(".tenue", one)) : persona, key: "", run: () => { location.href = one.getAttribute("href"); },
    }));
    if (turn === asked) draw([...matching(), ...found]);
  };
  const ask = () => {
    draw(matching());
    clearTimeout(timer); asked++;
    if (input.value.trim().length >= ENOUGH) timer = setTimeout(patients, DELAY);
  };
  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    const to = { ArrowDown: actual + 1, ArrowUp: actual - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); mark(to); }
    else if (event.key === "Enter") { event.preventDefault(); if (shown[actual]) run(shown[actual]); }
  });
  dialog.addEventListener("close", () => { clearTimeout(timer); asked++; });
  const open = () => { if ($("dialog[open]")) return; input.value = ""; dialog.showModal(); draw(matching()); };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
  });
  $$("[data-paleta]").forEach((button) => button.addEventListener("click", open));
}

// Keys of one letter: never inside a field, and off for whoever dictates or presses them unawares.
const single = $("#teclas-sueltas");
if (sheet) {
  single.checked = localStorage.getItem("teclas") !== "no";
  single.addEventListener("change", () => localStorage.setItem("teclas", single.checked ? "si" : "no"));
  sheet.addEventListener("beforetoggle", () => {
    const keys = new Map($$("[data-atajo]").map((one) => [one.dataset.atajo, words(one)]).reverse());
    $("[data-de-aqui]", sheet).replaceChildren(...[...keys].sort().map(([key, text]) => {
      const item = document.createElement("li"), name = document.createElement("span"), kbd = document.createElement("kbd");
      name.textContent = text; kbd.textContent = key;
      item.append(name, kbd);
      return item;
    }));
  });
}
document.addEventListener("keydown", (event) => {
  const gone = event.target.closest("dialog:not([open])"); // The focus of a dialog that has just closed.
  const typing = !gone && event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") { event.preventDefault(); sheet?.showModal(); return; }
  if (localStorage.getItem("teclas") === "no") return;
  const target = event.key === "/" ? $("#buscar") : $(`[data-atajo="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus(); else target.click();
});

// Without a connection the page says so, and what will not answer looks like it.
const offline = $("#sin-conexion");
const tell = () => { if (offline) offline.hidden = navigator.onLine; document.documentElement.toggleAttribute("data-sin-conexion", !navigator.onLine); };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();
