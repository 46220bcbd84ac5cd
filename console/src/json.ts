// What stands where in a text of JSON, and what is different between two values. Nothing here draws.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

export interface Place {
  readonly start: number;
  readonly end: number;
}

export class Misread extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

/** Reads JSON as `JSON.parse` does, and says where each value stands, by JSON pointer without the first slash. */
export function read(text: string): { value: Json; places: ReadonlyMap<string, Place> } {
  const places = new Map<string, Place>();
  let at = 0;
  const fail = (message: string): never => {
    throw new Misread(Math.min(at, text.length), message);
  };
  const space = () => {
    while (at < text.length && " \t\n\r".includes(text[at]!)) at++;
  };
  const literal = (): Json => {
    const found = /^(?:"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(text.slice(at));
    if (!found) return fail(text[at] === '"' ? "string" : "value");
    at += found[0].length;
    return JSON.parse(found[0]) as Json;
  };
  const value = (pointer: string): Json => {
    space();
    const start = at;
    let result: Json;
    if (text[at] === "{") {
      const members: [string, Json][] = [];
      at++;
      space();
      if (text[at] === "}") at++;
      else {
        for (;;) {
          space();
          if (text[at] !== '"') fail("name");
          const name = literal() as string;
          space();
          if (text[at] !== ":") fail("colon");
          at++;
          members.push([name, value((pointer && pointer + "/") + name.replace(/~/g, "~0").replace(/\//g, "~1"))]);
          space();
          if (text[at] === "}") break;
          if (text[at] !== ",") fail("comma");
          at++;
        }
        at++;
      }
      result = Object.fromEntries(members);
    } else if (text[at] === "[") {
      const elements: Json[] = [];
      at++;
      space();
      if (text[at] === "]") at++;
      else {
        for (;;) {
          elements.push(value((pointer && pointer + "/") + elements.length));
          space();
          if (text[at] === "]") break;
          if (text[at] !== ",") fail("comma");
          at++;
        }
        at++;
      }
      result = elements;
    } else {
      result = literal();
    }
    places.set(pointer, { start, end: at });
    return result;
  };
  const whole = value("");
  space();
  if (at < text.length) fail("end");
  return { value: whole, places };
}

/** The line of a position, the first is 1, and the column in it. */
export function lineOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}

/** Where a pointer stands, or else the nearest place above it. */
export function nearest(places: ReadonlyMap<string, Place>, pointer: string): Place | undefined {
  for (let way = pointer; ; way = way.slice(0, Math.max(0, way.lastIndexOf("/")))) {
    const place = places.get(way);
    if (place || way === "") return place;
  }
}

export const same = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => same(one, (b as Json[])[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
};

export const escaped = (name: string): string => name.replace(/%/g, "%25").replace(/\./g, "%2E");

/** The leaves that are different, by path with dots. Arrays are leaves, as in the protocol. */
export function difference(before: JsonObject, after: JsonObject, parent = ""): { path: string; from: Json | undefined; to: Json | undefined }[] {
  const found: { path: string; from: Json | undefined; to: Json | undefined }[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [Object.hasOwn(before, name) ? before[name] : undefined, Object.hasOwn(after, name) ? after[name] : undefined];
    const path = parent + escaped(name);
    if (same(from, to)) continue;
    if (isObject(from) && isObject(to)) found.push(...difference(from, to, path + "."));
    else found.push({ path, from, to });
  }
  return found;
}

export interface Line {
  readonly is: "same" | "gone" | "new";
  readonly text: string;
}

const MOST = 400;

/** Line by line what has gone and what is new: the longest common subsequence; of long texts only the middle that differs, whole. */
export function lines(before: string, after: string): Line[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const middle: Line[] = [];
  if (x.length > MOST || y.length > MOST) {
    middle.push(...x.map((text): Line => ({ is: "gone", text })), ...y.map((text): Line => ({ is: "new", text })));
  } else {
    const longest = Array.from({ length: x.length + 1 }, () => new Array<number>(y.length + 1).fill(0));
    for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--) longest[i]![j] = x[i] === y[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    let [i, j] = [0, 0];
    while (i < x.length || j < y.length) {
      if (i < x.length && j < y.length && x[i] === y[j]) middle.push({ is: "same", text: x[i++]! }), j++;
      else if (j >= y.length || (i < x.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) middle.push({ is: "gone", text: x[i++]! });
      else middle.push({ is: "new", text: y[j++]! });
    }
  }
  const kept = (text: string): Line => ({ is: "same", text });
  return [...a.slice(0, head).map(kept), ...middle, ...a.slice(a.length - tail).map(kept)];
}

/** The names of a document's value on one line, for a list. */
export function summary(document: JsonObject, most = 120, without?: string): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(document)) {
    if (name.startsWith("_") || name === without || value === "" || value === null || typeof value === "object") continue;
    parts.push(typeof value === "string" ? value.replace(/\s+/g, " ") : `${name}: ${String(value)}`);
  }
  const text = parts.join(" · ");
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

export interface Hint {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** What to begin with. */
  readonly example: Json;
}

/** What a schema says of the members of a document. */
export function hints(schema: Json | undefined): Hint[] {
  if (!isObject(schema) || !isObject(schema.properties ?? null)) return isObject(schema) && Array.isArray(schema.required) ? (schema.required as Json[]).map((name) => ({ name: String(name), type: "", required: true, description: "", example: "" })) : [];
  const required = Array.isArray(schema.required) ? (schema.required as readonly Json[]) : [];
  const named = Object.entries(schema.properties as JsonObject).map(([name, one]): Hint => {
    const { type, enum: allowed, description, default: preset } = (isObject(one) ? one : {}) as Record<string, Json>;
    const kind = Array.isArray(type) ? type.map(String).join(" | ") : typeof type === "string" ? type : "";
    const first = kind.split(" | ")[0];
    const example = preset ?? (Array.isArray(allowed) ? (allowed[0] ?? null) : first === "string" ? "" : first === "boolean" ? false : first === "array" ? [] : first === "object" ? {} : first === "null" || first === "" ? null : 0);
    return { name, type: Array.isArray(allowed) ? allowed.map((value) => JSON.stringify(value)).join(" | ") : kind, required: required.includes(name), description: typeof description === "string" ? description : "", example };
  });
  for (const name of required) if (!named.some((one) => one.name === name)) named.push({ name: String(name), type: "", required: true, description: "", example: "" });
  return named;
}
