// Planner: shared lists and notes that work offline.
import * as api from "./api.js";
import { showConflicts, showInbox } from "./conflicts.js";
import { openSpace } from "./data.js";
import { showDetail } from "./detail.js";
import { byId, element, say, showDialog } from "./dom.js";
import { showOverview } from "./overview.js";
import * as shape from "./shape.js";
import { showSharing } from "./sharing.js";

const KEPT = "planner-session";
const PERSONAL = "";

let session;
let space;
let current;
let drawing = false;

start().catch((e) => say(e.message));

async function start() {
  navigator.serviceWorker?.register("worker.js").catch(() => {});
  const link = sharedLink();
  if (link) return showShared(link);
  session = JSON.parse(localStorage.getItem(KEPT) ?? "null");
  listen();
  if (session) await enter();
  else byId("welcome").hidden = false;
}

/**
 * The token of a link that was opened. It stands behind the number sign, which never goes to a server, nor with a request to
 * another page; where an older link has it in the query, it leaves the address at once.
 */
function sharedLink() {
  const older = new URLSearchParams(location.search).get("shared");
  if (older) history.replaceState(undefined, "", `./#shared=${encodeURIComponent(older)}`);
  addEventListener("hashchange", () => location.reload());
  return new URLSearchParams(location.hash.slice(1)).get("shared");
}

function keep() {
  localStorage.setItem(KEPT, JSON.stringify(session));
}

function listen() {
  byId("sign-in").addEventListener("submit", signIn);
  byId("back").addEventListener("click", () => open());
  byId("new-list").addEventListener("click", () => open("lists", space.lists.add({ title: "New list", items: {} }), true));
  byId("new-note").addEventListener("click", () => open("notes", space.notes.add({ title: "New note", body: "" }), true));
  byId("context").addEventListener("change", switchContext);
  byId("sync").addEventListener("click", () => space.syncNow());
  byId("account").addEventListener("click", showAccount);
  byId("conflicts").addEventListener("click", () => showConflicts(space, draw));
  byId("inbox").addEventListener("click", () => showInbox(space, draw));
  addEventListener("popstate", (event) => choose(event.state ?? undefined));
}

async function signIn(event) {
  event.preventDefault();
  const name = byId("sign-in-name").value.trim();
  byId("sign-in-problem").textContent = "";
  try {
    const { user, token } = await api.signIn(name);
    session = { user, token, organisation: PERSONAL, organisations: [] };
    keep();
    await enter();
  } catch (e) {
    byId("sign-in-problem").textContent = e.message;
  }
}

/** Opens the lists and notes of the person, or of the organisation that was chosen. */
async function enter() {
  byId("welcome").hidden = true;
  byId("app").hidden = false;
  byId("account").textContent = (session.user.name ?? "?").slice(0, 1).toUpperCase();
  showContexts();
  await space?.close();
  space = await openSpace({
    user: session.user.userId,
    organisation: session.organisation,
    token: () => session.token,
    keepToken: (token) => {
      session.token = token;
      keep();
    },
    // The development sign-in gives a new token for the name; a real application would ask the person to sign in again.
    renew: async () => {
      session.token = (await api.signIn(session.user.name)).token;
      keep();
      return session.token;
    },
    changed: draw,
  });
  choose(history.state ?? undefined);
  draw();
  refreshOrganisations();
}

async function refreshOrganisations() {
  try {
    session.organisations = (await api.organisations(session)).map(({ orgId, name, role }) => ({ orgId, name, role }));
    keep();
    showContexts();
  } catch {
    // Offline: what was known of them is shown.
  }
}

function showContexts() {
  byId("context").replaceChildren(
    element("option", { value: PERSONAL }, "Personal"),
    ...session.organisations.map(({ orgId, name }) => element("option", { value: orgId }, name)),
    element("option", { value: "new" }, "New organisation …"),
  );
  byId("context").value = session.organisation;
}

async function switchContext() {
  const chosen = byId("context").value;
  if (chosen === "new") {
    byId("context").value = session.organisation;
    return newOrganisation();
  }
  session.organisation = chosen;
  keep();
  open();
  await enter();
}

