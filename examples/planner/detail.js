// One list or one note. What is on the screen is changed in place, so that somebody who is typing keeps on typing.
import { byId, element, update } from "./dom.js";
import * as shape from "./shape.js";

const TYPING_PAUSE = 300;

/** Shows the list or note `current` of the space; `share` and `removed` are called by its buttons. */
export function showDetail(space, current, { share, removed }) {
  const parent = byId("detail");
  const entry = current && space[current.kind].get(current.id);
  if (!entry) {
    parent.replaceChildren(
      element("div", { className: "empty" }, element("p", {}, current ? "This is not here any more." : "Choose a list or a note, or make a new one.")),
    );
    return;
  }
  const key = `${space.name} ${current.kind} ${current.id}`;
  if (parent.firstElementChild?.dataset.shows !== key) {
    parent.replaceChildren(skeleton(space, current, key, share, removed));
  }
  const shown = parent.firstElementChild;
  setText(shown.querySelector(".title"), shape.title(entry.document));
  shown.querySelector(".share").hidden = !entry.own;
  shown.querySelector(".owner").textContent = entry.own ? "" : `Shared with you by ${entry.owner}`;
  if (current.kind === "lists") showItems(space, current, shown, shape.items(entry.document));
  else setText(shown.querySelector(".body"), shape.body(entry.document));
}

function skeleton(space, current, key, share, removed) {
  const collection = space[current.kind];
  const change = (f) => collection.change(current.id, f);
  const title = element("input", {
    className: "title",
    "aria-label": "Title",
    maxLength: 500,
    oninput: whenPausing((value) => change((document) => ({ ...document, title: value }))),
  });
  const inner = element(
    "div",
    { className: "detail-inner" },
    element(
      "div",
      { className: "detail-head" },
      title,
      element("button", { type: "button", className: "small share", onclick: () => share(current) }, "Share"),
      element(
        "button",
        {
          type: "button",
          className: "small danger",
          onclick: () => {
            collection.remove(current.id);
            removed();
          },
        },
        "Delete",
      ),
    ),
    element("p", { className: "quiet owner" }),
    ...(current.kind === "lists" ? listParts(change) : noteParts(change)),
  );
  inner.dataset.shows = key;
  return inner;
}

function listParts(change) {
  const input = element("input", { name: "text", placeholder: "Add an item", "aria-label": "New item", maxLength: 500, autocomplete: "off" });
  return [
    element("progress", { max: 1, value: 0, "aria-label": "Done" }),
    element("ul", { className: "items" }),
    element(
      "form",
      {
        className: "add",
        onsubmit: (event) => {
          event.preventDefault();
          const text = input.value.trim();
          if (!text) return;
          const id = crypto.randomUUID().slice(0, 13);
          change((list) => shape.withItem(list, id, () => ({ text, done: false, at: Date.now() })));
          input.value = "";
        },
      },
      input,
      element("button", { className: "primary" }, "Add"),
    ),
  ];
}

function noteParts(change) {
  return [
    element("textarea", {
      className: "body",
      "aria-label": "Text",
      placeholder: "Write something. Two people can write at once: texts merge line by line.",
      oninput: whenPausing((value) => change((note) => ({ ...note, body: value }))),
    }),
  ];
}

function showItems(space, current, shown, items) {
  const done = items.filter(([, item]) => item.done).length;
  const progress = shown.querySelector("progress");
  progress.max = Math.max(1, items.length);
  progress.value = done;
  const change = (id, f) =>
    space.lists.change(current.id, (list) => shape.withItem(list, id, (item) => item && f(item)));
  update(
    shown.querySelector(".items"),
    items.map(([id, item]) => [
      id,
      (before) => {
        const row = before ?? itemRow(id, change);
        row.classList.toggle("done", item.done);
        row.querySelector("[type=checkbox]").checked = item.done;
        row.querySelector("[type=checkbox]").setAttribute("aria-label", `Done: ${item.text}`);
        setText(row.querySelector(".text"), item.text);
        return row;
      },
    ]),
  );
}

function itemRow(id, change) {
  return element(
    "li",
    {},
    element("input", { type: "checkbox", onchange: (event) => change(id, (item) => ({ ...item, done: event.target.checked })) }),
    element("input", {
      className: "text",
      "aria-label": "Item",
      maxLength: 500,
      oninput: whenPausing((value) => change(id, (item) => ({ ...item, text: value }))),
    }),
    element("button", { type: "button", className: "icon-button", "aria-label": "Delete item", onclick: () => change(id, () => undefined) }, "×"),
  );
}

/** A listener that hands on the value when typing pauses or the field is left, so that a swap is not made for every letter. */
function whenPausing(f) {
  let timer;
  let waiting;
  const now = (field) => {
    clearTimeout(timer);
    field.dataset.typing = "";
    waiting = undefined;
    f(field.value);
  };
  return (event) => {
    const field = event.target;
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
function setText(field, value) {
  if (field.value === value || field.dataset.typing) return;
  const { selectionStart, selectionEnd, value: before } = field;
  const focused = document.activeElement === field;
  field.value = value;
  if (focused) {
    field.setSelectionRange(moved(selectionStart, before, value), moved(selectionEnd, before, value));
  }
}

/** Where a cursor is after a change somewhere else in the text. */
function moved(position, before, after) {
  if (after.startsWith(before.slice(0, position))) return position;
  const rest = before.slice(position);
  return after.endsWith(rest) ? after.length - rest.length : Math.min(position, after.length);
}
