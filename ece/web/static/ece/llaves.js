// Passkeys: asking the device to make one, or to prove with it who is there.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// A passkey belongs to a name, never to a number: at an IP address there are none.
const numeric = /^[\d.]+$|^\[/.test(location.hostname);
const possible = Boolean(isSecureContext && window.PublicKeyCredential?.parseRequestOptionsFromJSON) && !numeric;
$$("[data-con-llave]").forEach((place) => { place.hidden = !possible; });
$$("[data-sin-llave]").forEach((place) => { place.hidden = possible; });

export const token = () => document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1] ?? $("[name=csrfmiddlewaretoken]")?.value;

async function send(address, body) {
  const response = await fetch(address, {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
  });
  if (response.redirected) { location.assign(response.url); return new Promise(() => {}); } // Who it is, first.
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
async function make(address) {
  const { publicKey } = await send(address, {});
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  return send(address, made.toJSON());
}
async function use(address) {
  const { publicKey } = await send(address, {});
  const used = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return send(address, used.toJSON());
}

$$("[data-llave]").forEach((button) => button.addEventListener("click", async () => {
  const error = $("[data-llave-error]", button.closest(".con-llave, section"));
  const { llave, direccion, next, fallo } = button.dataset;
  error.hidden = true;
  try {
    const { ir } = await (llave === "nueva" ? make : use)(next ? `${direccion}?next=${encodeURIComponent(next)}` : direccion);
    const covering = button.closest("#bloqueo");
    if (covering) covering.dispatchEvent(new Event("abierto"));
    else if (ir) location.assign(ir);
    else location.reload();
  } catch {
    error.textContent = fallo;
    error.hidden = false;
  }
}));
