import type { Clock } from "./clock.js";
import { ZERO, later } from "./clock.js";
import { equal, member, type Json, type JsonObject } from "./json.js";
import { apply, type Edit, type Edits } from "./merge.js";
import { at, type Path } from "./paths.js";

/** The clocks of the leaves of a document, removed ones too, or the one that all of them have. */
export type Clocks = Clock | Readonly<Record<Path, Clock>>;

/** That a document was made or deleted here. */
export interface Mark {
  readonly clock: Clock;
  readonly of: string;
  /** What it was made from: what the server had told by then. It stays when another version comes in under it. Missing in what was stored by older versions: then `Entry.from`. */
  readonly from?: Clock;
}

/** What has been done to a document. */
export interface Layer {
  /** A deletion. It comes before the edits: those were made afterwards. */
  readonly gone?: Mark | undefined;
  /** A creation, for documents without any field. */
  readonly made?: Mark | undefined;
  readonly edits: Edits;
  /**
   * What may have been sent, has had no answer, and has been replaced since. It is sent first and as it was, so that the server knows it again
   * if it has it; what replaced it was made from it.
   */
  readonly under?: Layer | undefined;
}

/** One document of this replica: the server's state and what has been done here since. A value: never changed in place. */
export interface Entry extends Layer {
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
  /** What all pending edits were made from, in what was stored by older versions. */
  readonly from?: Clock | undefined;
  /** What the last edit was made from; so is the next one, as long as the document stays as it is. */
  readonly last?: Clock | undefined;
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
  if (slash < 2) throw new TypeError(id + ": neither @<owner>/<key> nor @@<key>");
  return { key: id.slice(slash + 1), owner: decodeURIComponent(id.slice(1, slash)) };
}

export const isPending = (e: Layer): boolean => e.edits.size > 0 || !!e.gone || !!e.made;

/** Whether there is anything to remember. */
export const isEmpty = (e: Entry): boolean => !isPending(e) && (e.base === undefined || !!e.held);

/** The fields as the application sees them, `undefined` if there is no document. */
export function fields(e: Entry): JsonObject | undefined {
  const base = e.gone ? undefined : e.base;
  if (base === undefined && !e.edits.size && !e.made) return undefined;
  return apply(base ?? {}, e.edits);
}

/** What something new is made from. */
export function madeFrom(e: Entry, complete: Clock): Clock {
  const last = e.last ?? e.from;
  return last !== undefined && last >= e.rev && isPending(e) ? last : later(complete, e.rev);
}

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
 * The entry after something has been done. What is up to `sent` may have been sent. `own` are maps of edits that nobody else has, which are
 * changed in place; the new one is added. So what is done to one document in a row costs what is done, and not each time what has been done before.
 */
export function perform(entry: Entry | undefined, op: Op, sent: Clock, own?: WeakSet<Edits>): Entry {
  const e = entry ?? fresh(op.id);
  const { clock, of, from } = op;
  const mark = { clock, of, from };
  const goes = (mark?: Mark, known?: Mark) => mark && mark.clock <= sent && mark.clock !== known?.clock;
  const isReplaced = [...(op.values ?? e.edits).keys()].some((path) => goes(e.edits.get(path), e.under?.edits.get(path))) ||
    (!op.values && goes(e.made, e.under?.made)); // a deletion that is sent twice is one
  const under = isReplaced ? { ...sentOf(e, sent), under: e.under } : e.under;
  if (!op.values) {
    return { ...e, last: from, held: undefined, base: e.held ? undefined : e.base, gone: mark, made: undefined, edits: NO_EDITS, under };
  }
  const made = !op.values.size && fields(e) === undefined ? mark : e.made;
  const edits = own?.has(e.edits) ? (e.edits as Map<Path, Edit>) : new Map(e.edits);
  own?.add(edits);
  for (const [path, value] of op.values) {
    const before = edits.get(path);
    const was = before ? before.was : op.was?.get(path);
    edits.delete(path);
    edits.set(path, { ...mark, from: before ? fromOf(e, before) : from, ...(value !== undefined && { value }), ...(was !== undefined && { was }) });
  }
  return { ...e, last: from, edits, made, under, raw: op.raw || e.raw };
}

/** What of a layer may have been sent. */
function sentOf({ gone, made, edits }: Layer, sent: Clock): Layer {
  const before = <M extends Mark>(mark?: M) => (mark && mark.clock <= sent ? mark : undefined);
  return { gone: before(gone), made: before(made), edits: new Map([...edits].filter(([, edit]) => before(edit))) };
}

/** What of an entry travels with a request. */
export interface Sent extends Layer {
  /** The whole document as it was sent. */
  readonly doc?: JsonObject | undefined;
}

/** The node of no server: from there comes what a client has seen and a server cannot name. */
export const NOWHERE = "srv.none.none";

/**
 * The layer without what was sent; what has been done since stays. If the server has told what became of it, what was typed over it was made
 * from that: from `told`, where the server has just the same, else from what was sent, which is no state of the server's.
 */
export function subtract<L extends Layer>(l: L, sent: Layer, told?: Pick<Entry, "rev" | "base">): L {
  const edits = new Map(l.edits);
  for (const [path, { clock, value }] of sent.edits) {
    const now = edits.get(path);
    if (now?.clock === clock) edits.delete(path);
    else if (now && told) {
      const { was: _, ...rest } = now;
      const from = equal(told.base && at(told.base, path), value) ? told.rev : clock.slice(0, 21) + NOWHERE;
      edits.set(path, { ...rest, from, ...(value !== undefined && isMergeable(value) && { was: value }) });
    }
  }
  const rest = (mark?: Mark, was?: Mark) => (mark && mark.clock === was?.clock ? undefined : mark);
  let under = l.under?.under && subtract(l.under, sent, told);
  if (under && !isPending(under)) under = under.under;
  return { ...l, edits, gone: rest(l.gone, sent.gone), made: rest(l.made, sent.made), under };
}

/** Texts, counters and sets can be merged, if it is known what they were. */
export const isMergeable = (value: Json): boolean => typeof value === "string" || typeof value === "number" || Array.isArray(value);

/** The layer with something else in place of everything that is pending. */
export function each<L extends Layer>(l: L, change: <M extends Mark>(mark: M) => M): L {
  const edits = new Map([...l.edits].map(([path, edit]) => [path, change(edit)]));
  return { ...l, edits, gone: l.gone && change(l.gone), made: l.made && change(l.made), under: l.under && each(l.under, change) };
}

/** Everything that is pending. */
export const marks = ({ gone, made, edits, under }: Layer): Mark[] => [
  ...(gone ? [gone] : []), ...(made ? [made] : []), ...edits.values(), ...(under ? marks(under) : []),
];

/** What a pending mark of an entry was made from. */
export const fromOf = (e: Entry, mark: Mark): Clock => mark.from ?? e.from ?? e.rev;

/** All clocks of what is pending. */
export const clocks = (e: Entry): Clock[] => marks(e).map((mark) => mark.clock);
