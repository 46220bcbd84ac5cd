import type { SyncedAtom } from "./atom.js";
import { marks } from "./entry.js";
import { ownFields, type Json, type JsonObject } from "./json.js";
import { compareValues, wordsIn, type Reader, type Subject, type Wanted } from "./query.js";

/** A document as it is asked of and shown. */
export interface Row extends Subject {
  readonly id: string;
  /** Where it comes if no order is asked for: what is pending comes last, as if it had just been stored. */
  readonly place: string;
  /** As an application gets it, with `_key`. */
  readonly doc: JsonObject;
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order in which documents were last changed. */
export const byPlace = (a: Pick<Row, "place" | "id">, b: Pick<Row, "place" | "id">): number => before(a.place, b.place) || before(a.id, b.id);

/** The first place in a sorted list where something stands that is not before what `compare` looks for. */
export function search<T>(list: readonly T[], compare: (item: T) => number): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(list[middle]!) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The words of all documents. */
class WordIndex {
  readonly #rows = new Map<string, Set<Row>>();
  #sorted: string[] | undefined;

  add(row: Row): void {
    wordsIn(row.fields, (word) => {
      const rows = this.#rows.get(word);
      if (rows) rows.add(row);
      else {
        this.#rows.set(word, new Set([row]));
        this.#sorted?.splice(search(this.#sorted, (other) => before(other, word)), 0, word);
      }
    });
  }

  remove(row: Row): void {
    wordsIn(row.fields, (word) => {
      const rows = this.#rows.get(word);
      if (rows?.delete(row) && !rows.size) {
        this.#rows.delete(word);
        this.#sorted?.splice(search(this.#sorted, (other) => before(other, word)), 1);
      }
    });
  }

