// The portal works without this: it only lets a phone keep the shell, and lends its share sheet.
const worker = document.body.dataset.obrero;
if (worker && "serviceWorker" in navigator) navigator.serviceWorker.register(worker).catch(() => {});
const print = document.querySelector("[data-imprime]");
if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }
// A scanned code comes after the # of the address, which no server, proxy or log ever sees.
const code = location.hash.slice(1), form = document.querySelector("#abrir");
if (form && /^[0-9A-Z]{32}$/i.test(code)) {
  history.replaceState(null, "", location.pathname);
  form.elements.codigo.value = code;
  form.submit();
}
