// What others may have written: any document can come from anybody, in any form. The views ask here and get what they can show.

export interface Item {
  text: string;
  done: boolean;
  /** When it was added, in milliseconds since 1970. */
  at: number;
}

export interface List {
  title: string;
  /** By an id of its own each: two who add and tick different ones never meet. */
  items: Record<string, Item>;
}

export interface Note {
  title: string;
  /** Merged line by line. */
  body: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** A text: of a number or a yes or no what stands for it, of anything else none. */
export const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";

const isObject = (value: unknown): value is Fields => value !== null && typeof value === "object" && !Array.isArray(value);

/** An object with names; of anything else none. */
export const object = (value: unknown): Fields => (isObject(value) ? value : {});

/** The items of a list in the order in which they were added. */
export function items(list: unknown): [id: string, item: Pick<Item, "text" | "done">][] {
  const at = (item: Fields) => (typeof item.at === "number" ? item.at : 0);
  return Object.entries(object(object(list).items))
    .filter((entry): entry is [string, Fields] => isObject(entry[1]))
    .sort(([a, x], [b, y]) => at(x) - at(y) || a.localeCompare(b))
    .map(([id, item]) => [id, { text: text(item.text), done: item.done === true }]);
}

/** The title of a list or note, as it is shown. */
export const title = (document: unknown): string => text(object(document).title);

/** The text of a note. */
export const body = (note: unknown): string => text(object(note).body);
