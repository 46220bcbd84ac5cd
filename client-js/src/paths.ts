import { isBranch, isObject, member, put, type Json, type JsonObject } from "./json.js";

/** The names on the way to a leaf, joined by dots; a dot in a name is `%2E`, a percent sign `%25`. */
export type Path = string;

export const escape = (name: string): string => name.replace(/%/g, "%25").replace(/\./g, "%2E");

const unescape = (segment: string): string => segment.replace(/%2E/g, ".").replace(/%25/g, "%");

export const child = (parent: Path | undefined, name: string): Path =>
  parent === undefined ? escape(name) : parent + "." + escape(name);

/** The names on the way, at least one. */
export const names = (path: Path): string[] => path.split(".").map(unescape);

/** What a document has at a path: a leaf or a branch. */
export function at(document: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = document;
  for (const name of names(path)) value = isObject(value) ? member(value, name) : undefined;
  return value;
}

/** The leaves of a document. Arrays and empty objects are leaves. */
export function leaves(document: JsonObject, into = new Map<Path, Json>(), parent?: Path): Map<Path, Json> {
  for (const name of Object.keys(document)) {
    const path = child(parent, name);
    const value = document[name]!;
    if (isBranch(value)) leaves(value, into, path);
    else into.set(path, value);
  }
  return into;
}

/** The document that has these leaves. */
export function join(all: Iterable<[Path, Json]>): JsonObject {
  const branches = new Map<object, Map<string, object>>();
  const root = {};
  for (const [path, value] of all) {
    const way = names(path);
    const last = way.pop()!;
    let parent: object = root;
    for (const name of way) {
      let below = branches.get(parent);
      if (!below) branches.set(parent, (below = new Map()));
      let next = below.get(name);
      if (!next) {
        below.set(name, (next = {}));
        put(parent, name, next);
      }
      parent = next;
    }
    if (!branches.get(parent)?.has(last)) put(parent, last, value);
  }
  return root as JsonObject;
}
