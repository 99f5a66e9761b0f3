// A scanned code comes after the # of the address, which no server, proxy or log ever sees.
const code = location.hash.slice(1), form = document.querySelector("#verificar");
if (form && /^[0-9A-Za-z-]{25,40}$/.test(code)) {
  history.replaceState(null, "", location.pathname);
  form.elements.codigo.value = code;
  form.submit();
}
