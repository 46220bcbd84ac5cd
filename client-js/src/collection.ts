import { fields, fresh, isMergeable, isPending, madeFrom, marks, perform, type Entry, type Op } from "./entry.js";
import { deepFreeze, equal, member, put, type Json, type JsonObject } from "./json.js";
import type { Edits } from "./merge.js";
import { later } from "./clock.js";
import { rare, type Rare } from "./lazy.js";
import { at, type Path } from "./paths.js";
import type { Answer, Conflict, Warning } from "./protocol.js";
import {
  RESTORED, commit, concerned, goOn, isPlain, newMeta, next, receive, request, sentUpTo,
  type Bounds, type Flight, type Meta, type Received, type Refused, type Tx,
} from "./replica.js";
import type { Store, Written } from "./store.js";

/** What an atom of a collection holds: documents by key, those of others by `@owner/key`. Frozen. */
export type Docs = Readonly<Record<string, JsonObject>>;

export const NO_DOCS: Docs = Object.freeze({});

export interface CollectionEvents {
  /** The value has changed. */
  value(): void;
  /** Something besides the value may have: what is pending, refused, not saved. `ids` are the documents concerned, `null` all. */
  state(ids?: Iterable<string> | null): void;
  /** The application did something that has to be sent. */
  edited(): void;
  /** Documents were written here; other tabs want to know. */
  written(ids: string[], version: number, conflicts: Conflict[]): void;
  conflict(conflict: Conflict): void;
  warning?(warning: Warning): void;
  refused?(item: Refused): unknown;
  revoked?(keys: string[]): void;
  /** The server has lost these; they will be sent, or wait for `release`. */
  restored?(keys: string[], waits: boolean): void;
  /** What was stored on this device is not there any more, and has just been stored again. */
  cleared?(): Promise<void>;
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
  keptEntries = new Map<string, Entry>();
  opsOnTop = new Map<string, Op[]>();
  /** What is stored with what is unsaved on top. */
  readonly #present = new Map<string, Entry>();
  #own = new WeakSet<Edits>();
  /** If there are numbers here that JavaScript does not have. */
  #numbers: typeof Rare | undefined;
  /** Documents that something on the way to the server refuses: how often, and when they are tried again. */
  readonly setAside = new Map<string, { times: number; until: number }>();
  /** Why nothing may be seen or done here. */
  #locked: Error | undefined;
  unsavedOps: Op[] = [];
  #accepting: number[] = [];
  #meta: Meta;
  #pending = new Set<string>();
  #waiting: Waiting[] = [];
  #chain: Promise<unknown> = Promise.resolve();
  #saving: Promise<void> | undefined;
  #count = 0;
  /** All transactions up to here are known, and those ahead of it. */
  knownUpTo = 0;
  readonly #ahead = new Set<number>();
  #gap: number | undefined;
  #closed = false;
  /** Whether it is stored that this opening goes on from what was stored. */
  #goesOn = false;

  readonly keptIn: Store;
  readonly #node: string;
  readonly hearer: CollectionEvents;
  readonly #session: string;

  constructor(readonly name: string, store: Store, node: string, readonly now: () => number, events: CollectionEvents, session: string) {
    this.keptIn = store;
    this.#node = node;
    this.hearer = events;
    this.#session = session;
    this.#meta = newMeta(node);
  }

  /** The map is made when somebody asks for it: a change of one document need not copy all of them. */
  get value(): Docs {
    if (this.#locked) return NO_DOCS;
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
    return this.#locked ? undefined : this.#shown(id);
  }

  #shown(id: string): JsonObject | undefined {
    return this.#since.has(id) ? this.#since.get(id) : (member(this.#value, id) as JsonObject | undefined);
  }

  /** The document with marks, if it has numbers that JavaScript does not have. */
  marked(id: string): JsonObject | undefined {
    const e = this.#numbers && this.entry(id);
    return e?.raw ? (fields(e) ?? e.base) : undefined;
  }

  /** With the marks back that `exact` has. */
  mark(value: unknown, exact: JsonObject): unknown {
    return this.#numbers!.marked(value, exact);
  }

