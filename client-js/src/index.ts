import { SyncedAtom, type AtomEvents, type AtomOptions, type Host } from "./atom.js";
import { Collection } from "./collection.js";
import { indexedDbStore } from "./indexeddb.js";
import { Loop, type Status } from "./loop.js";
import { memoryStore } from "./memory.js";
import type { Conflict } from "./protocol.js";
import type { Device, Store } from "./store.js";
import { alone, joinTabs, type Tabs, type TabsOptions } from "./tabs.js";
import { httpTransport, ServerError, type Transport } from "./transport.js";

export interface Options {
  /** The server's address, without the application. */
  server: string;
  /** The name of the application on the server. */
  app: string;
  token?: string | undefined;
  /** The organisation whose documents these are; without it, those of the user. */
  org?: string | undefined;
  /** Where the replica is kept: IndexedDB if there is one, else in memory. */
  store?: "indexeddb" | "memory" | Store;
  /** Milliseconds between two pulls while there are no live hints; 5,000. */
  interval?: number;
  /** Milliseconds from a change to its request; 50. */
  debounce?: number;
  /** Live hints; true. */
  live?: boolean;
  /** Documents a request; 500. */
  page?: number;
  /** Milliseconds until a request counts as failed; 60,000. */
  timeout?: number;
  /** Milliseconds without a sign of a live stream until long polls take its place; 10,000. */
  patience?: number;
  /** Ask the browser not to clear the store when space is short; true. */
  persist?: boolean;
  /** The session has ended. Gives a new token, or nothing: then `setToken` is waited for. */
  onUnauthorized?: () => string | undefined | Promise<string | undefined>;
  /** The server has renewed the token. */
  onToken?: (token: string) => void;
  onStatus?: (status: Status) => void;
  fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  now?: () => number;
  transport?: Transport;
  tabs?: TabsOptions;
}

/** What a sign-out would have lost, or has. */
export interface SignOut {
  /** False if something would be lost and it was not forced. Nothing has changed then. */
  signedOut: boolean;
  /** The documents with changes that the server does not have, and the number of refused changes, by collection. */
  lost: { collection: string; keys: string[]; refused: number }[];
}

/** Opens the replica `name` of one user's (or organisation's) documents in one application, and keeps it in sync until it is closed. */
export async function open(name: string, options: Options): Promise<Connection> {
  const parts = [name, options.app, options.org ?? "", subject(options.token)];
  const database = "landfall/" + parts.map(encodeURIComponent).join("/");
  let store = options.store ?? (typeof indexedDB === "undefined" ? "memory" : "indexeddb");
  if (store === "memory") store = memoryStore();
  else if (store === "indexeddb") store = indexedDbStore(database);
  const device = await store.device(() => ({ node: crypto.randomUUID() }));
  return new Connection(database, store, device, options);
}

/** The atom of a collection. The same connection and collection give the same atom. */
export const syncedAtom = (connection: Connection, collection: string, options?: AtomOptions): SyncedAtom =>
  connection.atom(collection, options);

/** To other tabs. */
type Message =
  | { is: "written"; name: string; ids: string[]; version: number; conflicts: Conflict[] }
  | { is: "synced"; name: string; at: number; remaining: number }
  | { is: "status"; status: Status }
  | { is: "using"; names: string[] }
  | { is: "who" }
  | { is: "wake" }
  | { is: "gone" };

export class Connection implements Host {
  /** Whether the browser has promised not to clear the store. */
  readonly persisted: Promise<boolean>;
  readonly #atoms = new Map<string, SyncedAtom>();
  readonly #collections = new Map<string, Collection>();
  readonly #transport: Transport;
  readonly #loop: Loop;
  readonly #tabs: Tabs;
  readonly #store: Store;
  readonly #options: Options;
  readonly #session = crypto.randomUUID().slice(0, 8) + ".";
  readonly #told = new Map<string, number>();
  readonly #debounce: number;
  #device: Device;
  #followed: Status | undefined;
  #closed = false;
  readonly #listening = new AbortController();

