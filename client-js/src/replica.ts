import { ZERO, format, later, receive as heard, tick, type Clock } from "./clock.js";
import { compact, fields, fresh, idOf, isPending, madeFrom, marks, restamp, subtract, type Clocks, type Entry, type Mark, type Op, perform, type Sent } from "./entry.js";
import { deepFreeze, ownFields, put, type Json, type JsonObject } from "./json.js";
import type { Edits } from "./merge.js";
import type { Rare } from "./lazy.js";
import { join, leaves, type Path } from "./paths.js";
import type { Answer, Change, Conflict, Request, Warning } from "./protocol.js";

/** What is known of a collection besides its documents. */
export interface Meta {
  /** The last `serverClock`. */
  cursor: Clock;
  /** The last `serverClock` that ended a pull; in the middle of one a document may have moved on unseen. */
  complete: Clock;
  /** The last reading of this device's clock. */
  clock: Clock;
  /** What to add to the device's time to have the server's, as far as its answers tell. */
  offset: number;
  /** Counts the pulls of everything. */
  rounds: number;
  /** The pull of everything that is under way: what it does not contain is dropped at its end. */
  resync?: number | undefined;
  /** The server has lost what it had: nothing is dropped at the end of that pull, but sent again. */
  restoring?: boolean | undefined;
  /** What the server has lost is not sent until the application agrees. */
  held?: boolean | undefined;
  /** Counts the transactions, so that a tab can tell that it missed one. */
  version: number;
}

export const newMeta = (node: string): Meta => ({
  cursor: ZERO,
  complete: ZERO,
  clock: format({ ms: 0, seq: 0, node }),
  offset: 0,
  rounds: 0,
  version: 0,
});

/** A change the server has refused, kept until somebody decides. */
export interface Refused {
  /** Given by the store. */
  n?: number;
  readonly id: string;
  readonly key: string;
  readonly owner?: string | undefined;
  /** `read_only`, `revoked`, or the server's code for an invalid document. */
  readonly code: string;
  readonly details?: Json | undefined;
  /** The document as it was here, `undefined` if it was deleted here. */
  readonly doc?: JsonObject | undefined;
  /** The refused values by path; `undefined` was a removal. Missing: a deletion. */
  readonly values?: ReadonlyMap<string, Json | undefined> | undefined;
  /** The changes of the application that it was part of. */
  readonly of: readonly string[];
}

/** What a step may see and change. It becomes durable as a whole or not at all. */
export interface Tx {
  meta: Meta;
  get(id: string): Entry | undefined;
  /** Empty entries are removed. */
  put(entry: Entry): void;
  /** All entries of this transaction. */
  all(): Iterable<Entry>;
  refuse(item: Refused): void;
  accept(n: number): void;
}

/** A request under way. */
export interface Flight {
  readonly cursor: Clock;
  /** The clock when it left; edits with a later one were made while it was under way. */
  readonly at: Clock;
  readonly sent: ReadonlyMap<string, Sent>;
  readonly request: Request;
  /** Whether more is pending than one request may carry. */
  readonly partial: boolean;
  /** The device's time when it left. */
  readonly wall?: number | undefined;
}

/** How much one request may carry. */
export interface Bounds {
  /** Documents, each way. */
  readonly limit: number;
  /** Bytes, each way, but at least one document. */
  readonly bytes?: number;
}

/** The change that an edit belongs to which was made to give a restored server what it had lost. */
export const RESTORED = "restored";

const wallOf = (meta: Meta, wall: number) => Math.max(0, wall + meta.offset);

/** The clock of a new edit. */
export const next = (meta: Meta, wall: number): Clock => (meta.clock = tick(meta.clock, wallOf(meta, wall)));

/**
 * Performs what the application did. A clock was drawn without knowing what has been stored since; if that is later, it is drawn
 * again, because an edit must be later than everything that this replica knew when it became durable.
 */
export function commit(tx: Tx, ops: Iterable<Op>, wall: number): void {
  const own = new WeakSet<Edits>();
  for (const op of ops) {
    const clock = op.clock > tx.meta.clock ? op.clock : next(tx.meta, wall);
    tx.meta.clock = clock;
    tx.put(perform(tx.get(op.id), { ...op, clock }, own));
  }
}

/**
 * The next request: what is pending, and a pull. `self` is whose documents are one's own, if that is known: without it the server would
 * take a new document for the one that somebody shares under the same key.
 */
