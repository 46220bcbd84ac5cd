// Who has access to a list or note.
import { button, element, say, showDialog, wordsOf } from "./dom.js";
import type { People } from "./people.js";
import * as server from "./server.js";

const CHOICES: [server.Access["visibility"], string][] = [
  ["private", "Only you"],
  ["shared", "The people below"],
  ["org", "Your organisation"],
  ["public", "Everybody who is signed in"],
];

type Work = () => Promise<server.Access | void>;

/** Opens the dialog about who has access to a document. */
export async function showSharing(session: server.Session, people: People, place: server.Place, title: string): Promise<void> {
  const problem = element("p", { className: "problem", role: "alert" });
  const content = element("div", { className: "stack" }, element("p", { className: "quiet" }, "Looking …"));
  showDialog(`Share “${title}”`, content, problem);
  let link: string | undefined;
  const show = async (work: Work) => {
    problem.textContent = "";
    try {
      const entry = (await work()) ?? (await server.access(session, place));
      await people.know((entry.sharedWith ?? []).flatMap(({ userId }) => userId ?? []));
      content.replaceChildren(choices(entry), granted(entry), byAddress(), byLink(entry));
    } catch (e) {
      problem.textContent = e instanceof server.Refused && e.status === 404 ? "This has not reached the server yet. Try again when everything is saved." : wordsOf(e);
    }
  };
  const change = (what: object) => show(() => server.changeAccess(session, place, what));

  const choices = (entry: server.Access) =>
    element("fieldset", { className: "stack plain" },
      element("legend", { className: "visually-hidden" }, "Who can read it"),
      ...CHOICES.map(([value, text]) =>
        element("label", { className: "choice" },
          element("input", { type: "radio", name: "visibility", checked: entry.visibility === value, onchange: () => change({ visibility: value }) }),
          text,
        ),
      ),
    );

  const granted = (entry: server.Access) =>
    element("ul", { className: "people", "aria-label": "People with access" }, ...(entry.sharedWith ?? []).map((grant) => {
      const name = grant.userId ? people.name(grant.userId) : (grant.email ?? "");
      const who = grant.userId ? { userId: grant.userId } : { email: grant.email };
      const how = [grant.access === "write" ? "can edit" : "can read", ...(grant.pending ? ["when they sign in"] : []), ...(grant.via === "link" ? ["by the link"] : [])];
      return element("li", {},
        element("span", { className: "who" }, name),
        element("span", { className: "quiet" }, how.join(", ")),
        button("Remove", () => change({ unshareWith: [{ ...who, app: grant.app }] }), "small danger", { "aria-label": `Remove ${name}` }),
      );
    }));

  function byAddress(): HTMLElement {
    const email = element("input", { name: "email", type: "email", placeholder: "Their address", "aria-label": "Their address", required: true, autocomplete: "off" });
    const edits = element("input", { type: "checkbox", checked: true });
    const add = (event: Event) => {
      event.preventDefault();
      void change({ visibility: "shared", sharedWith: [{ email: email.value.trim(), app: server.APPLICATION, access: edits.checked ? "write" : "read" }] });
    };
    return element("form", { onsubmit: add },
      element("div", { className: "row" }, email, element("button", { className: "primary" }, "Add")),
      element("label", { className: "choice" }, edits, "They can edit it, too"),
    );
  }

  function byLink(entry: server.Access): HTMLElement {
    const kind = element("select", { "aria-label": "Who may use it" },
      element("option", { value: "write" }, "Whoever signs in can edit it"),
      element("option", { value: "read" }, "Whoever signs in has it among theirs"),
      element("option", { value: "look" }, "Whoever has the link reads it, without signing in"),
    );
    const create = () => show(async () => {
      // What somebody gets by the link is shared with them.
      if (kind.value !== "look" && entry.visibility === "private") await server.changeAccess(session, place, { visibility: "shared" });
      const token = await server.createLink(session, place, kind.value as "look" | "read" | "write");
      link = new URL(`./#${kind.value === "look" ? "shared" : "get"}=${encodeURIComponent(token)}`, document.baseURI).href;
      await navigator.clipboard?.writeText(link).catch(() => {});
      say("The link is in the clipboard. It is shown only this once.");
    });
    const remove = () => show(async () => {
      await server.removeLink(session, place);
      link = undefined;
    });
    return element("div", { className: "stack" },
      element("h3", {}, "A link"),
      kind,
      element("div", { className: "row" },
        button(entry.shareToken ? "Replace the link" : "Make a link", create),
        (!!entry.shareToken || !!link) && button("Remove the link", remove, "danger"),
      ),
      !!link && element("input", { readOnly: true, value: link, "aria-label": "The link", onfocus: (event: Event) => (event.target as HTMLInputElement).select() }),
    );
  }

  await show(async () => {});
}