  /** The documents that have all of these words. */
  find({ words, start }: Wanted): Iterable<Row> {
    const sets = [...words].map((word) => this.#rows.get(word) ?? new Set<Row>());
    this.#sorted ??= [...this.#rows.keys()].sort();
    const from = search(this.#sorted, (word) => before(word, start!));
    let started: Set<Row> | undefined;
    for (let i = from; i < this.#sorted.length && this.#sorted[i]!.startsWith(start!); i++) {
      const rows = this.#rows.get(this.#sorted[i]!)!;
      if (!started) started = rows;
      else {
        if (this.#rows.get(this.#sorted[from]!) === started) started = new Set(started);
        for (const row of rows) started.add(row);
      }
    }
    sets.push(started ?? new Set());
    const [least, ...others] = sets.sort((a, b) => a.size - b.size);
    return [...least!].filter((row) => others.every((set) => set.has(row)));
  }
}

/** The documents in the order of one field, then of owner and key. */
export class FieldIndex {
  readonly rows: Row[];

  constructor(readonly read: Reader, readonly compare: (a: Row, b: Row) => number, rows: Iterable<Row>) {
    this.rows = [...rows].sort(compare);
  }

  add(row: Row): void {
    this.rows.splice(search(this.rows, (other) => this.compare(other, row)), 0, row);
  }

  remove(row: Row): void {
    const at = search(this.rows, (other) => this.compare(other, row));
    if (this.rows[at] === row) this.rows.splice(at, 1);
  }

  /** The part of the list with values from `from` to `to`, both included; `undefined` is no bound. */
  range(from: Json | undefined, to: Json | undefined): [number, number] {
    return [
      from === undefined ? 0 : search(this.rows, (row) => compareValues(this.read(row), from)),
      to === undefined ? this.rows.length : search(this.rows, (row) => (compareValues(this.read(row), to) <= 0 ? -1 : 1)),
    ];
  }

  /** Those of a range that have the same value, one group after the other. */
  *groups([from, to]: [number, number], backwards: boolean): Generator<Row[], void, void> {
    const { rows, read } = this;
    while (from < to) {
      const value = read(rows[backwards ? to - 1 : from]!);
      const isSame = (at: number) => !compareValues(read(rows[at]!), value);
      let first = backwards ? to - 1 : from;
      let end = first + 1;
      while (backwards ? first > from && isSame(first - 1) : end < to && isSame(end)) backwards ? first-- : end++;
      yield rows.slice(first, end);
      if (backwards) to = first;
      else from = end;
    }
  }
}

/** A change of the documents of a collection. */
export interface RowChange {
  readonly id: string;
  readonly old: Row | undefined;
  readonly now: Row | undefined;
}

/** All documents of a collection, kept up to date from the first question on. */
export class Rows {
  readonly #atom: SyncedAtom;
  /** Whose the documents without an owner are, as far as that is known. */
  readonly #self: () => string;
  #owner = "";
  readonly #listeners = new Set<(changes: readonly RowChange[] | null) => void>();
  readonly #indexes = new Map<string, FieldIndex>();
  #all: Map<string, Row> | undefined;
  #words: WordIndex | undefined;
  /** Counts the changes. */
  version = 0;

  constructor(atom: SyncedAtom, self: () => string) {
    this.#atom = atom;
    this.#self = self;
    atom.onState((ids) => ids !== undefined && this.#changed(ids));
  }

  get all(): ReadonlyMap<string, Row> {
    const self = this.#self();
    if (this.#owner !== self) {
      this.#owner = self;
      this.#changed(null);
    }
    if (!this.#all) {
      this.#all = new Map();
      for (const id of Object.keys(this.#atom.deref())) this.#all.set(id, this.#row(id)!);
    }
    return this.#all;
  }

  /** Calls `listener` with what has changed; `null`: everything may have. Gives what ends that. */
  listen(listener: (changes: readonly RowChange[] | null) => void): () => void {
    void this.all; // what is not known cannot change
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #row(id: string): Row | undefined {
    const doc = this.#atom.get(id);
    if (!doc) return undefined;
    const { collection } = this.#atom;
    const e = collection.entry(id)!;
    const pending = marks(e).map(({ clock }) => clock).sort();
    const place = pending.length ? "~" + pending.at(-1)! : e.rev;
    return { id, key: e.key, owner: e.owner ?? this.#owner, rev: e.rev, place, fields: collection.marked(id) ?? ownFields(doc), doc: named(doc, e.key) };
  }

  #changed(ids: Iterable<string> | null): void {
    this.version++;
    if (!this.#all) return;
    if (!ids) {
      this.#all = this.#words = undefined;
      this.#indexes.clear();
      for (const listener of [...this.#listeners]) listener(null);
      return;
    }
    const changes: RowChange[] = [];
    for (const id of new Set(ids)) {
      const old = this.#all.get(id);
      const now = this.#row(id);
      if (!old && !now) continue;
      if (now) this.#all.set(id, now);
      else this.#all.delete(id);
      for (const index of [...this.#indexes.values(), ...(this.#words ? [this.#words] : [])]) {
        if (old) index.remove(old);
        if (now) index.add(now);
      }
      changes.push({ id, old, now });
    }
    if (changes.length) for (const listener of [...this.#listeners]) listener(changes);
  }

  /** The index of a field, made when it is needed. */
  index(field: string, read: Reader, compare: (a: Row, b: Row) => number): FieldIndex {
    const { all } = this;
    let index = this.#indexes.get(field);
    if (!index) this.#indexes.set(field, (index = new FieldIndex(read, compare, all.values())));
    return index;
  }

  /** The documents with these words. */
  withWords(wanted: Wanted): Iterable<Row> {
    const { all } = this;
    if (!this.#words) {
      this.#words = new WordIndex();
      for (const row of all.values()) this.#words.add(row);
    }
    return this.#words.find(wanted);
  }
}

const shown = new WeakMap<JsonObject, JsonObject>();

/** With its key, as the server names it; the same object for the same document. */
export function named(doc: JsonObject, key: string): JsonObject {
  let copy = shown.get(doc);
  if (!copy) shown.set(doc, (copy = Object.freeze({ ...doc, _key: key })));
  return copy;
}
