import { ZERO, format, later, millis, parse, receive as heard, tick, type Clock } from "./clock.js";
import { address, clocks, fields, fresh, idOf, isPending, madeFrom, restamp, subtract, type Entry, type Op, perform, type Sent } from "./entry.js";
import { deepFreeze, isObject, ownFields, put, type Json, type JsonObject } from "./json.js";
import type { Answer, Change, Conflict, Rejection, Request } from "./protocol.js";

/** What is known of a collection besides its documents. */
export interface Meta {
  /** The last `serverClock`. */
  cursor: Clock;
  /** The last `serverClock` that ended a pull; in the middle of one a document may have moved on unseen. */
  complete: Clock;
  /** The last reading of this device's clock. */
  clock: Clock;
  /** What to add to the device's time to have the server's. 0 until the server has complained. */
  offset: number;
  /** Counts the pulls of everything. */
  rounds: number;
  /** The pull of everything that is under way: what it does not contain is dropped at its end. */
  resync?: number | undefined;
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
}

const wallOf = (meta: Meta, wall: number) => Math.max(0, wall + meta.offset);

/** The clock of a new edit. */
export const next = (meta: Meta, wall: number): Clock => (meta.clock = tick(meta.clock, wallOf(meta, wall)));

/**
 * Performs what the application did. Its clock was drawn without knowing what has been stored since; if that is later, it is drawn
 * again, because an edit must be later than everything that this replica knew when it became durable.
 */
export function commit(tx: Tx, op: Op, wall: number): void {
  const clock = op.clock > tx.meta.clock ? op.clock : next(tx.meta, wall);
  tx.meta.clock = clock;
  tx.put(perform(tx.get(op.id), { ...op, clock }));
}

/**
 * The next request: what is pending, and a pull. At most `limit` documents each way. `self` is whose documents are one's own, if that
 * is known: without it the server would take a new document for the one that somebody shares under the same key.
 */
