// Whether this browser is told (Push API): asked for by a click, never on its own.
const box = document.querySelector("#push"), told = box.querySelector("[data-estado]");
const on = box.querySelector("[data-prende]"), off = box.querySelector("[data-apaga]");
const key = Uint8Array.from(atob(box.dataset.llave.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;

const send = (body) => fetch(box.dataset.direccion, {
  method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(body),
}).then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); });

function show(subscription) {
  told.textContent = subscription ? box.dataset.listo : box.dataset.apagado;
  on.hidden = Boolean(subscription);
  off.hidden = !subscription;
}

if (!("serviceWorker" in navigator && "PushManager" in window)) told.textContent = box.dataset.noSePuede;
else {
  // The portal's own worker, which takes in push-sw.js; without one nobody can be told here.
  const registration = await navigator.serviceWorker.getRegistration(location.pathname);
  if (!registration) told.textContent = box.dataset.noSePuede;
  else if (Notification.permission === "denied") told.textContent = box.dataset.negado;
  else {
    show(await registration.pushManager.getSubscription());
    on.addEventListener("click", async () => {
      try {
        const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
        await send({ suscripcion: subscription.toJSON() });
        show(subscription);
      } catch { told.textContent = Notification.permission === "denied" ? box.dataset.negado : box.dataset.noSePuede; }
    });
    off.addEventListener("click", async () => {
      const subscription = await registration.pushManager.getSubscription();
      if (subscription) { await send({ olvidar: subscription.endpoint }); await subscription.unsubscribe(); }
      show(null);
    });
  }
}
