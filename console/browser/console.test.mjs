// Every page of the console in a real browser, as everybody, as an administrator and as an operator: on a desk and on a phone, light and dark,
// in English and German, with axe looking at each. LANDFALL_URL is a server with the example configuration, on which the person named
// LANDFALL_OPERATOR is an operator; SCREENSHOTS a folder for pictures, DOCS one for those of the documentation.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const SERVER = process.env.LANDFALL_URL;
const OPERATOR = process.env.LANDFALL_OPERATOR ?? "Olga";
const PICTURES = process.env.SCREENSHOTS ?? "screenshots";
const DOCS = process.env.DOCS;
const PATIENCE = 60_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESK = { width: 1200, height: 800 };
const PHONE = { width: 390, height: 844 };
const run = Date.now().toString(36);
/** Behind names, which are given once on a server; that of the pictures is a new one. */
const tag = DOCS ? "" : " " + run;
const ZERO = "0000000000000-000000-00000000";
const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
};

let browser;
const people = {};
let acme;

async function api(who, method, path, body, headers = {}) {
  const answer = await fetch(SERVER + path, { method, headers: { ...(who && { Authorization: "Bearer " + who.token }), "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

async function signIn(name) {
  const { token, user } = await api(undefined, "POST", "/auth/dev", { name });
  return { name, token, id: user.userId };
}

let clocks = 0;
const clock = (node, earlier = 0) => (Date.now() - earlier).toString(16).padStart(13, "0") + "-" + (clocks++).toString(16).padStart(6, "0") + "-" + node;

/** Writes documents as another device of that person would. */
async function write(who, app, collection, documents, { base = {}, org, node = "seed" } = {}) {
  const changes = Object.entries(documents).map(([key, doc]) => ({ key, doc, baseClock: base[key] ?? ZERO, fieldRevs: Object.fromEntries(Object.keys(doc).map((field) => [field, clock(node)])) }));
  return api(who, "POST", `/${app}/sync`, { collection, clientClock: ZERO, changes, owners: true, device: { id: node + run, name: node === "seed" ? "Laptop" : node, platform: "Linux", version: "1.2" } }, org ? { "X-Org-Id": org } : {});
}

async function seed() {
  for (const [name, full] of [["anna", "Anna Berg"], ["ben", "Ben Ortiz"], ["olga", OPERATOR]]) people[name] = await signIn(name === "olga" ? full : full + tag);
  const { anna, ben } = people;
  const titles = ["Call the printer", "Order paper", "Plan the spring trip", "Renew the contract", "Water the plants", "Write to the landlord"];
  await write(anna, "todo", "tasks", Object.fromEntries(titles.map((title, i) => [title.toLowerCase().replace(/ /g, "-"), { title, priority: (i % 3) + 1, done: i % 2 === 1 }])));
  await write(anna, "todo", "notes", Object.fromEntries(Array.from({ length: 60 }, (_, i) => ["note-" + String(i).padStart(2, "0"), { title: "Note " + i, text: "One of many" }])));
  const first = await write(anna, "todo", "tasks", { trip: { title: "Spring trip", text: "Train on Friday\nHotel by the lake\nBring boots", budget: 400 } });
  const base = { trip: first.serverChanges.find(({ _key }) => _key === "trip")._rev };
  await write(anna, "todo", "tasks", { trip: { title: "Spring trip", text: "Train on Friday\nHotel in town\nBring boots", budget: 450 } }, { base, node: "Phone" });
  await write(anna, "todo", "tasks", { trip: { title: "Trip in spring", text: "Train on Friday\nFlat by the lake\nBring boots", budget: 380 } }, { base, node: "Tablet" });
  await write(ben, "todo", "tasks", { garden: { title: "Garden party", guests: 24 } });
  await api(ben, "PATCH", "/docIndex/todo?key=garden&collection=tasks", { visibility: "shared", sharedWith: [{ userId: anna.id, app: "todo" }] });
  await api(anna, "PATCH", "/docIndex/todo?key=trip&collection=tasks", { visibility: "shared", sharedWith: [{ userId: ben.id, app: "todo", access: "write" }, { email: "carla@example.org", app: "todo" }] });
  await api(anna, "POST", "/docIndex/todo/shareToken?key=trip&collection=tasks", { redeem: true, uses: 3 });
  acme = await api(anna, "POST", "/orgs", { name: "Acme" + tag });
  await api(anna, "POST", `/orgs/${acme.orgId}/members`, { userId: ben.id });
  await api(anna, "POST", `/orgs/${acme.orgId}/invitations`, { email: "dora@example.org" });
  await write(anna, "todo", "tasks", { "office-move": { title: "Office move", rooms: 4 } }, { org: acme.orgId });
  await api(anna, "POST", "/docIndex/todo/shareToken?key=office-move&collection=tasks", {}, { "X-Org-Id": acme.orgId });
}

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  await seed();
  browser = await chromium.launch(CHROMIUM);
});

after(() => browser?.close());

/** Somebody's browser, signed in unless `who` is missing. What the page reports as wrong fails the test at its end. */
async function person(who, options = {}) {
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("console", (message) => {
    const text = message.text();
    // A refusal that a page shows in its own words stands there, too.
    if (message.type() === "error" && !/Failed to load resource/.test(text)) problems.push(text);
  });
  const requested = [];
  page.on("request", (request) => requested.push(request.url()));
  await page.goto(SERVER + "/console/");
  if (who) {
    await page.getByText(/I have a token|Ich habe ein Token/).click();
    await page.getByRole("textbox", { name: "Token" }).fill(who.token);
    await page.getByRole("button", { name: /Use this token|Dieses Token verwenden/ }).click();
    await page.locator("#nav").waitFor({ state: "attached" });
  }
  const go = async (hash) => {
    await page.evaluate((to) => void (location.hash = to), hash);
    await settled(page);
  };
  const done = async () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(requested.filter((url) => !url.startsWith(SERVER + "/") && !url.startsWith("blob:") && !url.startsWith("data:")), [], "nothing comes from elsewhere");
    await context.close();
  };
  return { context, page, go, done };
}

/** Until the page has what it shows. */
async function settled(page) {
  await page.waitForTimeout(80);
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector("main .loading"), undefined, { timeout: PATIENCE });
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const said = (page, text) => page.locator(".saying", { hasText: text }).waitFor();
const confirm = async (page, name) => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

/** What axe finds against WCAG 2.2 AA, and whether the page is wider than the window. */
async function look(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary).join(" | ")}`);
  });
  assert.deepEqual(found, [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
}

const picture = (page, name, fullPage = true) => page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage });
/** Those of docs/console.md, by page and look. */
const DOCUMENTED = {
  "desk #/app/todo/tasks": "documents",
  "desk #/doc/todo/tasks/trip?tab=history": "history",
  "desk #/doc/todo/tasks/trip?tab=access": "access",
  "desk #/operator": "operator",
  "desk #/operator/usage": "usage",
  "phone #/doc/todo/tasks/trip": "phone",
};

test("every page is usable on a desk and on a phone, light and dark, in English and German", async () => {
  const { anna, olga } = people;
  const org = acme.orgId;
  const everybody = ["#/", "#/app/todo", "#/app/todo/tasks", "#/app/todo/notes", "#/doc/todo/tasks/trip", "#/doc/todo/tasks/trip?tab=history", "#/doc/todo/tasks/trip?tab=access", "#/doc/todo/tasks/?tab=new", "#/conflicts", "#/shared", "#/shared?tab=links", "#/shared?tab=with", "#/devices", "#/activity", "#/transfer", "#/account", "#/orgs", "#/nowhere"];
  const administrators = ["", "?tab=invitations", "?tab=shares", "?tab=audit", "?tab=transfer", "?tab=delete"].map((tab) => `#/orgs/${org}${tab}`);
  const operators = ["", "/usage", "/users", "/orgs", "/jobs", "/audit"].map((tab) => "#/operator" + tab);
  const file = (hash) => hash.replace(/[^a-z]+/gi, "-").replace(/^-|-$/g, "").replace(org.replace(/[^a-z]+/gi, "-"), "org") || "home";
  const looks = [
    { name: "desk", options: { viewport: DESK, colorScheme: "light" } },
    { name: "phone", options: { viewport: PHONE, colorScheme: "dark", locale: "de-DE", hasTouch: true } },
  ];
  const wrong = []; // all of it is told
  const check = async (page, name) => look(page, name).catch((e) => wrong.push(e.message));
  await Promise.all(looks.map(async ({ name, options }) => {
    const nobody = await person(undefined, options);
    await nobody.page.getByRole("button", { name: /^(Sign in|Anmelden)$/ }).waitFor();
    await check(nobody.page, name + " sign-in");
    await picture(nobody.page, name + "-sign-in");
    await nobody.done();
    for (const [who, pages] of [[anna, [...everybody, ...administrators]], [olga, operators]]) {
      const { page, go, done } = await person(who, options);
      for (const hash of pages) {
        await go(hash);
        await check(page, name + " " + hash);
        await picture(page, `${name}-${file(hash)}`);
        const documented = DOCUMENTED[`${name} ${hash}`];
        if (DOCS && documented) {
          if (hash === "#/operator") await page.waitForTimeout(31_000); // until there is something to draw
          await page.screenshot({ path: `${DOCS}/console-${documented}.png` });
        }
        for (const text of await page.locator("main .problem").allInnerTexts()) wrong.push(`${name} ${hash}: ${text}`);
      }
      await done();
    }
  }));
  assert.deepEqual(wrong, []);
});

