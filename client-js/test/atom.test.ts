import { test } from "node:test";
import assert from "node:assert/strict";
import { assoc, documentKey, open, syncedAtom, type Docs, type Options, type ServerError } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { network, until, type Net } from "./fetch.js";

const start = (net: Net, more: Partial<Options> = {}) =>
  open("test", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });

type Doc = Record<string, unknown>;
const own = (docs: Docs, key: string, doc: Doc): Record<string, unknown> => ({ ...docs, [key]: doc });

test("a change is there at once, is sent, and reaches the other device", async () => {
  const { net } = network();
  const phone = await start(net);
  const laptop = await start(net);
  const here = syncedAtom(phone, "todo");
  const there = syncedAtom(laptop, "todo");
  await Promise.all([here.ready, there.ready]);

  const receipt = here.swap(own, "milk", { title: "Milk", done: false });

  assert.deepEqual(here.deref(), { milk: { title: "Milk", done: false } });
  assert.equal(here.pending, 1);
  assert.equal(await receipt.synced, "stored");
  assert.equal(here.pending, 0);
  await there.whenSynced();
  assert.deepEqual(there.deref(), { milk: { title: "Milk", done: false } });
  await Promise.all([phone.close(), laptop.close()]);
});

test("the value is frozen and what did not change is the same object", async () => {
  const { net } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.reset({ a: { x: { y: 1 } }, b: { z: [1] } });
  const { a } = atom.deref();
  atom.swap(own, "b", { z: [2] });
  assert.equal(atom.deref().a, a);
  assert.throws(() => ((atom.deref() as Record<string, unknown>).c = {}), TypeError);
  assert.throws(() => ((a!.x as Record<string, unknown>).y = 2), TypeError);
  await atom.whenSynced();
  assert.equal(atom.deref().a, a);
  await conn.close();
});

test("watches hear the old and the new value, and a bad one disturbs nobody", async (t) => {
  t.mock.method(console, "error", () => {});
  const { net } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  const heard: unknown[] = [];
  atom.addWatch("bad", () => {
    throw new Error("bad watch");
  });
  atom.addWatch("w", (key, which, old, now) => heard.push([key, which === atom, old, now]));
  const before = atom.deref();
  atom.swap(own, "a", { x: 1 });
  assert.deepEqual(heard, [["w", true, before, atom.deref()]]);
  atom.removeWatch("w");
  atom.swap(own, "a", { x: 2 });
  assert.equal(heard.length, 1);
  await conn.close();
});

test("a swap that cannot be stored changes nothing", async () => {
  const { net } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  const value = atom.deref();
  assert.throws(() => atom.swap(own, "b", { f: () => 1 }), /todo\["b"\]\.f/);
  assert.throws(() => atom.swap(own, "b", [] as unknown as Doc), /todo\["b"\]: not an object/);
  assert.throws(() => atom.swap(own, "", {}), /a key has 1 to 512 characters/);
  assert.throws(() => atom.swap(own, "@x", {}), /@<owner>\/<key>/);
  assert.equal(atom.deref(), value);
  await conn.close();
});

test("an edit made while a request is under way stays and is sent with the next", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  let go!: () => void;
  net.hold = new Promise((resolve) => (go = resolve));
  atom.swap(own, "a", { x: 1 });
  const calls = net.calls.length;
  await until(() => net.calls.length > calls && server("todo").docs.has("a"));
  atom.swap(own, "a", { x: 2, y: 1 });
  net.hold = undefined;
  go();
  await atom.whenSynced();
  assert.deepEqual(atom.deref().a, { x: 2, y: 1 });
  assert.deepEqual(server("todo").fields(server("todo").docs.get("a")!), { x: 2, y: 1 });
  await conn.close();
});

test("a lost answer, a busy server and a page that is no answer are tried again", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  net.faults = ["lost", "503", "html"];
  atom.swap(own, "a", { x: 1 });
  await until(() => conn.status === "offline");
  while (atom.pending) {
    conn.sync(); // as when the platform says that there is a network
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(server("todo").docs.size, 1);
  assert.equal(atom.problem, undefined);
  await conn.close();
});

test("the application is asked for a token, and a renewed one is kept", async () => {
  const { net } = network();
  let asked = 0;
  const kept: string[] = [];
  const conn = await start(net, { token: "old", onUnauthorized: () => (asked++, "t1"), onToken: (token) => kept.push(token) });
  const atom = syncedAtom(conn, "todo");
  net.renew = "t2";
  await atom.whenSynced();
  await atom.whenSynced();
  assert.equal(asked, 1);
  assert.deepEqual(kept, ["t2"]);
  assert.equal(net.calls.at(-1)!.token, "t2");
  await conn.close();
});

