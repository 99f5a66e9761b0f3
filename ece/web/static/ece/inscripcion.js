// The code of a scanned invitation comes after the # of the address, which no server ever sees.
const code = location.hash.slice(1), field = document.querySelector("#id_codigo");
if (field && /^[0-9A-Za-z-]{12,20}$/.test(code)) {
  history.replaceState(null, "", location.pathname);
  field.value = code;
  document.querySelector("#id_curp").focus();
}
