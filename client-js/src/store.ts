import { isEmpty, type Entry } from "./entry.js";
import type { Meta, Refused, Tx } from "./replica.js";

export interface Stored {
  meta: Meta | undefined;
  refused: Refused[];
}

/** What a transaction has changed. */
export interface Written {
  meta: Meta;
  put: Entry[];
  removed: string[];
  refused: Refused[];
  accepted: number[];
}

/** Where a replica is kept. Everything that can fail fails with an exception and leaves what was there. */
export interface Store {
  /** Whether other tabs see the same. */
  readonly shared: boolean;
  /** Whether it outlives the process; true. */
  readonly isKept?: boolean;
  /** What is kept about the device itself. `make` gives it at first. */
  device(make: () => Device): Promise<Device>;
  saveDevice(device: Device): Promise<void>;
  /** Everything of a collection; the documents in slices, so that no slice takes long. */
  load(collection: string, slice: (entries: Entry[]) => void): Promise<Stored>;
  /** These documents of a collection, as they are now. */
  read(collection: string, ids: readonly string[]): Promise<Stored & { entries: Entry[] }>;
  /**
   * Runs `step` on these documents and makes durable what it changes, in one transaction. `step` must not wait.
   */
  change<T>(collection: string, ids: readonly string[], meta: () => Meta, step: (tx: Tx) => T): Promise<Changed<T>>;
  /** The collections that have ever been written. */
  names(): Promise<string[]>;
  /** Deletes everything. */
  destroy(): Promise<void>;
  close(): void;
}

export interface Changed<T> {
  result: T;
  written: Written;
}

export interface Device {
  /** Its id in the user's list of devices. */
  node: string;
  /** What these documents are: see `bind`. The last three as the server says them, once it has. */
  app?: string | undefined;
  org?: string | undefined;
  user?: string | undefined;
  instance?: string | undefined;
  /** The server's life at the last sync: another one after it has been emptied or set back. */
  epoch?: string | undefined;
  /** Where the server was last. */
  server?: string | undefined;
}

/** A transaction over documents that have been read. */
export class Step implements Tx {
  readonly #entries: Map<string, Entry>;
  readonly #changed = new Set<string>();
  readonly #refused: Refused[] = [];
  readonly #accepted: number[] = [];

  constructor(
    public meta: Meta,
    entries: Iterable<Entry>,
  ) {
    this.#entries = new Map();
    for (const e of entries) this.#entries.set(e.id, e);
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  put(entry: Entry): void {
    this.#changed.add(entry.id);
    if (isEmpty(entry)) this.#entries.delete(entry.id);
    else this.#entries.set(entry.id, entry);
  }

  all(): Iterable<Entry> {
    return this.#entries.values();
  }

  refuse(item: Refused): void {
    this.#refused.push(item);
  }

  accept(n: number): void {
    this.#accepted.push(n);
  }

  written(): Written {
    const put: Entry[] = [];
    const removed: string[] = [];
    for (const id of this.#changed) {
      const e = this.#entries.get(id);
      if (e) put.push(e);
      else removed.push(id);
    }
    return { meta: this.meta, put, removed, refused: this.#refused, accepted: this.#accepted };
  }
}
