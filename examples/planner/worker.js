// Keeps the application itself in the browser, so that it opens without a network. Data never passes through here.
const CACHE = "planner-1";
const FILES = [
  "./", "planner.css", "icon.svg", "manifest.webmanifest", "main.js", "api.js", "conflicts.js", "data.js", "detail.js", "dom.js",
  "overview.js", "sharing.js", "landfall/index.js", "landfall/live.js", "landfall/rare.js",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// The network first, so that a new version is seen at once; what was kept if there is none.
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const ours = address.origin === location.origin && address.pathname.startsWith(new URL("./", location).pathname);
  if (event.request.method !== "GET" || !ours) return;
  event.respondWith(
    fetch(event.request)
      .then((answer) => {
        if (answer.ok) {
          const copy = answer.clone();
          caches.open(CACHE).then((cache) => cache.put(event.request, copy));
        }
        return answer;
      })
      .catch(() => caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? Response.error())),
  );
});
