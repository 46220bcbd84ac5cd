import { has, isObject, member, type Json, type JsonObject } from "./json.js";
import { isMark } from "./marks.js";
import { join, leaves, names, type Path } from "./paths.js";
import { words } from "./words.js";

export type Operator = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "contains" | "startsWith" | "in" | "nin" | "exists";

/** What is asked of one field: a path, or `_key`, `_owner`, `_rev`. */
export interface Condition {
  readonly type?: "filter" | "condition";
  readonly field: string;
  readonly op: Operator;
  readonly value: Json;
}

export type Filter =
  | Condition
  | { readonly type: "and" | "or" | "not"; readonly filters: readonly Filter[] }
  | { readonly type: "and" | "or" | "not"; readonly conditions: readonly Filter[] }
  | { readonly type: "not"; readonly filter: Filter };

export interface SortKey {
  readonly field: string;
  readonly dir?: "asc" | "desc";
}

/** The body of a search: see docs/search.md. Here, too, without `limit` everything is found. */
export interface Question {
  readonly filter?: Filter;
  readonly text?: string | { readonly query: string; readonly fields?: readonly string[] };
  readonly sort?: readonly SortKey[];
  readonly limit?: number;
  /** Where the page before ended. */
  readonly after?: string;
  readonly fields?: readonly string[];
}

/** A document of which something is asked, with marks for the numbers that JavaScript does not have. */
export interface Subject {
  readonly key: string;
  readonly owner: string;
  readonly rev?: string;
  readonly fields: JsonObject;
}

/** A question that has been looked at. */
export interface Asked {
  matches(subject: Subject): boolean;
  /** As `matches`, without the text. */
  passes(subject: Subject): boolean;
  /** The order that is asked for, then by owner and key. */
  compare(a: Subject, b: Subject): number;
  /** Whether an order is asked for. */
  readonly sorted: boolean;
  /** Where a document is in that order, as JSON. */
  place(subject: Subject): Json;
  /** Whether a document is behind a place. */
  behind(subject: Subject, place: Json): boolean;
  /** What is left of a document's own fields. */
  project(fields: JsonObject): JsonObject;
}

/** The question cannot be asked. In the server's words, which name the place. */
export class QuestionError extends TypeError {
  override readonly name = "QuestionError";
}

const wrong = (place: string, what: string): never => {
  throw new QuestionError(place + " " + what);
};

const isNumber = (value: unknown): value is number | bigint | string =>
  typeof value === "number" || typeof value === "bigint" || (typeof value === "string" && value.charCodeAt(0) === 0 && isMark(value));

const isText = (value: unknown): value is string => typeof value === "string" && !isNumber(value);

/** The sign of a number, the place of its first digit, and its digits without zeros at either end. */
function decimal(value: number | bigint | string): [number, number, string] {
  const [, minus, whole, part = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d*))?(?:[eE](.+))?$/.exec(String(value).replace("\0", ""))!;
  const digits = (whole + part).replace(/^0+/, "");
  const all = digits.replace(/0+$/, "");
  return all ? [minus ? -1 : 1, digits.length - part.length + Number(exponent), all] : [0, 0, ""];
}

function compareNumbers(a: number | bigint | string, b: number | bigint | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b || 0;
  const [sign, place, digits] = decimal(a);
  const [otherSign, otherPlace, otherDigits] = decimal(b);
  return sign - otherSign || sign * (place - otherPlace || (digits < otherDigits ? -1 : digits > otherDigits ? 1 : 0));
}

/** By code points, in which UTF-16 is not. */
export function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) {
      const pair = isHalf(a, i, left);
      return pair === isHalf(b, i, right) ? left - right : pair ? 1 : -1;
    }
  }
  return a.length - b.length;
}

/** Whether half of a pair stands here. */
const isHalf = (text: string, at: number, unit: number): boolean =>
  unit >= 0xd800 && unit < 0xe000 && text.codePointAt(unit < 0xdc00 ? at : Math.max(0, at - 1))! > 0xffff;