test("without a token the loop waits for one", async () => {
  const { net } = network();
  const conn = await start(net, { token: "old" });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  await until(() => atom.status === "unauthorized");
  conn.setToken("t1");
  await atom.whenSynced();
  await until(() => atom.status === "idle");
  await conn.close();
});

test("documents of one user are never sent as another's", async () => {
  const { net, server } = network();
  const store = memoryStore();
  const first = await start(net, { store });
  await syncedAtom(first, "todo").whenSynced();
  await first.close();
  net.userId = "somebody else";
  const second = await start(net, { store });
  const atom = syncedAtom(second, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  await until(() => atom.status === "error");
  assert.match(String(atom.problem), /another user/);
  assert.equal(server("todo").docs.size, 0);
  await second.close();
});

test("documents of others have a key of their own and say whose they are", async () => {
  const { net, server } = network();
  server("todo").share("bob", "plan", { by: "Bob" }, "write");
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  const theirs = documentKey("plan", "bob");
  assert.equal(theirs, "@bob/plan");
  atom.swap((docs) => ({ ...docs, plan: { by: "me" }, [theirs]: { ...docs[theirs], more: 1 } }));
  await atom.whenSynced();
  assert.deepEqual(atom.deref(), { plan: { by: "me" }, [theirs]: { by: "Bob", more: 1, _owner: "bob" } });
  assert.deepEqual([...server("todo").docs.keys()], ["plan"]);
  atom.swap(own, "@@at", { x: 1 });
  await atom.whenSynced();
  assert.deepEqual([...server("todo").docs.keys()], ["plan", "@at"]);
  await conn.close();
});

test("edits of a document that was revoked go to the inbox", async () => {
  const { net, server } = network();
  server("todo").share("bob", "plan", { by: "Bob" }, "write");
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  net.down = true;
  const receipt = atom.swap(own, "@bob/plan", { by: "Bob", note: "mine" });
  server("todo").share("bob", "plan", {}, "revoked");
  net.down = false;
  conn.sync();

  assert.equal(await receipt.synced, "refused");
  await atom.whenSynced();
  assert.deepEqual(atom.deref(), {});
  const [item] = atom.inbox.list();
  assert.equal(item!.code, "revoked");
  assert.deepEqual(item!.doc, { by: "Bob", note: "mine" });

  atom.inbox.copy(item!.n!, "kept");
  await atom.whenSynced();
  assert.deepEqual(atom.deref(), { kept: { by: "Bob", note: "mine" } });
  assert.deepEqual(atom.inbox.list(), []);
  await conn.close();
});

test("a refused change does not stop the others, and can be made again", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap((docs) => ({ ...docs, bad: { forbidden: 1 }, good: { x: 1 } }));
  await atom.whenSynced();
  assert.deepEqual(Object.keys(atom.deref()), ["good"]);
  const [item] = atom.inbox.list();
  assert.deepEqual([item!.key, item!.code], ["bad", "bad_request"]);
  server("todo").forbidden = "nothing";
  assert.equal(await atom.inbox.retry(item!.n!).synced, "stored");
  assert.deepEqual(atom.deref().bad, { forbidden: 1 });
  await conn.close();
});

test("without room everything stays pending, the server is left alone, and what others wrote arrives", async () => {
  const { net, server } = network();
  net.live = true;
  const conn = await start(net, { live: true, interval: 60_000 });
  const atom = syncedAtom(conn, "todo");
  await atom.swap(own, "a", { x: 1 }).synced;
  await until(() => net.streams.size === 1);
  server("todo").room = 1;
  server("todo").share("bob", "plan", { x: 1 });

  const receipt = atom.swap(own, "b", { x: 1 });
  await until(() => conn.status === "error");

  assert.equal((atom.problem as ServerError).code, "quota_exceeded");
  assert.deepEqual(atom.deref(), { a: { x: 1 }, b: { x: 1 }, "@bob/plan": { x: 1, _owner: "bob" } });
  const asked = server("todo").requests;
  for (let i = 0; i < 5; i++) {
    await atom.swap(own, "b", { x: i }).saved;
    for (const hint of net.streams) hint("todo");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(server("todo").requests, asked);
  assert.equal(atom.pending, 1);
  assert.equal(atom.inbox.list().length, 0);

  atom.update("a", () => undefined);
  conn.sync();

  assert.equal(await receipt.synced, "stored");
  await until(() => conn.status === "idle");
  assert.equal(atom.problem, undefined);
  await conn.close();
});

test("one document that makes the server refuse a whole request is found and put aside", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap((docs) => {
    const next: Record<string, unknown> = { ...docs };
    for (let i = 0; i < 20; i++) next["k" + i] = i === 13 ? { huge: 1 } : { i };
    return next;
  });
  await atom.whenSynced();
  assert.equal(server("todo").docs.size, 19);
  assert.deepEqual(atom.inbox.list().map((item) => [item.key, item.code]), [["k13", "too_large"]]);
  atom.inbox.drop(atom.inbox.list()[0]!.n!);
  assert.deepEqual(atom.inbox.list(), []);
  await conn.close();
});

