// The documents of a collection: those of this device's replica, or, where there are too many to take them all along, those of the server.
import { open, type Connection } from "@landfall/client";
import { collection, type Documents, type Receipt } from "@landfall/client/collection";
import { call, ended, holdings, Refused, SERVER, session, type Holdings } from "./api.js";
import type { Json, JsonObject } from "./json.js";
import { difference } from "./json.js";
import type { Question } from "./query.js";
import { signal } from "./state.js";
import { browser, t } from "./words.js";

/** Beyond so many documents of an application they stay on the server. */
export const MOST = 10_000;

export type Doc = JsonObject & { readonly _key: string; readonly _owner?: string };

export interface Ref {
  readonly key: string;
  /** If it is somebody else's. */
  readonly owner?: string | undefined;
}

export interface Where {
  readonly app: string;
  readonly org?: string | undefined;
  readonly collection: string;
}

export interface Found {
  readonly items: readonly Doc[];
  readonly after?: string | undefined;
  /** How many there are, where that is known. */
  readonly total?: number | undefined;
}

/** What became of a change. */
export type Saved = "stored" | "kept";

export interface Source {
  /** Whether the documents are on this device. */
  readonly here: boolean;
  find(question: Question, limit: number, after?: string): Promise<Found>;
  get(ref: Ref): Promise<Doc | undefined>;
  save(ref: Ref, document: JsonObject): Promise<Saved>;
  remove(ref: Ref): Promise<Saved>;
  /** Calls when something may have changed. */
  watch(listener: () => void): () => void;
}

const DEVICE = "landfall.console.device";

/** The same for all replicas of this browser, until its user signs out. */
function deviceId(): string {
  let id = localStorage.getItem(DEVICE);
  if (id === null) localStorage.setItem(DEVICE, (id = crypto.randomUUID()));
  return id;
}

const connections = new Map<string, Promise<Connection>>();

/** What the replicas of this page are at, taken together. */
export const syncing = signal<{ pending: number; offline: boolean }>({ pending: 0, offline: false });

session.subscribe((now) => {
  if (now) for (const one of connections.values()) void one.then((conn) => conn.setToken(now.token), () => {});
});

export function connect(app: string, org?: string): Promise<Connection> {
  const name = app + "\n" + (org ?? "");
  let conn = connections.get(name);
  if (!conn) {
    const made = open("console", {
      server: SERVER,
      app,
      org,
      token: session.value?.token,
      onToken: (token) => session.value && (session.value = { ...session.value, token }),
      device: { id: deviceId(), name: t("device", { browser: browser(navigator.userAgent) }) },
      onRemoved: () => {
        forget();
        session.value = undefined; // the user has removed this device: nothing of them stays
      },
      onUnauthorized: () => {
        ended.value = true;
        return undefined;
      },
    });
    made.catch(() => connections.delete(name));
    connections.set(name, (conn = made));
  }
  return conn;
}

export const replica = async ({ app, org, collection: name }: Where): Promise<Documents<JsonObject>> => {
  const documents = collection<JsonObject>(await connect(app, org), name);
  await documents.ready;
  return documents;
};

/** Deletes the replicas of this page; gives what would be lost, and then nothing has happened. */
export async function leave(force: boolean): Promise<number> {
  let lost = 0;
  for (const [name, conn] of [...connections]) {
    const { signedOut, lost: of } = await (await conn).signOut({ force });
    if (signedOut) connections.delete(name);
    else lost += of.reduce((sum, { keys, refused }) => sum + keys.length + refused, 0);
  }
  return lost;
}

const ref = ({ key, owner }: Ref) => ({ _key: key, ...(owner !== undefined && { _owner: owner }) });

/** Waits until the server has it, as long as there is one. */
async function settled(documents: Documents<JsonObject>, receipt: Receipt, key: string): Promise<Saved> {
  await receipt.saved;
  const away = new Promise<"kept">((resolve) => {
    const stop = documents.sync.subscribe(({ status }) => (status === "offline" || status === "unauthorized" || status === "error") && resolve("kept"));
    setTimeout(() => resolve("kept"), 8_000);
    void receipt.synced.finally(() => queueMicrotask(() => stop()));
  });
  const outcome = await Promise.race([receipt.synced, away]);
  if (outcome !== "refused") return outcome;
  const item = documents.inbox.list().filter((one) => one.key === key).at(-1);
  if (item) await documents.inbox.drop(item.n!).saved; // whoever edits it has it before their eyes
  throw new Refused(400, item?.code ?? "refused", "", item?.details);
}

function onDevice(documents: Documents<JsonObject>): Source {
  return {
    here: true,
    async find(question, limit, after) {
      const page = await documents.find({ ...question, limit, ...(after !== undefined && { after }) } as Parameters<typeof documents.find>[0]);
      return { items: page.documents as readonly Doc[], after: page.after, total: page.exact ? page.total : undefined };
    },
    get: async (one) => (await documents.get(ref(one))) as Doc | undefined,
    save: async (one, document) => settled(documents, await documents.put(ref(one), document), one.key),
    remove: async (one) => settled(documents, await documents.remove(ref(one)), one.key),
    watch(listener) {
      let first = true;
      const stops = [documents.watch({}).subscribe(() => (first ? (first = false) : listener())), documents.sync.subscribe(({ pending, status }) => (syncing.value = { pending, offline: status === "offline" }))];
      return () => stops.forEach((stop) => stop());
    },
  };
}

