import { Listeners } from "./events.js";
import type { Json, JsonObject } from "./json.js";
import { QuestionError, ask, compareValues, isOrdered, reader, wanted, type Asked, type Condition, type Filter, type Question } from "./query.js";
import { byPlace, search, type FieldIndex, type Row, type RowChange, type Rows } from "./rows.js";

/** What a question finds. */
export interface Result<T> extends Iterable<T> {
  /** In order, a page of them if there is a limit. The same array as long as it holds the same. */
  readonly documents: readonly T[];
  /** How many there are, on all pages. */
  readonly total: number;
  /** Whether that is all; otherwise there are at least so many, and counting has been given up. */
  readonly exact: boolean;
  /** Those of `documents` with changes that the server does not have. */
  readonly pending: ReadonlySet<T>;
  /** Whether what is stored on this device has been read. */
  readonly ready: boolean;
  readonly from: "device" | "server";
  /** Where the next page begins, if there is one. */
  readonly after?: string;
}

/** Something that changes and can be looked at. What it shows is the same object as long as nothing changes. */
export interface Watched<V> extends AsyncIterable<V> {
  getSnapshot(): V;
  /** Calls `listener` now and after each change. Gives what ends that. */
  subscribe(listener: (value: V) => void): () => void;
}

/** The value now and after each change; one that is slow skips what has been replaced meanwhile. */
export async function* changesOf<V>(watched: Pick<Watched<V>, "getSnapshot" | "subscribe">): AsyncGenerator<V, void, void> {
  let wake = () => {};
  const end = watched.subscribe(() => wake());
  try {
    for (;;) {
      const value = watched.getSnapshot();
      yield value;
      if (watched.getSnapshot() === value) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    end();
  }
}

export const resultOf = <T>(result: Omit<Result<T>, typeof Symbol.iterator>): Result<T> =>
  Object.freeze({ ...result, [Symbol.iterator]: () => result.documents[Symbol.iterator]() });

const HERE = "here:";

/** Documents counted behind a page that an index gives. */
const MOST_COUNTED = 1_000;

/** As few as are looked at one by one rather than in the order of an index. */
const FEW = 1_000;

/** What of an index may answer a condition with yes; it may be too much. */
function part(index: FieldIndex, { op, value }: Condition): [number, number][] | undefined {
  if (op === "eq") return [index.range(value, value)];
  if (op === "in") return (value as readonly Json[]).map((one) => index.range(one, one));
  if (op === "startsWith") {
    const start = value as string;
    if (/[\ud800-\udbff]$/.test(start)) return undefined; // half of a character has no place
    const [from] = index.range(start, undefined);
    return [[from, search(index.rows, (row) => {
      const there = index.read(row);
      return compareValues(there, start) <= 0 || (typeof there === "string" && there.startsWith(start)) ? -1 : 1;
    })]];
  }
  if (!/^[gl]te?$/.test(op) || !isOrdered(value)) return undefined;
  const least = typeof value === "string" && value[0] !== "\0" ? "" : "\0-1e1001";
  return [op[0] === "g" ? index.range(value, least ? "\0" + "1e1001" : []) : index.range(least, value)];
}

/** Conditions that have to be true. */
const needed = (filter: Filter | undefined): Condition[] => {
  if (!filter) return [];
  if ("op" in filter) return [filter];
  if (filter.type !== "and") return [];
  return ("filters" in filter ? filter.filters : (filter.conditions ?? [])).flatMap(needed);
};

/** A question that is put to the documents of a collection. */
export class Asking {
  readonly asked: Asked;
  readonly #behind: ((row: Row) => boolean) | undefined;

  constructor(readonly question: Question, readonly rows: Rows, readonly indexes: ReadonlySet<string>) {
    this.asked = ask(question);
    const { after } = question;
    if (after === undefined) return;
    try {
      if (!after.startsWith(HERE)) throw 0;
      const place = JSON.parse(after.slice(HERE.length)) as Json[];
      this.#behind = this.asked.sorted
        ? (row) => this.asked.behind(row, place)
        : (row) => byPlace(row, { place: place[0] as string, id: place[1] as string }) > 0;
    } catch {
      throw new QuestionError("after is not what an earlier page of this search gave");
    }
  }

  compare = (a: Row, b: Row): number => (this.asked.sorted ? this.asked.compare(a, b) : byPlace(a, b));

  #index(field: string): FieldIndex {
    return this.rows.index(field, reader(field, "indexes"), ask({ sort: [{ field }] }).compare);
  }

  /** All that is found, in order. */
  all(): Row[] {
    const { text, filter } = this.question;
    const looked = text == null ? undefined : wanted(text);
    if (looked?.start !== undefined && !looked.fields.length) return this.#sorted(this.rows.withWords(looked), this.asked.passes);
    const best = this.#narrowest(filter);
    return this.#sorted(best ? best.rows() : this.rows.all.values(), this.asked.matches);
  }

  #sorted(rows: Iterable<Row>, test: (row: Row) => boolean): Row[] {
    const found: Row[] = [];
    for (const row of rows) if (test(row)) found.push(row);
    return found.sort(this.compare);
  }

  #narrowest(filter: Filter | undefined): { count: number; rows: () => Iterable<Row> } | undefined {
    let best: { count: number; rows: () => Iterable<Row> } | undefined;
    for (const condition of needed(filter)) {
      if (!this.indexes.has(condition.field)) continue;
      const index = this.#index(condition.field);
      const ranges = part(index, condition);
      const count = ranges?.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0);
      if (count === undefined || (best && best.count <= count)) continue;
      best = { count, rows: () => new Set(ranges!.flatMap(([from, to]) => index.rows.slice(from, to))) };
    }
    return best;
  }

  /** The page that is asked for; in the order of an index no more than that, and some to count them. */
  page(): { rows: Row[]; total: number; exact: boolean; more: boolean } {
    const { limit = Infinity, sort, filter, text } = this.question;
    const [first] = sort ?? [];
    if (first && this.indexes.has(first.field) && limit < Infinity && text == null && !this.#behind) {
      const best = this.#narrowest(filter);
      if ((best?.count ?? this.rows.all.size) > FEW) return this.#inOrder(first.field, first.dir === "desc", limit);
    }
    return this.pageOf(this.all());
  }

  #inOrder(field: string, backwards: boolean, limit: number): { rows: Row[]; total: number; exact: boolean; more: boolean } {
    const index = this.#index(field);
    const own = needed(this.question.filter).flatMap((condition) => (condition.field === field ? (part(index, condition) ?? []) : []));
    const range: [number, number] = own.length === 1 ? own[0]! : [0, index.rows.length];
    const rows: Row[] = [];
    let total = 0;
    let looked = 0;
    for (const group of index.groups(range, backwards)) {
      if (rows.length >= limit && (looked += group.length) > MOST_COUNTED) return { rows: rows.slice(0, limit), total, exact: false, more: true };
      const found = this.#sorted(group, this.asked.matches);
      total += found.length;
      if (rows.length <= limit) rows.push(...found.slice(0, limit + 1 - rows.length));
    }
    return { rows: rows.slice(0, limit), total, exact: true, more: rows.length > limit };
  }

  /** The page of everything that is found. */
  pageOf(all: readonly Row[]): { rows: Row[]; total: number; exact: boolean; more: boolean } {
    const { limit = Infinity } = this.question;
    const rest = this.#behind ? all.filter(this.#behind) : all;
    return { rows: rest.slice(0, limit), total: all.length, exact: true, more: rest.length > limit };
  }

  /** Where the page after this one begins. */
  after(rows: readonly Row[], more: boolean): { after?: string } {
    const last = rows.at(-1);
    if (!more || !last) return {};
    return { after: HERE + JSON.stringify(this.asked.sorted ? this.asked.place(last) : [last.place, last.id]) };
  }

  readonly #projected = new WeakMap<JsonObject, JsonObject>();

  /** As it is asked for. */
  shown({ doc, fields, key }: Row): JsonObject {
    if (!this.question.fields) return doc;
    let narrow = this.#projected.get(doc);
    if (!narrow) {
      const own = this.asked.project(doc === fields ? fields : Object.fromEntries(Object.entries(doc).filter(([name]) => name[0] !== "_")));
      narrow = Object.freeze({ ...own, ...(doc._owner !== undefined && { _owner: doc._owner }), _key: key });
      this.#projected.set(doc, narrow);
    }
    return narrow;
  }
}

