// The part of the portal's service worker that tells people (importScripts). What arrives holds
// fixed words and an address of ours, and nothing about anybody.
self.addEventListener("push", (event) => {
  const { titulo, texto, url } = event.data.json();
  event.waitUntil(self.registration.showNotification(titulo, { body: texto, data: { url }, lang: "es" }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});
