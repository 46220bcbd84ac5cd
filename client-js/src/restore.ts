import { ZERO, type Clock } from "./clock.js";
import { NOWHERE, clockOf, each, fresh, isPending, type Entry, type Sent } from "./entry.js";
import { equal, member, put, type JsonObject } from "./json.js";
import type { Edit, Edits } from "./merge.js";
import { leaves, type Path } from "./paths.js";
import { RESTORED, type Tx } from "./replica.js";

/** What a pull of everything did not contain is not there any more, but for what is pending on it; or lost by the server. */
export function endOfResync(tx: Tx, round: number, fromZero: boolean, restores: boolean): void {
  for (const e of [...tx.all()]) {
    if (e.seen === round) continue;
    if (fromZero && e.owner !== undefined && e.base) continue; // the server that has lost everything has still nothing
    if (restores && e.base !== undefined && !e.held && !e.gone) tx.put(lost(e, round));
    else tx.put(isPending(e) ? { ...e, held: true, rev: ZERO } : fresh(e.id));
  }
}

/**
 * A document that the server has lost. It is given it again with the clocks that it had, so that nothing older comes before
 * something newer. Documents of others only their owners can give back; they stay as they are.
 */
function lost(e: Entry, round: number): Entry {
  if (e.owner !== undefined) return { ...e, seen: round };
  const edits = newer(e, {}, {}, e.edits, ZERO);
  const made = edits.size ? e.made : { clock: e.rev, of: RESTORED };
  return { ...each({ ...e, edits, made }, (mark) => ({ ...mark, from: ZERO })), base: undefined, revs: undefined, rev: ZERO, last: ZERO };
}

/**
 * The pending edits, and what this device has that is later than the server's document at `rev`: a restored server has forgotten it. It was not
 * made from that document, so what it takes the place of is a conflict.
 */
export function newer(e: Entry, theirs: JsonObject, revs: Readonly<Record<Path, Clock>>, pending: Edits, rev: Clock): Edits {
  const from = rev.slice(0, 21) + NOWHERE;
  const edits = new Map(pending);
  const mine = leaves(e.base!);
  const others = leaves(theirs);
  for (const path of new Set([...mine.keys(), ...others.keys()])) {
    const value = mine.get(path);
    const clock = value === undefined && typeof e.revs !== "object" ? ZERO : clockOf(e, path);
    const there = (member(revs, path) as Clock | undefined) ?? ZERO;
    // A value whose age nobody knows is later than nothing at all, and this device may know the age of the one that is there.
    const isNews = clock > there || (value !== undefined && there === ZERO && !others.has(path));
    if (edits.has(path) || !isNews || (there !== ZERO && equal(value, others.get(path)))) continue;
    edits.set(path, { ...(value !== undefined && { value }), clock, from, of: RESTORED } as Edit);
  }
  return edits;
}

/** What was sent to a server that had lost it came without clocks where it was not edited, and gives way to whatever has one. It is given them. */
export function tellAges(e: Entry, sent: Sent): Entry {
  const revs: Record<Path, Clock> = {};
  for (const [path, { clock }] of sent.edits) put(revs, path, clock);
  return { ...e, edits: newer(e, e.base!, revs, e.edits, e.rev) };
}

/** The application does not want the server to have again what it had lost. */
export function dropRestored(tx: Tx): void {
  tx.meta.held = undefined;
  for (const e of [...tx.all()]) {
    const edits = new Map([...e.edits].filter(([, edit]) => edit.of !== RESTORED));
    tx.put({ ...e, edits, made: e.made?.of === RESTORED ? undefined : e.made, under: undefined });
  }
}
