import { test } from "node:test";
import assert from "node:assert/strict";
import { millis } from "../src/clock.js";
import { fields, fresh, idOf, isEmpty, isPending, madeFrom, perform, type Entry } from "../src/entry.js";
import type { Json, JsonObject } from "../src/json.js";
import { diff } from "../src/merge.js";
import { leaves } from "../src/paths.js";
import type { Answer, Change } from "../src/protocol.js";
import { newMeta, next, receive, request, sentUpTo, type Flight, type Refused } from "../src/replica.js";

import { Step } from "../src/store.js";
import * as rare from "../src/rare.js";
import { scripts } from "./vectors.js";

type Action = Record<string, never> & { do: string; now?: number; key: string; owner?: string };

class Device {
  meta = newMeta("dev");
  entries = new Map<string, Entry>();
  refused: Refused[] = [];
  flight: Flight | undefined;
  now = 0;

  shown(): Record<string, JsonObject> {
    const docs: Record<string, JsonObject> = {};
    for (const e of this.entries.values()) {
      const doc = fields(e);
      if (doc) docs[e.id] = e.owner === undefined ? doc : { ...doc, _owner: e.owner };
    }
    return docs;
  }

  do(id: string, doc: JsonObject | undefined): void {
    const e = this.entries.get(id) ?? fresh(id);
    const clock = next(this.meta, this.now);
    const values = doc && diff(fields(e) ?? {}, doc);
    this.entries.set(id, perform(e, { id, ...(values && { values }), clock, of: "", from: madeFrom(e, this.meta.complete) }, sentUpTo(this.meta)));
  }

  step<T>(run: (step: Step) => T): T {
    const step = new Step({ ...this.meta }, this.entries.values());
    const result = run(step);
    this.meta = step.meta;
    this.entries = new Map([...step.all()].filter((e) => !isEmpty(e)).map((e) => [e.id, e]));
    this.refused.push(...step.written().refused);
    return result;
  }
}

/** Compares, and learns what the names of clocks stand for. */
function same(actual: unknown, expected: unknown, names: Map<string, string>): void {
  if (typeof expected === "string" && expected.startsWith("?")) {
    if (!names.has(expected)) names.set(expected, actual as string);
    assert.equal(actual, names.get(expected), expected);
  } else if (typeof expected === "object" && expected !== null) {
    assert.equal(typeof actual, "object");
    assert.deepEqual(Object.keys(actual!).sort(), Object.keys(expected).sort(), JSON.stringify([actual, expected]));
    for (const [key, value] of Object.entries(expected)) same((actual as Record<string, unknown>)[key], value, names);
  } else assert.equal(actual, expected);
}

interface Edited {
  path: string;
  value?: Json;
  clock: string;
}

/** What the changes of one key have said, each edit once, in the order of their clocks. */
class Said {
  readonly #baseClocks = new Map<string, string>();
  readonly #edits = new Map<string, Map<string, Edited>>();

