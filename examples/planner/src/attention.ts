// What happened while nobody was looking: two people's edits of one thing, and edits that were refused.
import type { Meeting, Space } from "./data.js";
import { button, element, say, showDialog } from "./dom.js";

/** Shows each conflict with both versions; the one that was not kept can be taken. */
export function showMeetings(space: Space): void {
  const meetings = space.meetings();
  const act = (f: () => unknown, text?: string) => async () => {
    await f();
    if (text) say(text);
    showMeetings(space);
  };
  showDialog(
    meetings.length === 1 ? "One edit met another" : `${meetings.length} edits met others`,
    meetings.length === 0 && element("p", {}, "Nothing is left to look at."),
    ...meetings.map((meeting) =>
      element("section", { className: "stack" },
        element("p", {}, element("strong", {}, meeting.title), ` – ${meeting.field}`),
        element("div", { className: "versions" }, version("Yours", meeting.mine, meeting, "mine"), version("The other", meeting.theirs, meeting, "theirs")),
        element("div", { className: "row" },
          button("Take the other", act(meeting.takeOther, "The other version is taken."), "primary"),
          button("Leave it so", act(meeting.leave)),
        ),
      ),
    ),
  );
}

function version(whose: string, value: unknown, { kept }: Meeting, side: Meeting["kept"]): HTMLElement {
  return element("div", { className: kept === side ? "version kept" : "version" },
    element("h3", {}, kept === side ? `${whose} (kept)` : whose),
    element("pre", {}, readable(value)),
  );
}

const readable = (value: unknown): string =>
  value === undefined ? "(removed)" : typeof value === "string" ? value : typeof value === "boolean" ? (value ? "Yes" : "No") : JSON.stringify(value, null, 1);

const REASONS: Record<string, string> = {
  read_only: "You may read it, not change it.",
  revoked: "It is not shared with you any more.",
};

/** Shows the edits that the server did not take; none is lost unless it is dropped here. */
export function showRefusals(space: Space): void {
  const refusals = space.refusals();
  const act = (f: () => unknown, text: string) => async () => {
    await f();
    say(text);
    showRefusals(space);
  };
  showDialog(
    refusals.length === 1 ? "One edit was not taken" : `${refusals.length} edits were not taken`,
    refusals.length === 0 && element("p", {}, "Nothing is left here."),
    ...refusals.map((one) =>
      element("section", { className: "stack" },
        element("p", {}, element("strong", {}, one.title), ` – ${REASONS[one.code] ?? one.code}`),
        element("pre", { className: "version" }, one.edits ? one.edits.map(([field, value]) => `${field}: ${readable(value)}`).join("\n") || "(new)" : "(deleted)"),
        element("div", { className: "row" },
          one.edits && button("Keep a copy", act(one.copy, "Copied to a document of your own."), "primary"),
          button("Try again", act(one.retry, "It is sent again.")),
          button("Drop it", act(one.drop, "Dropped."), "danger"),
        ),
      ),
    ),
  );
}
