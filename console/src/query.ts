// What the query builder asks.
import type { Json } from "./json.js";

export const OPERATORS = ["eq", "ne", "gt", "gte", "lt", "lte", "contains", "startsWith", "exists"] as const;

export interface Row {
  readonly field: string;
  readonly op: (typeof OPERATORS)[number];
  readonly value: string;
}

export interface Asked {
  readonly text: string;
  readonly all: boolean;
  readonly rows: readonly Row[];
  readonly sort: string;
  readonly descending: boolean;
}

export const NOTHING: Asked = { text: "", all: true, rows: [], sort: "", descending: false };

/** What somebody has typed: JSON where it is some, `true` or `12` or `"12"`, and else a text. */
export function typed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

type Filter = { type: "filter"; field: string; op: Row["op"]; value: Json } | { type: "and" | "or"; filters: Filter[] };
export interface Question {
  readonly text?: string;
  readonly filter?: Filter;
  readonly sort?: { field: string; dir: "asc" | "desc" }[];
}

/** The question for the server, or for the device. Rows without a field say nothing. */
export function question({ text, all, rows, sort, descending }: Asked): Question {
  const filters = rows.filter(({ field }) => field.trim() !== "").map(({ field, op, value }): Filter => ({ type: "filter", field: field.trim(), op, value: op === "exists" ? value !== "false" : op === "contains" || op === "startsWith" ? value : typed(value) }));
  return {
    ...(text.trim() && { text: text.trim() }),
    ...(filters.length === 1 ? { filter: filters[0]! } : filters.length > 1 && { filter: { type: all ? "and" : "or", filters } }),
    ...(sort.trim() && { sort: [{ field: sort.trim(), dir: descending ? ("desc" as const) : ("asc" as const) }] }),
  };
}

/** As it stands in the address. */
export const write = (asked: Asked): string => (JSON.stringify(asked) === JSON.stringify(NOTHING) ? "" : JSON.stringify(asked));

/** Reads an address; what is no question asks nothing. */
export function read(text: string | undefined): Asked {
  try {
    const { text: words, all, rows, sort, descending } = JSON.parse(text ?? "") as Partial<Asked>;
    const good = (Array.isArray(rows) ? rows : []).filter((row: Row) => typeof row?.field === "string" && OPERATORS.includes(row.op) && typeof row.value === "string");
    return { text: String(words ?? ""), all: all !== false, rows: good, sort: String(sort ?? ""), descending: descending === true };
  } catch {
    return NOTHING;
  }
}