test("a document is written, refused at its place, mended, found by a query, restored and deleted", async () => {
  const writer = await signIn("Wanda" + tag);
  const { page, go, done } = await person(writer);
  await go("#/doc/todo/tasks/?tab=new");
  await page.getByRole("textbox", { name: "Key" }).fill("groceries");
  const content = page.getByRole("textbox", { name: "Content (JSON)" });
  await content.fill('{\n  "title": "Groceries",\n  "priority": 99\n}');
  await page.getByRole("button", { name: "Save" }).click();
  const violation = page.locator(".violations button", { hasText: "priority" });
  await violation.waitFor();
  assert.match(await violation.innerText(), /line 3/);
  await look(page, "violation");
  await violation.click();
  assert.equal(await content.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), "99", "the place is shown");
  await content.fill('{ "title": ');
  await page.getByText(/Line 1, column 12/).waitFor();
  await content.fill('{ "title": "Groceries", "priority": 9, "notes": "Milk\\nBread" }');
  await page.getByRole("button", { name: "Save" }).click();
  await heading(page, "groceries");
  await content.fill('{ "title": "Groceries", "priority": 8, "notes": "Milk\\nButter" }');
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Saved.");

  await go("#/app/todo/tasks");
  await page.getByRole("button", { name: "Conditions and order" }).click();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByRole("combobox", { name: "Field 1" }).fill("priority");
  await page.getByRole("combobox", { name: "Comparison 1" }).selectOption("gte");
  await page.getByRole("textbox", { name: "Value 1" }).fill("8");
  await page.getByRole("button", { name: "Search" }).first().click();
  await page.getByRole("link", { name: "Groceries" }).waitFor();
  await page.getByRole("textbox", { name: "Value 1" }).fill("9");
  await page.getByRole("button", { name: "Search" }).first().click();
  await page.getByText("Nothing was found").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Groceries" }).click();

  await page.getByRole("link", { name: "History" }).click();
  const versions = page.locator(".timeline > li");
  await versions.nth(1).waitFor();
  assert.match(await versions.nth(0).innerText(), /Butter/);
  await versions.nth(1).getByRole("button", { name: /Restore/ }).click();
  await look(page, "confirmation");
  await confirm(page, "Restore");
  await versions.nth(2).waitFor();
  await page.getByRole("link", { name: "Content", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("#json")?.value.includes("Bread"));

  await page.getByRole("button", { name: "Delete" }).click();
  await confirm(page, "Delete");
  await heading(page, "tasks");
  await page.getByText("Nothing here yet").waitFor();
  await done();
});

