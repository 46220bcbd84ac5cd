// Two people, three browsers, one server: what the planner promises, in a real browser.
// LANDFALL_URL is a server with the example configuration; SCREENSHOTS a folder for pictures.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { CHROMIUM, openProxy, PATIENCE, SERVER, signIn } from "./browser.mjs";

const PICTURES = process.env.SCREENSHOTS ?? "screenshots";
const run = Date.now().toString(36);

let browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await chromium.launch(CHROMIUM);
});

after(() => browser?.close());

const addressOf = (name) => `${name}.${run}@example.org`.toLowerCase();

/** Somebody with a browser of their own. */
async function person(name, { server = SERVER, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  await page.goto(`${server}/examples/planner/`);
  await page.getByLabel("Your name").fill(`${name} ${run}`);
  await page.getByLabel("Your address").fill(addressOf(name));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#app").waitFor();
  return { context, page, problems, name };
}

const picture = (page, name) => page.screenshot({ path: `${PICTURES}/${name}.png` });
const saved = (page) => page.locator("#sync-text", { hasText: /^Saved$/ }).waitFor();
const waiting = (page) => page.locator("#sync-text", { hasText: /wait/ }).waitFor();
const title = (page) => page.getByRole("textbox", { name: "Title" });
const openEntry = (page, name) => page.locator(".overview").getByRole("button", { name }).click();
const value = async (locator, wanted) => {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const now = await locator.inputValue().catch(() => undefined);
    if (typeof wanted === "function" ? wanted(now) : now === wanted) return now;
    if (Date.now() > end) assert.equal(now, String(wanted));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

async function newList({ page }, name, ...items) {
  await page.getByRole("button", { name: "New list" }).click();
  await title(page).fill(name);
  for (const item of items) {
    await page.getByLabel("New item").fill(item);
    await page.getByRole("button", { name: "Add", exact: true }).click();
  }
  await saved(page);
}

/** The document that `one` looks at, for `other` too: by a link that is opened and gives it to whoever is signed in. */
async function shareWith(one, other, edits) {
  await one.page.getByRole("button", { name: "Share", exact: true }).click();
  await one.page.getByLabel("Who may use it").selectOption(edits ? "write" : "read");
  await one.page.getByRole("button", { name: "Make a link" }).click();
  const link = await value(one.page.getByLabel("The link"), (text) => text?.includes("get="));
  await one.page.getByRole("button", { name: "Close" }).click();
  await other.page.goto(link);
  await other.page.locator(".owner", { hasText: `Shared with you by ${one.name} ${run}` }).waitFor();
}

/** Nothing is wider than the screen. */
const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

const PHONE = { viewport: { width: 390, height: 844 } };

async function ready(page) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

test("edits made offline in two browsers meet, and a reload without a network keeps them", async () => {
  const anna = await person("Anna");
  const ben = await person("Ben");
  await newList(anna, `Groceries ${run}`, "Milk", "Bread");
  await shareWith(anna, ben, true);
  assert.equal(await ben.page.getByRole("button", { name: "Delete", exact: true }).count(), 0); // it is not Ben's
  await picture(anna.page, "list");

  await ready(ben.page);
  await ben.page.reload(); // so that the worker has everything it needs
  await openEntry(ben.page, new RegExp(`Groceries ${run}`));
  await anna.context.setOffline(true);
  await ben.context.setOffline(true);
  await anna.page.getByLabel("New item").fill("Butter");
  await anna.page.getByRole("button", { name: "Add", exact: true }).click();
  await ben.page.getByLabel("Done: Milk").check();
  await waiting(anna.page);
  await waiting(ben.page);
  await picture(ben.page, "offline");
  await ben.page.reload();
  await openEntry(ben.page, new RegExp(`Groceries ${run}`));
  assert.equal(await ben.page.getByLabel("Done: Milk").isChecked(), true);

  await anna.context.setOffline(false);
  await ben.context.setOffline(false);
  await saved(anna.page);
  await saved(ben.page);
  await ben.page.getByLabel("Done: Butter").waitFor();
  await anna.page.locator(".items li.done").waitFor();
  assert.deepEqual([anna.problems, ben.problems], [[], []]);
  await anna.context.close();
  await ben.context.close();
});

test("a conflict is shown with both versions and the other one can be taken", async () => {
  const anna = await person("Carla");
  const ben = await person("Dirk", PHONE);
  await newList(anna, `Trip ${run}`, "Tent");
  await shareWith(anna, ben, true);
  await anna.context.setOffline(true);
  await ben.context.setOffline(true);
  await title(anna.page).fill(`Trip north ${run}`);
  await waiting(anna.page);
  await title(ben.page).fill(`Trip south ${run}`);
  await waiting(ben.page);

  await anna.context.setOffline(false);
  await saved(anna.page);
  await ben.context.setOffline(false);
  // It is seen beside the list itself on a phone, and after a restart.
  await ben.page.getByRole("button", { name: /1 edit met another/ }).waitFor();
  await title(ben.page).waitFor();
  await picture(ben.page, "phone-conflict");
  await ben.page.reload();
  await ben.page.getByRole("button", { name: /1 edit met another/ }).click();
  await fits(ben.page);
  await ben.page.getByText(`Trip north ${run}`).first().waitFor();
  await picture(ben.page, "conflict");
  await ben.page.getByRole("button", { name: "Take the other" }).click();
  await ben.page.getByRole("button", { name: "Close" }).click();
  await value(title(ben.page), `Trip north ${run}`);
  await saved(ben.page);
  await value(title(anna.page), `Trip north ${run}`);
  await anna.context.close();
  await ben.context.close();
});

test("two people write one note at once and both texts are in it", async () => {
  const anna = await person("Emma");
  const ben = await person("Finn");
  await anna.page.getByRole("button", { name: "New note" }).click();
  await title(anna.page).fill(`Minutes ${run}`);
  await anna.page.getByRole("textbox", { name: "Text" }).fill("Present\n\nTopics\n\nEnd");
  await saved(anna.page);
  await shareWith(anna, ben, true);
  await value(ben.page.getByRole("textbox", { name: "Text" }), "Present\n\nTopics\n\nEnd");
  await anna.context.setOffline(true);
  await ben.context.setOffline(true);
  await anna.page.getByRole("textbox", { name: "Text" }).fill("Present: Emma, Finn\n\nTopics\n\nEnd");
  await ben.page.getByRole("textbox", { name: "Text" }).fill("Present\n\nTopics\n\nEnd at noon");
  await waiting(anna.page);
  await waiting(ben.page);
  await anna.context.setOffline(false);
  await ben.context.setOffline(false);
  const both = "Present: Emma, Finn\n\nTopics\n\nEnd at noon";
  await value(anna.page.getByRole("textbox", { name: "Text" }), both);
  await value(ben.page.getByRole("textbox", { name: "Text" }), both);
  await picture(anna.page, "note");
  await anna.context.close();
  await ben.context.close();
});

test("what was written without the right to it is kept for its writer", async () => {
  const anna = await person("Greta");
  const ben = await person("Hugo");
  await newList(anna, `Plans ${run}`, "One");
  await shareWith(anna, ben, true);
  await ben.context.setOffline(true);
  await ben.page.getByLabel("New item").fill("Two");
  await ben.page.getByRole("button", { name: "Add", exact: true }).click();
  await waiting(ben.page);
  await anna.page.getByRole("button", { name: "Share", exact: true }).click();
  await anna.page.getByRole("button", { name: `Remove Hugo ${run}` }).click();
  await anna.page.getByLabel("People with access").getByText("Hugo").waitFor({ state: "detached" });

  await ben.context.setOffline(false);
  await ben.page.getByRole("button", { name: /1 edit was not taken/ }).waitFor();
  await ben.page.reload();
  await ben.page.getByRole("button", { name: /1 edit was not taken/ }).click();
  await picture(ben.page, "not-taken");
  await ben.page.getByRole("button", { name: "Keep a copy" }).click();
  await ben.page.getByRole("button", { name: "Close" }).click();
  await ben.page.locator(".entry", { hasText: "shared with you" }).waitFor({ state: "detached" });
  await openEntry(ben.page, new RegExp(`Plans ${run}`));
  await ben.page.getByLabel("Done: Two").waitFor();
  await saved(ben.page);
  await anna.context.close();
  await ben.context.close();
});

test("when the tab that syncs is closed another one goes on", async () => {
  const anna = await person("Ida");
  await newList(anna, `Tabs ${run}`, "One");
  const second = await anna.context.newPage();
  await second.goto(`${SERVER}/examples/planner/`);
  await openEntry(second, new RegExp(`Tabs ${run}`));
  await anna.page.close();
  await second.getByLabel("New item").fill("Two");
  await second.getByRole("button", { name: "Add", exact: true }).click();
  await saved(second);
  const elsewhere = await person("Ida");
  await openEntry(elsewhere.page, new RegExp(`Tabs ${run}`));
  await elsewhere.page.getByLabel("Done: Two").waitFor();
  await anna.context.close();
  await elsewhere.context.close();
});

test("an organisation's lists are its members', and a link shows one list without signing in", async () => {
  const anna = await person("Jana", PHONE);
  await picture(anna.page, "phone-overview");
  await newList(anna, `Phone ${run}`, "Charge it", "Call home");
  await anna.page.getByLabel("Done: Charge it").check();
  await picture(anna.page, "phone-list");
  await anna.page.getByRole("button", { name: "Share", exact: true }).click();
  await anna.page.getByLabel("Who may use it").selectOption("look");
  await anna.page.getByRole("button", { name: "Make a link" }).click();
  const link = await value(anna.page.getByLabel("The link"), (text) => text?.includes("shared="));
  await picture(anna.page, "phone-share");
  await anna.page.getByRole("button", { name: "Close" }).click();

  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  await page.goto(link);
  await page.getByText("Call home").waitFor();
  await picture(page, "link");
  await stranger.close();

  await anna.page.getByRole("button", { name: "Back to all" }).click();
  await anna.page.locator("#context").selectOption("new");
  await anna.page.getByLabel("Name", { exact: true }).fill(`Club ${run}`);
  await anna.page.getByRole("button", { name: "Create" }).click();
  await anna.page.getByText("No lists yet.").waitFor();
  await newList(anna, `Club list ${run}`, "Chairs");
  await anna.page.getByRole("button", { name: "Back to all" }).click();
  await anna.page.locator("#context").selectOption({ label: "Personal" });
  await anna.page.locator(".overview").getByText(`Phone ${run}`).waitFor();
  assert.equal(await anna.page.locator(".overview").getByText(`Club list ${run}`).count(), 0);
  await anna.context.close();
});

test("what is deleted can be taken back by the keyboard alone, and long texts wrap", async () => {
  const anna = await person("Olga", PHONE);
  const long = "Rind".repeat(60);
  await newList(anna, `Long ${"list ".repeat(40)}${long} ${run}`, `Cheese ${"with a ".repeat(40)}${long}`, "Salt");
  await fits(anna.page);
  await picture(anna.page, "phone-long");
  await anna.page.getByRole("button", { name: "Delete Salt" }).click();
  await anna.page.getByLabel("Done: Salt").waitFor({ state: "detached" });
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await anna.page.getByLabel("Done: Salt").waitFor();

  await anna.page.getByRole("button", { name: "Delete", exact: true }).press("Enter");
  await anna.page.getByText("No lists yet.").waitFor();
  await picture(anna.page, "phone-deleted");
  await anna.page.getByRole("button", { name: "Undo" }).press("Enter");
  const entry = anna.page.locator(".overview").getByRole("button", { name: /^Long list/ });
  await entry.waitFor();
  await fits(anna.page);
  await entry.press("Enter");
  await anna.page.getByLabel("Done: Salt").press("Space");
  await anna.page.locator(".items li.done").waitFor();
  await saved(anna.page);
  assert.deepEqual(anna.problems, []);
  await anna.context.close();
});

test("somebody is invited by a link, is called by name, and can be removed", async () => {
  const anna = await person("Paula");
  const ben = await person("Quentin", PHONE);
  await anna.page.locator("#context").selectOption("new");
  await anna.page.getByLabel("Name", { exact: true }).fill(`Choir ${run}`);
  await anna.page.getByRole("button", { name: "Create" }).click();
  await anna.page.getByRole("button", { name: "Members" }).click();
  await anna.page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await value(anna.page.getByLabel("The invitation"), (text) => text?.includes("join="));
  await picture(anna.page, "invitation");
  await anna.page.getByRole("button", { name: "Close" }).click();
  await newList(anna, `Songs ${run}`, "Canon");

  await ben.page.goto(link);
  await ben.page.getByText(`Paula ${run} invites you`).waitFor();
  await picture(ben.page, "phone-join");
  await ben.page.getByRole("button", { name: "Join" }).click();
  await openEntry(ben.page, new RegExp(`Songs ${run}`));
  await ben.page.getByLabel("Done: Canon").check();
  assert.equal(await ben.page.locator("#context option:checked").textContent(), `Choir ${run}`);
  const { width } = await ben.page.locator("#context").boundingBox();
  assert.ok(width > 150, `where one is can be read beside a list, on a phone too: ${width}`);
  await fits(ben.page);
  await picture(ben.page, "phone-organisation");
  await saved(ben.page);

  await anna.page.getByRole("button", { name: "Members" }).click();
  await anna.page.getByLabel("Members").getByText(`Quentin ${run}`).waitFor();
  await picture(anna.page, "members");
  assert.equal(await anna.page.getByRole("button", { name: "Leave" }).count(), 0); // the only administrator
  await anna.page.getByRole("button", { name: `Remove Quentin ${run}` }).click();
  await anna.page.getByRole("button", { name: "Remove", exact: true }).click();
  await anna.page.getByLabel("Members").getByText("You").waitFor();
  await anna.page.getByLabel("Members").getByText("Quentin").waitFor({ state: "detached" });
  await ben.page.getByText("This is not here any more.").waitFor();
  assert.deepEqual([anna.problems, ben.problems], [[], []]);
  await anna.context.close();
  await ben.context.close();
});

test("who is named by an address has the list when they sign in", async () => {
  const anna = await person("Rita");
  await newList(anna, `Address ${run}`, "Stamps");
  await anna.page.getByRole("button", { name: "Share", exact: true }).click();
  await anna.page.getByLabel("Their address").fill(addressOf("Sven"));
  await anna.page.getByRole("button", { name: "Add", exact: true }).last().click();
  await anna.page.getByLabel("People with access").getByText("when they sign in").waitFor();
  await picture(anna.page, "share");

  const ben = await person("Sven");
  await openEntry(ben.page, new RegExp(`Address ${run}`));
  await ben.page.locator(".owner", { hasText: `Shared with you by Rita ${run}` }).waitFor();
  await anna.context.close();
  await ben.context.close();
});

async function send(token, method, path, body) {
  const answer = await fetch(SERVER + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
}

/** Everybody is shown this document. */
async function publish(token, collection, key, doc) {
  const zero = "0000000000000-000000-00000000";
  await send(token, "POST", "/planner/sync", {
    collection,
    clientClock: zero,
    changes: [{ key, doc, fieldRevs: {}, baseClock: zero }],
  });
  await show(token, collection, key, "public");
}

const show = (token, collection, key, visibility) =>
  send(token, "PATCH", `/docIndex/planner/${key}?collection=${collection}`, { visibility });

test("a document of an unexpected shape breaks no view", async () => {
  const { token } = await signIn(`Mallory ${run}`);
  const number = Date.now();
  const odd = [
    { title: number },
    { title: { a: 1 }, items: [null, 3, { text: 7 }] },
    { title: `Odd ${run}`, items: { a: null, b: "x", c: [1], d: { text: { x: 1 }, done: "no", at: "now" }, e: { text: 8, done: true } } },
    { items: 4 },
  ];
  for (const [i, doc] of odd.entries()) await publish(token, "lists", `odd-${run}-${i}`, doc);
  await publish(token, "notes", `odd-note-${run}`, { title: [`Odd`], body: { not: "a text" } });

  const anna = await person("Kim");
  await newList(anna, `Even ${run}`, "Milk");
  await openEntry(anna.page, new RegExp(`Odd ${run}`));
  assert.equal(await title(anna.page).inputValue(), `Odd ${run}`);
  assert.equal(await anna.page.getByLabel("Done: 8").isChecked(), true);
  await openEntry(anna.page, new RegExp(number));
  assert.equal(await title(anna.page).inputValue(), String(number));
  await picture(anna.page, "odd-documents");
  await openEntry(anna.page, new RegExp(`Even ${run}`));
  await anna.page.getByLabel("Done: Milk").check();
  await saved(anna.page);
  assert.deepEqual(anna.problems, []);
  await anna.context.close();
  for (const i of odd.keys()) await show(token, "lists", `odd-${run}-${i}`, "private");
  await show(token, "notes", `odd-note-${run}`, "private");
});

test("the application opens without a network after the first visit", async () => {
  const anna = await person("Lea");
  await ready(anna.page);
  await anna.context.setOffline(true);
  await anna.page.reload();
  await anna.page.locator("#sync-text", { hasText: /Offline/ }).waitFor();
  await picture(anna.page, "offline-after-first-visit");
  assert.deepEqual(anna.problems, []);
  await anna.context.close();
});

const PORTAL = "<!doctype html><title>Hotel</title><h1>Welcome to the hotel's network</h1>";

/** Everything that the browser keeps of the application. */
const keptFiles = (page) =>
  page.evaluate(async () => {
    const kept = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        kept.push(request.url, await (await cache.match(request, { ignoreVary: true })).text());
      }
    }
    return kept.join("\n");
  });

test("a page that a network puts in place of the application is neither shown nor kept", async () => {
  let inTheWay = (request) => request.headers["sec-fetch-dest"] === "empty" && !request.url.startsWith("/auth/");
  const proxy = await openProxy((request) => (inTheWay(request) ? PORTAL : undefined));
  const anna = await person("Mia", { server: proxy.address });
  // The page came whole, but what the worker asked for did not.
  await anna.page.waitForFunction(async () => {
    const { active, waiting, installing } = (await navigator.serviceWorker.getRegistration()) ?? {};
    return !active && !waiting && !installing;
  });
  assert.ok(!(await keptFiles(anna.page)).includes("Welcome to the hotel"));

  inTheWay = () => false;
  await anna.page.reload();
  await ready(anna.page);
  await newList(anna, `Hotel ${run}`, "Towels");
  inTheWay = () => true;
  await anna.page.evaluate(async () => (await navigator.serviceWorker.ready).update().catch(() => {}));
  await anna.page.reload();
  await anna.page.locator(".overview").getByText(`Hotel ${run}`).waitFor();
  assert.equal(await anna.page.getByText("Welcome to the hotel").count(), 0);
  assert.ok(!(await keptFiles(anna.page)).includes("Welcome to the hotel"));
  await picture(anna.page, "captive-portal");

  inTheWay = () => false;
  await anna.page.getByRole("button", { name: /Offline|Saved|Saving|wrong/ }).click();
  await saved(anna.page);
  assert.deepEqual(anna.problems, []);
  await anna.context.close();
  proxy.close();
});

test("the token of a link is left in no cache and told to nobody but the server's route for it", async () => {
  const proxy = await openProxy(() => undefined);
  const anna = await person("Nora", { server: proxy.address });
  await ready(anna.page);
  await newList(anna, `Linked ${run}`, "Salt");
  await anna.page.getByRole("button", { name: "Share", exact: true }).click();
  await anna.page.getByLabel("Who may use it").selectOption("look");
  await anna.page.getByRole("button", { name: "Make a link" }).click();
  const link = await value(anna.page.getByLabel("The link"), (text) => text?.includes("shared="));
  const token = new URL(link).hash.replace("#shared=", "");
  assert.ok(token.length > 10);

  for (const address of [link, `${proxy.address}/examples/planner/?shared=${token}`]) {
    proxy.seen.length = 0;
    const page = await anna.context.newPage();
    await page.goto(address);
    await page.getByText("Salt").waitFor();
    assert.equal(new URL(page.url()).search, "");
    assert.ok(!(await keptFiles(page)).includes(token));
    const told = proxy.seen.filter(({ url, referer }) => url.includes(token) || referer?.includes(token)).map(({ url }) => url);
    assert.deepEqual(told.filter((url) => !url.startsWith("/examples/planner/?shared=")), [`/shared/${token}`]);
    await page.close();
  }
  await anna.context.close();
  proxy.close();
});
