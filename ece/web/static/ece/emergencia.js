// How long a broken glass stays broken. Without this, the page still says at what time it ends.
const clock = document.querySelector(".emergencia [data-hasta]");
if (clock) {
  const end = Date.parse(clock.dataset.hasta);
  const tell = () => {
    const left = Math.ceil((end - Date.now()) / 60000);
    clock.textContent = left > 1 ? clock.dataset.varios.replace("{n}", left) : left === 1 ? clock.dataset.uno : clock.dataset.fin;
    clock.closest(".emergencia").classList.toggle("poco", left <= 5);
    clock.hidden = false;
    if (left > 0) setTimeout(tell, Math.max(1000, (end - Date.now()) % 60000 || 60000));
  };
  tell();
}
