import "fake-indexeddb/auto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, WrongReplica, type Docs, type Options, type Store } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { network, until, type Net } from "./fetch.js";

const start = (net: Net, more: Partial<Options> = {}) =>
  open("bound", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });
const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });
const pushes = (net: Net) => net.calls.filter(({ path }) => path.endsWith("/sync")).length;

/** A replica of Alice's with one document that is stored and one that is not. */
async function alices(net: Net, store: Store, more: Partial<Options> = {}): Promise<void> {
  net.userId = "me";
  const conn = await start(net, { store, ...more });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "milk", { title: "Milk" });
  await atom.whenSynced();
  net.down = true;
  await atom.swap(own, "secret", { title: "Diary" }).saved;
  await conn.close();
  net.down = false;
}

test("another user's token shows nothing, sends nothing and adds nothing; the right one goes on", async () => {
  const { net, server } = network();
  const conn = await start(net);
  net.userId = "me";
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "milk", { title: "Milk" });
  await atom.whenSynced();
  net.down = true;
  await atom.swap(own, "secret", { title: "Diary" }).saved;
  net.down = false;
  net.userId = "bob";
  const seen: Docs[] = [];
  atom.addWatch("w", (_key, _atom, _old, now) => seen.push(now));
  const before = pushes(net);

  conn.setToken("t1");
  await until(() => atom.status === "error");

  assert.equal((atom.problem as WrongReplica).code, "wrong_replica");
  assert.equal((atom.problem as WrongReplica).what, "user");
  assert.deepEqual(atom.deref(), {});
  assert.equal(atom.get("milk"), undefined);
  assert.deepEqual(seen.at(-1), {});
  assert.throws(() => atom.swap(own, "mine", { x: 1 }), { code: "wrong_replica" });
  assert.equal(pushes(net), before);

  net.userId = "me";
  conn.setToken("t1");
  await atom.whenSynced();

  assert.deepEqual(Object.keys(atom.deref()), ["milk", "secret"]);
  assert.deepEqual([...server("todo").docs.keys()], ["milk", "secret"]);
  await conn.close();
});

test("a store of another application or organisation is not opened", async () => {
  const { net } = network();
  const store = memoryStore();
  await alices(net, store);

  await assert.rejects(start(net, { store, app: "other" }), { code: "wrong_replica", what: "application" });
  await assert.rejects(start(net, { store, org: "acme" }), { code: "wrong_replica", what: "organisation" });
});

test("a server under a new address is the same server", async () => {
  const { net, server } = network();
  const store = memoryStore();
  await alices(net, store);

  const conn = await start(net, { store, server: "http://moved" });
  await syncedAtom(conn, "todo").whenSynced();

  assert.ok(server("todo").docs.has("secret"));
  await conn.close();
  const again = await start(net, { store, server: "http://moved/" });
  await syncedAtom(again, "todo").whenSynced();
  await again.close();
});

test("another server at another address gets nothing", async () => {
  const production = network();
  const staging = network();
  staging.net.instance = "i2";
  staging.net.userId = "me";
  const store = memoryStore();
  await alices(production.net, store);

  const conn = await start(staging.net, { store, server: "http://staging" });
  const atom = syncedAtom(conn, "todo");
  await until(() => atom.status === "error");

  assert.deepEqual([(atom.problem as WrongReplica).code, (atom.problem as WrongReplica).what], ["wrong_replica", "server"]);
  assert.equal(pushes(staging.net), 0);
  assert.deepEqual(atom.deref(), {});
  await conn.close();
});

test("servers that do not say who they are are known by their address", async () => {
  const { net, server } = network();
  net.instance = undefined;
  const store = memoryStore();
  await alices(net, store);
  const away = await start(net, { store, server: "http://elsewhere" });
  const atom = syncedAtom(away, "todo");
  await until(() => atom.status === "error");
  assert.equal((atom.problem as WrongReplica).what, "server");
  assert.ok(!server("todo").docs.has("secret"));
  await away.close();

  net.instance = "i1"; // it has learned to tell
  const conn = await start(net, { store });
  await syncedAtom(conn, "todo").whenSynced();
  await conn.close();
  const moved = await start(net, { store, server: "http://elsewhere" });
  await syncedAtom(moved, "todo").whenSynced();
  await moved.close();
});

test("an answer of another server than was asked is not taken", async () => {
  const { net } = network();
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  const other = { serverClock: "0000000000009-000000-x", serverChanges: [{ _key: "strange", _rev: "0000000000009-000000-x", x: 1 }], instance: "i2" };
  let asked = false;
  net.between = (path) => {
    if (path.endsWith("/me")) asked = true;
    return path.endsWith("/sync") && !asked ? Response.json(other) : undefined;
  };
  conn.sync();
  await until(() => asked);
  net.between = undefined;
  await atom.whenSynced();

  assert.deepEqual(atom.deref(), {});
  await conn.close();
});

test("nobody is asked anything before it is known who is there", async () => {
  const { net } = network();
  net.between = (path) => (path.endsWith("/me") ? new Response("<html>sign in to this network", { status: 200 }) : undefined);
  const conn = await start(net);
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "a", { x: 1 });
  await until(() => conn.status === "offline");

  assert.equal(pushes(net), 0);
  net.between = undefined;
  conn.sync();
  await atom.whenSynced();
  await conn.close();
});

test("a database that was made before replicas were bound goes on", async () => {
  const { net, server } = network();
  const name = "old";
  const options = { store: "indexeddb" as const, tabs: { locks: undefined } };
  const first = await open(name, { server: "http://server", app: "app", token: "t1", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...options });
  const atom = syncedAtom(first, "todo");
  await atom.whenSynced();
  atom.swap(own, "milk", { title: "Milk" });
  await atom.whenSynced();
  net.down = true;
  await atom.swap(own, "bread", { title: "Bread" }).saved;
  await first.close();
  net.down = false;
  // What the version before kept: a device without what it is bound to, and documents without clocks.
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("landfall/old/app//");
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise<void>((resolve) => {
    const tx = db.transaction(["device", "documents"], "readwrite");
    tx.objectStore("device").put({ node: "n", user: "me" }, "device");
    const documents = tx.objectStore("documents");
    documents.openCursor().onsuccess = (event) => {
      const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result;
      if (!cursor) return;
      delete cursor.value.revs;
      cursor.update(cursor.value);
      cursor.continue();
    };
    tx.oncomplete = () => resolve();
  });
  db.close();

  const second = await open(name, { server: "http://server", app: "app", token: "t1", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...options });
  const again = syncedAtom(second, "todo");
  await again.whenSynced();

  assert.deepEqual(again.deref(), { milk: { title: "Milk" }, bread: { title: "Bread" } });
  assert.ok(server("todo").docs.has("bread"));
  server("todo").comeBack(); // and what it has can be given back
  await again.whenSynced();
  await again.whenSynced();
  assert.deepEqual([...server("todo").docs.keys()].sort(), ["bread", "milk"]);
  await second.close();
});
