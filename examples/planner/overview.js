// The column with all lists and notes.
import { byId, element, update } from "./dom.js";
import * as shape from "./shape.js";

/** Shows what there is; `open(kind, id)` is called when something is chosen. */
export function showOverview(space, current, open) {
  fill(byId("lists"), space.lists.all(), "lists", current, open, aboutList);
  fill(byId("notes"), space.notes.all(), "notes", current, open, aboutNote);
}

function fill(parent, entries, kind, current, open, about) {
  const sorted = [...entries].sort((a, b) => title(a).localeCompare(title(b)) || a.id.localeCompare(b.id));
  update(
    parent,
    sorted.map((entry) => [
      entry.id,
      (before) => {
        const item = before ?? element("li");
        const chosen = current?.kind === kind && current.id === entry.id;
        const button = item.querySelector("button") ?? element("button", { className: "entry", type: "button" });
        button.onclick = () => open(kind, entry.id);
        button.setAttribute("aria-current", chosen);
        button.replaceChildren(
          element("span", { className: "title" }, title(entry)),
          element("span", { className: "badge" }, entry.own ? "" : "shared with you"),
          element("span", { className: "about" }, about(entry.document)),
        );
        if (!before) item.append(button);
        return item;
      },
    ]),
  );
  if (sorted.length === 0) {
    parent.append(element("li", { className: "quiet" }, kind === "lists" ? "No lists yet." : "No notes yet."));
  }
}

const title = (entry) => shape.title(entry.document) || "Untitled";

function aboutList(list) {
  const items = shape.items(list);
  if (items.length === 0) return "Empty";
  const left = items.filter(([, item]) => !item.done).length;
  return left === 0 ? "All done" : `${left} of ${items.length} to do`;
}

const aboutNote = (note) => shape.body(note).trim().split("\n")[0] || "Empty";
