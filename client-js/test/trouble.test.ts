import { test } from "node:test";
import assert from "node:assert/strict";
import { open, ServerError, syncedAtom, type Docs, type Options, type RefusedEvent, type Revoked, type Warning } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { ZERO, millis } from "../src/clock.js";
import { httpTransport } from "../src/transport.js";
import { network, until, type Net } from "./fetch.js";

const start = (net: Net, more: Partial<Options> = {}) =>
  open("trouble", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });
const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => ["k" + i, { i }]));
const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

test("who is no member any more keeps nothing but what had not been sent, in the inbox; and gets all of it when that changes", async () => {
  const { net, server } = network();
  const revoked: Revoked[] = [];
  const refused: RefusedEvent[] = [];
  const store = memoryStore();
  const options = { org: "acme", store, onRevoked: (e: Revoked) => void revoked.push(e), onRefused: (e: RefusedEvent) => void refused.push(e) };
  const first = await start(net, options);
  for (const name of ["todo", "notes"]) {
    const atom = syncedAtom(first, name);
    await atom.whenSynced();
    atom.reset({ a: { x: 1 } });
    await atom.whenSynced();
  }
  await first.close();
  const conn = await start(net, options);
  const atom = syncedAtom(conn, "todo"); // nobody looks at the notes
  await atom.whenSynced();
  net.down = true;
  atom.swap(own, "b", { late: 1 });
  for (const name of ["todo", "notes"]) server(name).left = true;
  net.down = false;
  conn.sync();
  await until(() => revoked.length === 2);

  assert.deepEqual(atom.deref(), {});
  assert.equal(atom.status, "error");
  assert.equal((atom.problem as ServerError).reason, "not_a_member");
  assert.deepEqual(revoked.map(({ collection, keys }) => [collection, [...keys]]).sort(), [["notes", ["a"]], ["todo", ["a", "b"]]]);
  assert.deepEqual(atom.inbox.list().map(({ key, code, doc }) => [key, code, doc]), [["b", "revoked", { late: 1 }]]);
  assert.deepEqual(refused.map(({ key, code }) => [key, code]), [["b", "revoked"]]);
  assert.deepEqual((await store.load("notes", (entries) => assert.equal(entries.length, 0))).meta?.cursor.slice(0, 13), "0000000000000");

  for (const name of ["todo", "notes"]) server(name).left = false;
  await atom.whenSynced();
  assert.deepEqual(atom.deref(), { a: { x: 1 } });
  await conn.close();
});

for (const restart of [false, true]) {
  test(`a restored server that does not know of a membership takes nothing away${restart ? ", nor from an application that was closed meanwhile" : ""}`, async () => {
    const { net, server } = network();
    net.epoch = "e1";
    const revoked: Revoked[] = [];
    const options = { org: "acme", store: memoryStore(), onRevoked: (e: Revoked) => void revoked.push(e) };
    let conn = await start(net, options);
    let atom = syncedAtom(conn, "todo");
    await atom.whenSynced();
    atom.swap(own, "a", { x: 1 });
    await atom.whenSynced();
    net.down = true;
    await atom.swap(own, "b", { late: 1 }).saved;
    server("todo").left = true;
    net.epoch = "e2";
    if (restart) {
      await conn.close();
      conn = await start(net, options);
      atom = syncedAtom(conn, "todo");
    }
    net.down = false;
    conn.sync();
    await until(() => (atom.problem as ServerError)?.reason === "restored");

    assert.equal(atom.status, "error");
    assert.equal((atom.problem as ServerError).code, "not_a_member");
    assert.deepEqual(atom.deref(), { a: { x: 1 }, b: { late: 1 } });
    assert.equal(atom.pending, 1);
    assert.deepEqual(atom.inbox.list(), []);

    server("todo").left = false; // somebody has made the membership again
    await atom.whenSynced();
    assert.ok(server("todo").docs.has("b"));
    server("todo").left = true; // and now it is over
    conn.sync();
    await until(() => revoked.length > 0);
    assert.deepEqual(atom.deref(), {});
    await conn.close();
  });
}

test("a 403 without that reason takes nothing away", async () => {
  const { net } = network();
  const conn = await start(net, { org: "acme" });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "a", { x: 1 });
  await atom.whenSynced();
  net.between = (path) => (path.endsWith("/sync") ? Response.json({ error: "no", code: "forbidden" }, { status: 403 }) : undefined);
  conn.sync();
  await until(() => atom.status === "error");

  assert.deepEqual(atom.deref(), { a: { x: 1 } });
  await conn.close();
});

