// What the client costs in a page, with IndexedDB and a server that acknowledges everything at once. `CLIENT` is the source of one version.
import { open, syncedAtom } from "../src/index.js";

interface Body {
  changes: { key: string }[];
}

let clock = 0;
const next = () => (Date.now() + ++clock).toString(16).padStart(13, "0") + "-000000-srv.e.s";
const server = (async (url: string, init?: RequestInit) => {
  if (String(url).includes("/auth/me")) return Response.json({ userId: "me", instance: "i" });
  if (String(url).includes("/live")) return new Response("{}", { status: 404 });
  const { changes } = JSON.parse(String(init!.body)) as Body;
  const serverClock = next();
  return Response.json({ serverClock, serverChanges: [], acks: changes.map(({ key }) => ({ key, rev: serverClock })), serverTime: Date.now() });
}) as typeof fetch;

let longest = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
}).observe({ entryTypes: ["longtask"] });

async function measure(work: () => Promise<unknown>) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  longest = 0;
  const began = performance.now();
  await work();
  const millis = Math.round(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { millis, longestTask: Math.round(longest) };
}

async function fresh() {
  const conn = await open("bench" + Math.random(), { server: "http://server", app: "app", live: false, fetch: server });
  const atom = syncedAtom(conn, "c");
  await atom.whenSynced();
  return atom;
}

const few = location.search === "?few"; // for a version that is quadratic
const LEAVES = few ? 2000 : 8000;
const UPDATES = few ? 1000 : 4000;

export async function run() {
  const results: Record<string, unknown> = {};
  const wide = Object.fromEntries(Array.from({ length: LEAVES }, (_, i) => ["field" + i, "value " + i]));
  let atom = await fresh();
  results["a new document of " + LEAVES + " leaves, until it is saved"] = await measure(() => atom.update("big", () => wide).saved);
  results["and until it is sent"] = await measure(() => atom.whenSynced());
  atom = await fresh();
  results[UPDATES + " updates of as many documents"] = await measure(async () => {
    for (let i = 0; i < UPDATES; i++) atom.update("k" + i, () => ({ title: "Title " + i, done: false }));
  });
  results["and until they are sent"] = await measure(() => atom.whenSynced());
  atom = await fresh();
  results[UPDATES + " updates of one document"] = await measure(async () => {
    for (let i = 0; i < UPDATES; i++) atom.update("one", (doc) => ({ ...doc, count: i, ["f" + (i % 100)]: i }));
  });
  results["and until that is sent"] = await measure(() => atom.whenSynced());
  atom = await fresh();
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => ["k" + i, { title: "Title " + i, done: false, n: i }]));
  results["10000 new documents, until all are sent"] = await measure(async () => {
    atom.reset(many);
    await atom.whenSynced();
  });
  return results;
}

void run().then(
  (results) => fetch("/result", { method: "POST", body: JSON.stringify(results) }),
  (e: unknown) => fetch("/result", { method: "POST", body: JSON.stringify({ error: String((e as Error).stack) }) }),
);
