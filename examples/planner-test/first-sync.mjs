// How long the first sync of many documents takes in a browser, whether pictures go on being drawn meanwhile, and what a change of one
// document costs afterwards. A measurement, not a test:
//   LANDFALL_URL=http://127.0.0.1:9080 node first-sync.mjs [documents [times]]
import { chromium } from "playwright-core";
import { open, syncedAtom } from "../../client-js/dist/index.js";
import { barePage, CHROMIUM, SERVER, signIn } from "./browser.mjs";

const documents = Number(process.argv[2] ?? 10_000);
const times = Number(process.argv[3] ?? 5);

const { token } = await signIn("Measurement " + Date.now());
const writer = await open("device", { server: SERVER, app: "planner", token, store: "memory", live: false, page: 1000 });
const source = syncedAtom(writer, "todo");
const text = "A few words more, so that the document is as large as an entry of a list usually is. ";
source.reset(Object.fromEntries(Array.from({ length: documents }, () => [crypto.randomUUID(), { title: "Something to do", done: false, text }])));
await source.whenSynced();
await writer.close();

const browser = await chromium.launch(CHROMIUM);
for (let i = 0; i < times; i++) {
  const context = await browser.newContext();
  const page = await barePage(context, SERVER);
  console.log(await page.evaluate(measure, token));
  await context.close();
}
await browser.close();

async function measure(token) {
  const rounded = (n) => Math.round(n * 100) / 100;
  const part = (all, of) => rounded(all[Math.min(all.length - 1, Math.floor(all.length * of))] ?? 0);
  /** Milliseconds between two pictures until `work` is done, sorted. */
  async function frames(work) {
    const gaps = [];
    let last = performance.now();
    let on = true;
    const draw = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (on) requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
    await work();
    on = false;
    return [...gaps].sort((a, b) => a - b);
  }
  /** Milliseconds of each of 200 changes, sorted. They do not come one upon the other: each is saved first. */
  async function changes(change) {
    const all = [];
    for (let i = 0; i < 200; i++) {
      const begin = performance.now();
      const { saved } = change(i);
      all.push(performance.now() - begin);
      await saved;
    }
    return all.sort((a, b) => a - b);
  }
  const long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });

  const idle = await frames(() => new Promise((resolve) => setTimeout(resolve, 1000)));
  const conn = await landfall.open("test", { server: location.origin, app: "planner", token });
  const atom = landfall.syncedAtom(conn, "todo");
  let seen = 0;
  atom.addWatch("count", () => seen++);
  const begin = performance.now();
  const gaps = await frames(() => atom.whenSynced());
  const ms = performance.now() - begin;
  atom.removeWatch("count");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const tasks = long.splice(0);
  const ids = Object.keys(atom.deref());
  const id = (i) => ids[(i * 7919) % ids.length];
  const update = await changes((i) => atom.update(id(i), (doc) => ({ ...doc, done: i })));
  const swap = await changes((i) => atom.swap((docs) => ({ ...docs, [id(i)]: { ...docs[id(i)], done: -i } })));
  const assoc = await changes((i) => atom.swap(landfall.assoc, id(i), { ...atom.get(id(i)), done: i + 500 }));
  const copy = await changes((i) => (({ ...atom.deref(), [id(i)]: {} }), { saved: Promise.resolve() }));
  atom.addWatch("look", () => seen++);
  const watched = await changes((i) => atom.update(id(i), (doc) => ({ ...doc, done: i + 1000 })));
  await conn.close();
  return {
    documents: ids.length,
    ms: Math.round(ms),
    values: seen,
    frames: gaps.length,
    gap: { idle: part(idle, 0.5), median: part(gaps, 0.5), p95: part(gaps, 0.95), longest: part(gaps, 1), over34: gaps.filter((gap) => gap > 34).length },
    longTasks: tasks.map(Math.round),
    update: { median: part(update, 0.5), p95: part(update, 0.95) },
    watched: { median: part(watched, 0.5), p95: part(watched, 0.95) },
    assoc: { median: part(assoc, 0.5), p95: part(assoc, 0.95) },
    copy: { median: part(copy, 0.5), p95: part(copy, 0.95) },
    swap: { median: part(swap, 0.5), p95: part(swap, 0.95) },
  };
}
