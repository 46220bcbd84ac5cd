import { isMark } from "./marks.js";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether `object` itself has `name`; `toString` and the like are data as well as any other name. */
export const has = (object: object, name: string): boolean => Object.hasOwn(object, name);

/** The member `name` itself, not what the prototype has of that name. */
export const member = (object: JsonObject, name: string): Json | undefined => (has(object, name) ? object[name] : undefined);

/** Sets a member of an object under construction; plain assignment would take `__proto__` for the prototype. */
export function put(object: object, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (object as Record<string, unknown>)[name] = value;
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object with members: not a leaf. */
export const isBranch = (value: unknown): value is JsonObject => isObject(value) && Object.keys(value).length > 0;

/** A document without what belongs to the protocol. */
export function ownFields(doc: JsonObject): JsonObject {
  const ours = (name: string) => !name.startsWith("_");
  return Object.keys(doc).every(ours) ? doc : Object.fromEntries(Object.entries(doc).filter(([name]) => ours(name)));
}

/** Freezes what has just been parsed or read. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => has(b, name) && equal(a[name], b[name]));
}

/**
 * `value` as frozen JSON: the same object where it can be kept, a copy without its `undefined` members where not. What is the same as in
 * `before` is not looked at. Throws a TypeError that names `place` on what JSON cannot hold.
 */
export function frozen(value: unknown, place: string, before?: JsonObject, depth = 0): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (/[\0\p{Surrogate}]/u.test(value) && !isMark(value))
      throw new TypeError(place + ": has NUL or a lone surrogate");
    return value;
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new TypeError(place + ": " + String(value) + " is not JSON");
  if (Object.isFrozen(value) && known.has(value)) return value as Json;
  if (depth > 64) throw new TypeError(place.slice(0, 200) + ": too deep");
  let result: Json;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => frozen(item, place + "[" + i + "]", undefined, depth + 1));
    result = items.every((item, i) => item === value[i]) ? (value as Json) : items;
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new TypeError(place + ": not a plain object: " + value.constructor?.name);
    const given = value as Record<string, unknown>;
    const names = Object.keys(given);
    const items = names.map((name) => {
      const now = given[name];
      const was = before && member(before, name);
      if (now === undefined || now === was) return now as Json | undefined;
      frozen(name, place);
      return frozen(now, place + "." + name, isObject(was) ? was : undefined, depth + 1);
    });
    result = value as Json;
    if (!names.every((name, i) => items[i] !== undefined && items[i] === given[name])) {
      result = {};
      names.forEach((name, i) => items[i] === undefined || put(result as object, name, items[i]));
    }
  }
  known.add(Object.freeze(result) as object);
  return result;
}

/** What `frozen` has been through, so that it is not walked again. */
const known = new WeakSet<object>();