test("what is edited without a network is kept over a reload and sent when it is back", async () => {
  const traveller = await signIn("Theo" + tag);
  await write(traveller, "todo", "tasks", { tickets: { title: "Tickets" } });
  const { context, page, go, done } = await person(traveller);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await go("#/doc/todo/tasks/tickets");
  await page.reload(); // so that the worker has everything it needs
  await settled(page);
  const content = page.getByRole("textbox", { name: "Content (JSON)" });
  await content.waitFor();
  await context.setOffline(true);
  await content.fill('{ "title": "Tickets and seats" }');
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Saved on this device");
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#json")?.value.includes("seats"), undefined, { timeout: PATIENCE });
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByText("The server cannot be reached").waitFor();
  await look(page, "offline");
  await context.setOffline(false);
  for (const end = Date.now() + PATIENCE; ; ) {
    const { results } = await api(traveller, "POST", "/todo/search", { collection: "tasks" });
    if (results[0]?.title === "Tickets and seats") break;
    assert.ok(Date.now() < end, "it is sent");
    await page.waitForTimeout(200);
  }
  await done();
});

test("of a conflict the other version is taken", async () => {
  const { anna } = people;
  const { page, go, done } = await person(anna);
  await go("#/doc/todo/tasks/trip?tab=history"); // where nothing of the replica has been looked at
  const sides = page.getByRole("group", { name: "Both versions of budget" });
  await sides.first().waitFor();
  const other = await sides.first().locator("pre").nth(1).innerText();
  await sides.first().getByRole("button", { name: "Take this one" }).click();
  await said(page, "Taken.");
  await go("#/doc/todo/tasks/trip");
  await page.waitForFunction((budget) => document.querySelector("#json")?.value.includes(`"budget": ${budget}`), other);
  assert.match(await page.getByRole("textbox", { name: "Content (JSON)" }).inputValue(), /"text": /, "all else is as it was");

  await go("#/conflicts");
  await page.getByRole("combobox", { name: "Collection" }).selectOption({ label: "todo / tasks" });
  await page.getByRole("button", { name: "Look" }).click();
  await page.getByText(/conflicts? found/).waitFor({ timeout: PATIENCE });
  await look(page, "conflicts found");
  await done();
});