test("a device whose clock is an hour ahead stamps again and is understood", async () => {
  const { net, server } = network();
  const conn = await start(net, { now: () => Date.now() + 3_600_000 });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  atom.swap(own, "a", { x: 2 });
  await atom.whenSynced();
  assert.equal(server("todo").fields(server("todo").docs.get("a")!).x, 2);
  await conn.close();
});

test("live hints bring a change without waiting for the interval", async () => {
  const { net } = network();
  net.live = true;
  const reader = await start(net, { live: true, interval: 100_000 });
  const atom = syncedAtom(reader, "todo");
  await atom.whenSynced();
  await until(() => net.streams.size === 1);
  const writer = await start(net);
  const other = syncedAtom(writer, "todo");
  await other.whenSynced();
  other.swap(own, "a", { x: 1 });
  await other.whenSynced();
  for (const send of net.streams) send("todo");
  await until(() => !!atom.deref().a);
  await Promise.all([reader.close(), writer.close()]);
});

for (const held of ["body held", "held"] as const) {
  test(`long polls take the place of a stream that does not arrive: ${held}`, async () => {
    const { net } = network();
    net.live = held;
    const reader = await start(net, { live: true, interval: 100_000, patience: 20 });
    const todo = syncedAtom(reader, "todo");
    const notes = syncedAtom(reader, "notes");
    await Promise.all([todo.whenSynced(), notes.whenSynced()]);
    await until(() => net.calls.filter(({ path }) => path.endsWith("/changes")).length === 2);
    const writer = await start(net);
    const other = syncedAtom(writer, "notes");
    await other.whenSynced();
    other.swap(own, "a", { x: 1 });
    await until(() => !!notes.deref().a);
    other.swap(own, "a", { x: 2 });
    await until(() => notes.deref().a!.x === 2);
    await Promise.all([reader.close(), writer.close()]);
    const calls = net.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(net.calls.length, calls, "nothing is asked after the end");
  });
}

test("a stream that is there is not replaced by polls", async () => {
  const { net } = network();
  net.live = true;
  const conn = await start(net, { live: true, interval: 100_000, patience: 300 });
  await syncedAtom(conn, "todo").whenSynced();
  await until(() => net.streams.size === 1);
  await new Promise((resolve) => setTimeout(resolve, 900)); // longer than the patience with one that is silent
  assert.equal(net.streams.size, 1);
  assert.ok(!net.calls.some(({ path }) => path.endsWith("/changes")));
  await conn.close();
});

test("a connection that is closed in the middle of a request leaves no stream behind", async () => {
  const { net } = network();
  net.live = true;
  let answer = () => {};
  net.hold = new Promise((resolve) => (answer = resolve));
  const conn = await start(net, { live: true });
  syncedAtom(conn, "todo");
  await until(() => net.calls.some(({ path }) => path.endsWith("/sync")));
  const closed = conn.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  answer();
  await closed;
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(net.streams.size, 0);
});

test("a closed connection waits for nothing: not for another stream, nor until there may be room again", async (t) => {
  const waiting = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  t.mock.method(globalThis, "setTimeout", (work: () => void, millis?: number) => {
    const timer = set(() => {
      waiting.delete(timer);
      work();
    }, millis);
    waiting.add(timer);
    return timer;
  });
  t.mock.method(globalThis, "clearTimeout", (timer: NodeJS.Timeout | undefined) => {
    waiting.delete(timer);
    clear(timer);
  });
  const { net, server } = network();
  server("todo").room = 0;
  const conn = await start(net, { live: true });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  await until(() => net.calls.some(({ path }) => path.endsWith("/live")));
  atom.swap(own, "a", { x: 1 });
  await until(() => conn.status === "error");
  await conn.close();
  assert.equal(waiting.size, 0);
});

test("one document is read, made, changed and deleted for itself", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "other", { x: 1 });
  const before = atom.deref();

  assert.equal(atom.get("milk"), undefined);
  const made = atom.update("milk", (doc, title: string) => ({ ...doc, title }), "Milk");
  assert.deepEqual(made.value, { other: { x: 1 }, milk: { title: "Milk" } });
  atom.update("milk", (doc) => ({ ...doc, done: true }));
  assert.deepEqual(atom.get("milk"), { title: "Milk", done: true });
  assert.equal(atom.deref().other, before.other);
  assert.deepEqual(before, { other: { x: 1 } });
  assert.equal(await made.synced, "stored");
  assert.deepEqual(server("todo").fields(server("todo").docs.get("milk")!), { title: "Milk", done: true });

  assert.equal(atom.update("milk", (doc) => doc).value, atom.deref());
  atom.update("milk", () => undefined);
  atom.update("never", () => undefined);
  assert.deepEqual(atom.deref(), { other: { x: 1 } });
  assert.equal(atom.pending, 1);
  for (const bad of [null, [], 1, { f: () => 1 }]) assert.throws(() => atom.update("bad", () => bad as object), /todo\["bad"\]/);
  assert.throws(() => atom.update("", () => ({})), /a key has 1 to 512 characters/);
  assert.deepEqual(atom.deref(), { other: { x: 1 } });
  await atom.whenSynced();
  assert.ok(server("todo").docs.get("milk")!.deleted);
  await conn.close();
});

