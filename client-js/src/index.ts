import { reportLater } from "./events.js";
import { SyncedAtom, type AtomEvents, type AtomOptions, type Host } from "./atom.js";
import { Collection } from "./collection.js";
import { indexedDbStore } from "./indexeddb.js";
import { rare } from "./lazy.js";
import { Loop, REMOVED, type Status } from "./loop.js";
import type { Warning } from "./protocol.js";
import { isRefusal } from "./replica.js";
import type { Followers, Message, Told } from "./hear.js";
import type { Device, Store } from "./store.js";
import { alone, joinTabs, type Tabs, type TabsOptions } from "./tabs.js";
import { httpTransport, type Transport } from "./transport.js";
import { randomName } from "./names.js";

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
  /** Milliseconds of silence until a request counts as failed; 60,000. */
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
  /** The server has come back without documents that are here; it is given them again. */
  onRestored?: (event: Restored) => void;
  /** Give a restored server nothing back before `bringBack` is called; false. */
  asksBeforeRestoring?: boolean;
  /** These are gone, because the user may not see them any more. What had not been sent is in the inbox. */
  onRevoked?: (event: Revoked) => void;
  /** A change has been refused and is in the inbox. */
  onRefused?: (event: RefusedEvent) => void;
  /** The server has noticed something about a document of this device. */
  onWarning?: (event: Warning & { collection: string }) => void;
  /** How this device is called in the user's list of devices. */
  device?: DeviceName | undefined;
  /** The user has removed this device from that list: nothing of the replica is left, and the connection is closed. */
  onRemoved?: () => void;
  fetch?: typeof fetch;
  /** Milliseconds since 1970. */
  now?: () => number;
  transport?: Transport;
  tabs?: TabsOptions;
}

/** What the user's list of devices says of this one. */
export interface DeviceName {
  /** For a new replica: what several of this device have in common. 1 to 64 of `A-Z a-z 0-9 . _ ~ -`; without it, an id of its own. */
  id?: string;
  /** As its user calls it. */
  name?: string;
  /** Such as `Android 15`. */
  platform?: string;
  /** Of the application. */
  version?: string;
}

/** What a sign-out would have lost, or has. */
export interface SignOut {
  /** False if something would be lost and it was not forced. Nothing has changed then. */
  signedOut: boolean;
  /** The documents with changes that the server does not have, and the number of refused changes, by collection. */
  lost: { collection: string; keys: string[]; refused: number }[];
}

/** What a restored server has lost and this device has, by key of the atom's map. */
export interface Restored {
  collection: string;
  keys: readonly string[];
  /** Whether nothing happens until `bringBack` is called. */
  waits: boolean;
}

export interface Revoked {
  collection: string;
  keys: readonly string[];
}

export interface RefusedEvent {
  collection: string;
  key: string;
  /** See `Refused`. */
  code: string;
  /** Its number in the inbox. */
  n: number;
}

/** The replica belongs to another user, application, organisation or server. Nothing of it is shown or sent. */
export class WrongReplica extends Error {
  override readonly name = "WrongReplica";
  readonly code = "wrong_replica";
  constructor(readonly what: "user" | "application" | "organisation" | "server") {
    super("another " + what + "'s replica");
  }
}

/** Opens the replica `name` of one user's (or organisation's) documents in one application, and keeps it in sync until it is closed. */
export async function open(name: string, options: Options): Promise<Connection> {
  const { app, org } = options;
  const parts = [name, app, org ?? "", subject(options.token)];
  const database = "landfall/" + parts.map(encodeURIComponent).join("/");
  const make = () => ({ node: options.device?.id ?? randomName(), app, org });
  let store = options.store ?? (typeof indexedDB === "undefined" ? "memory" : "indexeddb");
  let device: Device | undefined;
  let storageProblem: unknown;
  if (store === "indexeddb") {
    store = indexedDbStore(database);
    try {
      device = await store.device(make);
    } catch (e) {
      storageProblem = e; // of the browser; the application works, as long as the page is open
      store = "memory";
    }
  }
  if (store === "memory") store = (await rare()).memoryStore();
  device ??= await store.device(make);
  if (device.app === undefined) device = { ...device, app, org }; // stored by an older version
  if (device.app !== app) throw new WrongReplica("application");
  if (device.org !== org) throw new WrongReplica("organisation");
  return new Connection(database, store, device, options, storageProblem);
}

