// What happened while nobody was looking: two people's edits of one thing, and edits that were refused.
import { element, say, showDialog } from "./dom.js";

/** Shows each conflict with both versions; the one that was not kept can be taken. */
export function showConflicts(space, changed) {
  const conflicts = space.conflicts();
  showDialog(
    conflicts.length === 1 ? "One edit met another" : `${conflicts.length} edits met others`,
    ...(conflicts.length === 0 ? [element("p", {}, "Nothing is left to look at.")] : []),
    ...conflicts.map((conflict) =>
      element(
        "section",
        { className: "stack" },
        element("p", {}, element("strong", {}, conflict.title), ` – ${conflict.field}`),
        element(
          "div",
          { className: "versions" },
          version("Yours", conflict.mine, conflict.kept === "mine", conflict),
          version("The other", conflict.theirs, conflict.kept === "theirs", conflict),
        ),
        element(
          "div",
          { className: "row" },
          element(
            "button",
            {
              type: "button",
              className: "primary",
              onclick: () => {
                conflict.takeOther();
                say("The other version is taken.");
                changed();
                showConflicts(space, changed);
              },
            },
            "Take the other",
          ),
          element(
            "button",
            {
              type: "button",
              onclick: () => {
                conflict.dismiss();
                changed();
                showConflicts(space, changed);
              },
            },
            "Leave it so",
          ),
        ),
      ),
    ),
  );
}

const version = (whose, value, kept) =>
  element(
    "div",
    { className: kept ? "version kept" : "version" },
    element("h3", {}, kept ? `${whose} (kept)` : whose),
    element("pre", {}, readable(value)),
  );

const readable = (value) =>
  value === undefined ? "(removed)" : typeof value === "string" ? value : typeof value === "boolean" ? (value ? "Yes" : "No") : JSON.stringify(value, null, 1);

const REASONS = {
  read_only: "You may read it, not change it.",
  revoked: "It is not shared with you any more.",
};

/** Shows the edits that the server did not take; none is lost unless it is dropped here. */
export function showInbox(space, changed) {
  const refused = space.inbox();
  const act = (f, text) => async () => {
    await f();
    say(text);
    changed();
    showInbox(space, changed);
  };
  showDialog(
    refused.length === 1 ? "One edit was not taken" : `${refused.length} edits were not taken`,
    ...(refused.length === 0 ? [element("p", {}, "Nothing is left here.")] : []),
    ...refused.map((one) =>
      element(
        "section",
        { className: "stack" },
        element("p", {}, element("strong", {}, one.title), ` – ${REASONS[one.code] ?? one.code}`),
        element("pre", { className: "version" }, readable(one.edits)),
        element(
          "div",
          { className: "row" },
          element("button", { type: "button", className: "primary", onclick: act(one.copy, "Copied to a document of your own.") }, "Keep a copy"),
          element("button", { type: "button", onclick: act(one.retry, "It is sent again.") }, "Try again"),
          element("button", { type: "button", className: "danger", onclick: act(one.drop, "Dropped.") }, "Drop it"),
        ),
      ),
    ),
  );
}
