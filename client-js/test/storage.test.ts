import "fake-indexeddb/auto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { indexedDbStore, open, syncedAtom, type Docs, type Options, type Store } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { network, until, type Net } from "./fetch.js";

const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });
let count = 0;
const fresh = () => "storage" + ++count;
const start = (net: Net, name: string, more: Partial<Options> = {}) =>
  open(name, { server: "http://server", app: "app", token: "t1", interval: 20, debounce: 1, live: false, fetch: net.fetch, tabs: { locks: undefined }, ...more });
const clear = (name: string) =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase("landfall/" + name + "/app//");
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });

test("site data cleared under an open tab is stored again, the pending edit and the inbox too, without many requests", async () => {
  const { net, server } = network();
  const name = fresh();
  const conn = await start(net, name);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap((docs) => ({ ...docs, a: { x: 1 }, bad: { forbidden: 1 } }));
  await atom.whenSynced();
  net.down = true;
  await atom.swap(own, "late", { x: 1 }).saved;
  await until(() => conn.status === "offline");

  await clear(name);
  const before = net.calls.length;
  net.down = false;
  conn.sync();
  await atom.whenSynced();
  await new Promise((resolve) => setTimeout(resolve, 200));

  assert.deepEqual(atom.deref(), { a: { x: 1 }, late: { x: 1 } });
  assert.ok(server("todo").docs.has("late"));
  assert.ok(net.calls.length - before <= 14, net.calls.length - before + " requests");
  net.down = true;
  await conn.close();
  const again = await start(net, name);
  const kept = syncedAtom(again, "todo");
  await kept.ready;
  assert.deepEqual(kept.deref(), { a: { x: 1 }, late: { x: 1 } });
  assert.deepEqual(kept.inbox.list().map(({ key }) => key), ["bad"]);
  await again.close();
});

test("cleared while offline, what was pending is stored again before anything else happens", async () => {
  const { net } = network();
  const name = fresh();
  const conn = await start(net, name);
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  net.down = true;
  await atom.swap(own, "first", { x: 1 }).saved;
  await clear(name);
  await atom.swap(own, "second", { x: 1 }).saved;
  await conn.close();

  const again = await start(net, name);
  const kept = syncedAtom(again, "todo");
  await kept.ready;
  assert.deepEqual(kept.deref(), { first: { x: 1 }, second: { x: 1 } });
  assert.equal(kept.pending, 2);
  await again.close();
});

/** A store in which only so many documents fit. */
function small(inner: Store, room: () => number): Store {
  const keys = new Set<string>();
  const change: Store["change"] = (collection, ids, meta, step) =>
    inner.change(collection, ids, meta, (tx) => {
      const after = new Set(keys);
      const put = tx.put.bind(tx);
      tx.put = (e) => {
        put(e);
        after[tx.get(e.id) && !e.gone ? "add" : "delete"](e.id);
      };
      const result = step(tx);
      if (after.size > room() && after.size > keys.size) throw new DOMException("no space", "QuotaExceededError");
      keys.clear();
      for (const key of after) keys.add(key);
      return result;
    });
  return { ...inner, change };
}

test("on a full device what fits is saved, what deletes comes first, and what does not fit is sent all the same", async () => {
  const { net, server } = network();
  let room = 2;
  const conn = await start(net, fresh(), { store: small(memoryStore(), () => room) });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.reset({ a: { x: 1 }, b: { x: 1 } });
  await atom.whenSynced();
  net.down = true;
  const saved: string[] = [];
  const edit = (key: string, doc: object | undefined) => void atom.update(key, () => doc).saved.then(() => saved.push(key));
  edit("c", { x: 1 }); // no room
  edit("b", { x: 2 });
  await until(() => atom.status === "error");
  assert.equal((atom.problem as Error).name, "QuotaExceededError");
  await until(() => saved.includes("b"));
  assert.deepEqual(saved, ["b"]);
  edit("d", { x: 1 });
  edit("a", undefined);
  await until(() => saved.length === 3);
  assert.ok(saved.includes("a"));

  net.down = false;
  conn.sync();
  await until(() => ["b", "c", "d"].every((key) => server("todo").docs.has(key)), "the server to have all");
  assert.ok(server("todo").docs.get("a")!.deleted);
  assert.deepEqual(atom.deref(), { b: { x: 2 }, c: { x: 1 }, d: { x: 1 } });
  room = 10;
  conn.sync();
  await atom.whenSynced();
  assert.equal(saved.length, 4);
  await until(() => conn.status === "idle");
  await conn.close();
});

test("a database that cannot be opened is replaced by memory, and the application can know", async (t) => {
  const { net, server } = network();
  t.mock.method(indexedDB, "open", () => {
    throw new DOMException("not in this mode", "SecurityError");
  });
  const conn = await start(net, fresh());
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "a", { x: 1 });
  await atom.whenSynced();

  assert.equal(conn.isKept, false);
  assert.equal((conn.storageProblem as Error).name, "SecurityError");
  assert.ok(server("todo").docs.has("a"));
  await conn.close();
});

test("a page that came unencrypted has no randomUUID and no locks, and works", async (t) => {
  const { net } = network();
  t.mock.method(globalThis.crypto, "randomUUID", () => {
    throw new TypeError("crypto.randomUUID is not a function");
  });
  const conn = await start(net, fresh());
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap((docs) => ({ ...docs, bad: { forbidden: 1 } }));
  await atom.whenSynced();
  const [item] = atom.inbox.list();

  assert.match(atom.inbox.copy(item!.n!), /^[0-9a-f]{32}$/);
  assert.ok(conn.isKept);
  assert.equal(conn.storageProblem, undefined);
  await conn.close();
});

test("every transaction that writes waits for the disk", async () => {
  const { net } = network();
  const asked: unknown[] = [];
  const factory = {
    open: (...args: Parameters<IDBFactory["open"]>) => {
      const request = indexedDB.open(...args);
      request.addEventListener("success", () => {
        const db = request.result;
        const transaction = db.transaction.bind(db);
        db.transaction = (stores, mode, options) => {
          if (mode === "readwrite") asked.push(options?.durability);
          return transaction(stores, mode, options);
        };
      });
      return request;
    },
    deleteDatabase: indexedDB.deleteDatabase.bind(indexedDB),
  } as unknown as IDBFactory;
  const conn = await start(net, fresh(), { store: indexedDbStore(fresh(), factory) });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  atom.swap(own, "a", { x: 1 });
  await atom.whenSynced();
  await conn.close();

  assert.ok(asked.length >= 3);
  assert.deepEqual([...new Set(asked)], ["strict"]);
});
