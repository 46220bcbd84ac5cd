import { ZERO, format, parse, tick, type Clock } from "./clock.js";
import { fields, fresh, idOf, isEmpty, isPending, perform, madeFrom, type Entry, type Op } from "./entry.js";
import { frozen, ownFields, put, type Json, type JsonObject } from "./json.js";
import { diff } from "./merge.js";
import { names } from "./paths.js";
import type { Answer, Change, Conflict } from "./protocol.js";
import { newMeta, receive, request, sentUpTo, type Flight, type Meta } from "./replica.js";

import { Step } from "./store.js";
import * as rare from "./rare.js";

interface Snapshot {
  nodeId: string;
  clock: Clock;
  baseClock: Clock;
  meta: Meta;
  lastSyncAt: number | null;
  docs: [string, Omit<Entry, "edits"> & { edits: [string, { value?: Json; clock: Clock; of: string }][] }][];
}

interface OldSnapshot {
  clock: Clock;
  baseClock: Clock;
  lastSyncAt: number | null;
  docs: Record<string, { doc: JsonObject; fieldRevs: Record<string, Clock>; baseSnapshot: JsonObject }>;
}

/**
 * A drop-in for the existing `SyncClient`: the same methods, nothing is stored and nothing is sent by itself. Corrected: it sends what
 * is pending and not everything, knows deletions, and keeps edits made between `getChanges` and `sync`. For one collection of one user.
 */
export class SyncClient {
  lastSyncAt: number | null = null;
  #meta: Meta;
  #entries = new Map<string, Entry>();
  #flight: Flight | undefined;
  #conflicts: Conflict[] = [];

  constructor(nodeId: string, wallMs = Date.now()) {
    this.#meta = newMeta(nodeId);
    this.#meta.clock = tick(format({ ...parse(ZERO), node: nodeId }), wallMs);
  }

  get clock(): Clock {
    return this.#meta.clock;
  }

  /** The last `serverClock`: to be sent as `clientClock`. */
  get baseClock(): Clock {
    return this.#meta.cursor;
  }

  get docs(): Record<string, { doc: JsonObject; fieldRevs: Record<string, Clock>; baseSnapshot: JsonObject }> {
    const docs = {};
    for (const e of this.#entries.values()) {
      const doc = fields(e);
      const fieldRevs = {};
      for (const [path, edit] of e.edits) put(fieldRevs, path, edit.clock);
      if (doc) put(docs, e.key, { doc, fieldRevs, baseSnapshot: e.base ?? {} });
    }
    return docs;
  }

  get(key: string): JsonObject | undefined {
    const e = this.#entries.get(idOf(key));
    return e && fields(e);
  }

  /** The document `key` is `doc` from now on. What differs from before is stamped; fields that start with `_` are not looked at. */
  edit(key: string, doc: object, wallMs = Date.now()): this {
    const values = diff(this.get(key) ?? {}, ownFields(frozen(doc, key) as JsonObject));
    if (values.size || !this.get(key)) this.#do({ id: idOf(key), values }, wallMs);
    return this;
  }

  remove(key: string, wallMs = Date.now()): this {
    if (this.get(key)) this.#do({ id: idOf(key) }, wallMs);
    return this;
  }

  #do(what: Pick<Op, "id" | "values">, wallMs: number): void {
    const clock = (this.#meta.clock = tick(this.#meta.clock, Math.max(0, wallMs + this.#meta.offset)));
    const e = this.#entries.get(what.id) ?? fresh(what.id);
    this.#entries.set(what.id, perform(e, { ...what, clock, of: "", from: madeFrom(e, this.#meta.complete) }, sentUpTo(this.#meta)));
  }

  /** What is to be sent as `changes`, with `baseClock` as `clientClock`. What is edited afterwards is kept for the next time. */
  getChanges(wallMs = Date.now()): Change[] {
    this.#flight = request("", this.#meta, [...this.#entries.values()].filter(isPending), { limit: Infinity }, undefined, wallMs, rare.parts);
    return this.#flight.request.changes;
  }

