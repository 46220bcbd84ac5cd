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
  const all = Object.entries(doc);
  const own = all.filter(([name]) => !name.startsWith("_"));
  return own.length === all.length ? doc : Object.fromEntries(own);
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
 * `value` as frozen JSON: the same object where it can be kept, a copy without its `undefined` members where not.
 * Throws a TypeError that names `place` on what JSON cannot hold.
 */
export function frozen(value: unknown, place: string, depth = 0): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (/[\0\p{Surrogate}]/u.test(value))
      throw new TypeError(place + ": NUL and lone surrogates cannot be stored");
    return value;
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new TypeError(place + ": " + String(value) + " is not JSON");
  if (Object.isFrozen(value) && known.has(value)) return value as Json;
  if (depth > 64) throw new TypeError(place.slice(0, 200) + ": too deep");
  let result: Json;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => frozen(item, place + "[" + i + "]", depth + 1));
    result = items.every((item, i) => item === value[i]) ? (value as Json) : items;
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new TypeError(place + ": only plain objects can be stored, not a " + value.constructor?.name);
    let same = true;
    const copy = {};
    for (const name of Object.keys(value)) {
      const before = (value as Record<string, unknown>)[name];
      if (before === undefined) {
        same = false;
        continue;
      }
      frozen(name, place);
      const after = frozen(before, place + "." + name, depth + 1);
      same &&= after === before;
      put(copy, name, after);
    }
    result = same ? (value as Json) : copy;
  }
  known.add(Object.freeze(result) as object);
  return result;
}

/** What `frozen` has been through, so that it is not walked again. */
const known = new WeakSet<object>();
