import "fake-indexeddb/auto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, type Docs, type Options } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import type { Request } from "../src/protocol.js";
import { network, until, type Net } from "./fetch.js";

const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });
const start = (net: Net, more: Partial<Options> = {}) =>
  open("devices", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });

/** Notes what devices say of themselves, and refuses those that were removed as the server does. */
function devices(net: Net, refusal: object = { error: "gone", code: "unauthorized", reason: "device_removed", erase: true }) {
  const seen: Request["device"][] = [];
  const removed = new Set<string>();
  net.between = (_path, body) => {
    if (!body) return undefined;
    seen.push(body.device);
    return removed.has(body.device?.id ?? "") ? new Response(JSON.stringify(refusal), { status: 401 }) : undefined;
  };
  return { seen, removed };
}

test("each sync says what the device is, and keeps its id with the replica", async () => {
  const { net } = network();
  const { seen } = devices(net);
  const store = memoryStore();
  const device = { name: "Alice's phone", platform: "Android 15", version: "7" };
  for (const more of [{ device }, {}]) {
    const conn = await start(net, { store, ...more });
    await syncedAtom(conn, "todo").whenSynced();
    await conn.close();
  }
  const other = await start(net);
  await syncedAtom(other, "todo").whenSynced();
  await other.close();
  const chosen = await start(net, { device: { id: "browser-1" } });
  await syncedAtom(chosen, "todo").whenSynced();
  await chosen.close();

  const { id } = seen[0]!;
  assert.match(id, /^[A-Za-z0-9._~-]{1,64}$/);
  const told = seen.filter((one, i) => one?.id !== seen[i - 1]?.id || one?.name !== seen[i - 1]?.name);
  assert.deepEqual(told.slice(0, 2), [{ id, ...device }, { id }]);
  assert.equal(told.length, 4);
  assert.notEqual(told[2]!.id, id);
  assert.deepEqual(told[3], { id: "browser-1" });
});

for (const kind of ["memory", "indexeddb"] as const) {
  test(`a device that its user has removed keeps nothing, unsent edits included, in ${kind}`, async () => {
    const { net, server } = network();
    const { seen, removed } = devices(net);
    const store = kind === "memory" ? memoryStore() : kind;
    let told = 0;
    let asked = 0;
    const options: Partial<Options> = { store, tabs: { locks: undefined }, onRemoved: () => void told++, onUnauthorized: () => void asked++ as undefined };
    const conn = await start(net, options);
    const atom = syncedAtom(conn, "todo");
    atom.swap(own, "plan", { title: "Plan" });
    await atom.whenSynced();
    const { id } = seen[0]!;
    removed.add(id);

    atom.swap(own, "late", { title: "Late" });
    await until(() => told > 0);

    assert.deepEqual(atom.deref(), {});
    assert.equal((atom.problem as { code: string }).code, "device_removed");
    assert.throws(() => atom.swap(own, "later", {}), { code: "device_removed" });
    net.down = true;
    const again = await start(net, options);
    const left = syncedAtom(again, "todo");
    await left.ready;
    assert.deepEqual([left.deref(), left.pending], [{}, 0]);

    // Whoever signs in on it again has another device.
    net.down = false;
    again.sync();
    await left.whenSynced();
    assert.notEqual(seen.at(-1)!.id, id);
    assert.deepEqual([Object.keys(left.deref()), told, asked], [["plan"], 1, 0]);
    assert.ok(!server("todo").docs.has("late"));
    await again.close();
  });
}

test("the other tabs of a removed device hear of it and keep nothing either", async () => {
  const { net } = network();
  const { seen, removed } = devices(net);
  const told: string[] = [];
  const options = (tab: string): Partial<Options> => ({ store: "indexeddb", tabs: { locks: undefined }, interval: 60_000, onRemoved: () => void told.push(tab) });
  const first = await open("tabs", { server: "http://server", app: "app", token: "t1", debounce: 1, live: false, fetch: net.fetch, ...options("first") });
  const second = await open("tabs", { server: "http://server", app: "app", token: "t1", debounce: 1, live: false, fetch: net.fetch, ...options("second") });
  const [here, there] = [syncedAtom(first, "todo"), syncedAtom(second, "todo")];
  here.swap(own, "plan", { title: "Plan" });
  await Promise.all([here.whenSynced(), there.whenSynced()]);
  await until(() => "plan" in there.deref());
  removed.add(seen[0]!.id);

  first.sync();
  await until(() => told.length === 2);

  assert.deepEqual([...told].sort(), ["first", "second"]);
  assert.deepEqual([here.deref(), there.deref()], [{}, {}]);
  assert.throws(() => there.swap(own, "later", {}), { code: "device_removed" });
});

test("a 401 that does not say in so many words that the replica is to go erases nothing", async () => {
  for (const refusal of [{ error: "no", code: "unauthorized" }, { error: "no", code: "unauthorized", reason: "device_removed" }, { error: "no", reason: "device_removed", erase: "true" }]) {
    const { net } = network();
    const { seen, removed } = devices(net, refusal);
    const conn = await start(net, { onRemoved: () => assert.fail("told") });
    const atom = syncedAtom(conn, "todo");
    await atom.whenSynced();
    removed.add(seen[0]!.id);

    atom.swap(own, "late", { title: "Late" });
    await until(() => atom.status === "unauthorized");

    assert.deepEqual(Object.keys(atom.deref()), ["late"]);
    await conn.close();
  }
});