/** The atom of a collection. The same connection and collection give the same atom. */
export const syncedAtom = (connection: Connection, collection: string, options?: AtomOptions): SyncedAtom =>
  connection.atom(collection, options);

export class Connection implements Host {
  /** Whether what is done here outlives the page: not in a memory store, be it wanted or for lack of another (`storageProblem`). */
  readonly isKept: boolean;
  /** Whether the browser has promised not to clear the store. */
  readonly persisted: Promise<boolean>;
  readonly #atoms = new Map<string, SyncedAtom>();
  /** @internal */
  readonly collections = new Map<string, Collection>();
  /** @internal */
  readonly transport: Transport;
  readonly #loop: Loop;
  readonly #tabs: Tabs;
  readonly #store: Store;
  readonly #options: Options;
  readonly #session = randomName().slice(0, 8) + ".";
  /** Of the clocks of this opening. Another device may have been made from a copy of the store. */
  readonly #node = randomName();
  readonly #told = new Map<string, number>();
  readonly #debounce: number;
  /** @internal */
  device: Device;
  #wrong: Error | undefined;
  /** See `Device`; of the server as it was asked last. */
  #epoch: string | undefined;
  #followed: Status | undefined;
  #closed = false;
  readonly #listening = new AbortController();

  /** Use `open`. */
  constructor(database: string, store: Store, device: Device, options: Options, readonly storageProblem?: unknown) {
    this.#store = store;
    this.device = device;
    this.#options = options;
    this.#debounce = options.debounce ?? 50;
    this.isKept = store.isKept ?? true;
    this.transport = options.transport ?? httpTransport(options);
    this.#loop = new Loop(this.collections, this.transport, {
      interval: options.interval ?? 5_000,
      debounce: this.#debounce,
      page: options.page ?? 500,
      live: options.live ?? true,
      hold: options.asksBeforeRestoring ?? false,
      onUnauthorized: options.onUnauthorized,
      identify: () => this.#identify(),
      isServer: (instance) => this.device.instance === undefined || this.device.instance === instance,
      // Of all collections, whether somebody looks at them or not.
      revoked: async () => (await rare()).revoked(this.transport, this.device, store, (name) => this.#collection(name)),
      synced: async () => {
        if (this.#epoch !== this.device.epoch) await store.saveDevice((this.device = { ...this.device, epoch: this.#epoch }));
      },
      removed: () => this.#end(REMOVED),
      device: { ...options.device, id: device.node },
      server: options.server,
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
    return this.#wrong ?? this.#loop.problem;
  }

  /** Whether this tab is the one that talks to the server. */
  get leads(): boolean {
    return this.#tabs.leads;
  }

  atom(name: string, options?: AtomOptions): SyncedAtom {
    let atom = this.#atoms.get(name);
    if (!atom) {
      if (this.#closed) throw new Error("connection closed");
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

  /** Gives a restored server what it has lost, where `asksBeforeRestoring` let it wait; or forgets that here too. */
  async bringBack(send = true): Promise<void> {
    await (await rare()).release(this.collections.values(), send);
    this.sync();
  }

  /** A new token, after a sign-in. It must be the same user's. */
  setToken(token: string): void {
    this.transport.setToken(token);
    this.#loop.tokenChanged();
  }

  /**
   * Deletes this replica from the device. If something would be lost, says what and changes nothing, unless it is forced. The token is
   * the application's to forget.
   */
  async signOut({ force = false } = {}): Promise<SignOut> {
    return (await rare()).leave(this.collections, this.#store, force, () => this.#end("signed_out"));
  }

  /** Nothing is left, here and in other tabs. */
  async #end(code: string): Promise<void> {
    this.#post({ is: "gone", code });
    await this.#gone(code, () => this.#store.destroy());
  }

  /** Nothing is shown and nothing taken any more. */
  async #gone(code: string, then?: () => Promise<void>): Promise<void> {
    this.#lock(Object.assign(new Error(code.replace("_", " ")), { code }));
    await this.close();
    await then?.();
    if (code === REMOVED) this.#tell("onRemoved", {});
  }

  /** Stops syncing and lets go of the store. What has been done is saved and goes on at the next `open`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening.abort();
    await Promise.all([...this.collections.values()].map((c) => c.close()));
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
    const tell = (is: Exclude<Told, "onRemoved">, about: object) => {
      const event = { collection: name, ...about };
      this.#tell(is, event);
      this.#post({ is, event });
    };
    const collection = new Collection(name, this.#store, this.#node, now, {
      ...events,
      state: (ids) => {
        events.state(ids);
        this.#tellSynced(collection);
      },
      edited: () => this.#loop.wake(this.#debounce),
      written: (ids, version, conflicts) => this.#post({ is: "written", name, ids, version, conflicts }),
      warning: (warning) => tell("onWarning", warning),
      refused: (item) => isRefusal(item) && tell("onRefused", { key: item.id, code: item.code, n: item.n }),
      revoked: (keys) => tell("onRevoked", { keys }),
      restored: (keys, waits) => tell("onRestored", { keys, waits }),
      cleared: () => this.#store.saveDevice(this.device),
    }, this.#session);
    collection.lock(this.#wrong);
    this.collections.set(name, collection);
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

  /** Asks whose token this is and which server, before anything is sent. Gives whose the documents without an owner are. */
  async #identify(): Promise<string> {
    const { userId, instance, epoch } = await this.transport.me();
    this.#epoch = epoch;
    const device = this.device;
    const server = address(this.#options.server);
    // A server without an id is known by its address. One that has another id at its old address has lost its data.
    const known = instance !== undefined && device.instance === instance;
    const wrong = (device.user ?? userId) !== userId ? "user" : !known && (device.server ?? server) !== server ? "server" : undefined;
    this.#lock(wrong && new WrongReplica(wrong));
    if (this.#wrong) throw this.#wrong;
    this.device = { ...device, user: userId, server, instance: instance ?? device.instance };
    if (!known || device.server !== server) await this.#store.saveDevice(this.device);
    return this.#options.org ?? userId;
  }

  /** Another user sees nothing of this, and adds nothing to it. */
  #lock(wrong: Error | undefined): void {
    this.#wrong = wrong;
    for (const c of this.collections.values()) c.lock(wrong);
  }

  #collection(name: string): Collection {
    this.atom(name);
    return this.collections.get(name)!;
  }

  #tell(is: Told, event: object): void {
    try {
      (this.#options[is] as ((e: object) => void) | undefined)?.(event);
    } catch (e) {
      reportLater(e);
    }
  }

  #hear(m: Message): void {
    if (this.#closed) return;
    if (m.is === "gone") this.#gone(m.code);
    // A message that is lost with this file is found by the number of its transaction.
    else rare().then(({ hear }) => this.#closed || hear(m, this, this.#loop, this.#followers, this.#debounce), reportLater);
  }

  /** For what comes from other tabs. */
  readonly #followers: Followers = {
    post: (message) => this.#post(message),
    tell: (is, event) => this.#tell(is, event),
    follow: (status) => {
      this.#followed = status;
      this.#stateChanged();
    },
  };

  #leadChanged(): void {
    this.#followed = undefined;
    if (this.#tabs.leads) this.#post({ is: "who" });
    this.#loop.leadChanged().catch(() => this.#loop.wake()); // what is stored cannot be read now; it is looked at again
    this.#stateChanged();
  }

  #stateChanged(): void {
    for (const atom of this.#atoms.values()) atom.stateChanged();
    if (this.#tabs.leads) this.#post({ is: "status", status: this.status });
    this.#options.onStatus?.(this.status);
  }
}

/** A server's address, however it is written. */
const address = (server: string): string => server.replace(/\/+$/, "").toLowerCase();

/** Whose token it is, as far as it says: replicas of different users are kept apart from the beginning. */
function subject(token: string | undefined): string {
  try {
    const claims = JSON.parse(atob(token!.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"))) as { iss?: string; sub?: string };
    return (claims.iss ?? "") + " " + (claims.sub ?? "");
  } catch {
    return "";
  }
}

export { indexedDbStore } from "./indexeddb.js";
export { idOf as documentKey, address as documentAddress } from "./entry.js";
export { ServerError, NoAnswer, httpTransport } from "./transport.js";
export { SyncedAtom, assoc } from "./atom.js";
export type { AtomOptions, Cell, Inbox, Watch } from "./atom.js";
export type { Docs, Receipt } from "./collection.js";
export type { Json, JsonObject } from "./json.js";
export type { Status } from "./loop.js";
export type { Conflict, Warning } from "./protocol.js";
export type { Refused } from "./replica.js";
export type { Store } from "./store.js";
export type { Transport } from "./transport.js";