interface Wire extends JsonObject {
  readonly _key: string;
  readonly _rev: string;
  readonly _fieldRevs: Readonly<Record<string, string>>;
}

const clean = (wire: Wire): Doc => {
  const { _rev, _fieldRevs, _owner, ...fields } = wire as Wire & { _owner?: string };
  return { ...fields, ...(_owner !== undefined && _owner !== session.value?.userId && { _owner }) } as unknown as Doc;
};

/** A clock after what is there. */
function tick(revision: string): string {
  const now = Math.max(Date.now(), parseInt(revision.slice(0, 13), 16) + 1);
  return now.toString(16).padStart(13, "0") + "-000000-" + node;
}
const node = typeof crypto === "undefined" ? "console" : crypto.randomUUID();
const ZERO = "0000000000000-000000-00000000";

function onServer({ app, org, collection: name }: Where): Source {
  const search = async (body: object) => get2<{ results: Wire[]; after?: string }>("/search", { collection: name, owners: true, ...body });
  const get2 = <T>(path: string, body: unknown) => call<T>("POST", "/" + encodeURIComponent(app) + path, { body, org });
  const find = async ({ key, owner }: Ref) => {
    const mine = org ?? session.value!.userId;
    const filters = [{ type: "filter", field: "_key", op: "eq", value: key }, { type: "filter", field: "_owner", op: "eq", value: owner ?? mine }];
    return (await search({ filter: { type: "and", filters }, limit: 1 })).results[0];
  };
  const push = async (change: { readonly key: string }) => {
    const { rejected } = await get2<{ rejected?: { key: string; code: string; details?: unknown }[] }>("/sync", { collection: name, clientClock: ZERO, changes: [change], limit: 0, acks: true, owners: true });
    if (rejected?.length) throw new Refused(400, rejected[0]!.code, "", rejected[0]!.details);
    return "stored" as const;
  };
  return {
    here: false,
    async find(question, limit, after) {
      const page = await search({ ...question, limit, after });
      return { items: page.results.map(clean), after: page.after };
    },
    async get(one) {
      const found = await find(one);
      return found && clean(found);
    },
    async save({ key, owner }, document) {
      const before = await find({ key, owner });
      const { _key, _owner, ...fields } = (before ? clean(before) : {}) as Record<string, Json>;
      const clock = tick(before?._rev ?? ZERO);
      const changed = difference(fields, document);
      if (before && changed.length === 0) return "stored";
      return push({ key, doc: document, fieldRevs: Object.fromEntries(changed.map(({ path }) => [path, clock])), baseClock: before?._rev ?? ZERO, ...(owner !== undefined && { owner }) } as { key: string });
    },
    async remove({ key, owner }) {
      const before = await find({ key, owner });
      if (!before) return "stored";
      return push({ key, doc: null, fieldRevs: { "": tick(before._rev) }, baseClock: before._rev, ...(owner !== undefined && { owner }) } as { key: string });
    },
    watch: () => () => {},
  };
}

const known = new Map<string, Holdings>();

/** What there is; what was there when nobody answers. */
export async function contents(org?: string): Promise<Holdings> {
  const place = "landfall.console.holdings." + (session.value?.userId ?? "") + "." + (org ?? "");
  try {
    const found = await holdings(org);
    known.set(org ?? "", found);
    localStorage.setItem(place, JSON.stringify(found));
    return found;
  } catch (e) {
    const kept = known.get(org ?? "") ?? (JSON.parse(localStorage.getItem(place) ?? "null") as Holdings | null);
    if (e instanceof Refused && e.status === 0 && kept) return kept;
    throw e;
  }
}

/** Forgets what was kept for when nobody answers. */
export function forget(): void {
  localStorage.removeItem(DEVICE);
  for (const name of Object.keys(localStorage)) if (name.startsWith("landfall.console.holdings.")) localStorage.removeItem(name);
}

/** Where to read and write the documents of a collection. */
export async function source(where: Where): Promise<Source> {
  const { applications } = known.get(where.org ?? "") ?? (await contents(where.org));
  const { documents = 0 } = applications.find(({ app }) => app === where.app) ?? {};
  return documents > MOST ? onServer(where) : onDevice(await replica(where));
}

/** Waits until what the server has is here, a while at most. */
export async function arrived(where: Where): Promise<void> {
  const documents = await replica(where);
  if (documents.sync.getSnapshot().lastSync !== undefined) return;
  await new Promise<void>((resolve) => {
    const stop = documents.sync.subscribe(({ lastSync, status, remaining }) => (lastSync !== undefined && remaining === 0 || status === "offline" || status === "error" || status === "unauthorized") && resolve());
    setTimeout(resolve, 5_000);
    setTimeout(() => stop(), 5_100);
  });
}

/**
 * Writes a document with a change, on what it is now. One that is not there is not written: of a replica that has not been filled yet that
 * would take away all that the change does not name.
 */
export async function amend(where: Where, one: Ref, change: (document: JsonObject) => JsonObject): Promise<Saved> {
  const from = await source(where);
  if (from.here) await arrived(where);
  const found = await from.get(one);
  if (!found) throw new Refused(404, "not_found", "");
  return from.save(one, change(own(found)));
}

/** What somebody has written into a document. */
export const own = (doc: Doc | undefined): JsonObject => Object.fromEntries(Object.entries(doc ?? {}).filter(([name]) => !name.startsWith("_")));