export function request(collection: string, meta: Meta, pending: Iterable<Entry>, bounds: Bounds, self?: string, wall?: number): Flight {
  const { limit, bytes } = bounds;
  const changes: Change[] = [];
  const sent = new Map<string, Sent>();
  const keys = new Set<string>();
  let size = 0;
  let partial = false;
  for (const e of pending) {
    partial = sent.size >= limit;
    if (partial) break;
    if (keys.has(e.key)) continue; // a refusal names the key alone
    const owner = e.owner ?? self;
    const change: Change = { key: e.key, fieldRevs: {}, baseClock: madeFrom(e, meta.complete), ...(owner && { owner }) };
    let doc: JsonObject | undefined;
    if (e.edits.size || e.made) {
      doc = fields(e)!;
      size += JSON.stringify(doc).length;
      partial = !!sent.size && !!bytes && size > bytes;
      if (partial) break;
    }
    keys.add(e.key);
    if (e.gone) changes.push({ ...change, deleted: true, fieldRevs: { "": e.gone.clock } });
    if (doc) {
      if (!e.edits.size && !e.gone) change.baseClock = ZERO; // without a clock only this says that it is news
      const was: [Path, Json][] = [];
      for (const [path, edit] of e.edits) {
        put(change.fieldRevs, path, edit.clock);
        if (edit.was !== undefined) was.push([path, edit.was]);
      }
      changes.push({ ...change, doc, ...(was.length && { base: join(was) }) });
    }
    sent.set(e.id, { gone: e.gone, made: e.made, edits: e.edits, doc });
  }
  const body: Request = {
    collection, clientClock: meta.cursor, changes, limit, ...(bytes && { maxBytes: bytes }), acks: true, owners: true, onInvalid: "skip",
  };
  return { cursor: meta.cursor, at: meta.clock, sent, request: body, partial, wall };
}

/** The documents that `receive` needs in its transaction; at the end of a pull of everything, those it did not contain too. */
export function concerned(meta: Meta, flight: Flight, answer: Answer, known: Iterable<Entry>): string[] {
  const ids = new Set(flight.sent.keys());
  for (const wire of answer.serverChanges) ids.add(wireId(wire));
  const starts = answer.resync || flight.cursor === ZERO;
  if (!answer.more && (starts || meta.resync !== undefined)) {
    for (const e of known) if (starts || e.seen !== meta.resync) ids.add(e.id);
  }
  return [...ids];
}

const wireId = (wire: JsonObject) => idOf(wire._key as string, wire._owner as string | undefined);

/** What `receive` needs for some answers: see `isRare`. */
export type ForReceive = Pick<typeof Rare, "newer" | "lost" | "revoke" | "rejected">;

/** Whether an answer tells of something that does not happen often: a refusal, a revocation, a server that starts over. */
export const isRare = (meta: Meta, answer: Answer): boolean =>
  !!(answer.resync || meta.restoring || answer.rejected?.length) || answer.serverChanges.some((wire) => wire._revoked);

/** What an answer brought besides documents. */
export interface Received {
  conflicts: Conflict[];
  warnings: Warning[];
  /** Of which documents of the request it told what became of them. */
  settled: ReadonlySet<string>;
  /** The documents that the caller may not see any more. */
  revoked: string[];
  /** A pull of everything has ended after which the server is given what it had lost. */
  restored: boolean;
}

/**
 * Takes an answer. False if another request of this replica was answered meanwhile (two tabs that each believed to be the one that
 * syncs): it must not be taken then, and need not, because any request may be repeated.
 */
