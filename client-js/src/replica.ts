import { ZERO, format, later, receive as heard, tick, type Clock } from "./clock.js";
import { compact, each, fresh, fromOf, idOf, isPending, marks, perform, subtract, type Clocks, type Entry, type Mark, type Op, type Sent } from "./entry.js";
import { deepFreeze, ownFields, put, type Json, type JsonObject } from "./json.js";
import { apply, type Edits } from "./merge.js";
import type { Rare } from "./lazy.js";
import { join, leaves, type Path } from "./paths.js";
import type { Answer, Change, Conflict, Request, Warning } from "./protocol.js";

/** What is known of a collection besides its documents. */
export interface Meta {
  /** The last `serverClock`. */
  cursor: Clock;
  /** The last `serverClock` that ended a pull; in the middle of one a document may have moved on unseen. */
  complete: Clock;
  /** The last reading of this device's clock. Its node is that of who read it: each opening of a replica has one of its own. */
  clock: Clock;
  /** What is pending and no later may have been sent, so that the server may have it. Missing in what was stored by older versions: then `clock`. */
  sent?: Clock;
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
  sent: ZERO,
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

/** Conflicts that somebody has to see are kept beside what was refused. */
export const CONFLICT = "conflict";

export const isRefusal = (item: Refused): boolean => item.code !== CONFLICT;

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

export const sentUpTo = (meta: Meta): Clock => meta.sent ?? meta.clock;

/**
 * What is known, as an opening of the replica goes on with it: its clock has a node of its own. What was stored before it counts as sent: another
 * device may have been made from a copy of the store and be at the same.
 */
export const goOn = (meta: Meta, node: string, isFirst: boolean): Meta => ({
  ...meta,
  clock: meta.clock.slice(0, 21) + node,
  ...(isFirst && { sent: later(sentUpTo(meta), meta.clock.slice(0, 21) + "~") }),
});

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
    tx.put(perform(tx.get(op.id), { ...op, clock }, sentUpTo(tx.meta), own));
  }
}

/** A change of a request: a deletion, or edits that were made from one state. */
export interface Part extends Sent {
  readonly from: Clock;
}

/** Whether everything that is pending was made from one state. What was not needs `parts`. */
export function isPlain(e: Entry): boolean {
  return !e.under && new Set(marks(e).map((mark) => fromOf(e, mark))).size < 2;
}

function whole(e: Entry): Part[] {
  const { gone, made, edits } = e;
  const from = fromOf(e, marks(e)[0]!);
  const parts: Part[] = gone ? [{ from, gone, edits: new Map() }] : [];
  // Of a document without a clock only the beginning of time says that it is news.
  if (edits.size || made) parts.push({ from: edits.size || gone ? from : ZERO, made, edits, doc: apply((gone ? undefined : e.base) ?? {}, edits, true) });
  return parts;
}

/**
 * The next request: what is pending, and a pull. Notes in `meta` that it may have been sent. `self` is whose documents are one's own, if that is
 * known: without it the server would take a new document for the one that somebody shares under the same key. `parts` is for what is not plain.
 */
export function request(
  collection: string, meta: Meta, pending: Iterable<Entry>, bounds: Bounds, self?: string, wall?: number, parts?: (e: Entry) => Part[],
): Flight {
  const { limit, bytes } = bounds;
  const changes: Change[] = [];
  const sent = new Map<string, Sent>();
  const keys = new Set<string>();
  let size = 0;
  let partial = false;
  for (const e of pending) {
    if ((partial = sent.size >= limit)) break;
    if (keys.has(e.key)) continue; // a refusal names the key alone
    const owner = e.owner ?? self;
    // What was made from an older state comes first, also where it does not all fit.
    for (const { from, gone, made, edits, doc } of isPlain(e) ? whole(e) : parts!(e)) {
      if (doc) size += JSON.stringify(doc).length;
      partial = !!changes.length && !!bytes && size > bytes;
      if (partial) break;
      const change: Change = { key: e.key, fieldRevs: {}, baseClock: from, ...(owner && { owner }) };
      if (gone) changes.push({ ...change, deleted: true, fieldRevs: { "": gone.clock } });
      else {
        const was: [Path, Json][] = [];
        for (const [path, edit] of edits) {
          put(change.fieldRevs, path, edit.clock);
          if (edit.was !== undefined) was.push([path, edit.was]);
        }
        changes.push({ ...change, doc: doc!, ...(was.length && { base: join(was) }) });
      }
      const before = sent.get(e.id);
      sent.set(e.id, { gone: gone ?? before?.gone, made, edits: new Map([...(before?.edits ?? []), ...edits]), doc });
    }
    keys.add(e.key);
    if (partial) break;
  }
  const upTo = [...sent.values()].flatMap((layer) => marks(layer)).reduce((clock, mark) => later(clock, mark.clock), ZERO);
  meta.sent = later(sentUpTo(meta), upTo);
  const body: Request = {
    collection, clientClock: meta.cursor, changes, limit, ...(bytes && { maxBytes: bytes }), acks: true, owners: true, onInvalid: "skip",
  };
  return { cursor: meta.cursor, at: meta.clock, sent, request: body, partial, wall };
}

