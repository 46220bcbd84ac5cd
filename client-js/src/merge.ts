import type { Clock } from "./clock.js";
import { equal, has, isBranch, isObject, member, put, type Json, type JsonObject } from "./json.js";
import { child, leaves, names, type Path } from "./paths.js";

/** A pending edit of one leaf; without a value it removes the leaf. */
export interface Edit {
  readonly value?: Json;
  readonly clock: Clock;
  /** Which change of the application made it. Stays when the clock is stamped again. */
  readonly of: string;
  /** See `Mark`. */
  readonly from?: Clock;
  /** What was there before the first pending edit of the leaf, if it can be merged: the server may have forgotten it. */
  readonly was?: Json;
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
 * Which of two edits of one leaf stays is the server's decision. Each object is copied once, however many edits there are.
 *
 * `sends`: as the server gets it. A removal does not bring to light what has come in below it, because its clock would count for that.
 */
export function apply(document: JsonObject, edits: Edits, sends = false): JsonObject {
  if (!edits.size) return document;
  const copies: Copies = new Map();
  let result = document;
  const values: [Path, Edit][] = [];
  for (const one of edits) {
    if (has(one[1], "value")) values.push(one);
    else result = without(copies, result, names(one[0]), 0, sends) ?? {};
  }
  values.sort(([p, a], [q, b]) => (a.clock < b.clock || (a.clock === b.clock && p < q) ? -1 : 1));
  for (const [path, edit] of values) result = withValue(copies, result, names(path), 0, edit.value!);
  for (const object of copies.keys()) Object.freeze(object);
  return Object.freeze(result);
}

/** The objects that have been copied already, with the number of their members. */
type Copies = Map<object, number>;

function copyOf(copies: Copies, object: JsonObject): Record<string, Json> {
  if (copies.has(object)) return object;
  const copy = { ...object };
  copies.set(copy, Object.keys(copy).length);
  return copy;
}

function withValue(copies: Copies, object: Json | undefined, way: string[], at: number, value: Json): JsonObject {
  const parent = isObject(object) ? object : {};
  const old = member(parent, way[at]!);
  const next = at === way.length - 1 ? (equal(old, value) ? old! : value) : withValue(copies, old, way, at + 1, value);
  if (old === next && parent === object) return parent;
  const copy = copyOf(copies, parent);
  if (old === undefined) copies.set(copy, copies.get(copy)! + 1);
  put(copy, way[at]!, next);
  return copy;
}

/** `undefined` if nothing is left: a branch is there only as long as there is a leaf below it. */
function without(copies: Copies, object: JsonObject, way: string[], at: number, all: boolean): JsonObject | undefined {
  const name = way[at]!;
  const old = member(object, name);
  if (old === undefined) return object;
  const branch = isObject(old) && (copies.get(old) ?? Object.keys(old).length) > 0;
  const last = at === way.length - 1;
  if (last ? branch && !all : !branch) return object;
  const next = last ? undefined : without(copies, old as JsonObject, way, at + 1, all);
  if (next === old) return object;
  const copy = copyOf(copies, object);
  if (next !== undefined) {
    put(copy, name, next);
    return copy;
  }
  delete copy[name];
  const left = copies.get(copy)! - 1;
  copies.set(copy, left);
  return left ? copy : undefined;
}
