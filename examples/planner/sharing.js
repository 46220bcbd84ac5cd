// Who has access to a list or note.
import * as api from "./api.js";
import { element, say, showDialog } from "./dom.js";

const CHOICES = [
  ["private", "Only you"],
  ["shared", "The people below"],
  ["org", "Your organisation"],
  ["public", "Everybody who is signed in"],
];

/** Opens the dialog; `place` is {collection, key, organisation}. */
export async function showSharing(session, place, title) {
  const problem = element("p", { className: "problem", role: "alert" });
  const content = element("div", { className: "stack" }, element("p", { className: "quiet" }, "Looking …"));
  showDialog(`Share “${title}”`, content, problem);
  const show = async (work) => {
    problem.textContent = "";
    try {
      const entry = await work();
      content.replaceChildren(...parts(entry ?? (await api.access(session, place)), change, link, problem));
    } catch (e) {
      problem.textContent =
        e.status === 404 ? "This has not reached the server yet. Try again when everything is saved." : e.message;
    }
  };
  const change = (what) => show(() => api.changeAccess(session, place, what));
  const link = {
    create: () =>
      show(async () => {
        const { shareToken } = await api.createLink(session, place);
        const address = new URL(`./#shared=${encodeURIComponent(shareToken)}`, document.baseURI).href;
        await navigator.clipboard?.writeText(address).catch(() => {});
        linkShown = address;
        say("The link is in the clipboard. It is shown only this once.");
      }),
    remove: () =>
      show(async () => {
        await api.removeLink(session, place);
        linkShown = undefined;
      }),
  };
  linkShown = undefined;
  await show(() => undefined);
}

let linkShown;

function parts(entry, change, link) {
  const people = entry.sharedWith ?? [];
  return [
    element(
      "fieldset",
      { className: "stack", style: "border:0;padding:0;margin:0" },
      element("legend", { className: "visually-hidden" }, "Who can read it"),
      ...CHOICES.map(([value, text]) =>
        element(
          "label",
          { className: "choice" },
          element("input", {
            type: "radio",
            name: "visibility",
            checked: entry.visibility === value,
            onchange: () => change({ visibility: value }),
          }),
          text,
        ),
      ),
    ),
    element("ul", { className: "people", "aria-label": "People with access" }, ...people.map((person) => row(person, change))),
    addPerson(change),
    linkRow(entry, link),
  ];
}

const row = (person, change) =>
  element(
    "li",
    {},
    element("code", {}, person.userId),
    element("span", { className: "quiet" }, person.access === "write" ? "can edit" : "can read"),
    element(
      "button",
      {
        type: "button",
        className: "small danger",
        onclick: () => change({ unshareWith: [{ userId: person.userId, app: person.app }] }),
      },
      "Remove",
    ),
  );

function addPerson(change) {
  const id = element("input", { name: "id", placeholder: "Somebody’s id", "aria-label": "Somebody’s id", required: true, autocomplete: "off" });
  const edits = element("input", { type: "checkbox", checked: true });
  return element(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        change({
          visibility: "shared",
          sharedWith: [{ userId: id.value.trim(), app: api.APPLICATION, access: edits.checked ? "write" : "read" }],
        });
      },
    },
    element("div", { className: "row" }, id, element("button", { className: "primary" }, "Add")),
    element("label", { className: "choice" }, edits, "They can edit it, too"),
  );
}

function linkRow(entry, link) {
  return element(
    "div",
    { className: "stack" },
    element("div", { className: "row" },
      element("button", { type: "button", onclick: link.create }, entry.shareToken ? "Replace the link" : "Make a link"),
      entry.shareToken || linkShown ? element("button", { type: "button", className: "danger", onclick: link.remove }, "Remove the link") : undefined,
    ),
    linkShown
      ? element("input", { readOnly: true, value: linkShown, "aria-label": "The link", onfocus: (event) => event.target.select() })
      : element("p", { className: "quiet" }, "Whoever has the link reads this, without signing in."),
  );
}
