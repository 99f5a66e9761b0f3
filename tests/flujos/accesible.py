"""WCAG 2.2 AA of a page as it stands, at both widths and in both schemes.

One load is looked at three ways: wide in each scheme (what changes with the scheme alone is the
contrast of its colours), and narrow in the other.
"""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ETIQUETAS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TODO = {"type": "tag", "values": ETIQUETAS}
COLORES = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
ANCHOS = (1280, 390)
EXAMINAR = """async reglas => {
  // What a sticky heading covers while scrolling is not a target that is too small.
  scrollTo({top: 0, behavior: "instant"});
  const {violations, incomplete} = await axe.run({
    runOnly: reglas, resultTypes: ["violations", "incomplete"], iframes: false, preload: false,
  });
  // Letters of the very colour of what is behind them are only doubtful to axe.
  const igual = ({any}) => any.some(({data}) => data?.messageKey === "equalRatio");
  const invisibles = incomplete
    .map(duda => ({...duda, nodes: duda.nodes.filter(igual)})).filter(({nodes}) => nodes.length);
  // Two labels of one name: each must point to its own field.
  const ids = [...document.querySelectorAll("[id]")].map(({id}) => id);
  const repetidos = ids.filter((id, i) => ids.indexOf(id) !== i)
    .map(id => ({id: "repetido", help: "an id twice", nodes: [{html: id}]}));
  return {
    faltas: [...violations, ...invisibles, ...repetidos]
      .map(({id, help, nodes}) => ({id, help, en: nodes.map(n => n.html)})),
    como: [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches],
    contenido: document.documentElement.scrollWidth,
  };
}"""


def revisar(pagina: Page) -> None:
    """Fails with what axe finds, where, and how it was being looked at."""
    if not pagina.evaluate("typeof axe === 'object'"):
        pagina.evaluate(Axe().axe_script)
    medida = pagina.viewport_size
    oscura = pagina.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for ancho in ANCHOS:
        pagina.set_viewport_size({"width": ancho, "height": 900})
        _mirar(pagina, TODO)
        if ancho == ANCHOS[0]:
            pagina.emulate_media(color_scheme="light" if oscura else "dark")
            _mirar(pagina, COLORES)
    pagina.emulate_media(color_scheme="dark" if oscura else "light")
    if medida is not None:
        pagina.set_viewport_size(medida)
    assert pagina.locator("h1").count() == 1, f"{pagina.url} no tiene un solo título"


def _mirar(pagina: Page, reglas: dict[str, Any]) -> None:
    visto = pagina.evaluate(EXAMINAR, reglas)
    como, faltas = f"{pagina.url} {visto['como']}", visto["faltas"]
    assert not faltas, f"{como}\n{json.dumps(faltas, ensure_ascii=False, indent=1)}"
    assert visto["contenido"] <= visto["como"][0], f"{como} se desborda: {visto['contenido']}"
