import { correct } from "../src/refused.js";
import { ZERO, type Clock } from "../src/clock.js";
import { Collection } from "../src/collection.js";
import { equal, has, isObject, type Json, type JsonObject } from "../src/json.js";
import { diff } from "../src/merge.js";
import { memoryStore } from "../src/memory.js";
import type { Answer, Conflict } from "../src/protocol.js";
import type { Flight, Tx, Meta } from "../src/replica.js";
import type { Store } from "../src/store.js";
import { random } from "./random.js";
import { FakeServer, Refusal } from "./server.js";

/** One write of the application: a unique value, and what it saw in its place. */
interface Write {
  leaf: string;
  value: string;
  over: Json | undefined;
  saved: boolean;
  tab: Tab;
}

class Crash extends Error {}

/** A store whose process may die before or after any of its transactions. */
function crashing(inner: Store, dies: () => boolean): Store {
  const change: Store["change"] = async <T>(c: string, ids: readonly string[], meta: () => Meta, step: (tx: Tx) => T) => {
    if (dies()) throw new Crash();
    const result = await inner.change(c, ids, meta, step);
    if (dies()) throw new Crash();
    return result;
  };
  return { ...inner, shared: true, change };
}

interface Tab {
  collection: Collection;
  device: number;
  flight?: { flight: Flight; answer: Answer | undefined; refusal?: Refusal } | undefined;
  dead: boolean;
}

export interface Totals {
  writes: number;
  conflicts: number;
  crashes: number;
  inFlight: number;
  drifted: number;
  resyncs: number;
  late: number;
  lost: number;
}