export function receive(tx: Tx, flight: Flight, answer: Answer, wall: number, rare?: ForReceive, hold = false): Received | false {
  const meta = tx.meta;
  if (meta.cursor !== flight.cursor) return false;
  if (answer.serverTime !== undefined) {
    // The server looked at its clock somewhere between the request and now; on a slow link that may be long ago.
    const least = answer.serverTime - wall;
    meta.offset = Math.max(least, Math.min(meta.offset, answer.serverTime - (flight.wall ?? wall)));
  }
  let latest = ZERO;
  const hear = (clock: Clock) => {
    latest = later(latest, clock);
    meta.clock = heard(meta.clock, clock, wallOf(meta, wall));
  };
  // With `limit`, what was just pushed may be ahead of `serverClock`.
  hear(answer.serverChanges.reduce((clock, wire) => later(clock, wire._rev as Clock), answer.serverClock));
  if (answer.resync || flight.cursor === ZERO) meta.resync = ++meta.rounds;
  if (answer.resync === "restored") meta.restoring = true;
  const told = new Set<string>();
  const revoked: string[] = [];

  for (const id of rare?.rejected(tx, flight, answer) ?? []) told.add(id);

  for (const wire of answer.serverChanges) {
    const id = wireId(wire);
    const sent = flight.sent.get(id);
    const before = tx.get(id) ?? fresh(id);
    const e = sent ? subtract(before, sent) : before;
    const pending = isPending(e);
    told.add(id);
    if (wire._revoked) {
      if (before.base !== undefined || pending) revoked.push(id);
      rare!.revoke(tx, e);
      continue;
    }
    const rev = wire._rev as Clock;
    const from = pending ? madeFrom(before, meta.complete) : undefined;
    const at = { ...e, from, rev, seen: meta.resync };
    if (wire._deleted) tx.put({ ...at, base: pending && !e.gone ? (sent?.doc ?? e.base) : undefined, held: true });
    else {
      const base = deepFreeze(ownFields(wire));
      const revs = (wire._fieldRevs ?? {}) as Record<Path, Clock>;
      const edits = meta.restoring && before.base && !before.held && !before.gone ? rare!.newer(before, base, revs, e.edits) : e.edits;
      const raw = wire._marked ? true : undefined;
      tx.put({ ...at, base, revs: compact(revs, base), raw, held: undefined, edits, from: from ?? (edits.size ? rev : undefined) });
    }
  }

  const stored = (id: string, rev: Clock) => {
    const sent = flight.sent.get(id);
    if (!sent) return;
    const before = tx.get(id) ?? fresh(id); // one that could not be saved
    const e = subtract(before, sent);
    const at = { held: undefined, rev, from: isPending(e) ? rev : undefined, seen: told.has(id) ? meta.resync : e.seen };
    tx.put({ ...e, ...at, base: sent.doc, revs: sent.doc && clocksOf(before, sent), edits: sent.doc ? madeFromThat(e.edits, sent.doc) : e.edits });
  };
  for (const ack of answer.acks ?? []) {
    const id = idOf(ack.key, ack.owner);
    hear(ack.rev);
    if (told.has(id)) continue;
    told.add(id);
    stored(id, ack.rev);
  }
  // Nothing is told of a deletion of what never was.
  if (!answer.more) for (const id of flight.sent.keys()) if (!told.has(id)) stored(id, answer.serverClock);

  // What was not sent was done meanwhile, here or in another tab. That is later than the answer, if need be by a new clock; what is later
  // anyhow keeps its own, because another tab may have sent it.
  stampAgain(tx, told, ({ clock, of }, id) => of !== RESTORED && (flight.sent.has(id) || clock > flight.at), wall, latest);
  meta.cursor = answer.serverClock;
  let restored = false;
  if (!answer.more) {
    meta.complete = meta.cursor;
    if (meta.resync !== undefined) endOfResync(tx, meta.resync, flight.cursor === ZERO, meta.restoring ? rare : undefined);
    if (meta.restoring) restored = true;
    if (restored && hold) meta.held = true;
    meta.restoring = meta.resync = undefined;
  }
  return { conflicts: answer.conflicts ?? [], warnings: answer.warnings ?? [], settled: told, revoked, restored };
}

/** What a pull of everything did not contain is not there any more, but for what is pending on it; or lost by the server. */
function endOfResync(tx: Tx, round: number, fromZero: boolean, restore?: ForReceive): void {
  for (const e of [...tx.all()]) {
    if (e.seen === round) continue;
    if (fromZero && e.owner !== undefined && e.base) continue; // the server that has lost everything has still nothing
    if (restore && e.base !== undefined && !e.held && !e.gone) tx.put(restore.lost(e, round));
    else tx.put(isPending(e) ? { ...e, held: true, rev: ZERO } : fresh(e.id));
  }
}

/** The clocks of a document as it is once it has been stored as it was sent. */
function clocksOf(before: Entry, sent: Sent): Clocks {
  const old = sent.gone ? undefined : before.revs;
  const all: Record<Path, Clock> = typeof old === "object" ? { ...old } : {};
  if (typeof old === "string") for (const path of leaves(before.base ?? {}).keys()) put(all, path, old);
  for (const [path, edit] of sent.edits) put(all, path, edit.clock);
  return compact(all, sent.doc!);
}

/** What was edited meanwhile was made from what was sent. */
function madeFromThat(edits: Edits, doc: JsonObject): Edits {
  if (!edits.size) return edits;
  const there = leaves(doc);
  return new Map([...edits].map(([path, { was: _, ...edit }]) => {
    const was = there.get(path);
    return [path, was !== undefined && isMergeable(was) ? { ...edit, was } : edit];
  }));
}

/** Texts, counters and sets can be merged, if it is known what they were. */
export const isMergeable = (value: Json): boolean => typeof value === "string" || typeof value === "number" || Array.isArray(value);

/** Gives the chosen clocks of what is pending new ones, in their order. */
export function stampAgain(tx: Tx, ids: Iterable<string>, which: (mark: Mark, id: string) => boolean, wall: number, after = "~"): void {
  const chosen = [...ids].flatMap((id) => {
    const e = tx.get(id);
    const old = e && marks(e).flatMap((mark) => (which(mark, id) ? mark.clock : []));
    return old?.some((clock) => clock <= after) ? [{ e: e!, old: new Set(old) }] : [];
  });
  const all = [...new Set(chosen.flatMap(({ old }) => [...old]))].sort();
  const fresh = new Map(all.map((clock) => [clock, next(tx.meta, wall)]));
  for (const { e, old } of chosen) tx.put(restamp(e, (clock) => (old.has(clock) ? fresh.get(clock)! : clock)));
}
