import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, type Docs, type Options, type Store } from "../src/index.js";
import { ZERO, format } from "../src/clock.js";
import { fields, fresh, isPending, perform, type Entry, type Op } from "../src/entry.js";
import { memoryStore } from "../src/memory.js";
import type { Answer, Change } from "../src/protocol.js";
import * as rare from "../src/rare.js";
import { goOn, newMeta, receive, request, type Flight, type Meta } from "../src/replica.js";
import { Step } from "../src/store.js";
import { network, type Net } from "./fetch.js";

const at = (ms: number, node = "dev") => format({ ms, seq: 0, node });
const srv = (ms: number) => at(ms, "srv.e.s");
const start = (net: Net, more: Partial<Options> = {}) =>
  open("bases", { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });

/** A replica of one document, without a network. */
class Device {
  meta: Meta = { ...newMeta("dev"), cursor: srv(10), complete: srv(10), clock: at(10) };
  e: Entry;

  constructor(base: Entry["base"]) {
    this.e = { ...fresh("a"), base, rev: srv(10), revs: at(5) };
  }

  edit(clock: number, values: Record<string, number | string | undefined> | undefined, from: number, node = "dev"): void {
    const was = values && new Map(Object.keys(values).flatMap((path) => {
      const value = this.e.base?.[path];
      return value === undefined ? [] : [[path, value] as const];
    }));
    const op: Op = { id: "a", ...(values && { values: new Map(Object.entries(values)), was }), from: srv(from), clock: at(clock, node), of: "" + clock };
    this.e = perform(this.e, op, this.meta.sent!);
    this.meta.clock = at(clock, node);
  }

  send(bytes?: number): Flight {
    return request("c", this.meta, [this.e].filter(isPending), { limit: 10, ...(bytes && { bytes }) }, "me", 0, rare.parts);
  }

  take(flight: Flight, answer: Partial<Answer>): void {
    const step = new Step({ ...this.meta }, [this.e]);
    assert.ok(receive(step, flight, { serverClock: srv(90), serverChanges: [], ...answer }, 0, rare));
    this.meta = step.meta;
    this.e = step.get("a") ?? fresh("a");
  }

  /** Another version comes in. */
  hear(ms: number, doc: Record<string, number | string>): void {
    const flight = request("c", this.meta, [], { limit: 10 }, "me", 0);
    this.take(flight, { serverClock: srv(ms), serverChanges: [{ ...doc, _key: "a", _rev: srv(ms), _fieldRevs: {} }] });
  }
}

const said = (changes: Change[]) => changes.map(({ doc, fieldRevs, baseClock, base, deleted }) => ({ ...(doc && { doc }), fieldRevs, baseClock, ...(base && { base }), ...(deleted && { deleted }) }));

test("edits before and after another version came in go out with what each was made from, the older first, and are acknowledged together", () => {
  const device = new Device({ n: 1, s: "a" });
  device.edit(20, { n: 2 }, 10);
  device.hear(30, { n: 1, s: "b" });
  device.edit(40, { s: "bc" }, 30);

  const flight = device.send();

  assert.deepEqual(said(flight.request.changes), [
    { doc: { n: 2, s: "b" }, fieldRevs: { n: at(20) }, baseClock: srv(10), base: { n: 1 } },
    { doc: { n: 2, s: "bc" }, fieldRevs: { s: at(40) }, baseClock: srv(30), base: { s: "b" } },
  ]);
  device.take(flight, { acks: [{ key: "a", rev: srv(50) }] });
  assert.ok(!isPending(device.e));
  assert.deepEqual(fields(device.e), { n: 2, s: "bc" });
});

test("what is typed over a pending edit was made from what that was made from", () => {
  const device = new Device({ n: 1, s: "a" });
  device.edit(20, { n: 2 }, 10);
  device.hear(30, { n: 5, s: "b" });
  device.edit(40, { n: 3 }, 30);

  assert.deepEqual(said(device.send().request.changes), [{ doc: { n: 3, s: "b" }, fieldRevs: { n: at(40) }, baseClock: srv(10), base: { n: 1 } }]);
});