test("a swap with assoc is the same as one with a function of one's own, and copies nothing", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });

  const receipt = atom.swap(assoc, "b", { x: 1 });
  atom.swap(assoc, "a", { x: 2 });

  assert.deepEqual(atom.deref(), { a: { x: 2 }, b: { x: 1 } });
  assert.deepEqual(assoc(atom.deref(), "c", { x: 3 }), { a: { x: 2 }, b: { x: 1 }, c: { x: 3 } });
  assert.throws(() => atom.swap(assoc, "a", undefined as unknown as object), TypeError);
  assert.throws(() => atom.swap(assoc, "a", 5 as unknown as object), TypeError);
  assert.deepEqual(atom.get("a"), { x: 2 });
  assert.equal(await receipt.synced, "stored");
  assert.equal(server("todo").docs.size, 2);
  await conn.close();
});

test("a change of one document does not touch the others, and watches see the values before and after", async (t) => {
  const { net } = network();
  const conn = await start(net, { page: 5000 });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.reset(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => ["k" + i, { i }])));
  await atom.whenSynced();
  const before = atom.deref();
  const keys = t.mock.method(Object, "keys");
  for (let i = 0; i < 10; i++) atom.update("k7", (doc) => ({ ...doc, i: -i }));
  assert.ok(!keys.mock.calls.some(({ result }) => result!.length > 100), "the names of all documents are not asked for");
  keys.mock.restore();

  const seen: Docs[][] = [];
  atom.addWatch("w", (_key, _atom, old, now) => seen.push([old, now]));
  const middle = atom.deref();
  atom.update("k8", () => undefined);
  atom.update("new", () => ({ x: 1 }));
  assert.deepEqual(seen.map(([old, now]) => [Object.keys(old!).length, Object.keys(now!).length]), [[2000, 1999], [1999, 2000]]);
  assert.deepEqual([seen[0]![0], seen[1]![0], seen[1]![1]], [middle, seen[0]![1], atom.deref()]);
  assert.deepEqual([before.k7, middle.k7, atom.deref().k8, atom.deref().new], [{ i: 7 }, { i: -9 }, undefined, { x: 1 }]);
  await atom.whenSynced();
  await conn.close();
});

test("sign-out says what would be lost, and loses it only if forced", async () => {
  const { net } = network();
  const store = memoryStore();
  const conn = await start(net, { store });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  net.down = true;
  atom.swap(own, "a", { x: 1 });
  assert.deepEqual(await conn.signOut(), { signedOut: false, lost: [{ collection: "todo", keys: ["a"], refused: 0 }] });
  assert.deepEqual(atom.deref().a, { x: 1 });
  assert.equal((await conn.signOut({ force: true })).signedOut, true);
  assert.deepEqual(await store.names(), []);
  assert.deepEqual(atom.deref(), {});
  assert.throws(() => atom.swap(own, "b", {}), { code: "signed_out" });
});

test("the async iterator gives the value now and after each change", async () => {
  const { net } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  const seen: unknown[] = [];
  for await (const value of atom) {
    seen.push(Object.keys(value).length);
    if (seen.length === 3) break;
    atom.swap(own, "k" + seen.length, { x: 1 });
  }
  assert.deepEqual(seen, [0, 1, 2]);
  await conn.close();
});

test("a framework's cell can hold the value", async () => {
  const { net } = network();
  const conn = await start(net);
  let held: Docs = {};
  let sets = 0;
  const atom = syncedAtom(conn, "todo", { cache: { get: () => held, set: (value) => ((held = value), sets++) } });
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  assert.deepEqual(held, { a: { x: 1 } });
  assert.equal(atom.deref(), held);
  assert.equal(sets, 2);
  await conn.close();
});

test("an empty document and one that is deleted at once are understood", async () => {
  const { net, server } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "empty", {});
  atom.swap(own, "brief", { x: 1 });
  atom.swap(({ brief: _, ...rest }) => rest);
  await atom.whenSynced();
  assert.deepEqual(atom.deref(), { empty: {} });
  assert.deepEqual([...server("todo").docs.keys()], ["empty"]);
  await conn.close();
});
