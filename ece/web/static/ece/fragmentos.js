// Pieces of text while a note is written: a slash opens the list, what follows narrows it, Enter puts
// the piece, and Tab goes from one {{field}} of it to the next.
const form = document.querySelector("#nota");
const pieces = JSON.parse(document.querySelector("#fragmentos").textContent);
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const FIELD = /\{\{[^{}]*\}\}/g;
const list = document.createElement("div");
list.className = "opciones fragmentos"; list.id = "lista-de-fragmentos"; list.role = "listbox";
list.setAttribute("aria-label", form.dataset.fragmentos);
let area = null, shown = [], actual = 0, start = 0;

function close() {
  if (!area) return;
  area.removeAttribute("aria-activedescendant"); area.removeAttribute("aria-controls");
  list.remove(); area = null;
}
function mark(index) {
  actual = (index + shown.length) % shown.length;
  [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === actual)));
  area.setAttribute("aria-activedescendant", list.children[actual].id);
  list.children[actual].scrollIntoView({ block: "nearest" });
}
function open(field, at, sought) {
  shown = pieces.filter((piece) => plain(piece.abreviatura).startsWith(plain(sought)));
  if (!shown.length) { close(); return; }
  area = field; start = at;
  list.replaceChildren(...shown.map((piece, index) => {
    const option = document.createElement("div"), name = document.createElement("strong"), text = document.createElement("span");
    option.role = "option"; option.id = `fragmento-${index}`;
    name.textContent = `/${piece.abreviatura}`;
    text.className = "tenue chica"; text.textContent = [piece.texto.slice(0, 90), piece.unidad].filter(Boolean).join(" · ");
    option.append(name, text);
    option.addEventListener("mousedown", (event) => { event.preventDefault(); actual = index; put(); });
    return option;
  }));
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  mark(0);
}
function put() {
  const field = area, text = shown[actual].texto;
  field.setRangeText(text, start, field.selectionStart, "end");
  close();
  field.setSelectionRange(start, start);
  if (!next(field)) field.setSelectionRange(start + text.length, start + text.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
// Select the first field from the cursor on; false if there is none.
function next(field) {
  const from = field.selectionEnd, found = [...field.value.matchAll(FIELD)].find((one) => one.index >= from);
  if (found) field.setSelectionRange(found.index, found.index + found[0].length);
  return Boolean(found);
}

form.addEventListener("input", (event) => {
  const field = event.target;
  if (field.tagName !== "TEXTAREA" || field.selectionStart !== field.selectionEnd) { close(); return; }
  const before = field.value.slice(0, field.selectionStart).match(/(?:^|\s)\/([\p{L}\p{N}_-]*)$/u);
  if (before) open(field, field.selectionStart - before[1].length - 1, before[1]); else close();
});
form.addEventListener("keydown", (event) => {
  if (area) {
    const to = { ArrowDown: actual + 1, ArrowUp: actual - 1 }[event.key];
    if (to !== undefined && !event.altKey) { event.preventDefault(); mark(to); }
    else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey) { event.preventDefault(); put(); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
    return;
  }
  if (event.key === "Tab" && !event.shiftKey && event.target.tagName === "TEXTAREA" && next(event.target)) event.preventDefault();
}, true);
form.addEventListener("focusout", close);
