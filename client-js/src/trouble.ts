import { format, later, millis, parse, receive as heard, ZERO, type Clock } from "./clock.js";
import { address, clocks, fields, fresh, idOf, isPending, marks, subtract, type Entry, type Op, type Sent } from "./entry.js";
import { isObject, type Json } from "./json.js";
import type { Answer, Conflict, Rejection } from "./protocol.js";
import { CONFLICT, isRefusal, sentUpTo, stampAgain, type Flight, type Refused, type Tx } from "./replica.js";

/** Puts what the server has refused into the inbox. Gives the documents. */
export function rejected(tx: Tx, flight: Flight, answer: Answer): string[] {
  const told: string[] = [];
  for (const one of answer.rejected ?? []) {
    for (const [id, sent] of flight.sent) {
      if (!concerns(one, id)) continue;
      told.push(id);
      reject(tx, id, sent, one);
    }
  }
  return told;
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
  const before = tx.get(id) ?? fresh(id);
  tx.refuse(refusal({ ...before, ...sent, under: undefined }, one, sent.doc));
  tx.put(subtract(before, sent));
}

function refusal(e: Entry, one: Rejection, doc = fields(e)): Refused {
  const values = e.edits.size || e.made ? new Map([...e.edits].map(([path, edit]) => [path, edit.value])) : undefined;
  return { id: e.id, key: e.key, owner: e.owner, code: one.code, details: one.details, doc, values, of: [...new Set(marks(e).map((m) => m.of))] };
}

/** The caller may not see the document any more. What is pending on it is kept aside. */
export function revoke(tx: Tx, e: Entry): void {
  if (isPending(e)) tx.refuse(refusal(e, { key: e.key, code: "revoked" }));
  tx.put(fresh(e.id));
}


/** The caller is no member any more: nothing is left, and should that change everything is pulled. Gives what is gone. */
export function revokeAll(tx: Tx): string[] {
  const all = [...tx.all()];
  for (const e of all) revoke(tx, e);
  Object.assign(tx.meta, { cursor: ZERO, complete: ZERO, resync: undefined, restoring: undefined, held: undefined });
  return all.map((e) => e.id);
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
  if (beyond(sentUpTo(meta))) meta.sent = floor;
  stampAgain(tx, ids, ({ clock }) => beyond(clock), wall);
  return ids.length > 0;
}

/** Halves of what does not fit as a whole: what deletes comes first, and what is done to one document stays together. None if it is one document. */
export function halves(ops: readonly Op[]): Op[][] {
  const byDocument = new Map<string, Op[]>();
  for (const op of ops) {
    const group = byDocument.get(op.id);
    if (group) group.push(op);
    else byDocument.set(op.id, [op]);
  }
  if (byDocument.size < 2) return [];
  const deletes = (group: Op[]) => (group.at(-1)!.values ? 1 : 0);
  const groups = [...byDocument.values()].sort((a, b) => deletes(a) - deletes(b));
  const half = groups.length >> 1;
  return [groups.slice(0, half).flat(), groups.slice(half).flat()];
}

/** As many conflicts as are kept of a collection. */
const MOST_CONFLICTS = 500;

/** Keeps conflicts until somebody has seen them; in place of the oldest, where there are many. */
export function keepConflicts(tx: Tx, conflicts: readonly Conflict[], known: ReadonlyMap<number, Refused>): void {
  const news = conflicts.filter(({ winner }) => winner !== "auto-merged");
  const old = [...known].filter(([, item]) => !isRefusal(item)).map(([n]) => n).sort((a, b) => a - b);
  for (const n of old.slice(0, Math.max(0, old.length + news.length - MOST_CONFLICTS))) tx.accept(n);
  for (const conflict of news.slice(-MOST_CONFLICTS)) {
    const { key, owner } = conflict;
    tx.refuse({ id: idOf(key, owner), key, owner, code: CONFLICT, details: conflict as unknown as Json, of: [] });
  }
}
