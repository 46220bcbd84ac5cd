import type { Collection } from "./collection.js";
import type { Json } from "./json.js";
import { FULL, REMOVED, type Batch } from "./loop.js";
import { commit, type Flight } from "./replica.js";
import type { Device, Store } from "./store.js";
import { dropRestored } from "./restore.js";
import { ServerError, type Transport } from "./transport.js";
import { drifted, quarantine, revokeAll } from "./trouble.js";

/** What an answer that is no success says: the arguments of a `ServerError`. */
export async function failed(response: Response): Promise<ConstructorParameters<typeof ServerError>> {
  const body = (await response.json().catch(() => undefined)) as { error?: string; code?: string; reason?: string; erase?: boolean; details?: Json } | undefined;
  const retry = Number(response.headers.get("Retry-After"));
  const code = typeof body?.code === "string" ? body.code : "http_" + response.status;
  const reason = body?.reason === REMOVED && body.erase !== true ? undefined : body?.reason; // what is erased has to be said in so many words
  return [response.status, code, body?.error ?? "HTTP " + response.status, body?.details, retry > 0 ? retry : undefined, reason];
}

/** Refusals of one document alone, by something on the way, until it goes to the inbox. */
const OFTEN = 3;

/** What to do after a request was refused: changes `batch` for the next one, or throws `e` again if nothing can be done but wait. */
export async function refused(e: ServerError, flight: Flight, batch: Batch, c: Collection, revoked: () => Promise<void>, narrow: () => void): Promise<void> {
  const count = flight.sent.size;
  const details = e.details as { serverTime: number; maxDriftMs: number } | undefined;
  if (e.code === "clock_drift" && details && batch.drifts++ < 3 && (await correct(c, details.serverTime, details.maxDriftMs))) return;
  if (e.reason === "not_a_member") await revoked();
  if (e.code === FULL && batch.at) {
    batch.at = 0; // what others have written can be pulled all the same
    batch.full = e;
    return;
  }
  const isOfContent = e.isOurs ? e.status === 400 || e.status === 413 : e.status !== 401 && e.status !== 429 && !e.retryAfter;
  if (!isOfContent || !count) throw e;
  if (e.status === 413 && !e.isOurs && count > 1) narrow();
  // One of the documents is the reason. Halve until it is found; then see whether it goes without it. What stands between may refuse
  // everything: that has to be known first.
  const half = Math.floor(count / 2);
  if (!half) batch.suspect = { flight, e };
  if (!e.isOurs) batch.then ??= half;
  batch.at = e.isOurs || batch.then !== half ? half : 0;
}

/** Corrects the clock of a collection; false if that changed nothing. */
export const correct = (c: Collection, serverTime: number, maxDrift: number): Promise<boolean> =>
  c.exclusively(() => c.transact([...c.pending], (tx) => drifted(tx, serverTime, maxDrift, c.now())));

/** The one document of `flight` was refused, and others were not. */
export async function setAside(c: Collection, flight: Flight, e: ServerError, interval: number): Promise<void> {
  const ids = [...flight.sent.keys()];
  if (!e.isOurs) {
    // Nobody knows whether it was meant: it is not sent for a while, longer each time.
    const times = (c.setAside.get(ids[0]!)?.times ?? 0) + 1;
    for (const id of ids) c.setAside.set(id, { times, until: c.now() + interval * 2 ** (times - 1) });
    if (times < OFTEN) return;
  }
  await c.exclusively(() => c.transact(ids, (tx) => quarantine(tx, flight, e.code, (e.details ?? e.message) as Json)));
}

/** Lets go what a restored server has lost: to the server, or not at all. */
export async function release(collections: Iterable<Collection>, send: boolean): Promise<void> {
  await Promise.all([...collections].map((c) => c.exclusively(async () => {
    if (c.meta.held) await c.transact([...c.pending], (tx) => (send ? (tx.meta.held = undefined) : dropRestored(tx)));
  })));
}

/**
 * The server says that the user is no member of the organisation. Then nothing of it stays; unless the server has been set back since it
 * was synced with: it may not know of memberships made since, and everything is kept until it does, or somebody decides.
 */
export async function revoked(transport: Transport, device: Device, store: Store, collection: (name: string) => Collection): Promise<void> {
  const { epoch } = await transport.me();
  if (epoch !== undefined && device.epoch !== undefined && epoch !== device.epoch) {
    throw new ServerError(403, "not_a_member", "the server was restored and does not know of the membership", undefined, undefined, "restored");
  }
  for (const name of await store.names()) await revokeAllOf(collection(name));
}

/** Nothing is left of a collection but what was pending, in the inbox. */
function revokeAllOf(c: Collection): Promise<void> {
  return c.exclusively(async () => {
    const ops = c.unsavedOps.slice();
    if (!c.keptEntries.size && !ops.length) return;
    const keys = await c.transact([...new Set([...c.keptEntries.keys(), ...c.opsOnTop.keys()])], (tx) => {
      commit(tx, ops, c.now());
      return revokeAll(tx);
    }, () => c.wereSaved(new Set(ops)));
    c.hearer.revoked?.(keys);
  });
}