const isPending = (row: Row): boolean => row.place[0] === "~";

/** How many changes at once are worth a new look at everything. */
const MANY = 1_000;

/** A question whose answer is kept up to date: a change of one document costs a look at that one. */
export class Live<T> implements Watched<Result<T>> {
  readonly #asking: Asking;
  readonly #isReady: () => boolean;
  readonly #listeners = new Listeners<[Result<T>]>();
  /** All that is found, in order, while somebody listens. */
  #all: Row[] = [];
  #found = new Map<string, Row>();
  #end: (() => void) | undefined;
  #listening = 0;
  #result: Result<T> | undefined;
  #version = -1;

  constructor(asking: Asking, isReady: () => boolean) {
    this.#asking = asking;
    this.#isReady = isReady;
  }

  // Both are passed on by themselves.
  readonly getSnapshot = (): Result<T> => {
    const { rows } = this.#asking;
    void rows.all; // it may notice that something has changed
    if (!this.#result || (!this.#end && this.#version !== rows.version) || this.#result.ready !== this.#isReady()) {
      this.#version = rows.version;
      this.#show(this.#end ? this.#asking.pageOf(this.#all) : this.#asking.page());
    }
    return this.#result!;
  };

  readonly subscribe = (listener: (value: Result<T>) => void): (() => void) => {
    if (!this.#end) {
      this.#end = this.#asking.rows.listen((changes) => this.#changed(changes));
      this.#lookAgain();
      this.#show(this.#asking.pageOf(this.#all));
    }
    const remove = this.#listeners.add((value) => listener(value));
    let listens = true;
    this.#listening++;
    listener(this.getSnapshot());
    return () => {
      if (!listens) return;
      listens = false;
      remove();
      if (--this.#listening) return;
      this.#end?.();
      this.#end = undefined;
      this.#version = this.#asking.rows.version;
      this.#all = [];
      this.#found.clear();
    };
  };

  [Symbol.asyncIterator](): AsyncGenerator<Result<T>, void, void> {
    return changesOf(this);
  }

  /** What is stored has been read. */
  tell(): void {
    const before = this.#result;
    if (this.getSnapshot() !== before) this.#listeners.tell(this.#result!);
  }

  #lookAgain(): void {
    this.#all = this.#asking.all();
    this.#found = new Map(this.#all.map((row) => [row.id, row]));
  }

