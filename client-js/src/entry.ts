import type { Clock } from "./clock.js";
import { ZERO, later } from "./clock.js";
import type { JsonObject } from "./json.js";
import { apply, type Edit, type Edits } from "./merge.js";

/** That a document was made or deleted here. */
export interface Mark {
  readonly clock: Clock;
  readonly of: string;
}

/** One document of this replica: the server's state and what has been done here since. A value: never changed in place. */
export interface Entry {
  /** The key in the atom's map. */
  readonly id: string;
  readonly key: string;
  /** Whose it is, if it is not one of this namespace. */
  readonly owner?: string;
  /** As the server has it, `undefined` if it has none. */
  readonly base?: JsonObject | undefined;
  /** The server deleted it, or knows nothing of it; `base` is kept because edits are pending on it. */
  readonly held?: boolean | undefined;
  /** The server's revision of `base`. */
  readonly rev: Clock;
  /** What the pending edits were made from. It stays when another version comes in under them. */
  readonly from?: Clock | undefined;
  /** A pending deletion. It comes before the edits: those were made afterwards. */
  readonly gone?: Mark | undefined;
  /** A pending creation, for documents without any field. */
  readonly made?: Mark | undefined;
  readonly edits: Edits;
  /** The last pull of everything that contained it. */
  readonly seen?: number | undefined;
}

const NO_EDITS: Edits = new Map();

/** A document nothing is known of. */
export function fresh(id: string): Entry {
  return { id, ...address(id), rev: ZERO, edits: NO_EDITS };
}

/** The key in the atom's map: the document's own key, `@owner/key` for documents of others, and an own `@x` is `@@x`. */
export function idOf(key: string, owner?: string): string {
  if (owner !== undefined) return "@" + encodeURIComponent(owner) + "/" + key;
  return key.startsWith("@") ? "@" + key : key;
}

/** The document that a key of the atom's map means. */
export function address(id: string): { key: string; owner?: string } {
  if (!id.startsWith("@")) return { key: id };
  if (id.startsWith("@@")) return { key: id.slice(1) };
  const slash = id.indexOf("/");
  if (slash < 2) throw new TypeError(id + ": @ begins @<owner>/<key>, or @@ for an own key with @");
  return { key: id.slice(slash + 1), owner: decodeURIComponent(id.slice(1, slash)) };
}

export const isPending = (e: Entry): boolean => e.edits.size > 0 || !!e.gone || !!e.made;

/** Whether there is anything to remember. */
export const isEmpty = (e: Entry): boolean => !isPending(e) && (e.base === undefined || !!e.held);

/** The fields as the application sees them, `undefined` if there is no document. */
export function fields(e: Entry): JsonObject | undefined {
  const base = e.gone ? undefined : e.base;
  if (base === undefined && !e.edits.size && !e.made) return undefined;
  return apply(base ?? {}, e.edits);
}

/** What something new is made from. */
export const madeFrom = (e: Entry, complete: Clock): Clock => e.from ?? later(complete, e.rev);

/** Something done to a document by the application. */
export interface Op {
  readonly id: string;
  /** The new values of leaves; `undefined` removes. No map at all deletes the document. */
  readonly values?: ReadonlyMap<string, unknown>;
  readonly from: Clock;
  readonly clock: Clock;
  readonly of: string;
}

export function perform(entry: Entry | undefined, op: Op): Entry {
  const e = entry ?? fresh(op.id);
  const mark = { clock: op.clock, of: op.of };
  const from = isPending(e) ? e.from : op.from;
  if (!op.values) {
    return { ...e, from, held: undefined, base: e.held ? undefined : e.base, gone: mark, made: undefined, edits: NO_EDITS };
  }
  const edits = new Map(e.edits);
  for (const [path, value] of op.values) {
    edits.delete(path);
    edits.set(path, (value === undefined ? mark : { ...mark, value }) as Edit);
  }
  const made = fields(e) === undefined && !edits.size ? mark : e.made;
  return { ...e, from, edits, made };
}

/** What of an entry travels with a request. */
export interface Sent {
  readonly gone?: Mark | undefined;
  readonly made?: Mark | undefined;
  readonly edits: Edits;
  /** The whole document as it was sent. */
  readonly doc?: JsonObject | undefined;
}

/** The entry without what was sent; what has been done since stays. */
export function subtract(e: Entry, sent: Sent): Entry {
  const edits = new Map(e.edits);
  for (const [path, edit] of sent.edits) if (edits.get(path)?.clock === edit.clock) edits.delete(path);
  const rest = (mark?: Mark, was?: Mark) => (mark && mark.clock === was?.clock ? undefined : mark);
  return { ...e, edits, gone: rest(e.gone, sent.gone), made: rest(e.made, sent.made) };
}

/** The entry with other clocks for what is pending. */
export function restamp(e: Entry, to: (clock: Clock) => Clock): Entry {
  const mark = (m?: Mark) => m && { ...m, clock: to(m.clock) };
  const edits = new Map([...e.edits].map(([path, edit]) => [path, { ...edit, clock: to(edit.clock) }]));
  return { ...e, edits, gone: mark(e.gone), made: mark(e.made) };
}

/** All clocks of what is pending. */
export function clocks(e: Entry): Clock[] {
  return [e.gone, e.made, ...e.edits.values()].flatMap((m) => (m ? [m.clock] : []));
}
