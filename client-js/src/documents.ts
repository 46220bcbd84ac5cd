import { Asking, Live, changesOf, resultOf, type Result, type Watched } from "./answer.js";
import type { Changes as Edits, SyncedAtom } from "./atom.js";
import { address, idOf } from "./entry.js";
import { isBranch, isObject, member, ownFields, put, type Json, type JsonObject } from "./json.js";
import type { Connection } from "./index.js";
import type { Status } from "./loop.js";
import { shown } from "./numbers.js";
import { CONFLICT } from "./replica.js";
import type { Conflict as Told } from "./protocol.js";
import { Rows, named } from "./rows.js";
import * as remote from "./remote.js";
import { uuid7 } from "./uuid.js";
import { Query, type AnyField, type At, type Comparison, type Field } from "./where.js";
import type { Question } from "./query.js";

/** A document as it is found, with its key, and its owner if it is somebody else's. */
export type Doc<T> = T & { readonly _key: string; readonly _owner?: string };

/** A document by its key in the map of an atom (`@owner/key` for those of others), or as it was found. */
export type Ref = string | { readonly _key: string; readonly _owner?: string };

/** Some leaves of a document; `undefined` takes one away. Arrays are leaves. */
export type Patch<T> = { readonly [K in keyof T]?: (NonNullable<T[K]> extends readonly unknown[] ? T[K] : NonNullable<T[K]> extends object ? Patch<NonNullable<T[K]>> : T[K]) | undefined };

/** What was written. It is durable on this device. */
export interface Receipt {
  readonly key: string;
  readonly saved: Promise<void>;
  /** Resolves when nothing of it is pending: the server has it (or something that replaced it), or it is in the inbox. */
  readonly synced: Promise<"stored" | "refused">;
}

export interface BulkReceipt extends Omit<Receipt, "key"> {
  readonly keys: readonly string[];
}

/** One change of several. */
export type Change<T> =
  | { readonly key?: Ref; readonly put: T }
  | { readonly key: Ref; readonly patch: Patch<T> }
  | { readonly key: Ref; readonly remove: true };

export interface Violation {
  /** A JSON pointer without the first slash, as the server gives it. */
  readonly field: string;
  readonly message: string;
}

/** What documents have to be like: see `jsonSchema`. */
export interface Schema<T> {
  violations(document: JsonObject): readonly Violation[];
  /** Never there; says what the documents are. */
  readonly type?: T;
}

/** The document is not what its collection's schema wants. Nothing has been written. */
export class InvalidDocument extends TypeError {
  override readonly name = "InvalidDocument";
  readonly code = "schema_violation";
  constructor(readonly place: string, readonly violations: readonly Violation[]) {
    super(place + ": " + violations.map(({ field, message }) => (field && field + " ") + message).join("; "));
  }
}

export interface CollectionOptions<T> {
  /** Paths of fields that are asked for often: what is asked of them, and orders by them, cost what is found. */
  readonly indexes?: readonly Field<T>[];
  readonly schema?: Schema<T>;
}

export type DocumentStatus = "synced" | "pending" | "refused" | "conflicted";

/** A conflict that the server has resolved, and nobody has looked at yet. */
export interface Conflict {
  readonly n: number;
  readonly key: string;
  readonly _key: string;
  readonly field: string;
  /** What was written here, `undefined` if it was taken away. */
  readonly mine: Json | undefined;
  /** What was written elsewhere. */
  readonly theirs: Json | undefined;
  /** Whose value stayed. */
  readonly winner: "mine" | "theirs";
  /** Writes the value that has lost. */
  take(): Promise<Receipt>;
  /** It is right as it is. */
  keep(): Promise<Receipt>;
}

export interface SyncStatus {
  readonly status: Status;
  /** What is behind `offline`, `unauthorized` and `error`: see `explain`. */
  readonly problem: unknown;
  readonly pending: number;
  readonly remaining: number;
  readonly lastSync: number | undefined;
}

export interface Version {
  readonly commit: string;
  readonly [name: string]: unknown;
}

const opened = new WeakMap<Connection, Map<string, Documents<never>>>();

/** The collection of that name. The same connection and name give the same one, with the options it was first asked for with. */
export function collection<T extends object = JsonObject>(connection: Connection, name: string, options?: CollectionOptions<T>): Documents<T> {
  let all = opened.get(connection);
  if (!all) opened.set(connection, (all = new Map()));
  let documents = all.get(name) as Documents<T> | undefined;
  if (!documents) all.set(name, (documents = new Documents<T>(connection, name, options)) as unknown as Documents<never>);
  return documents;
}