export function request(collection: string, meta: Meta, pending: Iterable<Entry>, limit: number, self?: string): Flight {
  const changes: Change[] = [];
  const sent = new Map<string, Sent>();
  const keys = new Set<string>();
  let size = 0;
  for (const e of pending) {
    if (sent.size >= limit || size > 2e6) break;
    if (keys.has(e.key)) continue; // a refusal names the key alone
    keys.add(e.key);
    const owner = e.owner ?? self;
    const change: Change = { key: e.key, fieldRevs: {}, baseClock: madeFrom(e, meta.complete), ...(owner && { owner }) };
    if (e.gone) changes.push({ ...change, deleted: true, fieldRevs: { "": e.gone.clock } });
    let doc: JsonObject | undefined;
    if (e.edits.size || e.made) {
      doc = fields(e)!;
      if (!e.edits.size && !e.gone) change.baseClock = ZERO; // without a clock only this says that it is news
      for (const [path, edit] of e.edits) put(change.fieldRevs, path, edit.clock);
      changes.push({ ...change, doc });
      size += JSON.stringify(doc).length;
    }
    sent.set(e.id, { gone: e.gone, made: e.made, edits: e.edits, doc });
  }
  const body: Request = { collection, clientClock: meta.cursor, changes, limit, acks: true, owners: true, onInvalid: "skip" };
  return { cursor: meta.cursor, at: meta.clock, sent, request: body };
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

/** What an answer brought besides documents. */
export interface Received {
  conflicts: Conflict[];
}

/**
 * Takes an answer. False if another request of this replica was answered meanwhile (two tabs that each believed to be the one that
 * syncs): it must not be taken then, and need not, because any request may be repeated.
 */
export function receive(tx: Tx, flight: Flight, answer: Answer, wall: number): Received | false {
  const meta = tx.meta;
  if (meta.cursor !== flight.cursor) return false;
  if (meta.offset && answer.serverTime !== undefined) meta.offset = answer.serverTime - wall;
  let latest = ZERO;
  const hear = (clock: Clock) => {
    latest = later(latest, clock);
    meta.clock = heard(meta.clock, clock, wallOf(meta, wall));
  };
  // With `limit`, what was just pushed may be ahead of `serverClock`.
  hear(answer.serverChanges.reduce((clock, wire) => later(clock, wire._rev as Clock), answer.serverClock));
  if (answer.resync || flight.cursor === ZERO) meta.resync = ++meta.rounds;
  const told = new Set<string>();

  for (const one of answer.rejected ?? []) {
    for (const [id, sent] of flight.sent) {
      if (!concerns(one, id)) continue;
      told.add(id);
      reject(tx, id, sent, one);
    }
  }

  for (const wire of answer.serverChanges) {
    const id = wireId(wire);
    const sent = flight.sent.get(id);
    const before = tx.get(id) ?? fresh(id);
    const e = sent ? subtract(before, sent) : before;
    const pending = isPending(e);
    told.add(id);
    if (wire._revoked) {
      if (pending) tx.refuse(refusal(e, { key: e.key, code: "revoked" }));
      tx.put(fresh(id));
      continue;
    }
    const rev = wire._rev as Clock;
    const from = pending ? madeFrom(before, meta.complete) : undefined;
    const at = { ...e, from, rev, seen: meta.resync };
    if (wire._deleted) tx.put({ ...at, base: pending && !e.gone ? (sent?.doc ?? e.base) : undefined, held: true });
    else tx.put({ ...at, base: deepFreeze(ownFields(wire)), held: undefined });
  }

  const stored = (id: string, rev: Clock) => {
    const sent = flight.sent.get(id);
    const before = tx.get(id);
    if (!sent || !before) return;
    const e = subtract(before, sent);
    tx.put({ ...e, base: sent.doc, held: undefined, rev, from: isPending(e) ? rev : undefined, seen: told.has(id) ? meta.resync : e.seen });
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
  stampAgain(tx, told, (clock, id) => flight.sent.has(id) || clock > flight.at, wall, latest);
  meta.cursor = answer.serverClock;
  if (!answer.more) {
    meta.complete = meta.cursor;
    if (meta.resync !== undefined) endOfResync(tx, meta.resync);
    meta.resync = undefined;
  }
  return { conflicts: answer.conflicts ?? [] };
}

/** What a pull of everything did not contain is not there any more, but for what is pending on it. */
function endOfResync(tx: Tx, round: number): void {
  for (const e of [...tx.all()]) {
    if (e.seen !== round) tx.put(isPending(e) ? { ...e, held: true, rev: ZERO } : fresh(e.id));
  }
}

function concerns(rejection: Rejection, id: string): boolean {
  const { key, owner } = address(id);
  if (rejection.key !== key) return false;
  const details = rejection.details;
  const whose = isObject(details) ? details.owner : undefined;
  return owner === undefined || whose === undefined || whose === owner;
}

/** Takes what was sent out of what is pending and keeps it aside. */
function reject(tx: Tx, id: string, sent: Sent, one: Rejection): void {
  const before = tx.get(id);
  if (!before) return;
  tx.refuse(refusal({ ...before, ...sent }, one, sent.doc));
  const e = subtract(before, sent);
  tx.put({ ...e, from: isPending(e) ? e.from : undefined });
}

function refusal(e: Entry, one: Rejection, doc = fields(e)): Refused {
  const values = e.edits.size || e.made ? new Map([...e.edits].map(([path, edit]) => [path, edit.value])) : undefined;
  const of = [e.gone, e.made, ...e.edits.values()].flatMap((m) => (m ? [m.of] : []));
  return { id: e.id, key: e.key, owner: e.owner, code: one.code, details: one.details, doc, values, of: [...new Set(of)] };
}

/** The server refused a request because of this one document: kept aside, so that it does not stop the others. */
export function quarantine(tx: Tx, flight: Flight, code: string, details: Json): void {
  for (const [id, sent] of flight.sent) reject(tx, id, sent, { key: address(id).key, code, details });
}

/**
 * The server says that a clock is too far ahead. Corrects this device's by its time and stamps again, in their order, the pending
 * edits that the server cannot have stored: those beyond the bound. What may have been stored keeps its clock. False if that
 * changes nothing.
 */
export function drifted(tx: Tx, serverTime: number, maxDrift: number, wall: number): boolean {
  const meta = tx.meta;
  const bound = serverTime + maxDrift;
  const pending = [...tx.all()].filter(isPending);
  const beyond = (clock: Clock) => millis(clock) > bound;
  const ids = pending.filter((e) => clocks(e).some(beyond)).map((e) => e.id);
  meta.offset = serverTime - wall;
  if (!ids.length && !beyond(meta.clock)) return false;
  let clock = format({ ms: 0, seq: 0, node: parse(meta.clock).node });
  let floor = meta.cursor;
  for (const e of tx.all()) for (const one of [e.rev, ...clocks(e)]) if (!beyond(one)) floor = later(floor, one);
  clock = heard(clock, floor, serverTime);
  meta.clock = clock;
  stampAgain(tx, ids, beyond, wall);
  return ids.length > 0;
}

function stampAgain(tx: Tx, ids: Iterable<string>, which: (clock: Clock, id: string) => boolean, wall: number, after = "~"): void {
  const chosen = [...ids].flatMap((id) => {
    const e = tx.get(id);
    const old = e && clocks(e).filter((clock) => which(clock, id));
    return old?.some((clock) => clock <= after) ? [{ e: e!, old: new Set(old) }] : [];
  });
  const all = [...new Set(chosen.flatMap(({ old }) => [...old]))].sort();
  const fresh = new Map(all.map((clock) => [clock, next(tx.meta, wall)]));
  for (const { e, old } of chosen) tx.put(restamp(e, (clock) => (old.has(clock) ? fresh.get(clock)! : clock)));
}
