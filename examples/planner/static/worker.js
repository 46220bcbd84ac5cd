// Keeps the application itself in the browser, so that it opens without a network. Data never passes through here.
// docs/pwa.md explains it line by line.

// Each file with its SHA-256. The server fills the sums in; for an application of your own the build does. Another sum of any
// file makes another worker, and that is how a new version comes.
const FILES = {
  "./": "",
  "planner.css": "",
  "icon.svg": "",
  "manifest.webmanifest": "",
  "main.js": "",
  "landfall/index.js": "",
  "landfall/documents.js": "",
  "landfall/live.js": "",
  "landfall/rare.js": "",
};

const PREFIX = "planner-";
const KEPT = version().then((version) => PREFIX + version);

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const name = request.method === "GET" ? nameOf(new URL(request.url)) : undefined;
  if (name !== undefined) event.respondWith(answer(name));
});

/** One file after the other; if one of them is not what it should be, the version before stays. */
async function keepAll() {
  const kept = await caches.open(await KEPT);
  for (const name of Object.keys(FILES)) {
    await kept.put(addressOf(name), await genuine(name));
  }
}

async function forgetOthers() {
  const mine = await KEPT;
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== mine);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** What was kept. If the browser has thrown it away: what the server has, but never what somebody else says in its place. */
async function answer(name) {
  const kept = await caches.open(await KEPT);
  const found = await kept.match(addressOf(name), { ignoreVary: true });
  if (found) return found;
  try {
    return await genuine(name);
  } catch {
    return unreachable();
  }
}

/** The file from the server. A proxy or the page of a hotel's network answers with something else, and is not believed. */
async function genuine(name) {
  const answer = await fetch(addressOf(name), { cache: "no-cache", redirect: "error", credentials: "omit" });
  const bytes = await answer.arrayBuffer();
  if (!answer.ok || (FILES[name] !== "" && (await sum(bytes)) !== FILES[name])) throw new Error(`${name} is not genuine`);
  return new Response(bytes, { headers: headersOf(answer) });
}

/** What the browser has to know of a file. */
function headersOf(answer) {
  const wanted = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
  return wanted.filter((name) => answer.headers.has(name)).map((name) => [name, answer.headers.get(name)]);
}

const unreachable = () =>
  new Response("<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Planner</title><p>Planner cannot be reached.", {
    status: 503,
    headers: { "Content-Type": "text/html;charset=utf-8" },
  });

const addressOf = (name) => new URL(name, self.registration.scope).href;

/** The file that stands at an address, whatever its query; undefined for what is none of ours. */
function nameOf(address) {
  return Object.keys(FILES).find((name) => addressOf(name) === address.origin + address.pathname);
}

async function sum(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function version() {
  return sum(new TextEncoder().encode(JSON.stringify(FILES)));
}
