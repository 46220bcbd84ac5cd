// The column with all lists and notes.
import type { Entry, Kind, Space } from "./data.js";
import { byId, element, update } from "./dom.js";
import type { People } from "./people.js";
import * as shape from "./shape.js";

export interface Chosen {
  kind: Kind;
  id: string;
}

/** Shows what there is; `open` is called when something is chosen. */
export function showOverview(space: Space, people: People, current: Chosen | undefined, open: (chosen: Chosen) => void): void {
  for (const kind of ["lists", "notes"] as const) {
    const parent = byId(kind);
    const entries = space.all(kind);
    update<HTMLLIElement>(parent, entries.map((entry) => [entry.id, (before) => row(before, entry, people, current, open)]));
    if (!entries.length) parent.append(element("li", { className: "quiet" }, kind === "lists" ? "No lists yet." : "No notes yet."));
  }
}

function row(before: HTMLLIElement | undefined, entry: Entry, people: People, current: Chosen | undefined, open: (chosen: Chosen) => void): HTMLLIElement {
  const item = before ?? element("li", {}, element("button", { className: "entry", type: "button" }));
  const button = item.querySelector("button")!;
  const { kind, id, owner, document } = entry;
  button.onclick = () => open({ kind, id });
  button.setAttribute("aria-current", String(current?.kind === kind && current.id === id));
  button.replaceChildren(
    element("span", { className: "title" }, shape.title(document) || "Untitled"),
    element("span", { className: `badge ${entry.status}` }, BADGES[entry.status]),
    element("span", { className: "about" }, kind === "lists" ? aboutList(document) : aboutNote(document)),
    ...(owner === undefined ? [] : [element("span", { className: "about" }, `shared with you by ${people.name(owner)}`)]),
  );
  return item;
}

const BADGES = { synced: "", pending: "not sent yet", refused: "not taken", conflicted: "edits met" };

function aboutList(list: unknown): string {
  const items = shape.items(list);
  if (!items.length) return "Empty";
  const left = items.filter(([, item]) => !item.done).length;
  return left === 0 ? "All done" : `${left} of ${items.length} to do`;
}

const aboutNote = (note: unknown): string => shape.body(note).trim().split("\n")[0] || "Empty";