/** One world from a seed: devices with tabs, a server, and what can go wrong between them. Throws if something was lost. */
export async function world(seed: number, totals: Totals): Promise<void> {
  const dice = random(seed);
  const devices = 1 + dice.below(3);
  const deletions = dice.chance(0.5);
  const removals = deletions || dice.chance(0.3);
  const crashes = dice.chance(0.5) ? 0.02 : 0;
  const limit = dice.of([1, 2, 5, 100]);
  const tabsOf = Array.from({ length: devices }, () => (dice.chance(0.3) ? 2 : 1));
  const offsets = Array.from({ length: devices }, () => dice.of([0, 0, 50, -5000, 240_000, 3_600_000, -3_600_000]));
  const loses = dice.of([0, 0.1, 0.3]);
  const resyncs = dice.chance(0.2);
  let now = 1_764_000_000_000;
  const server = new FakeServer(() => now);
  const conflicts: Conflict[] = [];
  const writes: Write[] = [];
  const keys = ["a", "b", "c"].slice(0, 1 + dice.below(3));
  const leaves = ["x", "y", "o.p", "o.q", "o.r.s"];
  const delayed: { body: Flight["request"]; at: number }[] = [];
  /** When the values of leaves were written, as the server was told. */
  const clocks = new Map<string, Clock>();
  let crashed = 0;
  let opened = 0;
  let cameBack = false;
  let backup = server.backup();

  const stores = tabsOf.map(() => memoryStore());
  const tabs: Tab[] = [];
  const open = async (device: number): Promise<Tab> => {
    const tab: Tab = { device, dead: false } as Tab;
    const store = crashing(stores[device]!, () => {
      if (tab.dead) return true;
      if (!dice.chance(crashes)) return false;
      return (tab.dead = true);
    });
    const nothing = () => {};
    tab.collection = new Collection("c", store, "dev" + device + "." + opened++, () => now + offsets[device]!, {
      value: nothing,
      state: nothing,
      edited: nothing,
      conflict: nothing,
      written: (ids, version) => {
        for (const other of tabs) if (other !== tab && other.device === device && !other.dead) void other.collection.reload(ids, version);
      },
    }, "t" + seed + "." + tabs.length + "." + crashed + ".");
    await tab.collection.load();
    return tab;
  };
  for (let d = 0; d < devices; d++) for (let t = 0; t < tabsOf[d]!; t++) tabs.push(await open(d));

  const revive = async () => {
    for (let i = 0; i < tabs.length; i++) {
      if (!tabs[i]!.dead) continue;
      crashed++;
      totals.crashes++;
      const { device } = tabs[i]!;
      tabs[i] = await open(device);
      for (const tab of tabs) if (tab.device === device && !tab.dead) await tab.collection.load(); // the lead has changed
    }
  };

  const edit = (tab: Tab, final?: string) => {
    const { collection } = tab;
    const key = dice.of(keys);
    const before = has(collection.value, key) ? collection.value[key] : undefined;
    if (tab.flight) totals.inFlight++;
    if (!final && deletions && before && dice.chance(0.15)) {
      collection.do(new Map([[key, undefined]]));
      return;
    }
    const after = structuredClone(before ?? {}) as Record<string, Json>;
    const path = dice.of(leaves);
    const way = path.split(".");
    const last = way.pop()!;
    let parent: Record<string, Json> = after;
    for (const name of way) parent = (isObject(parent[name]) ? parent[name] : (parent[name] = {})) as Record<string, Json>;
    if (!final && removals && parent[last] !== undefined && dice.chance(0.2)) {
      delete parent[last];
      collection.do(new Map([[key, diff(before ?? {}, after)]]));
      return;
    }
    const write: Write = { leaf: key + "/" + path, value: final ?? "w" + writes.length, over: parent[last], saved: false, tab };
    parent[last] = write.value;
    writes.push(write);
    totals.writes++;
    void collection.do(new Map([[key, diff(before ?? {}, after)]])).saved.then(() => (write.saved = true));
  };

  const call = (body: Flight["request"]): Answer => {
    for (const { key, doc, fieldRevs } of body.changes) {
      for (const [path, clock] of Object.entries(fieldRevs)) {
        const value = doc && valueAt({ [key]: doc }, key + "/" + path);
        if (typeof value === "string") clocks.set(value, clock);
      }
    }
    const answer = server.sync(structuredClone(body));
    conflicts.push(...(answer.conflicts ?? []));
    if (answer.resync) totals.resyncs++;
    return answer;
  };

  const send = async (tab: Tab) => {
    const flight = await tab.collection.take({ limit }, undefined);
    if (tab.dead) return;
    tab.flight = { flight, answer: undefined };
    try {
      if (!dice.chance(loses)) tab.flight.answer = call(flight.request);
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      tab.flight.refusal = e;
    }
    if (dice.chance(loses)) tab.flight.answer = undefined;
    if (dice.chance(loses)) delayed.push({ body: flight.request, at: now + dice.below(1_000_000) });
  };

  const receive = async (tab: Tab) => {
    const { flight, answer, refusal } = tab.flight!;
    tab.flight = undefined;
    if (refusal?.code === "clock_drift") {
      totals.drifted++;
      await correct(tab.collection, refusal.details!.serverTime as number, refusal.details!.maxDriftMs as number);
    }
    if (answer && !(await tab.collection.received(flight, answer))) totals.late++;
  };

  const guarded = async (work: Promise<void>) => {
    try {
      await work;
    } catch (e) {
      if (!(e instanceof Crash)) throw e;
    }
  };

  const steps = 30 + dice.below(60);
  for (let i = 0; i < steps; i++) {
    if (dice.chance(0.7)) now += dice.of([0, 1, 3, 1000, 60_000]);
    const tab = dice.of(tabs);
    const what = dice.next();
    if (what < 0.45) edit(tab);
    else if (tab.flight) await guarded(receive(tab));
    else if (what < 0.97) await guarded(send(tab));
    else if (resyncs) {
      const how = dice.below(removals ? 2 : 4);
      if (how === 0) server.restore();
      else if (how === 1) server.purge();
      else if (how === 2) backup = server.backup();
      else if (delayed.length === 0) {
        server.comeBack(backup); // it has lost what came since
        totals.lost++;
        cameBack = true;
      }
    }
    if (dice.chance(0.3)) await new Promise<void>((resolve) => setImmediate(resolve)); // whatever can go on does
    for (const one of delayed.filter((d) => d.at <= now)) {
      delayed.splice(delayed.indexOf(one), 1);
      try {
        call(one.body);
      } catch (e) {
        if (!(e instanceof Refusal)) throw e;
      }
    }
    await revive();
  }

  // The network and everything else behaves from here on.
  const settle = async () => {
    for (let round = 0; round < 60; round++) {
      let quiet = true;
      for (const tab of tabs) {
        if (tab.flight) await receive(tab);
        const flight = await tab.collection.take({ limit }, undefined);
        if (tab.dead) throw new Crash();
        tab.flight = { flight, answer: undefined };
        try {
          tab.flight.answer = call(flight.request);
        } catch (e) {
          if (!(e instanceof Refusal)) throw e;
          tab.flight.refusal = e;
        }
        const { answer } = tab.flight;
        await receive(tab);
        if (!answer || answer.more || answer.serverChanges.length || flight.sent.size || tab.collection.pending.size) quiet = false;
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (quiet) return;
    }
    throw new Error("never quiet: pending " + JSON.stringify(tabs.map((tab) => [...tab.collection.pending])));
  };
  {
    const safe = async (work: () => Promise<void>) => {
      for (;;) {
        try {
          return await work();
        } catch (e) {
          if (!(e instanceof Crash)) throw e;
          await revive();
        }
      }
    };
    await safe(settle);
    for (let attempt = 1; ; attempt++) {
      await revive();
      const writer = tabs[0]!;
      edit(writer, "last" + attempt);
      await safe(settle);
      if (writes.at(-1)!.saved) break;
    }
    await revive();
    await safe(settle);
  }

  const there: Record<string, JsonObject> = {};
  for (const doc of server.docs.values()) if (!doc.deleted) there[doc.key] = server.fields(doc);
  for (const tab of tabs) {
    if (tab.collection.pending.size) throw new Error("still pending");
    if (!equal(tab.collection.value, there)) {
      throw new Error("differs: " + JSON.stringify(tab.collection.value) + " and on the server " + JSON.stringify(there));
    }
  }
  totals.conflicts += conflicts.length;
  const lastWrite = writes.at(-1)!;
  if (valueAt(there, lastWrite.leaf) !== lastWrite.value) throw new Error("the last write is not there");
  if (removals) return;

  // Nothing saved is lost: it was overwritten by somebody who had seen it, or the conflict was told.
  const byValue = new Map(writes.map((write) => [write.value, write]));
  const upTo = (value: Json | undefined): Set<string> => {
    const result = new Set<string>();
    for (let at = value; typeof at === "string" && !result.has(at); at = byValue.get(at)?.over) result.add(at);
    return result;
  };
  for (const write of writes) {
    if (!write.saved) continue;
    const final = valueAt(there, write.leaf);
    if (upTo(final).has(write.value)) continue;
    const told = conflicts.some((c) => {
      const lost = c.winner === "local" ? c.remoteValue : c.localValue;
      return c.key + "/" + c.field === write.leaf && upTo(lost).has(write.value);
    });
    // A server that came back takes what comes without a clock for older than all others, and tells.
    if (!(cameBack && told) && typeof final === "string" && upTo(write.value).has(final)) throw new Error(write.value + " at " + write.leaf + " was replaced by its own ancestor " + final);
    // Two tabs of one device, neither of which had heard of the other's edit yet: the later one counts, also if its tab has died since.
    const twin = writes.some((w) => w.leaf === write.leaf && (w.saved || clocks.has(w.value) || upTo(final).has(w.value)) && w.tab !== write.tab && w.tab.device === write.tab.device);
    // A server that came back without it has only been told of what is later.
    const isOlder = cameBack && (clocks.get(write.value) ?? ZERO) < (clocks.get(String(final)) ?? ZERO);
    if (!told && !twin && !isOlder) throw new Error(write.value + " at " + write.leaf + " is lost, there is " + final);
  }
}

function valueAt(docs: Record<string, JsonObject>, leaf: string): Json | undefined {
  const [key, path] = leaf.split("/") as [string, string];
  let at: Json | undefined = docs[key];
  for (const name of path.split(".")) at = isObject(at) ? at[name] : undefined;
  return at;
}