/** Documents of one kind, on this device: read, changed, asked and watched here, and synced behind. */
export class Documents<T extends object = JsonObject> {
  /** The same documents as one value. */
  readonly atom: SyncedAtom;
  /** Resolves when what is stored on this device has been read. */
  readonly ready: Promise<void>;
  /** Conflicts that nobody has looked at; kept over restarts. */
  readonly conflicts: Watched<readonly Conflict[]>;
  /** Refused changes, until somebody decides; kept over restarts. */
  readonly inbox: SyncedAtom["inbox"] & Watched<ReturnType<SyncedAtom["inbox"]["list"]>>;
  /** What the sync is at. */
  readonly sync: Watched<SyncStatus>;
  readonly #connection: Connection;
  readonly #rows: Rows;
  readonly #indexes: ReadonlySet<string>;
  readonly #schema: Schema<T> | undefined;
  readonly #lives = new Set<WeakRef<Live<Doc<T>>>>();
  readonly #undo = new Map<string, (JsonObject | undefined)[]>();
  #isReady = false;

  /** Use `collection`. */
  constructor(connection: Connection, readonly name: string, { indexes, schema }: CollectionOptions<T> = {}) {
    const atom = connection.atom(name);
    this.#connection = connection;
    this.atom = atom;
    this.#indexes = new Set(indexes);
    this.#schema = schema;
    this.#rows = new Rows(atom, () => connection.device.org ?? connection.device.user ?? "");
    this.ready = atom.ready.then(() => {
      this.#isReady = true;
      for (const ref of this.#lives) ref.deref()?.tell();
      this.#lives.clear();
    });
    this.ready.catch(() => {}); // whoever waits for it hears of it
    this.sync = this.#watched(() => {
      const { status, problem, pending, remaining, lastSync } = atom;
      return Object.freeze({ status, problem, pending, remaining, lastSync });
    }, (a, b) => (Object.keys(a) as (keyof SyncStatus)[]).every((name) => a[name] === b[name]));
    const sameItems = (a: readonly { n?: number }[], b: readonly { n?: number }[]) => a.length === b.length && a.every(({ n }, i) => n === b[i]!.n);
    this.conflicts = this.#watched(() => this.#listConflicts(), sameItems);
    this.inbox = { ...atom.inbox, ...this.#watched(() => Object.freeze(atom.inbox.list()), sameItems) };
  }

  /** The document, `undefined` if there is none. */
  async get(key: Ref): Promise<Doc<T> | undefined> {
    await this.ready;
    return this.peek(key);
  }

  /** The document as far as it has been read. */
  peek(key: Ref): Doc<T> | undefined {
    const id = refOf(key);
    const doc = this.atom.get(id);
    return doc && (named(doc, address(id).key) as Doc<T>);
  }

  /** Stores the document under a key, or a new one that sorts by time. */
  put(doc: T): Promise<Receipt>;
  put(key: Ref, doc: T): Promise<Receipt>;
  put(...[key, doc]: [T] | [Ref, T]): Promise<Receipt> {
    return this.#one(doc === undefined ? { put: key as T } : { key: key as Ref, put: doc });
  }

  /** Changes only the leaves that are named. Fails if there is no document. */
  patch(key: Ref, patch: Patch<T>): Promise<Receipt> {
    return this.#one({ key, patch });
  }

  /** Replaces the document by `f(document)`; before it is made and when it is deleted, the document is `undefined`. */
  async update(key: Ref, f: (doc: Doc<T> | undefined) => T | undefined): Promise<Receipt> {
    await this.ready;
    const now = f(this.peek(key));
    return this.#one(now === undefined ? { key, remove: true } : { key, put: now });
  }

  remove(key: Ref): Promise<Receipt> {
    return this.#one({ key, remove: true });
  }

