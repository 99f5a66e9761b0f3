// Two texts of one note, brought together section by section: what only one side changed is taken as
// it is; what both changed is shown side by side, and whoever writes says which words stay.
const $ = (selector, root) => root.querySelector(selector);

// [[text, whether the other side lacks it]]: the longest common run of words stays unmarked.
export function differences(text, other) {
  const [a, b] = [text, other].map((one) => one.match(/\S+\s*/g) ?? []);
  const alike = (i, j) => a[i].trim() === b[j].trim();
  if (a.length * b.length > 4e6) return [[text, true]];
  const long = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      long[i][j] = alike(i, j) ? long[i + 1][j + 1] + 1 : Math.max(long[i + 1][j], long[i][j + 1]);
  const parts = [];
  for (let i = 0, j = 0; i < a.length;) {
    const common = j < b.length && alike(i, j);
    if (!common && j < b.length && long[i][j + 1] > long[i + 1][j]) { j++; continue; }
    const last = parts.at(-1);
    if (last && last[1] === !common) last[0] += a[i]; else parts.push([a[i], !common]);
    i++; if (common) j++;
  }
  return parts;
}

function show(place, text, other) {
  place.replaceChildren(...differences(text, other).map(([words, only]) => {
    if (!only) return document.createTextNode(words);
    const mark = document.createElement("mark");
    mark.textContent = words;
    return mark;
  }));
  place.classList.toggle("tenue", !text);
  if (!text) place.textContent = place.dataset.vacio;
}

// Ask, in `dialog`, about `items` ({title, mine, theirs, both?}); answers "mio", "otro" or "ambos" for
// each, or null if it was put off. `who` says whose the other text is.
export function ask(dialog, items, who) {
  const form = $("form", dialog), list = $("[data-partes]", dialog), model = $("template", dialog);
  list.replaceChildren(...items.map((item, index) => {
    const part = model.content.cloneNode(true);
    $("legend", part).textContent = item.title;
    $("[data-de]", part).textContent = who;
    show($("[data-mio]", part), item.mine, item.theirs);
    show($("[data-otro]", part), item.theirs, item.mine);
    part.querySelectorAll("input").forEach((radio) => { radio.name = `parte-${index}`; });
    const both = $("[value=ambos]", part);
    if (item.both === undefined) both.closest("label").remove(); else both.checked = true;
    return part;
  }));
  dialog.showModal();
  $("input:checked", list)?.focus();
  return new Promise((resolve) => {
    const put = () => done(null);
    const send = (event) => {
      event.preventDefault();
      const chosen = new FormData(form);
      done(items.map((_, index) => chosen.get(`parte-${index}`)));
    };
    const done = (answer) => {
      dialog.removeEventListener("close", put); form.removeEventListener("submit", send);
      dialog.close(); resolve(answer);
    };
    dialog.addEventListener("close", put); form.addEventListener("submit", send);
  });
}