test("an object and what was there in its place go out together", () => {
  const device = new Device({ o: 1 });
  device.edit(20, { o: 2 }, 10);
  device.hear(30, { o: 1, s: "b" });
  device.edit(40, { o: undefined, "o.q": 3, s: "c" }, 30);

  const { changes } = device.send().request;

  assert.deepEqual(changes.map(({ fieldRevs, baseClock }) => [Object.keys(fieldRevs), baseClock]), [[["o", "o.q"], srv(10)], [["s"], srv(30)]]);
});

test("a removal does not take along what has come in below it since", () => {
  const device = new Device({ o: 1, s: "a" });
  device.edit(20, { o: undefined }, 10);
  device.hear(30, { o: { b: 2 }, s: "a" } as never);
  assert.deepEqual(fields(device.e), { o: { b: 2 }, s: "a" });
  assert.deepEqual(said(device.send().request.changes), [{ doc: { s: "a" }, fieldRevs: { o: at(20) }, baseClock: srv(10), base: { o: 1 } }]);
});

test("what is pending under a deletion that keeps its clock stays before it", () => {
  const device = new Device(undefined);
  device.e = { ...fresh("a") };
  device.meta = { ...device.meta, cursor: ZERO, complete: ZERO, clock: at(1) };
  const opening = (name: string) => (device.meta = goOn(device.meta, name, true));
  device.edit(20, { n: 1 }, 0, "dev.0");
  opening("dev.1");
  device.edit(30, { n: undefined }, 0, "dev.1");
  opening("dev.2");
  device.edit(40, undefined, 0, "dev.2");
  opening("dev.3");
  const sent: Change[] = [];
  for (let answer = 100; isPending(device.e) && answer < 200; answer += 10) {
    const flight = device.send();
    sent.push(...flight.request.changes);
    device.take(flight, { serverClock: srv(answer), acks: [{ key: "a", rev: srv(answer) }] });
  }
  const clocks = sent.flatMap((change) => Object.values(change.fieldRevs));
  assert.deepEqual(clocks, [...clocks].sort());
  assert.equal(sent.at(-1)!.deleted, true);
});

test("a request that cannot hold all of a document takes the older part, and the rest goes with its own base", () => {
  const device = new Device({ n: 1, s: "a" });
  device.edit(20, { n: 2 }, 10);
  device.hear(30, { n: 1, s: "b" });
  device.edit(40, { s: "x".repeat(100) }, 30);

  const flight = device.send(60);

  assert.deepEqual(flight.request.changes.map(({ baseClock }) => baseClock), [srv(10)]);
  assert.ok(flight.partial);
  device.take(flight, { acks: [{ key: "a", rev: srv(50) }] });
  const [rest, ...others] = device.send().request.changes;
  assert.deepEqual(others, []);
  assert.deepEqual(rest!.doc, { n: 2, s: "x".repeat(100) });
  assert.deepEqual(Object.keys(rest!.fieldRevs), ["s"]);
});

test("what had no answer is sent again as it was, before what has been typed over it", () => {
  const device = new Device({ count: 1, s: "a" });
  device.edit(20, { count: 2 }, 10);
  const first = device.send();
  device.meta = goOn(device.meta, "other", true); // closed, and opened again
  device.edit(40, { count: 3 }, 10, "other");
  device.edit(41, { s: "b" }, 10, "other");

  const again = device.send();

  assert.deepEqual(again.request.changes, first.request.changes);
  assert.deepEqual(fields(device.e), { count: 3, s: "b" });
  device.take(again, { acks: [{ key: "a", rev: srv(50) }] });
  const [rest] = device.send().request.changes;
  assert.equal(rest!.baseClock, srv(50));
  assert.deepEqual(rest!.base, { count: 2, s: "a" });
  assert.deepEqual(rest!.doc, { count: 3, s: "b" });
});