/**
 * The documents that `receive` needs in its transaction; at the end of a pull of everything, those it did not contain too. And whether the
 * answer tells of something that does not happen often: a conflict, a refusal, a revocation, a server that starts over, documents that are not there any more.
 */
export function concerned(meta: Meta, flight: Flight, answer: Answer, known: Iterable<Entry>): { ids: string[]; isRare: boolean } {
  const ids = new Set(flight.sent.keys());
  let isRare = !!(answer.resync || meta.restoring || answer.rejected?.length || answer.conflicts?.length);
  for (const wire of answer.serverChanges) {
    ids.add(wireId(wire));
    isRare ||= !!wire._revoked;
  }
  const told = ids.size;
  const starts = answer.resync || flight.cursor === ZERO;
  if (!answer.more && (starts || meta.resync !== undefined)) {
    for (const e of known) if (starts || e.seen !== meta.resync) ids.add(e.id);
  }
  return { ids: [...ids], isRare: isRare || ids.size > told };
}

const wireId = (wire: JsonObject) => idOf(wire._key as string, wire._owner as string | undefined);

/** What `receive` needs for some answers: see `concerned`. */
export type ForReceive = Pick<typeof Rare, "newer" | "tellAges" | "revoke" | "rejected" | "endOfResync">;

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
  const upTo = sentUpTo(meta);
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
    const rev = wire._rev as Clock;
    const base = wire._deleted || wire._revoked ? undefined : deepFreeze(ownFields(wire));
    const e = sent ? subtract(before, sent, { rev, base }) : before;
    const pending = isPending(e);
    told.add(id);
    if (wire._revoked) {
      if (before.base !== undefined || pending) revoked.push(id);
      rare!.revoke(tx, e);
      continue;
    }
    const at = { ...e, rev, seen: meta.resync };
    if (!base) tx.put({ ...at, base: pending && !e.gone ? (sent?.doc ?? e.base) : undefined, held: true });
    else {
      const revs = (wire._fieldRevs ?? {}) as Record<Path, Clock>;
      const edits = meta.restoring && before.base && !before.held && !before.gone ? rare!.newer(before, base, revs, e.edits, rev) : e.edits;
      tx.put({ ...at, base, revs: compact(revs, base), raw: wire._marked ? true : undefined, held: undefined, edits });
    }
  }

  const stored = (id: string, rev: Clock) => {
    const sent = flight.sent.get(id);
    if (!sent) return;
    const before = tx.get(id) ?? fresh(id); // one that could not be saved
    const base = sent.doc;
    // What has been done since was made from that, unless it was made from what came before what it was sent on.
    const e = each(subtract(before, sent, { rev, base }), (mark) =>
      mark.clock > upTo && fromOf(before, mark) >= before.rev ? { ...mark, from: rev } : mark);
    const now = { ...e, last: rev, held: undefined, rev, seen: told.has(id) ? meta.resync : e.seen, base, revs: base && clocksOf(before, sent) };
    // A server that has lost what it had was told nothing of when the rest was written.
    tx.put(answer.resync === "restored" && base && !e.gone ? rare!.tellAges(now, sent) : now);
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
  const since = later(flight.at, upTo);
  stampAgain(tx, told, ({ clock, of, from }) => of !== RESTORED && (clock > since || clock <= from!), wall, latest);
  meta.cursor = answer.serverClock;
  const restored = !answer.more && !!meta.restoring;
  if (!answer.more) {
    meta.complete = meta.cursor;
    if (meta.resync !== undefined) rare?.endOfResync(tx, meta.resync, flight.cursor === ZERO, !!meta.restoring);
    if (restored && hold) meta.held = true;
    meta.restoring = meta.resync = undefined;
  }
  return { conflicts: answer.conflicts ?? [], warnings: answer.warnings ?? [], settled: told, revoked, restored };
}

/** The clocks of a document as it is once it has been stored as it was sent. */
function clocksOf(before: Entry, sent: Sent): Clocks {
  const old = sent.gone ? undefined : before.revs;
  const all: Record<Path, Clock> = typeof old === "object" ? { ...old } : {};
  if (typeof old === "string") for (const path of leaves(before.base ?? {}).keys()) put(all, path, old);
  for (const [path, edit] of sent.edits) put(all, path, edit.clock);
  return compact(all, sent.doc!);
}

/** Gives the chosen clocks of what is pending new ones, in their order. */
export function stampAgain(tx: Tx, ids: Iterable<string>, which: (mark: Mark) => boolean, wall: number, after = "~"): void {
  const chosen = [...ids].flatMap((id) => {
    const e = tx.get(id);
    // What is pending under a deletion that keeps its clock stays before it.
    const before = e?.gone && !which(e.gone) ? e.gone.clock : ZERO;
    const old = e && marks(e).flatMap((mark) => (mark.clock > before && which(mark) ? mark.clock : []));
    return old?.some((clock) => clock <= after) ? [{ e: e!, old: new Set(old) }] : [];
  });
  const all = [...new Set(chosen.flatMap(({ old }) => [...old]))].sort();
  const fresh = new Map(all.map((clock) => [clock, next(tx.meta, wall)]));
  for (const { e, old } of chosen) tx.put(each(e, (mark) => (old.has(mark.clock) ? { ...mark, clock: fresh.get(mark.clock)! } : mark)));
}