  async #one(change: Change<T>): Promise<Receipt> {
    const { keys: [key], saved, synced } = await this.bulk([change]);
    return { key: key!, saved, synced };
  }

  /** All of these changes or none. Resolves when they would survive a crash. */
  async bulk(changes: readonly Change<T>[]): Promise<BulkReceipt> {
    await this.ready;
    const now = new Map<string, JsonObject | undefined>();
    const keys = changes.map((change) => {
      const id = change.key === undefined ? idOf(uuid7()) : refOf(change.key);
      const before = now.has(id) ? now.get(id) : this.atom.get(id);
      now.set(id, "put" in change ? this.#checked(id, change.put) : "patch" in change ? this.#checked(id, this.#patched(id, before, change.patch)) : undefined);
      return id;
    });
    const receipt = this.#write(now, true);
    await receipt.saved;
    return { keys, saved: receipt.saved, synced: receipt.synced };
  }

  #place(id: string): string {
    return this.name + "[" + JSON.stringify(id) + "]";
  }

  #patched(id: string, before: JsonObject | undefined, change: object): object {
    if (!before) throw new TypeError(this.#place(id) + ": there is no document to patch");
    return patched(before, change);
  }

  #checked(id: string, doc: object): JsonObject {
    const own = isObject(doc) ? ownFields(doc) : (doc as JsonObject);
    const violations = isObject(own) ? (this.#schema?.violations(own) ?? []) : [];
    if (violations.length) throw new InvalidDocument(this.#place(id), violations);
    return own;
  }

  #write(now: ReadonlyMap<string, JsonObject | undefined>, remembers: boolean): Omit<Receipt, "key"> {
    const edits: Edits = new Map();
    const before = new Map([...now.keys()].map((id) => [id, this.atom.get(id)]));
    for (const [id, doc] of now) {
      const old = before.get(id);
      if (doc !== undefined) this.atom.change(edits, id, doc, old);
      else if (old) edits.set(id, undefined);
    }
    if (remembers) {
      for (const id of edits.keys()) {
        const steps = this.#undo.get(id) ?? [];
        this.#undo.set(id, [...steps.slice(1 - MOST_STEPS), before.get(id)]);
      }
    }
    return edits.size ? this.atom.collection.do(edits) : { saved: Promise.resolve(), synced: Promise.resolve("stored") };
  }

  /** Whether there is something of this opening of the collection to take back. */
  canUndo(key: Ref): boolean {
    return this.#undo.has(refOf(key));
  }

  /** Takes the last own change of a document back, by an edit like any other. What others have changed beside it stays. */
  async undo(key: Ref): Promise<Receipt> {
    await this.ready;
    const id = refOf(key);
    const steps = this.#undo.get(id);
    if (!steps) throw new RangeError(this.#place(id) + ": there is nothing to undo");
    if (steps.length > 1) this.#undo.set(id, steps.slice(0, -1));
    else this.#undo.delete(id);
    const receipt = this.#write(new Map([[id, steps.at(-1)]]), false);
    await receipt.saved;
    return { key: id, saved: receipt.saved, synced: receipt.synced };
  }

  /** What the question finds. With `server` the server is asked, and the device only if that gives no answer. */
  async find(question: Question | Query<T> = {}, { server = false } = {}): Promise<Result<Doc<T>>> {
    const asked = questionOf(question);
    const { transport } = this.#connection;
    if (server && transport.post) {
      const result = await remote.fromServer<Doc<T>>(transport, this.name, asked);
      if (result) return result;
    }
    await this.ready;
    const asking = new Asking(asked, this.#rows, this.#indexes);
    const { rows, total, exact, more } = asking.page();
    const documents = Object.freeze(rows.map((row) => asking.shown(row))) as readonly Doc<T>[];
    const pending = new Set(documents.filter((_, i) => rows[i]!.place[0] === "~"));
    return resultOf({ documents, total, exact, pending, ready: true, from: "device", ...asking.after(rows, more) });
  }

  async first(question: Question | Query<T> = {}): Promise<Doc<T> | undefined> {
    return (await this.find({ ...questionOf(question), limit: 1 })).documents[0];
  }

  /** How many the question finds, on all pages. */
  async count(question: Question | Query<T> = {}): Promise<number> {
    await this.ready;
    const { limit: _, after: __, sort: ___, ...all } = questionOf(question);
    return new Asking(all, this.#rows, this.#indexes).all().length;
  }

  /** What the question finds, now and after each change. */
  watch(question: Question | Query<T> = {}): Watched<Result<Doc<T>>> {
    const live = new Live<Doc<T>>(new Asking(questionOf(question), this.#rows, this.#indexes), () => this.#isReady);
    if (!this.#isReady) this.#lives.add(new WeakRef(live));
    return live;
  }

  /** One document, now and after each change. */
  document(key: Ref): Watched<Doc<T> | undefined> {
    const id = refOf(key);
    const getSnapshot = () => this.peek(id);
    const subscribe = (listener: (doc: Doc<T> | undefined) => void) => {
      let last = getSnapshot();
      const end = this.#rows.listen((changes) => {
        if (changes && !changes.some((change) => change.id === id)) return;
        const now = getSnapshot();
        if (now === last) return;
        last = now;
        listener(now);
      });
      listener(last);
      return end;
    };
    return { getSnapshot, subscribe, [Symbol.asyncIterator]: () => changesOf({ getSnapshot, subscribe }) };
  }

  /** What is asked of a field. */
  where<P extends AnyField<T>>(field: P): Comparison<T, At<T, P>> {
    return new Query<T>().where(field);
  }

  /** All documents, to be ordered, narrowed or limited. */
  all(): Query<T> {
    return new Query<T>();
  }

  status(key: Ref): DocumentStatus {
    const id = refOf(key);
    const { pending, refused } = this.atom.collection;
    const codes = [...refused.values()].filter((item) => item.id === id).map(({ code }) => code);
    return codes.some((code) => code !== CONFLICT) ? "refused" : codes.length ? "conflicted" : pending.has(id) ? "pending" : "synced";
  }

  /** The document's versions at the server, the newest first. */
  async history(key: Ref): Promise<readonly Version[]> {
    return remote.history(this.#connection.transport, this.name, address(refOf(key)));
  }

  /** Writes an earlier version again, at the server, as a new edit. */
  async restore(key: Ref, commit: string): Promise<void> {
    await remote.restore(this.#connection.transport, this.name, address(refOf(key)), commit);
    this.#connection.sync();
  }

  #listConflicts(): readonly Conflict[] {
    const { refused } = this.atom.collection;
    return Object.freeze([...refused.values()].filter(({ code }) => code === CONFLICT).map((item) => {
      const told = item.details as unknown as Told;
      const mine = shown(told.localValue);
      const theirs = shown(told.remoteValue);
      const winner = told.winner === "local" ? "mine" : "theirs";
      const settle = async (edits: Edits): Promise<Receipt> => {
        if (!refused.has(item.n!)) throw new RangeError("not among the conflicts: " + item.n);
        const { saved, synced } = this.atom.collection.do(edits, undefined, undefined, item.n);
        await saved;
        return { key: item.id, saved, synced };
      };
      const loser = told.winner === "local" ? told.remoteValue : told.localValue;
      const take = () => settle(new Map([[item.id, told.field === "" ? undefined : new Map([[told.field, loser]])]]));
      return Object.freeze({ n: item.n!, key: item.id, _key: item.key, field: told.field, mine, theirs, winner, take, keep: () => settle(new Map()) } as const);
    }));
  }

  /** What `look` gives, the same object as long as it says the same. */
  #watched<V>(look: () => V, same: (a: V, b: V) => boolean): Watched<V> {
    let last: { value: V } | undefined;
    const getSnapshot = () => {
      const value = look();
      if (!last || !same(last.value, value)) last = { value };
      return last.value;
    };
    const subscribe = (listener: (value: V) => void) => {
      let seen = getSnapshot();
      listener(seen);
      return this.atom.onState(() => {
        const now = getSnapshot();
        if (now === seen) return;
        seen = now;
        listener(now);
      });
    };
    return { getSnapshot, subscribe, [Symbol.asyncIterator]: () => changesOf({ getSnapshot, subscribe }) };
  }
}

/** As many own changes of a document as can be taken back. */
const MOST_STEPS = 20;

const questionOf = <T>(question: Question | Query<T>): Question => (question instanceof Query ? question.question : question);

const refOf = (ref: Ref): string => (typeof ref === "string" ? ref : idOf(ref._key, ref._owner));

/** The document with other leaves. */
function patched(before: Json | undefined, change: object): JsonObject {
  const now: object = isBranch(before) ? { ...before } : {};
  for (const name of Object.keys(change)) {
    const value = (change as Record<string, unknown>)[name];
    if (value === undefined) delete (now as Record<string, unknown>)[name];
    else put(now, name, isBranch(value) ? patched(member(now as JsonObject, name), value) : value);
  }
  return now as JsonObject;
}

/** What an application can do about a problem. */
export interface Explained {
  /** It goes on by itself. */
  readonly retryable: boolean;
  /** Somebody has to sign in. */
  readonly needsAuth: boolean;
  /** The code of what refuses; until something is changed, it stays so. */
  readonly refused?: string;
}

/** What can be done about a `problem`, or about what a change has thrown. */
export function explain(problem: unknown): Explained {
  const { status, code, name, isOurs } = (isObject(problem) ? problem : {}) as { status?: number; code?: string; name?: string; isOurs?: boolean };
  const needsAuth = status === 401 || code === "signed_out" || code === "device_removed" || code === "wrong_replica";
  const retryable = !needsAuth && (name === "NoAnswer" || name === "QuotaExceededError" || (status !== undefined && (status > 428 || !isOurs)));
  return { retryable, needsAuth, ...(!retryable && !needsAuth && code !== undefined && { refused: code }) };
}

export { Query, where } from "./where.js";
export { QuestionError } from "./query.js";
export type { AnyField, At, Comparison, Field } from "./where.js";
export type { Condition, Filter, Operator, Question, SortKey } from "./query.js";
export type { Result, Watched } from "./answer.js";