  hear(changes: readonly Change[], which: (clock: string) => boolean): void {
    for (const { key, doc, fieldRevs, baseClock } of changes) {
      const values = leaves(doc ?? {});
      for (const [path, clock] of Object.entries(fieldRevs)) {
        if (!which(clock)) continue;
        if (!this.#baseClocks.has(key)) this.#baseClocks.set(key, baseClock);
        const edits = this.#edits.get(key) ?? new Map<string, Edited>();
        const edit = values.has(path) ? { path, value: values.get(path)!, clock } : { path, clock };
        this.#edits.set(key, edits.set(JSON.stringify(edit), edit));
      }
    }
  }

  same(expected: Record<string, { baseClock?: string; edits: Edited[] }>, names: Map<string, string>): void {
    assert.deepEqual([...this.#edits.keys()].sort(), Object.keys(expected).sort());
    for (const [key, { baseClock, edits }] of Object.entries(expected)) {
      if (baseClock !== undefined) same(this.#baseClocks.get(key), baseClock, names);
      same([...this.#edits.get(key)!.values()].sort((a, b) => (a.clock < b.clock || (a.clock === b.clock && a.path < b.path) ? -1 : 1)), edits, names);
    }
  }
}

/** Lets the device make requests until nothing is pending. */
function exchange(device: Device, s: Action, names: Map<string, string>): void {
  const { answers, drift, expect, refused } = s as unknown as {
    answers: string[];
    drift?: { serverTime: number; maxDriftMs: number };
    expect: Parameters<Said["same"]>[0];
    refused?: Parameters<Said["same"]>[0];
  };
  const stored = new Said();
  const early = new Said();
  let refusals = 0;
  const pending = () => [...device.entries.values()].filter(isPending);
  for (let i = 0; pending().length; ) {
    const flight = request("c", device.meta, pending(), { limit: 1000 }, undefined, undefined, rare.parts);
    const { changes } = flight.request;
    const isEarly = (clock: string) => !!drift && millis(clock) > drift.serverTime + drift.maxDriftMs;
    if (changes.some((change) => Object.values(change.fieldRevs).some(isEarly))) {
      early.hear(changes, isEarly);
      assert.ok(++refusals <= 3, "corrects its clock");
      device.step((step) => rare.drifted(step, drift!.serverTime, drift!.maxDriftMs, device.now));
      continue;
    }
    stored.hear(changes, () => true);
    const serverClock = answers[i++];
    assert.ok(serverClock, "needs more requests than there are answers");
    const acks = [...new Set(changes.map(({ key }) => key))].map((key) => ({ key, rev: serverClock }));
    const answer: Answer = { serverClock, serverChanges: [], acks, serverTime: drift?.serverTime ?? device.now };
    assert.ok(device.step((step) => receive(step, flight, answer, device.now, rare)));
  }
  early.same(refused ?? {}, names);
  stored.same(expect, names);
}

for (const { name, steps } of scripts("replica") as { name: string; steps: Action[] }[]) {
  test(name, () => {
    const device = new Device();
    const names = new Map<string, string>();
    const known = (value: Json): Json => JSON.parse(JSON.stringify(value), (_, v: unknown) => (typeof v === "string" && names.get(v)) || v) as Json;
    for (const s of steps) {
      device.now = s.now ?? device.now;
      if (s.do === "edit") device.do(idOf(s.key, s.owner), s.doc as unknown as JsonObject);
      else if (s.do === "remove") device.do(idOf(s.key, s.owner), undefined);
      else if (s.do === "request") {
        device.flight = request("c", device.meta, [...device.entries.values()].filter(isPending), { limit: 1000 }, undefined, undefined, rare.parts);
        const { clientClock, changes } = device.flight.request;
        // What an edit was made from goes along for servers that have forgotten it; scripts need not say so.
        same({ clientClock, changes: changes.map(({ base: _, ...change }) => change) }, s.expect, names);
      } else if (s.do === "answer") {
        const answer = { serverTime: device.now, ...(known(s.answer as unknown as Json) as object) } as Answer;
        assert.ok(device.step((step) => receive(step, device.flight!, answer, device.now, rare)));
      } else if (s.do === "exchange") {
        exchange(device, s, names);
      } else if (s.do === "refused") {
        const { serverTime, maxDriftMs } = s.details as unknown as { serverTime: number; maxDriftMs: number };
        device.step((step) => rare.drifted(step, serverTime, maxDriftMs, device.now));
      } else if (s.do === "order") {
        const clocks = (s.clocks as unknown as string[]).map((clock) => names.get(clock) ?? clock);
        for (let i = 1; i < clocks.length; i++) assert.ok(clocks[i - 1]! < clocks[i]!, clocks.join(" < "));
      } else {
        assert.equal(s.do, "expect");
        assert.deepEqual(device.shown(), s.documents);
        if (s.pending) assert.deepEqual([...device.entries.values()].filter(isPending).map((e) => e.id).sort(), s.pending);
        const inbox = device.refused.map(({ key, owner, code, doc }) => ({ key, ...(owner && { owner }), code, ...(doc && { doc }) }));
        if (s.inbox) assert.deepEqual(inbox, s.inbox);
      }
    }
  });
}