/** Numbers by what they are worth. */
function same(a: Json | undefined, b: Json): boolean {
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && !compareNumbers(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const all = Object.keys(a);
  return all.length === Object.keys(b).length && all.every((name) => has(b, name) && same(a[name], b[name]!));
}

/** Whether a value is greater or less than others. */
export const isOrdered = (value: unknown): boolean => isNumber(value) || typeof value === "string";

/** The order of two numbers or two strings; `NaN` of anything else, which no comparison is true of. */
const order = (a: Json | undefined, b: Json): number =>
  isNumber(a) && isNumber(b) ? compareNumbers(a, b) : isText(a) && isText(b) ? compareText(a, b) : NaN;

type Test = (value: Json | undefined) => boolean;

const OPERATORS: Readonly<Record<Operator, (asked: Json) => Test>> = {
  eq: (asked) => (value) => same(value, asked),
  ne: (asked) => (value) => !same(value, asked),
  gt: (asked) => (value) => order(value, asked) > 0,
  gte: (asked) => (value) => order(value, asked) >= 0,
  lt: (asked) => (value) => order(value, asked) < 0,
  lte: (asked) => (value) => order(value, asked) <= 0,
  contains: (asked) => (value) => (Array.isArray(value) ? value.some((item) => same(item as Json, asked)) : isText(value) && isText(asked) && value.includes(asked)),
  startsWith: (asked) => (value) => isText(value) && value.startsWith(asked as string),
  in: (asked) => (value) => (asked as readonly Json[]).some((one) => same(value, one)),
  nin: (asked) => (value) => !(asked as readonly Json[]).some((one) => same(value, one)),
  exists: (asked) => (value) => (value !== undefined) === asked,
};

const NEEDED: Partial<Record<Operator, [string, Test]>> = {
  startsWith: ["a string", isText],
  in: ["an array", Array.isArray],
  nin: ["an array", Array.isArray],
  exists: ["a boolean", (value) => typeof value === "boolean"],
};

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : typeof value === "boolean" ? "a boolean" : isNumber(value) ? "a number" : "a string";

/** As the server keeps it: a percent sign that begins no escape is itself. */
const path = (text: unknown, place: string): Path => {
  if (typeof text !== "string") return wrong(place, text === undefined ? "is missing" : "must be a string, not " + typeOf(text));
  if (text[0] === "_" && !/^_(key|rev|owner)$/.test(text))
    return wrong(place, "of the names that start with '_' only _key, _rev and _owner can be asked for");
  return text.replace(/%(?!2E|25)/g, "%25");
};

export type Reader = (subject: Subject) => Json | undefined;

/** What a path leads to. */
export function reader(text: unknown, place: string): Reader {
  const field = path(text, place);
  if (field === "_key") return (subject) => subject.key;
  if (field === "_owner") return (subject) => subject.owner;
  if (field === "_rev") return (subject) => subject.rev ?? "";
  const way = names(field);
  const [only] = way;
  return way.length === 1 ? ({ fields }) => member(fields, only!) : ({ fields }) => at(fields, way);
}

function at(fields: JsonObject, way: readonly string[]): Json | undefined {
  let value: Json | undefined = fields;
  for (const name of way) value = isObject(value) ? member(value, name) : undefined;
  return value;
}

const MAX_DEPTH = 32;
const MAX_NODES = 256;

function filterOf(json: Filter): (subject: Subject) => boolean {
  let nodes = 0;
  const node = (place: string, json: Filter, depth: number): ((subject: Subject) => boolean) => {
    if (depth > MAX_DEPTH) wrong(place, `is nested more than ${MAX_DEPTH} filters deep`);
    if (++nodes > MAX_NODES) wrong(place, `is one filter more than the ${MAX_NODES} there may be`);
    if (!isObject(json)) return wrong(place, "must be an object, not " + typeOf(json));
    const { type = "field" in json ? "filter" : undefined, field, op, value, filter, filters, conditions } = json as unknown as Record<string, Json>;
    if (type === "filter" || type === "condition") {
      const read = reader(field, place + ".field");
      if (!Object.hasOwn(OPERATORS, op as string)) wrong(place + ".op", `'${String(op)}' is not known; known are ${Object.keys(OPERATORS).join(", ")}`);
      if (value === undefined) return wrong(place + ".value", "is missing");
      const [needed, isRight] = NEEDED[op as Operator] ?? [];
      if (isRight && !isRight(value)) wrong(place + ".value", `of ${op as string} must be ${needed}, not ${typeOf(value)}`);
      const test = OPERATORS[op as Operator](value);
      return (subject) => test(read(subject));
    }
    if (type === "not" && filter !== undefined) {
      const one = node(place + ".filter", filter as unknown as Filter, depth + 1);
      return (subject) => !one(subject);
    }
    if (type !== "and" && type !== "or" && type !== "not")
      return wrong(place + ".type", type === undefined ? "is missing" : `'${String(type)}' is not known; known are filter, condition, and, or, not`);
    const given = filters ?? conditions;
    const name = place + (filters === undefined && conditions !== undefined ? ".conditions" : ".filters");
    if (given === undefined) return wrong(name, "is missing");
    if (filters !== undefined && conditions !== undefined) wrong(name, "cannot stand beside conditions");
    if (!Array.isArray(given)) return wrong(name, "must be an array");
    if (type === "not" && !given.length) wrong(name, "must hold a filter");
    const all = given.map((one, i) => node(`${name}[${i}]`, one as Filter, depth + 1));
    return type === "or"
      ? (subject) => all.some((one) => one(subject))
      : (subject) => all.every((one) => one(subject)) === (type === "and");
  };
  return node("filter", json, 1);
}

/** What is looked for in texts: whole words, and the start of one. */
export interface Wanted {
  readonly words: ReadonlySet<string>;
  /** Missing where a text has no words. */
  readonly start: string | undefined;
  readonly fields: readonly Path[];
}

export function wanted(text: Question["text"]): Wanted {
  const { query, fields } = typeof text === "object" ? text : { query: text ?? "", fields: undefined };
  const place = typeof text === "object" ? "text.query" : "text";
  if (typeof query !== "string") return wrong(place, "must be a string, not " + typeOf(query));
  if (query.length > 1000) wrong(place, "has more than 1000 characters");
  const found: string[] = [];
  words(query, false, (word) => found.push(word));
  const start = found.pop();
  return { words: new Set(found), start, fields: (fields ?? []).map((field, i) => path(field, `text.fields[${i}]`)) };
}

/** Calls `found` with the words of all strings in a value. */
export function wordsIn(value: Json | undefined, found: (word: string) => void): void {
  if (typeof value === "object" && value !== null) for (const one of Object.values(value)) wordsIn(one as Json, found);
  else if (isText(value)) words(value, true, found);
}

function textOf(text: NonNullable<Question["text"]>): (subject: Subject) => boolean {
  const { words: whole, start, fields } = wanted(text);
  const ways = fields.map(names);
  if (start === undefined) return () => true;
  return ({ fields }) => {
    const missing = new Set(whole);
    let started = false;
    const found = (word: string) => {
      missing.delete(word);
      started ||= word.startsWith(start);
    };
    if (!ways.length) wordsIn(fields, found);
    for (const way of ways) wordsIn(at(fields, way), found);
    return started && !missing.size;
  };
}

const LONGEST = 256;

/** Nothing, null, booleans, numbers, strings, anything else. */
const rank = (value: Json | undefined): number =>
  value === undefined ? 0 : value === null ? 1 : value === false ? 2 : value === true ? 3 : isNumber(value) ? 4 : typeof value === "string" ? 5 : 6;

const first = (text: string): string => (text.length <= LONGEST ? text : [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join(""));

export function compareValues(a: Json | undefined, b: Json | undefined): number {
  if (a === b) return 0;
  const type = rank(a);
  const other = type - rank(b);
  if (other || type < 4 || type > 5) return other;
  return type === 4 ? compareNumbers(a as number, b as number) : compareText(first(a as string), first(b as string));
}

/** What decides of a value's place. */
const decisive = (value: Json | undefined): Json[] => (value === undefined ? [] : [isText(value) ? first(value) : rank(value) > 5 ? [] : value]);

function orderOf(sort: readonly SortKey[]): Pick<Asked, "compare" | "place" | "behind"> {
  if (sort.length > 8) wrong("sort", "holds more than 8");
  const keys = sort.map(({ field, dir = "asc" }, i) => {
    if (dir !== "asc" && dir !== "desc") wrong(`sort[${i}].dir`, 'must be "asc" or "desc"');
    return { read: reader(field, `sort[${i}].field`), sign: dir === "desc" ? -1 : 1 };
  });
  return {
    compare(a, b) {
      for (const { read, sign } of keys) {
        const order = compareValues(read(a), read(b));
        if (order) return sign * order;
      }
      return compareText(a.owner, b.owner) || compareText(a.key, b.key);
    },
    place: (subject) => [subject.owner, subject.key, ...keys.map(({ read }) => decisive(read(subject)))],
    behind(subject, place) {
      const [owner, key, ...values] = place as [string, string, ...Json[][]];
      for (const [i, { read, sign }] of keys.entries()) {
        const order = compareValues(read(subject), values[i]![0]);
        if (order) return sign * order > 0;
      }
      return (compareText(subject.owner, owner) || compareText(subject.key, key)) > 0;
    },
  };
}

/** Reads a question. Throws a `QuestionError` that names what is wrong with it. */
export function ask({ filter, text, sort, fields, limit }: Question): Asked {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) wrong("limit", "must be a whole number from 1 on");
  const passes = filter == null ? () => true : filterOf(filter);
  const hasText = text == null ? () => true : textOf(text);
  const kept = fields?.map((field, i) => path(field, `fields[${i}]`)).filter((field) => field[0] !== "_");
  return {
    passes,
    matches: (subject) => passes(subject) && hasText(subject),
    ...orderOf(sort ?? []),
    sorted: !!sort?.length,
    project: (own) => (kept ? join([...leaves(own)].filter(([leaf]) => kept.some((one) => leaf === one || leaf.startsWith(one + ".")))) : own),
  };
}
