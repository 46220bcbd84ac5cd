// Planner: shared lists and notes that work offline.
import { showMeetings, showRefusals } from "./attention.js";
import { idOf, openSpace, type Entry, type Kind, type Space } from "./data.js";
import { showDetail } from "./detail.js";
import { button, byId, confirm, element, say, showDialog, wordsOf } from "./dom.js";
import { showFounding, showOrganisation } from "./organisation.js";
import { showOverview, type Chosen } from "./overview.js";
import { People } from "./people.js";
import * as server from "./server.js";
import * as shape from "./shape.js";
import { showSharing } from "./sharing.js";

const KEPT = "planner-session";
const DEVICE = "planner-device";
const PERSONAL = "";

let session: server.Session;
let people: People;
let space: Space | undefined;
let current: Chosen | undefined;
let drawing = false;

start().catch((e: unknown) => say(wordsOf(e)));

async function start(): Promise<void> {
  navigator.serviceWorker?.register("worker.js").catch(() => {});
  const link = opened("shared");
  if (link) return showShared(link);
  listen();
  const kept = localStorage.getItem(KEPT);
  if (kept) {
    session = JSON.parse(kept) as server.Session;
    return enter();
  }
  byId("welcome").hidden = false;
  const invitation = opened("join");
  if (invitation) await showInvitation(invitation);
}

/**
 * The token of a link that was opened. It stands behind the number sign, which never goes to a server, nor with a request to
 * another page; where an older link has it in the query, it leaves the address at once.
 */
function opened(what: "shared" | "get" | "join"): string | null {
  const older = new URLSearchParams(location.search).get(what);
  if (older) history.replaceState(undefined, "", `./#${what}=${encodeURIComponent(older)}`);
  return new URLSearchParams(location.hash.slice(1)).get(what);
}

function keep(): void {
  localStorage.setItem(KEPT, JSON.stringify(session));
}

function listen(): void {
  byId("sign-in").addEventListener("submit", (event) => void signIn(event));
  byId("back").addEventListener("click", () => open());
  byId("new-list").addEventListener("click", async () => open({ kind: "lists", id: await space!.addList() }, true));
  byId("new-note").addEventListener("click", async () => open({ kind: "notes", id: await space!.addNote() }, true));
  byId("context").addEventListener("change", () => void switchContext());
  byId("organisation").addEventListener("click", () => void showMembers());
  byId("sync").addEventListener("click", () => space!.syncNow());
  byId("account").addEventListener("click", () => void showAccount());
  byId("conflicts").addEventListener("click", () => showMeetings(space!));
  byId("inbox").addEventListener("click", () => showRefusals(space!));
  addEventListener("popstate", (event) => choose((event.state as Chosen | null) ?? undefined));
  addEventListener("hashchange", () => location.reload());
}

/** Who invites to what, for somebody who is not signed in yet. */
async function showInvitation(token: string): Promise<void> {
  const notice = byId("invitation");
  notice.hidden = false;
  try {
    const { name, invitedBy } = await server.invited(token);
    notice.textContent = `${invitedBy.displayName ?? "Somebody"} invites you to “${name}”. Sign in to answer.`;
  } catch (e) {
    notice.textContent = over(e);
  }
}

/** What is behind a link that counts no more is not told. */
const over = (e: unknown): string => (e instanceof server.Refused && e.status === 404 ? "There is nothing behind this link, or not any more." : wordsOf(e));

async function signIn(event: Event): Promise<void> {
  event.preventDefault();
  const name = byId<HTMLInputElement>("sign-in-name").value.trim();
  const email = byId<HTMLInputElement>("sign-in-email").value.trim() || undefined;
  byId("sign-in-problem").textContent = "";
  try {
    const { user, token } = await server.signIn(name, email);
    session = { user, email, token, organisation: PERSONAL, organisations: [] };
    keep();
    await enter();
  } catch (e) {
    byId("sign-in-problem").textContent = wordsOf(e);
  }
}

/** Several spaces of this browser are one device of the user's. */
function device(): string {
  let id = localStorage.getItem(DEVICE);
  if (!id) localStorage.setItem(DEVICE, (id = crypto.randomUUID()));
  return id;
}