  /** Without marks. */
  unmark<T>(value: T): T {
    return this.#numbers ? (this.#numbers.shown(value as Json) as T) : value;
  }

  /** Shows nothing and takes nothing as long as there is a reason. */
  lock(reason: Error | undefined): void {
    if (this.#locked === reason) return;
    this.#locked = reason;
    this.hearer.value();
    this.hearer.state(null);
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
    return this.exclusively(() => this.#load());
  }

  async #load(): Promise<void> {
    const stored = new Map<string, Entry>();
    let raw = false;
    const about = await this.keptIn.load(this.name, (entries) => {
      for (const e of entries) {
        deepFreeze(e.base);
        stored.set(e.id, e);
        raw ||= !!e.raw;
      }
    });
    if (raw) this.#numbers = await rare();
    const ids = new Set([...this.keptEntries.keys(), ...stored.keys()]);
    this.keptEntries = stored;
    this.knownUpTo = about.meta?.version ?? 0;
    this.#ahead.clear();
    this.#take(about.meta, about.refused);
    this.#refresh(ids);
    this.#settle();
    if (about.meta?.held) this.#tellRestored();
  }

  /** Reads these documents again, because another tab has written them in its transaction `version`. */
  reload(ids: readonly string[], version: number): Promise<void> {
    return this.exclusively(async () => {
      const about = await this.keptIn.read(this.name, ids);
      for (const id of ids) this.keptEntries.delete(id);
      for (const e of about.entries) this.keptEntries.set(e.id, e);
      this.sawVersion(version);
      this.#take(about.meta, about.refused);
      this.#refresh(ids);
      this.#settle();
    });
  }

  sawVersion(version: number): void {
    if (version > this.knownUpTo) this.#ahead.add(version);
    while (this.#ahead.delete(this.knownUpTo + 1)) this.knownUpTo++;
  }

  /**
   * Looks whether what is here is what is stored. Reads everything again if a transaction of another tab has not been heard of since the
   * last time; stores everything again if it is gone.
   */
  mend(): Promise<void> {
    return this.exclusively(async () => {
      try {
        const version = (await this.keptIn.read(this.name, [])).meta?.version ?? 0;
        if (version < this.knownUpTo) await (await rare()).storeAgain(this);
        else if (version > this.knownUpTo && this.#gap === this.knownUpTo) await this.#load();
        this.#gap = version > this.knownUpTo ? this.knownUpTo : undefined;
        if (this.isSaved) this.failure = undefined;
      } catch (e) {
        this.failure = e; // what is here can be sent all the same
      }
    });
  }

  #take(meta: Meta | undefined, refused: Refused[]): void {
    if (meta) this.#heard(meta);
    this.refused.clear();
    for (const item of refused) if (!this.#accepting.includes(item.n!)) this.refused.set(item.n!, item);
  }

  /** A tab that has not saved everything yet keeps its clock if it is ahead. */
  #heard(meta: Meta): void {
    const clock = this.unsavedOps.length ? this.#meta.clock : "";
    this.#meta = goOn(meta, this.#node, !this.#goesOn);
    this.#meta.clock = later(this.#meta.clock, clock);
  }

  /** @internal With what is not saved yet. */
  entry(id: string): Entry | undefined {
    const ops = this.opsOnTop.get(id);
    if (!ops) return this.keptEntries.get(id);
    let e = this.#present.get(id);
    if (!e) {
      e = this.keptEntries.get(id);
      for (const op of ops) e = perform(e, op, sentUpTo(this.#meta), this.#own);
      this.#present.set(id, e!);
    }
    return e;
  }

  /** Brings the value up to date with the entries of `ids`. */
  #refresh(ids: Iterable<string>): void {
    let changed = false;
    for (const id of ids) {
      this.#present.delete(id);
      changed = this.#show(id) || changed;
    }
    if (changed) this.hearer.value();
    this.hearer.state(ids);
  }

  #show(id: string): boolean {
    const e = this.entry(id);
    if (e && isPending(e)) this.#pending.add(id);
    else {
      this.#pending.delete(id);
      this.setAside.delete(id);
    }
    let doc = e && fields(e);
    if (doc && e!.raw) doc = this.unmark(doc);
    if (doc && e!.owner !== undefined) doc = Object.freeze({ ...doc, _owner: e!.owner });
    if (equal(this.#shown(id), doc)) return false;
    this.#since.set(id, doc);
    return true;
  }

  /**
   * What the application did: new leaf values by document, `undefined` for a deleted document. `docs` are the documents it leads to and `map`
   * the value, if the caller has them already.
   */
  do(changes: Changes, docs?: ReadonlyMap<string, JsonObject | undefined>, map?: Docs, accept?: number): Receipt {
    if (this.#locked) throw this.#locked;
    if (this.#closed) throw new Error("connection closed");
    const of = this.#session + ++this.#count;
    const clock = next(this.#meta, this.now());
    for (const [id, values] of changes) {
      const e = this.entry(id) ?? fresh(id);
      const raw = !!values && [...values.values()].some((value) => this.unmark(value) !== value);
      const op: Op = { id, ...(values && { values, was: before(e, values), raw }), from: madeFrom(e, this.#meta.complete), clock, of };
      this.unsavedOps.push(op);
      const ops = this.opsOnTop.get(id);
      if (ops) ops.push(op);
      else this.opsOnTop.set(id, [op]);
      this.#present.set(id, perform(e, op, sentUpTo(this.#meta), this.#own));
      this.#pending.add(id);
      if (docs && !map) this.#since.set(id, docs.get(id));
      else if (!map) this.#show(id);
    }
    if (accept !== undefined) {
      this.#accepting.push(accept);
      this.refused.delete(accept);
    }
    const outcome = this.#outcome(of);
    if (map) {
      this.#since.clear();
      this.#value = map;
    }
    if (changes.size) this.hearer.value();
    this.hearer.state([...changes.keys()]);
    void this.save();
    this.hearer.edited();
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
    this.#saving ??= this.exclusively(async () => {
      this.#saving = undefined; // what is done from here on is for the next one
      this.failure = undefined;
      const accepting = this.#accepting.slice();
      if (this.unsavedOps.length || accepting.length) await this.#write(this.unsavedOps.slice(), accepting, { left: 8 });
      if (this.failure) this.hearer.state();
    });
    return this.#saving;
  }

  /**
   * Saves `ops`, together if possible. Where there is no room for all of them, those that delete come first, and one that does not fit
   * does not stop the others; those go behind the others for the next time. After `left` of them it is enough.
   */
  async #write(ops: Op[], accepting: number[], misfits: { left: number }): Promise<void> {
    try {
      const ids = new Set(ops.map((op) => op.id));
      await this.transact([...ids], (tx) => {
        commit(tx, ops, this.now());
        for (const n of accepting) tx.accept(n);
      }, () => this.wereSaved(new Set(ops), accepting));
    } catch (e) {
      const parts = (e as Error).name === "QuotaExceededError" ? ((await rare().catch(() => undefined))?.halves(ops) ?? []) : [];
      if (!parts.length) {
        this.failure = e;
        misfits.left--;
        const last = new Set(ops);
        this.unsavedOps = [...this.unsavedOps.filter((op) => !last.has(op)), ...ops];
      }
      for (const part of parts) {
        if (misfits.left > 0) await this.#write(part, accepting.splice(0), misfits);
      }
    }
  }

  /** These are saved, or with the server. */
  wereSaved(ops: ReadonlySet<Op>, accepted: readonly number[] = []): void {
    this.unsavedOps = this.unsavedOps.filter((op) => !ops.has(op));
    this.#accepting = this.#accepting.filter((n) => !accepted.includes(n));
    for (const id of new Set([...ops].map((op) => op.id))) {
      const left = this.opsOnTop.get(id)?.filter((op) => !ops.has(op));
      if (left?.length) this.opsOnTop.set(id, left);
      else this.opsOnTop.delete(id);
    }
    const unsaved = new Set(this.unsavedOps.map((op) => op.of));
    for (const one of this.#waiting) {
      if (one.durable || unsaved.has(one.of)) continue;
      one.durable = true;
      one.saved();
    }
  }

  get isSaved(): boolean {
    return !this.unsavedOps.length && !this.#accepting.length;
  }

  /** Whether anything can be sent now. */
  get isDue(): boolean {
    return !!this.#due(1).length;
  }

  /** Documents to be sent, at most `count`; one that was refused on the way alone, when there is no other. */
  #due(count: number): Entry[] {
    const due: Entry[] = [];
    const again: Entry[] = [];
    for (const id of this.#pending) {
      if (due.length >= count) break;
      const e = this.entry(id);
      if (!e) continue;
      if (this.#meta.held && isRestored(e)) continue;
      const aside = this.setAside.get(id);
      if (!aside) due.push(e);
      else if (aside.until <= this.now()) again.push(e);
    }
    return due.length ? due : again.slice(0, Math.min(1, count));
  }

  /** The next request, once everything done so far is saved, if it can be. */
  async take(bounds: Bounds, self: string | undefined, at = Infinity): Promise<Flight> {
    await this.mend();
    do {
      if (!this.isSaved) await this.save();
      await this.#chain;
    } while (!this.isSaved && !this.failure);
    this.#own = new WeakSet(); // what is sent is not changed any more
    let due = this.#due(Math.min(at, bounds.limit + 1));
    const ask = (meta: Meta, help?: typeof Rare) => request(this.name, meta, due, bounds, self, this.now(), help?.parts);
    // What is sent for the first time is noted before: if no answer comes, it is sent again as it was.
    const known = sentUpTo(this.#meta);
    const flight = await this.exclusively(async () => {
      const help = due.every(isPlain) ? undefined : await rare();
      if (!this.isSaved || due.every((e) => marks(e).every(({ clock }) => clock <= known))) return ask(this.#meta, help);
      return this.transact(due.map((e) => e.id), (tx) => {
        due = due.flatMap((e) => tx.get(e.id) ?? []).filter((e) => isPending(e) && (help || isPlain(e)));
        return ask(tx.meta, help);
      }).catch((e: unknown) => {
        this.failure = e; // what is here can be sent all the same
        return ask(this.#meta, help);
      });
    });
    this.#flights.set(flight, ++this.begun);
    return flight;
  }

  /** Takes an answer; false if another tab was faster. `hold`: what a restored server has lost waits for `release`. */
  received(flight: Flight, answer: Answer, hold = false): Promise<boolean> {
    return this.exclusively(async () => {
      if (answer.marked) this.#numbers = await rare();
      if (isIdle(flight, answer) && this.#meta.cursor === flight.cursor && this.#meta.resync === undefined) {
        this.#synced(flight);
        return true;
      }
      const { ids, isRare } = concerned(this.#meta, flight, answer, this.keptEntries.values());
      const help = isRare ? await rare() : undefined;
      let came: Received | false = false;
      const result = await this.transact(ids, (tx) => {
        came = receive(tx, flight, answer, this.now(), help, hold);
        if (came && help) help.keepConflicts(tx, came.conflicts, this.refused);
        return came;
      }, (outcome) => {
        if (!outcome) return;
        // What could not be saved and is with the server need not be saved any more.
        this.wereSaved(new Set(this.unsavedOps.filter((op) => op.clock <= flight.at && outcome.settled.has(op.id))));
        this.remaining = answer.more ? answer.pending : 0;
      }, () => (came ? came.conflicts : []));
      if (!result) return false;
      if (!answer.more) this.#synced(flight);
      for (const conflict of result.conflicts) this.tell(conflict);
      for (const warning of result.warnings) this.hearer.warning?.(warning);
      if (result.revoked.length) this.hearer.revoked?.(result.revoked);
      if (result.restored) this.#tellRestored();
      return true;
    });
  }

  #tellRestored(): void {
    const keys = [...this.#pending].filter((id) => isRestored(this.entry(id)!));
    this.hearer.restored?.(keys, !!this.#meta.held);
  }

  #synced(flight: Flight): void {
    this.remaining = 0;
    this.lastSync = this.now();
    this.completed = this.#flights.get(flight) ?? ++this.begun;
    this.hearer.state();
  }

  /** The tab that talks to the server says that it is done. */
  syncedElsewhere(at: number, remaining: number): void {
    this.lastSync = at;
    this.remaining = remaining;
    this.completed = ++this.begun;
    this.hearer.state();
  }

  tell(conflict: Conflict): void {
    this.hearer.conflict(this.unmark(conflict));
  }

  /** @internal One transaction, inside of `exclusively`. */
  async transact<T>(ids: string[], step: (tx: Tx) => T, done?: (result: T) => void, conflicts?: () => Conflict[]): Promise<T> {
    const change = () =>
      this.keptIn.change(this.name, ids, () => newMeta(this.#node), (tx) => {
        if (tx.meta.version < this.knownUpTo) throw CLEARED;
        tx.meta = goOn(tx.meta, this.#node, !this.#goesOn);
        tx.meta.version++;
        return step(tx);
      });
    const { result, written } = await change().catch(async (e: unknown) => {
      if (e !== CLEARED) throw e;
      await (await rare()).storeAgain(this);
      return change();
    });
    this.#goesOn = true;
    this.sawVersion(written.meta.version);
    done?.(result);
    this.#absorb(written);
    this.hearer.written([...written.put.map((e) => e.id), ...written.removed], written.meta.version, conflicts?.() ?? []);
    for (const item of written.refused) this.hearer.refused?.(item);
    return result;
  }

  #absorb({ meta, put, removed, refused, accepted }: Written): void {
    this.#heard(meta);
    for (const e of put) this.keptEntries.set(e.id, e);
    for (const id of removed) this.keptEntries.delete(id);
    for (const item of refused) this.refused.set(item.n!, item);
    for (const n of accepted) this.refused.delete(n);
    this.#refresh([...put.map((e) => e.id), ...removed]);
    this.#settle();
  }

  /** Tells those whose changes are not pending any more. */
  #settle(): void {
    if (!this.#waiting.some((one) => one.durable)) return;
    const pending = new Set<string>();
    for (const id of this.#pending) for (const mark of marks(this.entry(id)!)) pending.add(mark.of);
    const refused = new Set([...this.refused.values()].flatMap((item) => item.of));
    this.#waiting = this.#waiting.filter((one) => {
      if (!one.durable || pending.has(one.of)) return true;
      one.synced(refused.has(one.of) ? "refused" : "stored");
      return false;
    });
  }

  /** Takes nothing more, and saves what there is. */
  close(): Promise<void> {
    this.#closed = true;
    return this.save();
  }

  /** @internal Runs `task` when nothing else has to do with the store. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
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

/** What the application does to documents: new leaf values, or none at all for one that is deleted. */
export type Changes = ReadonlyMap<string, ReadonlyMap<Path, Json | undefined> | undefined>;

/** The store has less than has been stored. */
const CLEARED = new Error();

/** What leaves were before, where that may be needed to merge. */
function before(e: Entry, values: ReadonlyMap<Path, Json | undefined>): ReadonlyMap<Path, Json> | undefined {
  const was = new Map<Path, Json>();
  if (e.base && !e.held && !e.gone) {
    for (const path of values.keys()) {
      const value = e.edits.has(path) ? undefined : at(e.base, path);
      if (value !== undefined && isMergeable(value)) was.set(path, value);
    }
  }
  return was.size ? was : undefined;
}

const isRestored = (e: Entry): boolean => marks(e).some((mark) => mark.of === RESTORED);

/** Nothing was sent and nothing came. */
const isIdle = (flight: Flight, answer: Answer): boolean =>
  !flight.sent.size && !answer.serverChanges.length && !answer.more && !answer.resync && !answer.warnings?.length && answer.serverClock === flight.cursor;
