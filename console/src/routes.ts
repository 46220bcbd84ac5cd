/** A place in the console: names on the way to it, and what is asked there. Stands behind the `#` of the address. */
export interface Route {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Reads what stands behind `#`; what cannot be decoded is the beginning. */
export function parse(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const mark = text.indexOf("?");
  const way = mark < 0 ? text : text.slice(0, mark);
  try {
    const path = way === "" ? [] : way.split("/").map(decodeURIComponent);
    return { path, query: Object.fromEntries(new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1))) };
  } catch {
    return { path: [], query: {} };
  }
}

/** The address of a place; what is asked is left out where it is undefined or empty. */
export function href(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") asked.set(name, value);
  const text = asked.toString();
  return "#/" + path.map(encodeURIComponent).join("/") + (text && "?" + text);
}