/** Opens the lists and notes of the person, or of the organisation that was chosen. */
async function enter(): Promise<void> {
  byId("welcome").hidden = true;
  byId("app").hidden = false;
  byId("account").textContent = (session.user.name ?? "?").slice(0, 1).toUpperCase();
  people = new People(session, draw);
  showContexts();
  const before = space;
  space = undefined;
  await before?.close();
  space = await openSpace({
    organisation: session.organisation,
    token: session.token,
    device: device(),
    keepToken(token) {
      session.token = token;
      keep();
    },
    // The development sign-in gives a new token for the name; a real application would ask the person to sign in again.
    async renew() {
      session.token = (await server.signIn(session.user.name, session.email)).token;
      keep();
      return session.token;
    },
    changed: draw,
    removed: forget,
  });
  choose((history.state as Chosen | null) ?? undefined);
  void refreshOrganisations();
  await answerLink();
}

/** A link that was opened by somebody who is signed in. */
async function answerLink(): Promise<void> {
  const token = opened("get");
  const invitation = opened("join");
  if (!token && !invitation) return;
  history.replaceState(undefined, "", "./");
  try {
    if (token) {
      const { collection, ...address } = await server.redeem(session, token);
      space!.syncNow();
      open({ kind: collection as Kind, id: idOf(address) });
      say("It is among your lists and notes now.");
    } else {
      const { orgId, name, invitedBy } = await server.invited(invitation!);
      const answer = (what: "accept" | "decline") => async () => {
        try {
          await server.answerInvitation(session, invitation!, what);
          dialog.close();
          if (what === "decline") return;
          await refreshOrganisations();
          await goTo(orgId);
        } catch (e) {
          problem.textContent = over(e);
        }
      };
      const problem = element("p", { className: "problem", role: "alert" });
      const dialog = showDialog(`Join “${name}”?`, element("p", {}, `${invitedBy.displayName ?? "Somebody"} invites you. Its members see each other’s names, and all its lists and notes.`), problem,
        element("div", { className: "row" }, button("Join", answer("accept"), "primary"), button("Decline", answer("decline"))));
    }
  } catch (e) {
    say(over(e));
  }
}

async function refreshOrganisations(): Promise<void> {
  try {
    session.organisations = (await server.organisations(session)).map(({ orgId, name, role }) => ({ orgId, name, role }));
    keep();
    showContexts();
  } catch {
    // Offline: what was known of them is shown.
  }
}

function showContexts(): void {
  const { organisation, organisations } = session;
  const known = organisations.some(({ orgId }) => orgId === organisation);
  const context = byId<HTMLSelectElement>("context");
  context.replaceChildren(
    element("option", { value: PERSONAL }, "Personal"),
    ...organisations.map(({ orgId, name }) => element("option", { value: orgId }, name)),
    ...(organisation && !known ? [element("option", { value: organisation }, "Not a member any more")] : []),
    element("option", { value: "new" }, "New organisation …"),
  );
  context.value = organisation;
  byId("organisation").hidden = !known;
}

async function switchContext(): Promise<void> {
  const context = byId<HTMLSelectElement>("context");
  const chosen = context.value;
  if (chosen !== "new") return goTo(chosen);
  context.value = session.organisation;
  showFounding(session, async (made) => {
    session.organisations.push(made);
    await goTo(made.orgId);
  });
}

async function goTo(organisation: string): Promise<void> {
  session.organisation = organisation;
  keep();
  history.replaceState(undefined, "");
  await enter();
}

function showMembers(): void {
  const organisation = session.organisations.find(({ orgId }) => orgId === session.organisation);
  if (!organisation) return;
  void showOrganisation(session, people, organisation, async () => {
    session.organisations = session.organisations.filter((one) => one !== organisation);
    await space!.signOut(true); // nothing of it stays here
    await goTo(PERSONAL);
  });
}

function open(chosen?: Chosen, isNew = false): void {
  history.pushState(chosen, "");
  choose(chosen);
  if (isNew) byId("detail").querySelector<HTMLTextAreaElement>(".title")?.select();
}

function choose(chosen: Chosen | undefined): void {
  current = chosen;
  byId("app").classList.toggle("showing-detail", !!chosen);
  drawNow();
  if (chosen) byId("detail").focus({ preventScroll: true });
}