  /** Use `open`. */
  constructor(database: string, store: Store, device: Device, options: Options) {
    this.#store = store;
    this.#device = device;
    this.#options = options;
    this.#debounce = options.debounce ?? 50;
    this.#transport = options.transport ?? httpTransport(options);
    this.#loop = new Loop(this.#collections, this.#transport, {
      interval: options.interval ?? 5_000,
      debounce: this.#debounce,
      page: options.page ?? 500,
      live: options.live ?? true,
      onUnauthorized: options.onUnauthorized,
      identify: () => this.#identify(),
      leads: () => this.#tabs.leads,
      changed: () => this.#stateChanged(),
    });
    const many = store.shared && typeof BroadcastChannel !== "undefined";
    this.#tabs = many ? joinTabs(database, (m) => this.#hear(m as Message), () => this.#leadChanged(), options.tabs) : alone;
    const asks = store.shared && (options.persist ?? true);
    this.persisted = Promise.resolve().then(() => asks && navigator.storage.persist()).catch(() => false);
    const { signal } = this.#listening;
    globalThis.addEventListener?.("online", () => this.#loop.retry(), { signal });
    globalThis.addEventListener?.("offline", () => this.#loop.offline(), { signal });
    const visible = () => document.visibilityState === "visible" && this.#loop.wake();
    globalThis.document?.addEventListener("visibilitychange", visible, { signal });
    this.#post({ is: "who" });
  }

  get status(): Status {
    return this.#tabs.leads ? this.#loop.status : (this.#followed ?? this.#loop.status);
  }

  get problem(): unknown {
    return this.#loop.problem;
  }

  /** Whether this tab is the one that talks to the server. */
  get leads(): boolean {
    return this.#tabs.leads;
  }

  atom(name: string, options?: AtomOptions): SyncedAtom {
    let atom = this.#atoms.get(name);
    if (!atom) {
      if (this.#closed) throw new Error("the connection is closed");
      atom = new SyncedAtom(this, name, options);
      this.#atoms.set(name, atom);
      this.#post({ is: "using", names: [name] });
    }
    return atom;
  }

  /** Syncs now. */
  sync(): void {
    if (this.#tabs.leads) this.#loop.retry();
    else {
      this.#loop.wake();
      this.#post({ is: "wake" });
    }
  }

  /** A new token, after a sign-in. It must be the same user's. */
  setToken(token: string): void {
    this.#transport.setToken(token);
    this.#loop.tokenChanged();
  }

  /**
   * Deletes this replica from the device. If something would be lost, says what and changes nothing, unless it is forced. The token is
   * the application's to forget.
   */
  async signOut({ force = false } = {}): Promise<SignOut> {
    await Promise.all([...this.#collections.values()].map((c) => c.save()));
    const kept = await this.#store.unsent();
    for (const c of this.#collections.values()) {
      const known = kept.find((one) => one.collection === c.name);
      const keys = [...new Set([...(known?.keys ?? []), ...(c.isSaved ? [] : c.pending)])];
      if (known) known.keys = keys;
      else kept.push({ collection: c.name, keys, refused: 0 });
    }
    const lost = kept.filter((one) => one.keys.length || one.refused);
    if (lost.length && !force) return { signedOut: false, lost };
    this.#post({ is: "gone" });
    await this.close();
    await this.#store.destroy();
    return { signedOut: true, lost };
  }

  /** Stops syncing and lets go of the store. What has been done is saved and goes on at the next `open`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening.abort();
    await Promise.all([...this.#collections.values()].map((c) => c.save().then(() => c.close())));
    await this.#loop.stop();
    this.#tabs.close();
    this.#store.close();
  }

  #post(message: Message): void {
    this.#tabs.post(message);
  }

  /** @internal */
  use(name: string, events: AtomEvents): { collection: Collection; ready: Promise<void> } {
    const now = this.#options.now ?? Date.now;
    const collection = new Collection(name, this.#store, this.#device.node, now, {
      ...events,
      state: () => {
        events.state();
        this.#tellSynced(collection);
      },
      edited: () => this.#loop.wake(this.#debounce),
      written: (ids, version, conflicts) => this.#post({ is: "written", name, ids, version, conflicts }),
    }, this.#session);
    this.#collections.set(name, collection);
    const ready = collection.load();
    ready.then(() => this.#loop.wake(), (e: unknown) => {
      collection.failure = e;
      events.state();
    });
    return { collection, ready };
  }

  #tellSynced(c: Collection): void {
    if (!this.#tabs.leads || c.lastSync === undefined || this.#told.get(c.name) === c.lastSync) return;
    this.#told.set(c.name, c.lastSync);
    this.#post({ is: "synced", name: c.name, at: c.lastSync, remaining: c.remaining ?? 0 });
  }

  /** Documents of one user never mix with another's: the first user to sync owns this replica. */
  async #identify(): Promise<string | undefined> {
    let userId: string;
    try {
      ({ userId } = await this.#transport.me());
    } catch (e) {
      if (e instanceof ServerError && e.status === 404) return undefined;
      throw e;
    }
    if (this.#device.user === undefined) {
      this.#device = { ...this.#device, user: userId };
      await this.#store.saveDevice(this.#device);
    } else if (this.#device.user !== userId) {
      throw new Error("the token is another user's: sign out first");
    }
    return this.#options.org ?? userId;
  }

  #hear(m: Message): void {
    if (this.#closed) return;
    if (m.is === "gone") {
      void this.close();
      return;
    }
    if (m.is === "who") {
      this.#post({ is: "using", names: [...this.#collections.keys()] });
      if (this.#tabs.leads) this.#post({ is: "status", status: this.status });
    } else if (m.is === "using") {
      // What another tab uses is synced from here even if nobody here uses it.
      if (this.#tabs.leads) for (const name of m.names) this.atom(name);
    } else if (m.is === "wake") {
      this.#loop.retry();
    } else if (m.is === "status") {
      this.#followed = m.status;
      this.#stateChanged();
    } else {
      const c = this.#collections.get(m.name);
      if (!c) return;
      if (m.is === "synced") c.syncedElsewhere(m.at, m.remaining);
      else {
        void c.reload(m.ids, m.version).then(() => {
          if (c.pending.size) this.#loop.wake(this.#debounce);
        }, () => this.#loop.wake());
        for (const conflict of m.conflicts) c.tell(conflict);
      }
    }
  }

  #leadChanged(): void {
    this.#followed = undefined;
    if (this.#tabs.leads) this.#post({ is: "who" });
    void this.#loop.leadChanged();
    this.#stateChanged();
  }

  #stateChanged(): void {
    for (const atom of this.#atoms.values()) atom.stateChanged();
    if (this.#tabs.leads) this.#post({ is: "status", status: this.status });
    this.#options.onStatus?.(this.status);
  }
}

/** Whose token it is, as far as it says: replicas of different users are kept apart from the beginning. */
function subject(token: string | undefined): string {
  try {
    const claims = JSON.parse(atob(token!.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"))) as { iss?: string; sub?: string };
    return (claims.iss ?? "") + " " + (claims.sub ?? "");
  } catch {
    return "";
  }
}

export { memoryStore } from "./memory.js";
export { indexedDbStore } from "./indexeddb.js";
export { idOf as documentKey, address as documentAddress } from "./entry.js";
export { ServerError, NoAnswer, httpTransport } from "./transport.js";
export { SyncedAtom, assoc } from "./atom.js";
export type { AtomOptions, Cell, Inbox, Watch } from "./atom.js";
export type { Docs, Receipt } from "./collection.js";
export type { Json, JsonObject } from "./json.js";
export type { Status } from "./loop.js";
export type { Conflict } from "./protocol.js";
export type { Refused } from "./replica.js";
export type { Store } from "./store.js";
export type { Transport } from "./transport.js";
