import "fake-indexeddb/auto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { indexedDbStore, open, syncedAtom, type Docs } from "../src/index.js";
import { network, until } from "./fetch.js";

const assoc = (docs: Docs, key: string, doc: Record<string, unknown>) => ({ ...docs, [key]: doc });
let count = 0;
const fresh = () => "db" + ++count;
const options = (net: ReturnType<typeof network>["net"]) => ({
  server: "http://server", app: "app", token: "t1", interval: 20, debounce: 1, live: false, fetch: net.fetch, tabs: { locks: undefined },
});

test("what was saved is there after a restart, pending edits and the inbox too", async () => {
  const { net, server } = network();
  const name = fresh();
  const first = await open(name, options(net));
  const atom = syncedAtom(first, "todo");
  await atom.whenSynced();
  atom.swap((docs) => ({ ...docs, bad: { forbidden: 1 }, good: { x: 1 } }));
  await atom.whenSynced();
  net.down = true;
  await atom.swap(assoc, "late", { o: { p: 1 } }).saved;
  await first.close();

  const second = await open(name, options(net));
  const again = syncedAtom(second, "todo");
  await again.ready;
  assert.deepEqual(again.deref(), { good: { x: 1 }, late: { o: { p: 1 } } });
  assert.equal(again.pending, 1);
  assert.equal(again.inbox.list()[0]!.key, "bad");
  net.down = false;
  second.sync();
  await again.whenSynced();
  assert.ok(server("todo").docs.has("late"));
  assert.equal((await second.signOut()).signedOut, false);
  assert.equal((await second.signOut({ force: true })).signedOut, true);
});

test("many documents come in pages and are read again in slices", async () => {
  const { net } = network();
  const writer = await open(fresh(), { ...options(net), store: "memory" });
  const source = syncedAtom(writer, "todo");
  await source.ready;
  source.reset(Object.fromEntries(Array.from({ length: 1200 }, (_, i) => ["k" + i, { i }])));
  await source.whenSynced();
  const name = fresh();
  const reader = await open(name, { ...options(net), page: 250 });
  const copy = syncedAtom(reader, "todo");
  await copy.whenSynced();
  assert.deepEqual(copy.deref(), source.deref());
  await reader.close();
  const later = await open(name, { ...options(net), fetch: () => Promise.reject(new TypeError("offline")) });
  const kept = syncedAtom(later, "todo");
  await kept.ready;
  assert.deepEqual(kept.deref(), source.deref());
  await Promise.all([writer.close(), later.close()]);
});

test("a database that is closed under us is opened again", async () => {
  const { net } = network();
  const name = fresh();
  const opened: IDBDatabase[] = [];
  const factory = {
    open: (...args: Parameters<IDBFactory["open"]>) => {
      const request = indexedDB.open(...args);
      request.addEventListener("success", () => opened.push(request.result));
      return request;
    },
    deleteDatabase: indexedDB.deleteDatabase.bind(indexedDB),
  } as unknown as IDBFactory;
  const conn = await open(name, { ...options(net), store: indexedDbStore(name, factory) });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  opened.at(-1)!.close();
  await atom.swap(assoc, "a", { x: 1 }).saved;
  assert.equal(opened.length, 2);
  await atom.whenSynced();
  await conn.close();
});

test("a store without space is a visible error, and nothing is lost while the page is open", async () => {
  const { net, server } = network();
  const inner = indexedDbStore(fresh());
  let full = false;
  const change: typeof inner.change = (...args) =>
    full ? Promise.reject(new DOMException("no space", "QuotaExceededError")) : inner.change(...args);
  const conn = await open("full", { ...options(net), store: { ...inner, change } });
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  full = true;
  atom.swap(assoc, "a", { x: 1 });
  await until(() => atom.status === "error");
  assert.equal((atom.problem as Error).name, "QuotaExceededError");
  assert.deepEqual(atom.deref(), { a: { x: 1 } });
  full = false;
  conn.sync();
  await atom.whenSynced();
  assert.equal(server("todo").docs.size, 1);
  await conn.close();
});

/** Web Locks of one origin. */
class Locks {
  private readonly queues = new Map<string, { grant: () => void; fail: (e: unknown) => void }[]>();

  request(name: string, { steal = false }: { steal?: boolean }, held: () => Promise<void> | undefined): Promise<void> {
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const one = {
        fail: reject,
        grant: () => {
          void Promise.resolve(held()).then(() => {
            if (queue[0] === one) {
              queue.shift();
              queue[0]?.grant();
            }
            resolve();
          });
        },
      };
      if (steal) {
        queue.shift()?.fail(new DOMException("stolen", "AbortError"));
        queue.unshift(one);
        one.grant();
      } else if (queue.push(one) === 1) queueMicrotask(one.grant);
    });
  }
}

test("one tab syncs, the others follow; a closed leader is replaced", async () => {
  const { net, server } = network();
  const name = fresh();
  const locks = new Locks() as unknown as LockManager;
  const tabs = { ...options(net), tabs: { locks, every: 20, patience: 2_000 } };
  const one = await open(name, tabs);
  await until(() => one.leads);
  const two = await open(name, tabs);
  const a = syncedAtom(one, "todo");
  const b = syncedAtom(two, "todo");
  await Promise.all([a.whenSynced(), b.whenSynced()]);
  assert.deepEqual([one.leads, two.leads], [true, false]);

  const receipt = b.swap(assoc, "b", { from: "two" });
  assert.equal(await receipt.synced, "stored");
  await until(() => !!a.deref().b);
  const only = syncedAtom(two, "only-two");
  await only.ready;
  only.swap(assoc, "x", { x: 1 });
  await only.whenSynced();
  assert.ok(server("only-two").docs.has("x"));

  await one.close();
  await until(() => two.leads);
  b.swap(assoc, "c", { x: 1 });
  await b.whenSynced();
  assert.ok(server("todo").docs.has("c"));
  await two.close();
});

test("a leader that does not answer is replaced, and stops when it wakes up", async () => {
  const { net } = network();
  const name = fresh();
  const locks = new Locks() as unknown as LockManager;
  let frozen = false;
  const channel = (n: string) => {
    const inner = new BroadcastChannel(n);
    return {
      postMessage: (m: unknown) => frozen || inner.postMessage(m),
      close: () => inner.close(),
      set onmessage(f: (e: MessageEvent) => void) {
        inner.onmessage = (e) => frozen || f(e as MessageEvent);
      },
    } as unknown as BroadcastChannel;
  };
  const one = await open(name, { ...options(net), tabs: { locks, channel, every: 20, patience: 50 } });
  await until(() => one.leads);
  const two = await open(name, { ...options(net), tabs: { locks, every: 20, patience: 50 } });
  frozen = true;
  await until(() => two.leads);
  await until(() => !one.leads);
  await Promise.all([one.close(), two.close()]);
});
