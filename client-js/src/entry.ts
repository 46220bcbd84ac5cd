import type { Clock } from "./clock.js";
import { ZERO, later } from "./clock.js";
import { member, type Json, type JsonObject } from "./json.js";
import { apply, type Edit, type Edits } from "./merge.js";
import { at, type Path } from "./paths.js";

/** The clocks of the leaves of a document, removed ones too, or the one that all of them have. */
export type Clocks = Clock | Readonly<Record<Path, Clock>>;

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
  /** The edit clocks of `base`, for a server that has lost them. Missing in what was stored by older versions: then `rev`. */
  readonly revs?: Clocks | undefined;
  /** `base` has numbers that JavaScript does not have: see `numbers.ts`. */
  readonly raw?: boolean | undefined;
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

/** The clock of a leaf of `base`. */
export const clockOf = (e: Entry, path: Path): Clock =>
  typeof e.revs === "object" ? ((member(e.revs, path) as Clock | undefined) ?? ZERO) : (e.revs ?? e.rev);

/** As small as it can be kept. */
export function compact(revs: Readonly<Record<Path, Clock>>, base: JsonObject): Clocks {
  const paths = Object.keys(revs);
  const first = revs[paths[0]!]!;
  return paths.length && paths.every((path) => revs[path] === first && at(base, path) !== undefined) ? first : revs;
}

/** Something done to a document by the application. */
export interface Op {
  readonly id: string;
  /** The new values of leaves; `undefined` removes. No map at all deletes the document. */
  readonly values?: ReadonlyMap<Path, Json | undefined>;
  /** What was there before, of leaves that could be merged. */
  readonly was?: ReadonlyMap<Path, Json> | undefined;
  /** There are marks among the values: see `numbers.ts`. */
  readonly raw?: boolean | undefined;
  readonly from: Clock;
  readonly clock: Clock;
  readonly of: string;
}

/**
 * The entry after something has been done. `own` are maps of edits that nobody else has, which are changed in place; the new one is
 * added. So what is done to one document in a row costs what is done, and not each time what has been done before.
 */
export function perform(entry: Entry | undefined, op: Op, own?: WeakSet<Edits>): Entry {
  const e = entry ?? fresh(op.id);
  const mark = { clock: op.clock, of: op.of };
  const from = isPending(e) ? e.from : op.from;
  if (!op.values) {
    return { ...e, from, held: undefined, base: e.held ? undefined : e.base, gone: mark, made: undefined, edits: NO_EDITS };
  }
  const made = !op.values.size && fields(e) === undefined ? mark : e.made;
  const edits = own?.has(e.edits) ? (e.edits as Map<Path, Edit>) : new Map(e.edits);
  own?.add(edits);
  for (const [path, value] of op.values) {
    const before = edits.get(path);
    const was = before ? before.was : op.was?.get(path);
    edits.delete(path);
    edits.set(path, { ...mark, ...(value !== undefined && { value }), ...(was !== undefined && { was }) });
  }
  return { ...e, from, edits, made, raw: op.raw || e.raw };
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

/** Everything that is pending. */
export const marks = (e: Entry): Mark[] => [...(e.gone ? [e.gone] : []), ...(e.made ? [e.made] : []), ...e.edits.values()];

/** All clocks of what is pending. */
export const clocks = (e: Entry): Clock[] => marks(e).map((mark) => mark.clock);
