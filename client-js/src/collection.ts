import { fields, fresh, isPending, madeFrom, perform, type Entry, type Op } from "./entry.js";
import { deepFreeze, equal, member, put, type Json, type JsonObject } from "./json.js";
import type { Answer, Conflict } from "./protocol.js";
import { commit, concerned, drifted, newMeta, next, quarantine, receive, request, type Flight, type Meta, type Refused, type Tx } from "./replica.js";
import type { Store, Written } from "./store.js";

/** What an atom of a collection holds: documents by key, those of others by `@owner/key`. Frozen. */
export type Docs = Readonly<Record<string, JsonObject>>;

export const NO_DOCS: Docs = Object.freeze({});

export interface CollectionEvents {
  /** The value has changed. */
  value(): void;
  /** Something besides the value may have: what is pending, refused, not saved. */
  state(): void;
  /** The application did something that has to be sent. */
  edited(): void;
  /** Documents were written here; other tabs want to know. */
  written(ids: string[], version: number, conflicts: Conflict[]): void;
  conflict(conflict: Conflict): void;
}

/** A change of the application, until nothing of it is pending. */
interface Waiting {
  readonly of: string;
  readonly saved: () => void;
  readonly synced: (outcome: "stored" | "refused") => void;
  durable: boolean;
}

/**
 * One collection as this tab has it: what the store holds, and on top what has been done here and is not saved yet. Everything that
 * touches the store goes one after the other.
 */
export class Collection {
  readonly refused = new Map<number, Refused>();
  /** Why the last attempt to save failed; it is tried again. */
  failure: unknown;
  /** How many documents the server still has for us, as far as it said. */
  remaining: number | undefined;
  lastSync: number | undefined;
  /** How many requests have been made, and the last of them that ended a pull. */
  begun = 0;
  completed = 0;
  readonly #flights = new WeakMap<Flight, number>();
  /** The value as it was when somebody last asked for it, and the documents that are different since. */
  #value: Docs = NO_DOCS;
  readonly #since = new Map<string, JsonObject | undefined>();
  #stored = new Map<string, Entry>();
  #unsaved = new Map<string, Op[]>();
  #queue: Op[] = [];
  #accepting: number[] = [];
  #meta: Meta;
  #pending = new Set<string>();
  #waiting: Waiting[] = [];
  #chain: Promise<unknown> = Promise.resolve();
  #saving: Promise<void> | undefined;
  #count = 0;
  /** All transactions up to here are known, and those ahead of it. */
  #upTo = 0;
  readonly #ahead = new Set<number>();
  #gap: number | undefined;
  #closed = false;

  readonly #store: Store;
  readonly #node: string;
  readonly #now: () => number;
  readonly #events: CollectionEvents;
  readonly #session: string;

  constructor(readonly name: string, store: Store, node: string, now: () => number, events: CollectionEvents, session: string) {
    this.#store = store;
    this.#node = node;
    this.#now = now;
    this.#events = events;
    this.#session = session;
    this.#meta = newMeta(node);
  }

  /** The map is made when somebody asks for it: a change of one document need not copy all of them. */
  get value(): Docs {
    if (this.#since.size) {
      const map = {};
      for (const id of Object.keys(this.#value)) {
        const doc = this.get(id);
        if (doc) put(map, id, doc);
        this.#since.delete(id);
      }
      for (const [id, doc] of this.#since) if (doc) put(map, id, doc);
      this.#since.clear();
      this.#value = Object.freeze(map);
    }
    return this.#value;
  }

  /** One document of the value. */
  get(id: string): JsonObject | undefined {
    return this.#since.has(id) ? this.#since.get(id) : (member(this.#value, id) as JsonObject | undefined);
  }

  get meta(): Readonly<Meta> {
    return this.#meta;
  }

  /** The keys of the documents with something pending. */
  get pending(): ReadonlySet<string> {
    return this.#pending;
  }

  /** Reads what is stored. Until then the collection is empty; what is done before goes on top. */
  load(): Promise<void> {
    return this.#exclusive(async () => {
      const stored = new Map<string, Entry>();
      const about = await this.#store.load(this.name, (entries) => {
        for (const e of entries) {
          deepFreeze(e.base);
          stored.set(e.id, e);
        }
      });
      const ids = new Set([...this.#stored.keys(), ...stored.keys()]);
      this.#stored = stored;
      this.#upTo = about.meta?.version ?? 0;
      this.#ahead.clear();
      this.#take(about.meta, about.refused);
      this.#refresh(ids);
    });
  }