  /** Takes the answer to what `getChanges` gave. */
  sync(answer: Answer, wallMs = Date.now()): { serverChanges: JsonObject[]; conflicts: Conflict[] } {
    const flight = this.#flight ?? request("", this.#meta, [], { limit: Infinity });
    this.#flight = undefined;
    const step = new Step({ ...this.#meta }, this.#entries.values());
    const result = receive(step, flight, answer, wallMs, rare);
    this.#take(step);
    this.lastSyncAt = wallMs;
    this.#conflicts = result ? result.conflicts : [];
    return { serverChanges: answer.serverChanges, conflicts: this.#conflicts };
  }

  /** The server has answered `409 clock_drift` with these details. False if there was nothing to correct. */
  drifted({ serverTime, maxDriftMs }: { serverTime: number; maxDriftMs: number }, wallMs = Date.now()): boolean {
    const step = new Step({ ...this.#meta }, this.#entries.values());
    const corrected = rare.drifted(step, serverTime, maxDriftMs, wallMs);
    this.#take(step);
    return corrected;
  }

  /** The conflicts of the last answer. */
  getConflicts(): Conflict[] {
    return this.#conflicts;
  }

  #take(step: Step): void {
    this.#meta = step.meta;
    this.#entries = new Map([...step.all()].filter((e) => !isEmpty(e)).map((e) => [e.id, e]));
  }

  /** Forgets all documents, so that the next sync brings everything. What has not been sent is lost. */
  prune(): this {
    this.#entries.clear();
    Object.assign(this.#meta, { cursor: ZERO, complete: ZERO });
    this.#flight = undefined;
    this.lastSyncAt = null;
    return this;
  }

  /** Whether the last sync is longer ago than `maxAgeMs`; false before the first. */
  shouldPrune(maxAgeMs: number, wallMs = Date.now()): boolean {
    return this.lastSyncAt !== null && wallMs - this.lastSyncAt > maxAgeMs;
  }

  /** As plain JSON, to be kept somewhere. */
  getSnapshot(): Snapshot {
    const docs = [...this.#entries].map(([key, e]) => [key, { ...e, edits: [...e.edits] }] as Snapshot["docs"][number]);
    return structuredClone({ nodeId: parse(this.clock).node, clock: this.clock, baseClock: this.baseClock, meta: this.#meta, lastSyncAt: this.lastSyncAt, docs });
  }

  /** Also reads the snapshots of the existing client. */
  static fromSnapshot(snapshot: Snapshot | OldSnapshot): SyncClient {
    const client = new SyncClient(parse(snapshot.clock).node, 0);
    if (!("meta" in snapshot)) {
      const { clock, baseClock, lastSyncAt, docs } = snapshot;
      client.#meta = { ...client.#meta, clock, cursor: baseClock, complete: baseClock };
      client.lastSyncAt = lastSyncAt;
      for (const [key, { doc, fieldRevs, baseSnapshot }] of Object.entries(docs)) {
        let e: Entry = { ...fresh(idOf(key)), base: baseClock > ZERO ? baseSnapshot : undefined, rev: baseClock };
        for (const [path, value] of diff(baseSnapshot, ownFields(doc))) {
          const edit = fieldRevs[names(path)[0]!] ?? fieldRevs[path] ?? clock;
          e = perform(e, { id: e.id, values: new Map([[path, value]]), from: baseClock, clock: edit, of: "" }, ZERO);
        }
        client.#entries.set(e.id, e);
      }
      return client;
    }
    client.#meta = { ...snapshot.meta };
    client.lastSyncAt = snapshot.lastSyncAt;
    for (const [key, e] of snapshot.docs) client.#entries.set(key, { ...e, edits: new Map(e.edits) });
    return client;
  }
}
