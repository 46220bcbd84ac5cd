import "fake-indexeddb/auto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { indexedDbStore, open, syncedAtom, type Docs, type Options } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { network, until, type Net } from "./fetch.js";

// What happens between asking whether something may be done and doing it.

const start = (net: Net, more: Partial<Options> = {}) =>
  open("meanwhile", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });
const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });

test("who signs in while it is asked who is there gets nothing of somebody else's", async () => {
  const { net } = network();
  let answer!: () => void;
  let asked = 0;
  const held = new Promise<void>((resolve) => (answer = resolve));
  const fetching: typeof fetch = async (input, init) => {
    if (String(input).endsWith("/auth/me") && ++asked === 1) {
      const response = await net.fetch(input, init);
      await held;
      return response;
    }
    return net.fetch(input, init);
  };
  const conn = await start(net, { fetch: fetching });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "secret", { x: 1 });
  await until(() => asked === 1);

  net.token = "t2";
  net.userId = "bob";
  conn.setToken("t2");
  answer();
  await until(() => atom.status === "error");

  assert.equal((atom.problem as { code: string }).code, "wrong_replica");
  assert.ok(!net.calls.some(({ path, token }) => path.endsWith("/sync") && token === "t2"));
  await conn.close();
});

test("who signs in while a request is made gets nothing of somebody else's", async () => {
  const { net } = network();
  const store = memoryStore();
  const { change } = store;
  let during = () => {};
  const conn = await start(net, { store: { ...store, change: async (...args) => {
    const result = await change(...(args as Parameters<typeof change>));
    during();
    return result as never;
  } } });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  let changes = 0;
  during = () => {
    if (++changes !== 2) return; // the first saves the edit, the second notes that it is sent
    net.token = "t2";
    net.userId = "bob";
    conn.setToken("t2");
  };
  atom.swap(own, "secret", { x: 1 });
  await until(() => atom.status === "error");

  assert.ok(changes >= 2);
  assert.ok(!net.calls.some(({ path, token }) => path.endsWith("/sync") && token === "t2"));
  await conn.close();
});

test("a store that was closed is not opened again", async () => {
  const store = indexedDbStore("closed");
  await store.device(() => ({ node: "n" }));
  const reading = store.names();
  store.close();

  await assert.rejects(store.names());
  await reading.catch(() => {});
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase("closed");
    request.onsuccess = () => resolve();
    request.onblocked = () => reject(new Error("somebody has it open"));
  });
});

test("a store that is closed while it is being opened does not stay open", async () => {
  const store = indexedDbStore("closing");
  const opening = store.names();
  store.close();
  await opening.catch(() => {});

  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase("closing");
    request.onsuccess = () => resolve();
    request.onblocked = () => reject(new Error("somebody has it open"));
  });
});

test("what is done while a connection closes is refused and not lost", async () => {
  const { net } = network();
  net.down = true;
  const store = memoryStore();
  const conn = await start(net, { store });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  atom.swap(own, "before", { x: 1 });

  const closed = conn.close();
  assert.throws(() => atom.swap(own, "late", { x: 1 }), /closed/);
  await closed;

  const kept: string[] = [];
  await store.load("todo", (entries) => kept.push(...entries.map((e) => e.id)));
  assert.deepEqual(kept, ["before"]);
});

test("closing does not wait until the application has a token", async () => {
  const { net } = network();
  net.token = "t2";
  let asked = 0;
  const conn = await start(net, { onUnauthorized: () => (asked++, new Promise<string>(() => {})) });
  const atom = syncedAtom(conn, "todo");
  await until(() => asked === 1);

  await conn.close();
  assert.equal(atom.status, "unauthorized");
});