test("every change names its owner: the user, the organisation, or whose it is", async () => {
  const { net, server } = network();
  server("todo").share("bob", "plan", { by: "Bob" }, "write");
  for (const [org, self] of [[undefined, "me"], ["acme", "acme"]] as const) {
    const conn = await start(net, { org });
    const atom = syncedAtom(conn, "todo");
    await atom.whenSynced();
    const changes: unknown[] = [];
    net.between = (_path, body) => void changes.push(...(body?.changes ?? []).map(({ key, owner }) => [key, owner])) as undefined;
    atom.swap((docs) => ({ ...docs, ["mine" + self]: { x: 1 }, "@bob/plan": { ...docs["@bob/plan"], more: self } }));
    await atom.whenSynced();
    assert.deepEqual(changes.sort(), [["mine" + self, self], ["plan", "bob"]]);
    await conn.close();
  }
});

test("warnings reach the application", async () => {
  const { net, server } = network();
  const told: (Warning & { collection: string })[] = [];
  const conn = await start(net, { onWarning: (warning) => void told.push(warning) });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  server("todo").warnings = [{ code: "clock_behind", key: "a", field: "x" }];
  conn.sync();
  await until(() => told.length > 0);

  assert.deepEqual(told[0], { code: "clock_behind", key: "a", field: "x", collection: "todo" });
  await conn.close();
});

test("an edit of a text, number or list carries what it was made from", async () => {
  const { net, server } = network();
  const changes: { key: string; base?: unknown }[] = [];
  net.between = (_path, body) => void changes.push(...(body?.changes ?? [])) as undefined;
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "a", { text: "one", n: 1, list: [1], flag: true, same: "x" });
  await atom.whenSynced();
  net.down = true;
  atom.swap(own, "a", { text: "one two", n: 2, list: [1, 2], flag: false, same: "x", new: 1 });
  await atom.swap(own, "a", { text: "one two three", n: 3, list: [1, 2], flag: false, same: "x", new: 1 }).saved;
  net.down = false;
  conn.sync();
  await atom.whenSynced();
  assert.ok(server("todo").docs.get("a")!.leaves.get("text")!.value === "one two three");

  assert.equal(changes[0]!.base, undefined);
  assert.deepEqual(changes.at(-1)!.base, { text: "one", n: 1, list: [1] });
  await conn.close();
});

test("a device that is slow learns the time from the first answer, and a slow link does not spoil it", async () => {
  const { net, server } = network();
  const conn = await start(net, { now: () => Date.now() - 20_000 });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  const before = Date.now();
  atom.swap(own, "a", { x: 1 });
  await atom.whenSynced();

  const edit = millis(server("todo").docs.get("a")!.leaves.get("x")!.edit);
  assert.ok(edit >= before - 1_000, "late by " + (before - edit));
  assert.ok(edit <= Date.now() + 1_000);
  await conn.close();
});

test("a firewall that refuses one document stops no other; it goes to the inbox after it was refused alone again and again", async () => {
  for (const status of [403, 406, 500, 413]) {
    const { net, server } = network();
    const refused: RefusedEvent[] = [];
    const conn = await start(net, { interval: 5, onRefused: (e) => void refused.push(e) });
    const atom = syncedAtom(conn, "todo");
    await atom.whenSynced();
    net.between = (path, body) =>
      path.endsWith("/sync") && body!.changes.some(({ key }) => key === "k13") ? new Response(status === 413 ? null : "<html>", { status }) : undefined;
    atom.reset(many(40));
    await until(() => server("todo").docs.size === 39);
    await atom.whenSynced();

    assert.deepEqual(refused.map(({ key, code }) => [key, code]), [["k13", "http_" + status]]);
    assert.deepEqual(atom.inbox.list()[0]!.doc, { i: 13 });
    net.between = undefined;
    assert.equal(await atom.inbox.retry(atom.inbox.list()[0]!.n!).synced, "stored");
    await conn.close();
  }
});

