{% load static %}// Keeps the shell of the portal (styles, scripts, a page without connection) and never an answer with data.
const SHELL = "ece-portal-{% static 'ece/estilo/portal.css' %}";
const FILES = ["{% static 'ece/ece.css' %}", "{% static 'ece/estilo/escritorio.css' %}", "{% static 'ece/estilo/portal.css' %}", "{% static 'ece/tema.js' %}", "{% static 'ece/ece.js' %}", "{% static 'ece/portal/portal.js' %}", "{% static 'ece/logo.svg' %}"];
const OFFLINE = "{% url 'portal:sin-conexion' %}";
importScripts("{% static 'ece/push-sw.js' %}");
self.addEventListener("install", (event) => event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...FILES, OFFLINE])).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const { pathname } = new URL(event.request.url);
  if (FILES.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});
