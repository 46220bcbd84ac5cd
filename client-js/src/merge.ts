import type { Clock } from "./clock.js";
import { equal, has, isBranch, isObject, member, put, type Json, type JsonObject } from "./json.js";
import { child, leaves, names, type Path } from "./paths.js";

/** A pending edit of one leaf; without a value it removes the leaf. */
export interface Edit {
  readonly value?: Json;
  readonly clock: Clock;
  /** Which change of the application made it. Stays when the clock is stamped again. */
  readonly of: string;
}

export type Edits = ReadonlyMap<Path, Edit>;

/**
 * The leaves in which `after` differs from `before`, with their new values, `undefined` for what is gone. Subtrees that are the
 * same object are not looked at.
 */
export function diff(before: JsonObject, after: JsonObject, into = new Map<Path, Json | undefined>(), parent?: Path) {
  for (const name of Object.keys(before)) {
    if (has(after, name)) continue;
    const path = child(parent, name);
    const value = before[name]!;
    if (isBranch(value)) for (const leaf of leaves(value, undefined, path).keys()) into.set(leaf, undefined);
    else into.set(path, undefined);
  }
  for (const name of Object.keys(after)) {
    const path = child(parent, name);
    const old = member(before, name);
    const now = after[name]!;
    if (old === now) continue;
    if (isBranch(old) && isBranch(now)) diff(old, now, into, path);
    else if (isBranch(now)) {
      if (old !== undefined && !isObject(old)) into.set(path, undefined);
      leaves(now, undefined, path).forEach((value, leaf) => into.set(leaf, value));
    } else if (isBranch(old)) {
      for (const leaf of leaves(old, undefined, path).keys()) into.set(leaf, undefined);
      into.set(path, now);
    } else if (!equal(old, now)) into.set(path, now);
  }
  return into;
}

/**
 * The document with the edits made: removals first, then values in the order of their clocks. What no edit touches stays the same
 * object. This is what an application sees while edits are pending: its own edits on top of the server's document, leaf by leaf.
 * Which of two edits of one leaf stays is the server's decision.
 */
export function apply(document: JsonObject, edits: Edits): JsonObject {
  if (!edits.size) return document;
  let result = document;
  for (const [path, edit] of edits) if (!has(edit, "value")) result = without(result, names(path), 0) ?? {};
  const values = [...edits].filter(([, edit]) => has(edit, "value"));
  values.sort(([p, a], [q, b]) => (a.clock < b.clock || (a.clock === b.clock && p < q) ? -1 : 1));
  for (const [path, edit] of values) result = withValue(result, names(path), 0, edit.value!);
  return result;
}

function withValue(object: Json | undefined, way: string[], at: number, value: Json): JsonObject {
  const parent = isObject(object) ? object : {};
  const old = member(parent, way[at]!);
  const next = at === way.length - 1 ? (equal(old, value) ? old! : value) : withValue(old, way, at + 1, value);
  if (old === next && parent === object) return parent;
  const copy = { ...parent };
  put(copy, way[at]!, next);
  return Object.freeze(copy);
}

/** `undefined` if nothing is left: a branch is there only as long as there is a leaf below it. */
function without(object: JsonObject, way: string[], at: number): JsonObject | undefined {
  const name = way[at]!;
  const old = member(object, name);
  if (old === undefined) return object;
  let next: Json | undefined;
  if (at === way.length - 1) {
    if (isBranch(old)) return object;
  } else {
    if (!isBranch(old)) return object;
    next = without(old, way, at + 1);
    if (next === old) return object;
  }
  const copy = { ...object };
  if (next === undefined) delete copy[name];
  else put(copy, name, next);
  return Object.keys(copy).length ? Object.freeze(copy) : undefined;
}