test("what refuses everything puts nothing aside, and is not asked much", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  net.between = (path) => (path.endsWith("/sync") ? new Response("bad gateway", { status: 502 }) : undefined);
  atom.reset(many(40));
  const before = net.calls.length;
  await until(() => conn.status === "offline");

  assert.ok(net.calls.length - before <= 3, String(net.calls.length - before));
  net.between = undefined;
  conn.sync();
  await atom.whenSynced();
  assert.deepEqual([server("todo").docs.size, atom.inbox.list().length], [40, 0]);
  await conn.close();
});

test("a 401 that passes is asked again", async () => {
  const { net } = network();
  let asked = 0;
  const conn = await start(net, { onUnauthorized: () => (asked++, "t1") });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  let refusals = 3;
  net.between = (path) => (path.endsWith("/sync") && refusals-- > 0 ? Response.json({ error: "no", code: "unauthorized" }, { status: 401 }) : undefined);
  atom.swap(own, "a", { x: 1 });
  await until(() => atom.status === "unauthorized");
  await until(() => !atom.pending, "another try");

  assert.ok(asked >= 2);
  await conn.close();
});

test("a slow link gets smaller pages and batches, and larger ones again when it is better", async () => {
  const { net, server } = network();
  const writer = await start(net);
  const source = syncedAtom(writer, "todo");
  await source.whenSynced();
  source.reset(Object.fromEntries(Array.from({ length: 40 }, (_, i) => ["k" + i, { text: "x".repeat(10_000) }])));
  await source.whenSynced();
  await writer.close();
  const asked: number[] = [];
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  net.between = (path, body) => {
    if (!path.endsWith("/sync")) return undefined;
    asked.push(body!.maxBytes!);
    if (body!.maxBytes! > 200_000) throw new TypeError("not in time");
    return undefined;
  };
  while (Object.keys(atom.deref()).length < 40) {
    conn.sync();
    await pause(5);
  }
  net.between = undefined;
  atom.swap(own, "big", { text: "y".repeat(3_000_000) });
  await atom.whenSynced();
  await atom.whenSynced();
  conn.sync();
  await atom.whenSynced();

  assert.ok(Math.min(...asked) <= 200_000);
  assert.ok(server("todo").last!.maxBytes! > 1_000_000);
  await conn.close();
});

test("a request ends by silence and not by time: a page that keeps arriving is read to its end", async () => {
  const { net } = network();
  const fetching: typeof fetch = async (...args) => {
    const response = await net.fetch(...args);
    if (!String(args[0]).endsWith("/sync")) return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const step = Math.ceil(bytes.length / 8);
    const drops = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let i = 0; i < bytes.length; i += step) {
          await pause(60);
          controller.enqueue(bytes.slice(i, i + step));
        }
        controller.close();
      },
    });
    return new Response(drops, { status: response.status, headers: response.headers });
  };
  const conn = await start(net, { fetch: fetching, timeout: 400 });
  await syncedAtom(conn, "todo").whenSynced();
  await conn.close();
});

test("a connection that closes while its live stream is about to begin opens none", async () => {
  const { net } = network();
  net.live = true;
  const { live } = httpTransport({ server: "http://server", app: "app", token: "t1", fetch: net.fetch });
  const closed = new AbortController();
  const nothing = () => {};
  const listening = live(["todo"], () => ZERO, nothing, nothing, closed.signal);
  closed.abort();
  await listening.catch(nothing);
  assert.deepEqual([net.calls, net.streams.size], [[], 0]);
});

test("six replicas of one server keep two streams, and the others ask every interval", async () => {
  const { net } = network();
  net.live = true;
  const all = await Promise.all(Array.from({ length: 6 }, (_, i) => start(net, { live: true, org: "org" + i, server: "http://six" })));
  await Promise.all(all.map((conn) => syncedAtom(conn, "todo").whenSynced()));
  await until(() => net.streams.size === 2);
  await pause(100);
  assert.equal(net.streams.size, 2);

  const writer = await start(net, { server: "http://six" });
  const other = syncedAtom(writer, "todo");
  await other.whenSynced();
  other.swap(own, "a", { x: 1 });
  await other.whenSynced();
  await until(() => all.filter((conn) => syncedAtom(conn, "todo").get("a")).length >= 4, "the interval");

  await all[0]!.close();
  await all[1]!.close();
  await until(() => net.streams.size === 2, "another takes the place");
  await Promise.all([...all, writer].map((conn) => conn.close()));
  assert.equal(net.streams.size, 0);
});