test("a document is shared, read by the other, and taken back", async () => {
  const { anna, ben } = people;
  const one = await person(anna);
  await one.go("#/doc/todo/tasks/order-paper?tab=access");
  await one.page.getByRole("textbox", { name: "Address or id" }).fill(ben.id);
  await one.page.getByRole("button", { name: "Share", exact: true }).click();
  await one.page.getByRole("list", { name: "People" }).getByText("Ben Ortiz").waitFor();
  const other = await person(ben, { viewport: PHONE, hasTouch: true });
  await other.page.getByRole("button", { name: "Menu" }).tap();
  await other.page.getByRole("link", { name: "Sharing" }).tap();
  await other.go("#/shared?tab=with");
  await other.page.getByRole("link", { name: "order-paper" }).tap();
  await other.page.waitForFunction(() => document.querySelector("#json")?.value.includes("Order paper"));
  await other.page.getByRole("textbox", { name: "Content (JSON)" }).fill('{ "title": "Mine now" }');
  await other.page.getByRole("button", { name: "Save" }).tap();
  await other.page.getByText("You may only read this document.").waitFor();
  await one.page.getByRole("list", { name: "People" }).getByRole("button", { name: "End access" }).click();
  await confirm(one.page, "End access");
  await one.page.getByText("Nobody else yet.").waitFor();
  await one.done();
  await other.done();
});