/** Draws once, however much has changed until the next picture. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(drawNow);
}

function drawNow(): void {
  drawing = false;
  if (!space) return;
  showOverview(space, people, current, open);
  showDetail(space, people, current, { share, remove, letGo, removedItem });
  showStatus(space);
  notice("conflicts", space.meetings().length, "edit met another", "edits met others");
  notice("inbox", space.refusals().length, "edit was not taken", "edits were not taken");
}

function notice(id: string, number: number, one: string, many: string): void {
  const button = byId(id);
  button.hidden = number === 0;
  const text = `${number} ${number === 1 ? one : many}. Look`;
  if (button.textContent !== text) button.textContent = text;
}

function showStatus(space: Space): void {
  const { state, pending, full } = space.status();
  const waiting = pending === 0 ? "" : pending === 1 ? " – 1 change waits" : ` – ${pending} changes wait`;
  const text = {
    idle: pending === 0 ? "Saved" : `Saving${waiting}`,
    syncing: "Saving …",
    offline: `Offline${waiting}`,
    unauthorized: `Signed out${waiting}`,
    error: `${full ? "No room: delete something" : "Something is wrong"}${waiting}`,
  }[state];
  byId("sync").dataset.state = state;
  if (byId("sync-text").textContent !== text) byId("sync-text").textContent = text;
}

const titleOf = (entry: Entry): string => shape.title(entry.document) || "Untitled";

const placeOf = ({ kind, key, owner }: Entry): server.Place => ({ collection: kind, key, owner, organisation: session.organisation || undefined });

function share(entry: Entry): void {
  void showSharing(session, people, placeOf(entry), titleOf(space!.get(entry.kind, entry.id) ?? entry));
}

async function remove(entry: Entry): Promise<void> {
  const place = space!;
  const now = place.get(entry.kind, entry.id) ?? entry;
  await place.remove(entry.kind, entry.id);
  open();
  say(`“${titleOf(now)}” is deleted.`, () => place.undo(entry.kind, entry.id));
}

function removedItem(entry: Entry): void {
  const place = space!;
  say("The item is deleted.", () => place.undo(entry.kind, entry.id));
}

function letGo(entry: Entry): void {
  confirm(`Let go of “${titleOf(entry)}”?`, "It goes from your devices. Whoever has shared it with you keeps it, and can share it again.", "Let go", async () => {
    try {
      await server.letGo(session, placeOf(entry));
      space!.syncNow();
      open();
    } catch (e) {
      say(wordsOf(e));
    }
  });
}

async function showAccount(): Promise<void> {
  const name = element("input", { "aria-label": "Your name", required: true, maxLength: 100, value: session.user.name });
  const findable = element("input", { type: "checkbox" });
  const problem = element("p", { className: "problem", role: "alert" });
  const change = async (event: Event) => {
    event.preventDefault();
    try {
      await server.changeProfile(session, { displayName: name.value.trim(), findable: findable.checked ? "email" : "nobody" });
      say("Saved.");
    } catch (e) {
      problem.textContent = wordsOf(e);
    }
  };
  showDialog("You",
    element("form", { onsubmit: change },
      element("label", { className: "stack" }, "What others call you", name),
      element("label", { className: "choice" }, findable, "Who knows my address finds me"),
      problem,
      element("button", { className: "primary" }, "Save"),
    ),
    button("Sign out and remove everything from this device", () => signOut(false), "danger"),
  );
  try {
    const profile = await server.profile(session);
    if (document.activeElement !== name) name.value = profile.displayName;
    findable.checked = profile.findable === "email";
  } catch (e) {
    problem.textContent = wordsOf(e);
  }
}

async function signOut(force: boolean): Promise<void> {
  const lost = await space!.signOut(force);
  if (lost === 0) return forget();
  showDialog("Not everything is saved",
    element("p", {}, lost === 1 ? "One change has not reached the server. It would be lost." : `${lost} changes have not reached the server. They would be lost.`),
    button("Sign out all the same", () => signOut(true), "danger"),
  );
}

/** Nothing is known here of who was signed in. */
function forget(): void {
  for (const name of [KEPT, DEVICE]) localStorage.removeItem(name);
  People.forget();
  history.replaceState(undefined, "");
  location.reload();
}

async function showShared(token: string): Promise<void> {
  byId("shared").hidden = false;
  addEventListener("hashchange", () => location.reload());
  const article = byId("shared-document");
  try {
    const shared = await server.linked(token);
    document.title = shape.title(shared) || "Shared";
    article.append(
      element("h1", {}, shape.title(shared) || "Untitled"),
      "items" in shared
        ? element("ul", { className: "items" }, ...shape.items(shared).map(([, item]) => element("li", { className: item.done ? "done" : "" }, item.done ? "☑ " : "☐ ", item.text)))
        : element("pre", {}, shape.body(shared)),
    );
  } catch (e) {
    article.append(element("p", {}, over(e)));
  }
}
