// What others may have written: any document can come from anybody, in any form. The views ask here and get what they can show.

/** A text: of a number or a yes or no what stands for it, of anything else none. */
export const text = (value) =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";

/** An object with names; of anything else none. */
export const object = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});

/** The items of a list as [id, {text, done}], in the order in which they were added. */
export function items(list) {
  const at = (item) => (Number.isFinite(item.at) ? item.at : 0);
  return Object.entries(object(object(list).items))
    .filter(([, item]) => item === object(item))
    .sort(([a, x], [b, y]) => at(x) - at(y) || a.localeCompare(b))
    .map(([id, item]) => [id, { text: text(item.text), done: item.done === true }]);
}

/** The list with another item in place of one; `f` gives undefined where there is to be none. */
export function withItem(list, id, f) {
  const { [id]: item, ...others } = object(list.items);
  const changed = f(item === object(item) ? item : undefined);
  return { ...list, items: changed ? { ...others, [id]: changed } : others };
}

/** The title of a list or note, as it is shown. */
export const title = (document) => text(object(document).title);

/** The text of a note. */
export const body = (note) => text(object(note).body);
