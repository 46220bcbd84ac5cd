import { NO_DOCS, receipt, type Collection, type CollectionEvents, type Docs, type Receipt } from "./collection.js";
import { address, idOf } from "./entry.js";
import { Listeners, reportLater } from "./events.js";
import { randomName } from "./names.js";
import { frozen, has, isObject, member, ownFields, put, type Json, type JsonObject } from "./json.js";
import type { Status } from "./loop.js";
import { diff } from "./merge.js";
import { leaves } from "./paths.js";
import type { Conflict } from "./protocol.js";
import { isRefusal, type Refused } from "./replica.js";

/** A cell that holds the value in place of the atom's own; a framework's reactive cell, say. */
export interface Cell {
  get(): Docs;
  set(value: Docs): void;
}

export interface AtomOptions {
  cache?: Cell;
  onConflict?: (conflict: Conflict) => void;
}

/** What atoms need of their connection. */
export interface Host {
  readonly status: Status;
  readonly problem: unknown;
  /** @internal */
  use(name: string, events: AtomEvents): { collection: Collection; ready: Promise<void> };
  sync(): void;
}

export type AtomEvents = Pick<CollectionEvents, "value" | "state" | "conflict">;

export type Watch = (key: unknown, atom: SyncedAtom, old: Docs, now: Docs) => void;

/** Refused changes, until somebody decides what becomes of them. */
export interface Inbox {
  list(): readonly Refused[];
  /** Makes the change again, on the document as it is now. */
  retry(n: number): Receipt;
  /** Makes an own document of what the document would have been. Gives its key. */
  copy(n: number, key?: string): string;
  /** Forgets the change. */
  drop(n: number): Receipt;
}

/** For `swap`: the documents with `doc` under `key`. */
export const assoc = (docs: Docs, key: string, doc: object): Readonly<Record<string, unknown>> => ({ ...docs, [key]: doc });

/** A collection as an atom: one value, a frozen map from key to document, that is read, changed and watched here and synced behind. */
export class SyncedAtom {
  /** Resolves when what is stored on this device has been read. */
  readonly ready: Promise<void>;
  readonly inbox: Inbox;
  readonly #host: Host;
  /** @internal */
  readonly collection: Collection;
  readonly #cell: Cell | undefined;
  readonly #watches = new Map<unknown, Watch>();
  readonly #changes = new Listeners<[]>();
  readonly #states = new Listeners<[(Iterable<string> | null)?]>();
  readonly #conflicts = new Listeners<[Conflict]>();
  /** What the watches have seen. */
  #seen = NO_DOCS;
  /** The size of `deref()`, so that a change need not look for what is gone. */
  #last: { value: Docs; size: number } = { value: NO_DOCS, size: 0 };

  constructor(host: Host, readonly name: string, options: AtomOptions = {}) {
    this.#host = host;
    this.#cell = options.cache;
    if (options.onConflict) this.#conflicts.add(options.onConflict);
    const { collection, ready } = host.use(name, {
      value: () => this.#show(),
      state: (ids) => this.#states.tell(ids),
      conflict: (conflict) => this.#conflicts.tell(conflict),
    });
    this.collection = collection;
    this.ready = ready;
    this.#cell?.set(collection.value);
    const settle = (n: number, changes: (item: Refused) => [string, ReadonlyMap<string, Json | undefined> | undefined][]) => {
      const item = collection.refused.get(n);
      if (!item) throw new RangeError("not there: " + n);
      return collection.do(new Map(changes(item)), undefined, undefined, n);
    };
    this.inbox = {
      list: () => [...collection.refused.values()].filter(isRefusal).map((item) => ({ ...item, doc: collection.unmark(item.doc) })),
      retry: (n) => settle(n, ({ id, values }) => [[id, values]]),
      copy: (n, key = randomName()) => {
        settle(n, ({ doc }) => [[idOf(key), leaves(doc ?? {})]]);
        return key;
      },
      drop: (n) => settle(n, () => []),
    };
  }

  /** The value now. */
  deref(): Docs {
    return this.#cell ? this.#cell.get() : this.collection.value;
  }

  /** One document of the value. */
  get(key: string): JsonObject | undefined {
    return this.collection.get(key);
  }

  /**
   * Replaces one document by `f(document, ...args)`; before it is made and when it is deleted, the document is `undefined`. Does as
   * much work as the document is large, and not as the collection is, unless somebody watches or asks for the whole value.
   */
  update<A extends unknown[]>(key: string, f: (doc: JsonObject | undefined, ...args: A) => object | undefined, ...args: A): Receipt {
    const before = this.get(key);
    const now = f(before, ...args);
    const changes: Changes = new Map();
    if (now === before) return this.#done();
    let doc: JsonObject | undefined;
    if (now === undefined) changes.set(key, now);
    else doc = this.change(changes, key, now, before);
    // As it is kept, unless it has what is not kept.
    const docs = doc && ownFields(doc) !== doc ? undefined : new Map([[key, doc]]);
    return changes.size ? this.collection.do(changes, docs) : this.#done();
  }