  /** Reads these documents again, because another tab has written them in its transaction `version`. */
  reload(ids: readonly string[], version: number): Promise<void> {
    return this.#exclusive(async () => {
      const about = await this.#store.read(this.name, ids);
      for (const id of ids) this.#stored.delete(id);
      for (const e of about.entries) this.#stored.set(e.id, e);
      this.#saw(version);
      this.#take(about.meta, about.refused);
      this.#refresh(ids);
    });
  }

  #saw(version: number): void {
    if (version > this.#upTo) this.#ahead.add(version);
    while (this.#ahead.delete(this.#upTo + 1)) this.#upTo++;
  }

  /** Reads everything again if a transaction of another tab has not been heard of since the last time this was asked. */
  async mend(): Promise<void> {
    if (this.#ahead.size && this.#gap === this.#upTo) await this.load();
    this.#gap = this.#ahead.size ? this.#upTo : undefined;
  }

  #take(meta: Meta | undefined, refused: Refused[]): void {
    if (meta) this.#heard(meta);
    this.refused.clear();
    for (const item of refused) if (!this.#accepting.includes(item.n!)) this.refused.set(item.n!, item);
  }

  /** A tab that has not saved everything yet keeps its clock if it is ahead. */
  #heard(meta: Meta): void {
    const clock = this.#queue.length && this.#meta.clock > meta.clock ? this.#meta.clock : meta.clock;
    this.#meta = { ...meta, clock };
  }

  #entry(id: string): Entry | undefined {
    let e = this.#stored.get(id);
    for (const op of this.#unsaved.get(id) ?? []) e = perform(e, op);
    return e;
  }

  /** Brings the value up to date with the entries of `ids`. */
  #refresh(ids: Iterable<string>): void {
    let changed = false;
    for (const id of ids) {
      const e = this.#entry(id);
      if (e && isPending(e)) this.#pending.add(id);
      else this.#pending.delete(id);
      let doc = e && fields(e);
      if (doc && e!.owner !== undefined) doc = Object.freeze({ ...doc, _owner: e!.owner });
      if (equal(this.get(id), doc)) continue;
      this.#since.set(id, doc);
      changed = true;
    }
    if (changed) this.#events.value();
    this.#settle();
    this.#events.state();
  }

  /**
   * What the application did: new leaf values by document, `undefined` for a deleted document. `map` is the value it leads to, if
   * the caller has it already.
   */
  do(changes: ReadonlyMap<string, ReadonlyMap<string, Json | undefined> | undefined>, map?: Docs, accept?: number): Receipt {
    if (this.#closed) throw new Error("the connection is closed");
    const of = this.#session + ++this.#count;
    const clock = next(this.#meta, this.#now());
    for (const [id, values] of changes) {
      const e = this.#entry(id) ?? fresh(id);
      const op: Op = { id, ...(values && { values }), from: madeFrom(e, this.#meta.complete), clock, of };
      this.#queue.push(op);
      const ops = this.#unsaved.get(id);
      if (ops) ops.push(op);
      else this.#unsaved.set(id, [op]);
      this.#pending.add(id);
    }
    if (accept !== undefined) {
      this.#accepting.push(accept);
      this.refused.delete(accept);
    }
    const outcome = this.#outcome(of);
    if (map) {
      this.#since.clear();
      this.#value = map;
      this.#events.value();
    } else this.#refresh(changes.keys());
    this.#events.state();
    void this.save();
    this.#events.edited();
    return receipt(() => map ?? this.value, outcome);
  }

  #outcome(of: string): Outcome {
    let durable!: () => void;
    const saved = new Promise<void>((resolve) => (durable = resolve));
    const synced = new Promise<"stored" | "refused">((resolve) => {
      this.#waiting.push({ of, saved: durable, synced: resolve, durable: false });
    });
    return { saved, synced };
  }

  /** Makes durable what has been done. Resolves when that is so, or has failed: see `failure`. */
  save(): Promise<void> {
    this.#saving ??= this.#exclusive(async () => {
      this.#saving = undefined; // what is done from here on is for the next one
      const ops = this.#queue.slice();
      const accepting = this.#accepting.slice();
      if (!ops.length && !accepting.length) return;
      try {
        await this.#change([...new Set(ops.map((op) => op.id))], (tx) => {
          for (const op of ops) commit(tx, op, this.#now());
          for (const n of accepting) tx.accept(n);
        }, () => {
          this.#queue.splice(0, ops.length);
          this.#accepting.splice(0, accepting.length);
          for (const op of ops) {
            const left = this.#unsaved.get(op.id)!.filter((one) => one !== op);
            if (left.length) this.#unsaved.set(op.id, left);
            else this.#unsaved.delete(op.id);
          }
          for (const one of this.#waiting) if (!one.durable && !this.#queue.some((op) => op.of === one.of)) {
            one.durable = true;
            one.saved();
          }
        });
        this.failure = undefined;
      } catch (e) {
        this.failure = e;
        this.#events.state();
      }
    });
    return this.#saving;
  }

  get isSaved(): boolean {
    return !this.#queue.length && !this.#accepting.length;
  }

  /** The next request, once everything done so far is saved; `undefined` if it cannot be. */
  async take(limit: number, self: string | undefined, at = Infinity): Promise<Flight | undefined> {
    await this.mend();
    while (!this.isSaved) {
      await this.save();
      if (this.failure) return undefined;
    }
    await this.#chain;
    if (!this.isSaved) return this.take(limit, self, at);
    const pending = [...this.#pending].slice(0, at).flatMap((id) => this.#stored.get(id) ?? []);
    const flight = request(this.name, this.#meta, pending, limit, self);
    this.#flights.set(flight, ++this.begun);
    return flight;
  }

  /** Takes an answer; false if another tab was faster. */
  received(flight: Flight, answer: Answer): Promise<boolean> {
    return this.#exclusive(async () => {
      if (isIdle(flight, answer) && this.#meta.cursor === flight.cursor && this.#meta.resync === undefined) {
        this.#synced(flight);
        return true;
      }
      const ids = concerned(this.#meta, flight, answer, this.#stored.values());
      let conflicts: Conflict[] = [];
      const result = await this.#change(ids, (tx) => receive(tx, flight, answer, this.#now()), (outcome) => {
        if (!outcome) return;
        conflicts = outcome.conflicts;
        this.remaining = answer.more ? answer.pending : 0;
        if (!answer.more) this.#synced(flight);
      }, () => conflicts);
      for (const conflict of conflicts) this.#events.conflict(conflict);
      return !!result;
    });
  }

  #synced(flight: Flight): void {
    this.remaining = 0;
    this.lastSync = this.#now();
    this.completed = this.#flights.get(flight) ?? ++this.begun;
    this.#events.state();
  }

  /** The tab that talks to the server says that it is done. */
  syncedElsewhere(at: number, remaining: number): void {
    this.lastSync = at;
    this.remaining = remaining;
    this.completed = ++this.begun;
    this.#events.state();
  }

  tell(conflict: Conflict): void {
    this.#events.conflict(conflict);
  }

  /** Puts aside the one document of a request that was refused as a whole. */
  quarantined(flight: Flight, code: string, details: Json): Promise<unknown> {
    return this.#exclusive(() => this.#change([...flight.sent.keys()], (tx) => quarantine(tx, flight, code, details)));
  }

  /** Corrects the clock; false if that changed nothing. */
  drifted(serverTime: number, maxDrift: number): Promise<boolean> {
    return this.#exclusive(() => this.#change([...this.#pending], (tx) => drifted(tx, serverTime, maxDrift, this.#now())));
  }

  async #change<T>(ids: string[], step: (tx: Tx) => T, done?: (result: T) => void, conflicts?: () => Conflict[]): Promise<T> {
    const { result, written } = await this.#store.change(this.name, ids, () => newMeta(this.#node), (tx) => {
      tx.meta.version++;
      return step(tx);
    });
    this.#saw(written.meta.version);
    done?.(result);
    this.#absorb(written);
    this.#events.written([...written.put.map((e) => e.id), ...written.removed], written.meta.version, conflicts?.() ?? []);
    return result;
  }

  #absorb({ meta, put, removed, refused, accepted }: Written): void {
    this.#heard(meta);
    for (const e of put) this.#stored.set(e.id, e);
    for (const id of removed) this.#stored.delete(id);
    for (const item of refused) this.refused.set(item.n!, item);
    for (const n of accepted) this.refused.delete(n);
    this.#refresh([...put.map((e) => e.id), ...removed]);
  }

  /** Tells those whose changes are not pending any more. */
  #settle(): void {
    if (!this.#waiting.length) return;
    const pendingOf = new Set<string>();
    for (const id of this.#pending) {
      const e = this.#entry(id)!;
      for (const mark of [e.gone, e.made, ...e.edits.values()]) if (mark) pendingOf.add(mark.of);
    }
    this.#waiting = this.#waiting.filter((one) => {
      if (!one.durable || pendingOf.has(one.of)) return true;
      const refused = [...this.refused.values()].some((item) => item.of.includes(one.of));
      one.synced(refused ? "refused" : "stored");
      return false;
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#exclusive(async () => {});
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#chain.then(task);
    this.#chain = result.catch(() => {});
    return result;
  }
}

/** What became of one change of the application. None of the promises is ever rejected. */
export interface Receipt extends Outcome {
  /** The value after the change. */
  readonly value: Docs;
}

interface Outcome {
  /** Resolves when it would survive a crash. */
  readonly saved: Promise<void>;
  /** Resolves when nothing of it is pending: the server has it (or something that replaced it), or it is in the inbox. */
  readonly synced: Promise<"stored" | "refused">;
}

/** `value` is asked only if somebody looks. */
export const receipt = (value: () => Docs, outcome: Outcome): Receipt => ({
  get value() {
    return value();
  },
  ...outcome,
});

/** Nothing was sent and nothing came. */
const isIdle = (flight: Flight, answer: Answer): boolean =>
  !flight.sent.size && !answer.serverChanges.length && !answer.more && !answer.resync && answer.serverClock === flight.cursor;