  #changed(changes: readonly RowChange[] | null): void {
    if (!changes || changes.length > MANY) this.#lookAgain();
    else for (const { id, now } of changes) this.#update(id, now);
    const before = this.#result;
    this.#show(this.#asking.pageOf(this.#all));
    if (this.#result !== before) this.#listeners.tell(this.#result!);
  }

  #update(id: string, now: Row | undefined): void {
    const { compare, asked } = this.#asking;
    const at = (row: Row) => search(this.#all, (other) => compare(other, row));
    const old = this.#found.get(id);
    if (old) {
      this.#all.splice(at(old), 1);
      this.#found.delete(id);
    }
    if (now && asked.matches(now)) {
      this.#all.splice(at(now), 0, now);
      this.#found.set(id, now);
    }
  }

  #show({ rows, total, exact, more }: ReturnType<Asking["page"]>): void {
    const before = this.#result;
    const docs = rows.map((row) => this.#asking.shown(row)) as unknown as T[];
    const isSame = !!before && before.documents.length === docs.length && docs.every((doc, i) => before.documents[i] === doc);
    const documents = isSame ? before.documents : Object.freeze(docs);
    const pending = new Set(documents.filter((_, i) => isPending(rows[i]!)));
    const { after } = this.#asking.after(rows, more);
    const ready = this.#isReady();
    if (isSame && before.total === total && before.exact === exact && before.after === after && before.ready === ready &&
      before.pending.size === pending.size && [...pending].every((doc) => before.pending.has(doc))) return;
    this.#result = resultOf<T>({ documents, total, exact, pending, ready, from: "device", ...(after !== undefined && { after }) });
  }
}