  /**
   * Replaces the value by `f(value, ...args)`. `f` gives a new map (or the same one) and changes nothing in place; documents that stay
   * as they are should stay the same objects. Throws, and changes nothing, on what cannot be stored. `assoc` it knows, and copies nothing.
   */
  swap<A extends unknown[]>(f: (value: Docs, ...args: A) => Readonly<Record<string, unknown>>, ...args: A): Receipt {
    return (f as unknown) === assoc
      ? this.update(args[0] as string, () => (args[1] ?? null) as object)
      : this.reset(f(this.deref(), ...args));
  }

  /** Replaces the value. What is not in `value` is deleted. */
  reset(value: Readonly<Record<string, unknown>>): Receipt {
    const old = this.deref();
    if (!isObject(value)) throw new TypeError("not a map of documents");
    const keys = Object.keys(value);
    const changes: Changes = new Map();
    let map = value as Record<string, JsonObject>;
    let added = 0;
    for (const id of keys) {
      const now = value[id];
      const before = member(old, id) as JsonObject | undefined;
      if (before === undefined) added++;
      if (now === before) continue;
      const doc = this.change(changes, id, now, before);
      if (doc !== now) {
        if (map === value) map = { ...map };
        put(map, id, doc);
      }
    }
    if (this.#size(old) + added !== keys.length) for (const id of Object.keys(old)) if (!has(value, id)) changes.set(id, undefined);
    if (!changes.size) return this.#done();
    this.#last = { value: Object.freeze(map), size: keys.length };
    return this.collection.do(changes, undefined, map);
  }

  #size(value: Docs): number {
    if (this.#last.value !== value) this.#last = { value, size: Object.keys(value).length };
    return this.#last.size;
  }

  /** @internal Notes what is different in a document. Gives the document as it is kept. */
  change(changes: Changes, id: string, value: unknown, before: JsonObject | undefined): JsonObject {
    const place = this.name + "[" + JSON.stringify(id) + "]";
    const { key } = address(id);
    if (!isObject(value)) throw new TypeError(place + ": not an object");
    if (!before && (!key || [...key].length > 512)) throw new TypeError(place + ": a key has 1 to 512 characters");
    frozen(key, place);
    const exact = this.collection.marked(id);
    const doc = frozen(exact ? this.collection.mark(value, exact) : value, place, before) as JsonObject;
    const edits = diff(before ? ownFields(exact ?? before) : {}, ownFields(doc));
    if (!before || edits.size) changes.set(id, edits);
    return exact ? this.collection.unmark(doc) : doc;
  }

  #done(): Receipt {
    return receipt(() => this.deref(), { saved: Promise.resolve(), synced: Promise.resolve("stored") });
  }

  #show(): void {
    this.#changes.tell();
    if (!this.#cell && !this.#watches.size) return;
    const old = this.#seen;
    const now = (this.#seen = this.collection.value);
    this.#cell?.set(now);
    for (const [key, watch] of [...this.#watches]) {
      try {
        watch(key, this, old, now);
      } catch (e) {
        reportLater(e);
      }
    }
  }

  /** Calls `watch(key, atom, old, new)` after each change of the value; a watch of the same key is replaced. */
  addWatch(key: unknown, watch: Watch): this {
    this.#seen = this.collection.value;
    this.#watches.set(key, watch);
    return this;
  }

  removeWatch(key: unknown): this {
    this.#watches.delete(key);
    return this;
  }

  /**
   * Calls `listener` after each change of `status`, `pending`, `lastSync` or the inbox, with the keys of the documents concerned (`null`: of all of
   * them). Gives what ends that.
   */
  onState(listener: (ids?: Iterable<string> | null) => void): () => void {
    return this.#states.add(listener);
  }

  /** Calls `listener` with each conflict that the server has resolved for a change of this device. */
  onConflict(listener: (conflict: Conflict) => void): () => void {
    return this.#conflicts.add(listener);
  }

  /** Something that `status` depends on has changed. */
  stateChanged(): void {
    this.#states.tell();
  }

  get status(): Status {
    return this.collection.failure ? "error" : this.#host.status;
  }

  /** What is behind `offline`, `unauthorized` and `error`. */
  get problem(): unknown {
    return this.collection.failure ?? this.#host.problem;
  }

  /** How many documents have changes that the server does not have. */
  get pending(): number {
    return this.collection.pending.size;
  }

  /** When the last sync was complete, in milliseconds since 1970. */
  get lastSync(): number | undefined {
    return this.collection.lastSync;
  }

  /** How many documents the server still has to send, while it sends many. */
  get remaining(): number {
    return this.collection.remaining ?? 0;
  }

  /** Resolves when everything done so far is with the server, and what the server has so far is here. */
  whenSynced(): Promise<void> {
    const c = this.collection;
    const from = c.begun;
    this.#host.sync();
    return new Promise((resolve) => {
      const look = () => {
        if (!c.isSaved || c.pending.size || c.completed <= from) return;
        end();
        resolve();
      };
      const end = this.#states.add(look);
    });
  }

  /** The value now and after each change. One that is slow skips what has been replaced meanwhile. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Docs, void, void> {
    let wake = () => {};
    let changed: Promise<void>;
    const arm = () => (changed = new Promise((resolve) => (wake = resolve)));
    arm();
    const end = this.#changes.add(() => wake());
    try {
      for (;;) {
        const value = this.deref();
        yield value;
        if (this.deref() === value) await changed!;
        arm();
      }
    } finally {
      end();
    }
  }
}

export type Changes = Map<string, ReadonlyMap<string, Json | undefined> | undefined>;
