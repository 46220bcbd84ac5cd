// One list or one note. What is on the screen is changed in place, so that somebody who is typing keeps on typing.
import type { Entry, Space } from "./data.js";
import { button, byId, element, update } from "./dom.js";
import type { Chosen } from "./overview.js";
import type { People } from "./people.js";
import * as shape from "./shape.js";

const TYPING_PAUSE = 300;

export interface Acts {
  share(entry: Entry): void;
  /** Deletes one's own, with a way back. */
  remove(entry: Entry): void;
  /** Gives up somebody else's. */
  letGo(entry: Entry): void;
  /** An item was deleted. */
  removedItem(entry: Entry): void;
}

/** Shows the list or note `current` of the space. */
export function showDetail(space: Space, people: People, current: Chosen | undefined, acts: Acts): void {
  const parent = byId("detail");
  const entry = current && space.get(current.kind, current.id);
  if (!entry) {
    parent.replaceChildren(element("div", { className: "empty" }, element("p", {}, current ? "This is not here any more." : "Choose a list or a note, or make a new one.")));
    return;
  }
  const key = `${space.organisation} ${entry.kind} ${entry.id}`;
  let shown = parent.firstElementChild as HTMLElement | null;
  if (shown?.dataset.shows !== key) {
    shown = skeleton(space, entry, acts);
    shown.dataset.shows = key;
    parent.replaceChildren(shown);
  }
  setText(field(shown, ".title"), shape.title(entry.document));
  field<HTMLElement>(shown, ".owner").textContent = entry.owner === undefined ? "" : `Shared with you by ${people.name(entry.owner)}`;
  if (entry.kind === "lists") showItems(space, entry, shown, acts);
  else setText(field(shown, ".body"), shape.body(entry.document));
}

const field = <E extends Element = HTMLTextAreaElement>(parent: Element, selector: string): E => parent.querySelector<E>(selector)!;

function skeleton(space: Space, entry: Entry, acts: Acts): HTMLElement {
  const { kind, id, owner } = entry;
  return element("div", { className: "detail-inner" },
    element("div", { className: "detail-head" },
      line("title", "Title", (value) => space.rename(kind, id, value)),
      ...(owner === undefined
        ? [button("Share", () => acts.share(entry), "small share"), button("Delete", () => acts.remove(entry), "small danger")]
        : [button("Let go", () => acts.letGo(entry), "small")]),
    ),
    element("p", { className: "quiet owner" }),
    ...(kind === "lists" ? listParts(space, id) : [noteText(space, id)]),
  );
}

/** A text on one line, which wraps where it is long. Enter ends it. */
function line(className: string, label: string, change: (value: string) => unknown): HTMLTextAreaElement {
  return element("textarea", {
    className, "aria-label": label, maxLength: 500, rows: 1,
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      (event.target as HTMLElement).blur();
    },
    oninput: whenPausing((value) => change(value.replaceAll(/[\r\n]+/g, " "))),
  });
}

function listParts(space: Space, id: string): HTMLElement[] {
  const input = element("input", { name: "text", placeholder: "Add an item", "aria-label": "New item", maxLength: 500, autocomplete: "off" });
  const add = (event: Event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    void space.addItem(id, text);
    input.value = "";
  };
  return [
    element("progress", { max: 1, value: 0, "aria-label": "Done" }),
    element("ul", { className: "items" }),
    element("form", { className: "add", onsubmit: add }, input, element("button", { className: "primary" }, "Add")),
  ];
}

const noteText = (space: Space, id: string): HTMLElement =>
  element("textarea", {
    className: "body",
    "aria-label": "Text",
    placeholder: "Write something. Two people can write at once: texts merge line by line.",
    oninput: whenPausing((value) => space.write(id, value)),
  });

function showItems(space: Space, entry: Entry, shown: HTMLElement, acts: Acts): void {
  const items = shape.items(entry.document);
  const progress = field<HTMLProgressElement>(shown, "progress");
  progress.max = Math.max(1, items.length);
  progress.value = items.filter(([, item]) => item.done).length;
  update<HTMLLIElement>(field(shown, ".items"), items.map(([id, item]) => [id, (before) => {
    const row = before ?? itemRow(space, entry, id, acts);
    row.classList.toggle("done", item.done);
    const box = field<HTMLInputElement>(row, "[type=checkbox]");
    box.checked = item.done;
    box.setAttribute("aria-label", `Done: ${item.text}`);
    field(row, ".icon-button").setAttribute("aria-label", `Delete ${item.text || "item"}`);
    setText(field(row, ".text"), item.text);
    return row;
  }]));
}

function itemRow(space: Space, entry: Entry, id: string, acts: Acts): HTMLLIElement {
  const change = (what: Partial<shape.Item>) => space.setItem(entry.id, id, what);
  const remove = async () => {
    await space.removeItem(entry.id, id);
    acts.removedItem(entry);
  };
  return element("li", {},
    element("input", { type: "checkbox", onchange: (event: Event) => change({ done: (event.target as HTMLInputElement).checked }) }),
    line("text", "Item", (value) => change({ text: value })),
    button("×", remove, "icon-button"),
  );
}

/** A listener that hands on the value when typing pauses or the field is left, so that a change is not made for every letter. */
function whenPausing(f: (value: string) => unknown): (event: Event) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: HTMLTextAreaElement | undefined;
  const now = (field: HTMLTextAreaElement) => {
    clearTimeout(timer);
    field.dataset.typing = "";
    waiting = undefined;
    void f(field.value);
  };
  return ({ target }) => {
    const field = target as HTMLTextAreaElement;
    if (!waiting) {
      waiting = field;
      field.addEventListener("blur", () => waiting && now(field), { once: true });
    }
    field.dataset.typing = "true";
    clearTimeout(timer);
    timer = setTimeout(() => now(field), TYPING_PAUSE);
  };
}

/** Shows the value, unless somebody has typed something that has not been handed on yet; keeps the cursor where it was. */
function setText(field: HTMLTextAreaElement, value: string): void {
  if (field.value === value || field.dataset.typing) return;
  const { selectionStart, selectionEnd, value: before } = field;
  const focused = document.activeElement === field;
  field.value = value;
  if (focused) field.setSelectionRange(moved(selectionStart, before, value), moved(selectionEnd, before, value));
}

/** Where a cursor is after a change somewhere else in the text. */
function moved(position: number, before: string, after: string): number {
  if (after.startsWith(before.slice(0, position))) return position;
  const rest = before.slice(position);
  return after.endsWith(rest) ? after.length - rest.length : Math.min(position, after.length);
}
