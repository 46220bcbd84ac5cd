// Keeps the files of the console of one build, so that it opens without a network. Nothing else is kept here: documents are in the replica.
const VERSION = "VERSION";
const FILES = ["FILES"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("landfall-console-" + VERSION).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("landfall-console-") && !name.endsWith(VERSION);
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const file = request.url.split(/[?#]/)[0].slice(self.registration.scope.length);
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope) || !FILES.includes(file === "" ? "./" : file)) return;
  event.respondWith(caches.open("landfall-console-" + VERSION).then(async (cache) => (await cache.match(file === "" ? "./" : file)) ?? fetch(request)));
});