test("an invitation leads whoever opens it into the organisation", async () => {
  const { anna } = people;
  const admin = await person(anna);
  await admin.go(`#/orgs/${acme.orgId}?tab=invitations`);
  await admin.page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await admin.page.getByRole("textbox", { name: "Invitation to pass on" }).inputValue();
  assert.match(link, /\/console\/#\/invitation\//);
  const guest = await signIn("Gina" + tag);
  const { page, done } = await person(guest);
  await page.goto(link);
  await heading(page, `Invitation to Acme${tag}`);
  await look(page, "invitation");
  await page.getByRole("button", { name: "Accept" }).click();
  await heading(page, "Acme" + tag);
  await page.getByText("Gina" + tag).first().waitFor();
  await admin.done();
  await done();
});

test("everything is reached by the keyboard, and the focus follows", async () => {
  const { anna } = people;
  const { page, go, done } = await person(anna);
  await go("#/");
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  for (let i = 0; i < 40 && (await focused()) !== "todo"; i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await heading(page, "todo");
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await go("#/devices");
  await page.getByRole("button", { name: "Remove Laptop" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.match(await focused(), /Remove/);
  await done();
});

test("an export arrives as a file, and comes back", async () => {
  const mover = await signIn("Mia" + tag);
  await write(mover, "todo", "notes", { one: { title: "Take me along" } });
  const { page, go, done } = await person(mover);
  await go("#/transfer");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  const path = await file.path();
  assert.equal(JSON.parse(readFileSync(path, "utf8")).docs.todo.notes[0].title, "Take me along");
  await page.getByLabel("File").setInputFiles({ name: "back.json", mimeType: "application/json", buffer: readFileSync(path) });
  await page.getByRole("button", { name: "Import" }).click();
  await confirm(page, "Import");
  await said(page, "1 document written.");
  await done();
});

test("an operator blocks somebody, starts a job, and sees no content", async () => {
  const { olga } = people;
  const troll = await signIn("Tom" + tag);
  const { page, go, done } = await person(olga);
  await go("#/operator/users?query=" + encodeURIComponent(troll.name));
  await page.getByText("Actions").click();
  await page.getByRole("button", { name: "Block" }).click();
  await confirm(page, "Block");
  await said(page, "Blocked.");
  assert.equal((await fetch(SERVER + "/auth/me", { headers: { Authorization: "Bearer " + troll.token } })).status, 403);
  await go("#/operator/jobs");
  await page.getByRole("button", { name: "Purge" }).click();
  await confirm(page, "Start");
  await page.locator(".badge", { hasText: "done" }).first().waitFor();
  await go("#/operator/usage");
  assert.doesNotMatch(await page.locator("main").innerText(), /Spring|Garden|trip/);
  await done();
});

test("an account is deleted after its owner was told what goes", async () => {
  const leaver = await signIn("Leo" + tag);
  await write(leaver, "todo", "notes", { one: { title: "Gone soon" } });
  const { page, go, done } = await person(leaver);
  await go("#/account");
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("1 document in all applications is deleted").waitFor();
  const button = dialog.getByRole("button", { name: "Delete my account" });
  assert.equal(await button.isDisabled(), true);
  await dialog.getByRole("textbox").fill("delete");
  await button.click();
  await heading(page, "Sign in to Landfall");
  assert.equal((await fetch(SERVER + "/auth/me", { headers: { Authorization: "Bearer " + leaver.token } })).status, 401);
  assert.deepEqual(await page.evaluate(async () => [Object.keys(localStorage).filter((name) => name !== "landfall.console.language"), (await indexedDB.databases()).map(({ name }) => name)]), [[], []], "nothing is left in the browser");
  await done();
});

test("the sign-in for development and the one by a token lead to the same person", async () => {
  const { page, done } = await person(undefined);
  await page.getByRole("textbox", { name: "Your name" }).fill("Nora" + tag);
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "Applications");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await heading(page, "Anwendungen");
  await page.reload();
  await heading(page, "Anwendungen");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await page.goto(SERVER + "/console/#/account");
  await heading(page, "Konto");
  await page.getByRole("button", { name: "Abmelden", exact: true }).click();
  await heading(page, "Bei Landfall anmelden");
  await done();
});