test("if the server has something else by then, what was typed over it was made from what was sent", () => {
  const device = new Device({ count: 1 });
  device.edit(20, { count: 2 }, 10);
  device.send();
  device.meta = goOn(device.meta, "other", true);
  device.edit(40, { count: 3 }, 10, "other");
  const again = device.send();

  device.take(again, { serverChanges: [{ count: 7, _key: "a", _rev: srv(50), _fieldRevs: {} }] });

  const [rest] = device.send().request.changes;
  assert.deepEqual([rest!.doc, rest!.base], [{ count: 3 }, { count: 2 }]);
  assert.notEqual(rest!.baseClock, srv(10));
  assert.match(rest!.baseClock, /-srv\./, "a state of no server that this one knows");
});

test("a creation that had no answer is sent again before the deletion that came after it", () => {
  const device = new Device(undefined);
  device.e = fresh("a");
  device.edit(20, { n: 1 }, 10);
  const first = device.send();
  device.edit(40, undefined, 10);

  assert.deepEqual(device.send().request.changes, first.request.changes);
  assert.equal(fields(device.e), undefined);
});

test("what was stored by the version before, with one base for all, counts as sent and goes out with that base", () => {
  const { sent: _, ...meta } = { ...newMeta("old"), cursor: srv(30), complete: srv(30), clock: at(30, "old") };
  const device = new Device({ n: 1 });
  device.meta = goOn(meta, "dev", true);
  const edits = new Map([["n", { clock: at(20, "old"), of: "1", value: 2, was: 1 }]]);
  device.e = { ...device.e, rev: srv(30), from: srv(10), edits };
  device.edit(40, { n: 3 }, 30);

  assert.deepEqual(said(device.send().request.changes), [{ doc: { n: 2 }, fieldRevs: { n: at(20, "old") }, baseClock: srv(10), base: { n: 1 } }]);
});

/** The store as a copy of the disk has it. */
async function copyOf(store: Store): Promise<Store> {
  const copy = memoryStore();
  const device = await store.device(() => assert.fail());
  await copy.device(() => structuredClone(device));
  for (const name of await store.names()) {
    const entries: Entry[] = [];
    const { meta } = await store.load(name, (some) => entries.push(...some));
    await copy.change(name, [], () => structuredClone(meta!), (tx) => entries.forEach((e) => tx.put(structuredClone(e))));
  }
  return copy;
}

const count = (docs: Docs) => ({ ...docs, a: { ...docs.a, count: ((docs.a?.count as number | undefined) ?? 0) + 1 } });

for (const pending of ["nothing", "something that was never sent", "something that had no answer"]) {
  test(`two devices made from one copy of a store, with ${pending} pending, both count`, async () => {
    const { net, server } = network();
    const store = memoryStore();
    const one = await start(net, { store });
    const atom = syncedAtom(one, "todo");
    await atom.whenSynced();
    atom.swap(count);
    await atom.whenSynced();
    if (pending !== "nothing") {
      if (pending.endsWith("sent")) net.down = true;
      else net.faults = ["lost"];
      const { saved } = atom.swap(count);
      await saved;
      if (!net.down) while (net.faults.length) await new Promise((resolve) => setTimeout(resolve, 1));
      net.down = true;
    }
    await one.close();
    const other = await copyOf(store);
    net.down = true;

    const devices = await Promise.all([store, other].map((kept) => start(net, { store: kept })));
    const atoms = devices.map((device) => syncedAtom(device, "todo"));
    for (const each of atoms) {
      await each.ready;
      await each.swap(count).saved;
    }
    net.down = false;
    for (let round = 0; round < 2; round++) for (const each of atoms) await each.whenSynced();

    const sum = pending === "nothing" ? 3 : 4;
    assert.deepEqual(server("todo").fields(server("todo").docs.get("a")!), { count: sum });
    for (const each of atoms) assert.deepEqual(each.deref(), { a: { count: sum } });
    await Promise.all(devices.map((device) => device.close()));
  });
}

test("clocks of a new opening have a node of their own and are later than all that is stored", () => {
  const meta = goOn({ ...newMeta("zz"), clock: at(500, "zz") }, "aa", true);
  const step = new Step(meta, []);

  const e = perform(undefined, { id: "a", values: new Map([["x", 1]]), from: ZERO, clock: at(501, "aa"), of: "" }, meta.sent!);
  step.put(e);

  assert.equal(meta.clock, at(500, "aa"));
  assert.ok(meta.sent! > at(500, "zz"));
});
