import { test, type TestContext } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom } from "../src/index.js";
import { network } from "./fetch.js";

/** How much is looked at: names of objects, and entries of maps. */
async function work(t: TestContext, run: () => unknown): Promise<number> {
  let count = 0;
  const { keys, entries } = Object;
  const set = Map.prototype.set;
  const mocks = [
    t.mock.method(Object, "keys", (object: object) => {
      const result = keys(object);
      count += result.length;
      return result;
    }),
    t.mock.method(Object, "entries", (object: object) => {
      const result = entries(object);
      count += result.length;
      return result;
    }),
    t.mock.method(Map.prototype, "set", function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
      count++;
      return set.call(this, key, value);
    }),
  ];
  try {
    await run();
  } finally {
    for (const mock of mocks) mock.mock.restore();
  }
  return count;
}

async function fresh() {
  const { net } = network();
  net.down = true;
  const conn = await open("work", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 100_000, live: false, fetch: net.fetch });
  const atom = syncedAtom(conn, "todo");
  await atom.ready;
  return { conn, atom };
}

/** Twice as much to do is twice as much work, and not four times. */
async function isLinear(t: TestContext, run: (n: number) => Promise<unknown>): Promise<void> {
  const once = await work(t, () => run(500));
  const twice = await work(t, () => run(1000));
  assert.ok(twice <= 2.5 * once, `${once} for 500, ${twice} for 1000`);
}

test("a document of many leaves costs what it has", async (t) => {
  await isLinear(t, async (n) => {
    const { conn, atom } = await fresh();
    const doc = Object.fromEntries(Array.from({ length: n }, (_, i) => ["f" + i, i]));
    await atom.update("big", () => doc).saved;
    await atom.update("big", () => ({ f0: 0 })).saved; // all others are removed
    assert.deepEqual(atom.get("big"), { f0: 0 });
    await conn.close();
  });
});

test("changes of many documents in a row cost what is changed", async (t) => {
  await isLinear(t, async (n) => {
    const { conn, atom } = await fresh();
    let last;
    for (let i = 0; i < n; i++) last = atom.update("k" + i, () => ({ i }));
    await last!.saved;
    assert.equal(atom.pending, n);
    await conn.close();
  });
});

test("changes of one document in a row cost what is changed, not what has been changed before", async (t) => {
  await isLinear(t, async (n) => {
    const { conn, atom } = await fresh();
    let last;
    for (let i = 0; i < n; i++) last = atom.update("k", (doc) => ({ ...doc, count: i, ["f" + (i % 10)]: i }));
    await last!.saved;
    assert.equal(atom.get("k")!.count, n - 1);
    await conn.close();
  });
});
