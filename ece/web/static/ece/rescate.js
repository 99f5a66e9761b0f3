// A finished note: its editor's copy on this device goes away. What another window had written and
// never sent is shown to its author, who may still add it.
import { Borrador } from "./borrador.js";

const place = document.querySelector("#rescate"), note = document.querySelector("article.nota");
const done = `terminada:${place.dataset.nota}`, finished = sessionStorage.getItem(done);
if (finished) localStorage.removeItem(finished);
sessionStorage.removeItem(done);

const plain = (text) => text.replace(/\s+/g, " ").trim();
const said = plain(note.textContent);
const lost = [], places = [];
for (const { place: kept, record } of await new Borrador(place.dataset.nota, place.dataset.llave).left()) {
  const words = Object.entries(record.mine)
    .filter(([name, value]) => name !== "diagnosticos" && /\p{L}/u.test(value) && !said.includes(plain(value)))
    .map(([, value]) => value.trim());
  if (!words.length) { localStorage.removeItem(kept); continue; }
  lost.push(...words); places.push(kept);
}
if (lost.length) {
  const text = [...new Set(lost)].join("\n\n");
  place.querySelector("[data-texto]").textContent = text;
  place.querySelector("[data-adendar]")?.addEventListener("click", () => {
    const field = document.querySelector("#id_texto");
    field.value = [field.value.trim(), text].filter(Boolean).join("\n\n");
    field.focus();
  });
  place.querySelector("[data-olvidar]").addEventListener("click", () => {
    places.forEach((one) => localStorage.removeItem(one));
    place.hidden = true;
  });
  place.hidden = false;
}
