import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, type Docs, type Options, type Restored } from "../src/index.js";
import { ZERO } from "../src/clock.js";
import { memoryStore } from "../src/memory.js";
import { network, until, type Net } from "./fetch.js";

const start = (net: Net, more: Partial<Options> = {}) =>
  open("restored", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });
const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });

/** Two devices with three documents, of which the backup has the first, as it was at first. */
async function world(net: Net, server: ReturnType<typeof network>["server"], more: Partial<Options> = {}) {
  const phone = await start(net, more);
  const here = syncedAtom(phone, "todo");
  await here.whenSynced();
  here.swap(own, "milk", { title: "Milk", shop: "corner", gone: 1 });
  await here.whenSynced();
  const backup = server("todo").backup();
  here.swap(own, "milk", { title: "Milk", shop: "market" });
  here.swap(own, "bread", { title: "Bread" });
  here.swap(own, "empty", {});
  await here.whenSynced();
  return { phone, here, backup };
}

test("a server that comes back from a backup is given what it has lost, as it was", async () => {
  const { net, server } = network();
  const events: Restored[] = [];
  const { phone, here, backup } = await world(net, server, { onRestored: (event) => events.push(event) });
  const before = here.deref();
  const clock = server("todo").docs.get("milk")!.leaves.get("shop")!.edit;
  server("todo").comeBack(backup);

  await here.whenSynced();

  assert.deepEqual(here.deref(), before);
  const milk = server("todo").docs.get("milk")!;
  assert.deepEqual(server("todo").fields(milk), { title: "Milk", shop: "market" });
  assert.equal(milk.leaves.get("shop")!.edit, clock);
  assert.deepEqual(server("todo").fields(server("todo").docs.get("bread")!), { title: "Bread" });
  assert.ok(server("todo").docs.has("empty"));
  assert.deepEqual(events.map(({ collection, keys, waits }) => [collection, [...keys].sort(), waits]), [["todo", ["bread", "empty", "milk"], false]]);
  await phone.close();
});

test("a server that comes back empty under its old address is given everything", async () => {
  const { net, server } = network();
  const { phone, here } = await world(net, server);
  const before = here.deref();
  server("todo").comeBack();
  net.instance = "i2";

  await here.whenSynced();
  await here.whenSynced();

  assert.deepEqual(here.deref(), before);
  assert.deepEqual([...server("todo").docs.keys()].sort(), ["bread", "empty", "milk"]);
  await phone.close();
});

test("what somebody has edited since, and later, is not overwritten by what comes back", async () => {
  const { net, server } = network();
  const { phone, backup } = await world(net, server);
  await phone.close();
  const store = memoryStore();
  const late = await start(net, { store });
  await syncedAtom(late, "todo").whenSynced();
  await late.close();
  server("todo").comeBack(backup);
  const other = await start(net);
  const there = syncedAtom(other, "todo");
  await there.whenSynced();
  there.swap(own, "milk", { title: "Milk", shop: "mall", gone: 1 });
  await there.whenSynced();

  const again = await start(net, { store });
  const atom = syncedAtom(again, "todo");
  await atom.whenSynced();
  await there.whenSynced();

  assert.deepEqual(atom.deref().milk, { title: "Milk", shop: "mall" });
  assert.deepEqual(there.deref(), atom.deref());
  assert.deepEqual(Object.keys(there.deref()).sort(), ["bread", "empty", "milk"]);
  await Promise.all([again.close(), other.close()]);
});

test("a value of which nobody knows how old it is comes back after a second loss, too", async () => {
  for (const all of [true, false]) {
    const { net, server } = network();
    const { phone, here } = await world(net, server);
    const clockless = server("todo").docs.get("milk")!;
    const backup = server("todo").backup();
    backup.get("milk")!.leaves.delete("shop");
    clockless.leaves.get("shop")!.edit = ZERO; // sent by a device that had not heard of the first loss yet
    clockless.rev = server("todo").next();
    await here.whenSynced();

    server("todo").comeBack(all ? undefined : backup);
    if (all) net.instance = "i2";
    await here.whenSynced();
    await here.whenSynced();

    assert.equal(server("todo").fields(server("todo").docs.get("milk")!).shop, "market");
    assert.equal(here.deref().milk!.shop, "market");
    await phone.close();
  }
});

test("who knows how old a value is tells a restored server that has it without its age", async () => {
  const { net, server } = network();
  const { phone, here, backup } = await world(net, server);
  const clock = server("todo").docs.get("milk")!.leaves.get("shop")!.edit;
  const sent = backup.get("milk")!.leaves.get("shop")!;
  sent.value = "market"; // of a device that had not heard of the loss yet
  sent.edit = ZERO;
  server("todo").comeBack(backup);

  await here.whenSynced();
  await here.whenSynced();

  assert.equal(server("todo").docs.get("milk")!.leaves.get("shop")!.edit, clock);
  await phone.close();
});

test("after a purge what the server has not is gone", async () => {
  const { net, server } = network();
  const { phone, here } = await world(net, server);
  server("todo").docs.delete("bread");
  server("todo").purge();
  server("todo").next();
  server("todo").horizon = server("todo").clock;

  await here.whenSynced();

  assert.deepEqual(Object.keys(here.deref()).sort(), ["empty", "milk"]);
  assert.ok(!server("todo").docs.has("bread"));
  await phone.close();
});

test("an application that asks first holds it back, over a restart too, and other edits go on", async () => {
  const { net, server } = network();
  const events: Restored[] = [];
  const store = memoryStore();
  const more = { store, asksBeforeRestoring: true, onRestored: (event: Restored) => void events.push(event) };
  const { phone, here, backup } = await world(net, server, more);
  server("todo").comeBack(backup);
  conn: {
    phone.sync();
    await until(() => events.length === 1);
    here.swap(own, "new", { x: 1 });
    await until(() => server("todo").docs.has("new"));
    assert.ok(events[0]!.waits);
    assert.deepEqual([...server("todo").docs.keys()], ["milk", "new"]);
    assert.equal(Object.keys(here.deref()).length, 4);
    await phone.close();
    break conn;
  }
  const again = await start(net, more);
  const atom = syncedAtom(again, "todo");
  await until(() => events.length === 2);
  assert.deepEqual([...events[1]!.keys].sort(), ["bread", "empty", "milk"]);
  assert.ok(!server("todo").docs.has("bread"));

  await again.bringBack();
  await atom.whenSynced();

  assert.deepEqual([...server("todo").docs.keys()].sort(), ["bread", "empty", "milk", "new"]);
  await again.close();
});

test("an application may decide that the backup is right", async () => {
  const { net, server } = network();
  const events: Restored[] = [];
  const { phone, here, backup } = await world(net, server, { asksBeforeRestoring: true, onRestored: (event) => void events.push(event) });
  server("todo").comeBack(backup);
  phone.sync();
  await until(() => events.length === 1);

  await phone.bringBack(false);
  await here.whenSynced();

  assert.deepEqual(here.deref(), { milk: { title: "Milk", shop: "corner", gone: 1 } });
  await phone.close();
});

test("documents of others stay, and only their owners give them back", async () => {
  const { net, server } = network();
  server("todo").share("bob", "plan", { by: "Bob" });
  const { phone, here } = await world(net, server);
  server("todo").foreign.clear();
  server("todo").comeBack();
  net.instance = "i2";

  await here.whenSynced();
  await here.whenSynced();

  assert.deepEqual(here.deref()["@bob/plan"], { by: "Bob", _owner: "bob" });
  assert.deepEqual(here.inbox.list(), []);
  await phone.close();
});
