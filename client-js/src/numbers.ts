import { isObject, member, put, type Json, type JsonObject } from "./json.js";
import { isMark } from "./marks.js";
import type { Answer } from "./protocol.js";

const TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** JSON with marks for the numbers that JavaScript does not have. */
export function parse(text: string): { value: unknown; marked: boolean } {
  let marked = false;
  const exact = text.replace(TOKEN, (token) => {
    if (token[0] === '"' || isExact(token)) return token;
    marked = true;
    return '"\\u0000' + token + '"';
  });
  return { value: JSON.parse(exact), marked };
}

/** An answer of the server, whose documents say whether there are marks in them. */
export function exactAnswer(text: string): unknown {
  const { value, marked } = parse(text);
  const answer = value as Answer;
  if (!Array.isArray(answer?.serverChanges)) return marked ? JSON.parse(text) : value; // what is only looked at
  if (!marked) return value;
  return { ...answer, marked, serverChanges: answer.serverChanges.map((wire) => (hasMarks(wire) ? { ...wire, _marked: true } : wire)) };
}

/** The text of JSON with the numbers in place of their marks. */
export const unmarked = (json: string): string => json.replace(/"\\u0000(-?\d[\d.eE+-]*)"/g, "$1");

/** Whether JavaScript reads the number as it is. Not sure of all: one more that is kept as text does no harm. */
const isExact = (token: string): boolean => String(Number(token)) === token || !/[\d.]{16}|e[+-]?\d{3}/i.test(token);

/** The value as an application sees it: the same objects where there is no mark. */
export const shown = <T extends Json | undefined>(value: T): T => map(value, (leaf) => (isMark(leaf) ? Number(leaf.slice(1)) : leaf)) as T;

export const hasMarks = (value: Json): boolean => shown(value) !== value;

/** `value`, which was made from what `shown` gave for `before`, with the marks back: where they were, and in an array wherever they went. */
export function marked(value: unknown, before: Json | undefined): unknown {
  if (typeof value === "number") return isMark(before) && shown<Json>(before) === value ? before : value;
  if (Array.isArray(value) && Array.isArray(before)) {
    const marks = new Map<unknown, Json>();
    map(before, (leaf) => {
      if (isMark(leaf)) marks.set(shown<Json>(leaf), leaf);
      return leaf;
    });
    return value.map((item: Json, i) => map(marked(item, before[i]) as Json, (leaf) => marks.get(leaf) ?? leaf));
  }
  if (!isObject(value) || !isObject(before)) return value;
  const copy = {};
  for (const name of Object.keys(value)) put(copy, name, marked(value[name], member(before, name)));
  return copy;
}

/** The value with other leaves; what does not change stays the same object. */
function map(value: Json | undefined, leaf: (value: Json) => Json): Json | undefined {
  if (typeof value !== "object" || value === null) return value === undefined ? value : leaf(value);
  let same = true;
  const copy = Array.isArray(value) ? [] : {};
  for (const name of Object.keys(value)) {
    const before = (value as JsonObject)[name];
    const now = map(before, leaf);
    same &&= now === before;
    put(copy, name, now);
  }
  return same ? value : (Object.freeze(copy) as Json);
}