function newOrganisation() {
  const name = element("input", { "aria-label": "Name", required: true, maxLength: 100 });
  const problem = element("p", { className: "problem", role: "alert" });
  const create = async (event) => {
    event.preventDefault();
    try {
      const made = await api.createOrganisation(session, name.value.trim());
      session.organisations.push({ orgId: made.orgId, name: made.name, role: made.role });
      session.organisation = made.orgId;
      keep();
      byId("dialog").close();
      await enter();
    } catch (e) {
      problem.textContent = e.message;
    }
  };
  showDialog("New organisation", element("form", { onsubmit: create }, name, problem, element("button", { className: "primary" }, "Create")));
}

function open(kind, id, isNew) {
  const state = kind ? { kind, id } : undefined;
  history.pushState(state, "");
  choose(state);
  if (isNew) byId("detail").querySelector(".title")?.select();
}

function choose(chosen) {
  current = chosen;
  byId("app").classList.toggle("showing-detail", Boolean(chosen));
  drawNow();
  if (chosen) byId("detail").focus({ preventScroll: true });
}

/** Draws once, however much has changed until the next picture. */
function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(drawNow);
}

function drawNow() {
  drawing = false;
  if (!space) return;
  showOverview(space, current, open);
  showDetail(space, current, { share, removed: () => open() });
  showStatus();
  notice(byId("conflicts"), space.conflicts().length, "edit met another", "edits met others");
  notice(byId("inbox"), space.inbox().length, "edit was not taken", "edits were not taken");
}

function notice(button, number, one, many) {
  button.hidden = number === 0;
  button.textContent = `${number} ${number === 1 ? one : many}. Look`;
}

function showStatus() {
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
  if (byId("sync-text").textContent !== text) byId("sync-text").textContent = text ?? state;
}

function share({ kind, id }) {
  const entry = space[kind].get(id);
  showSharing(session, { collection: kind, key: entry.key, organisation: session.organisation || undefined }, shape.title(entry.document) || "Untitled");
}

function showAccount() {
  const member = element("input", { placeholder: "Somebody’s id", "aria-label": "Somebody’s id", required: true });
  const add = async (event) => {
    event.preventDefault();
    try {
      await api.addMember(session, session.organisation, member.value.trim());
      say("Added to the organisation.");
    } catch (e) {
      say(e.message);
    }
  };
  showDialog(
    session.user.name ?? "You",
    element("p", {}, "Your id, for others to share with you:"),
    element("div", { className: "row" },
      element("input", { readOnly: true, value: session.user.userId, "aria-label": "Your id", onfocus: (event) => event.target.select() }),
      element("button", { type: "button", onclick: () => navigator.clipboard.writeText(session.user.userId).then(() => say("Copied.")) }, "Copy"),
    ),
    session.organisation
      ? element("form", { onsubmit: add }, element("p", {}, "Add somebody to this organisation:"), element("div", { className: "row" }, member, element("button", {}, "Add")))
      : undefined,
    element("button", { type: "button", className: "danger", onclick: () => signOut(false) }, "Sign out and remove everything from this device"),
  );
}

async function signOut(force) {
  const lost = await space.signOut(force);
  if (lost > 0) {
    showDialog(
      "Not everything is saved",
      element("p", {}, lost === 1 ? "One change has not reached the server. It would be lost." : `${lost} changes have not reached the server. They would be lost.`),
      element("button", { type: "button", className: "danger", onclick: () => signOut(true) }, "Sign out all the same"),
    );
    return;
  }
  localStorage.removeItem(KEPT);
  history.replaceState(undefined, "");
  location.reload();
}

async function showShared(token) {
  byId("shared").hidden = false;
  const article = byId("shared-document");
  try {
    const shared = await api.linked(token);
    document.title = shape.title(shared) || "Shared";
    article.append(
      element("h1", {}, shape.title(shared) || "Untitled"),
      "items" in shared
        ? element("ul", { className: "items" }, ...shape.items(shared)
            .map(([, item]) => element("li", { className: item.done ? "done" : "" }, item.done ? "☑ " : "☐ ", item.text)))
        : element("pre", {}, shape.body(shared)),
    );
  } catch (e) {
    article.append(element("p", {}, e.status === 404 ? "There is nothing behind this link, or not any more." : e.message));
  }
}
