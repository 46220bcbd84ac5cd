// The client for browsers where browsers differ from Node: processes that are killed, servers that go away, many documents.
// LANDFALL_URL is a server with the example configuration, LANDFALL_SECRET what it signs tokens with.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { open, syncedAtom } from "../../client-js/dist/index.js";
import { barePage, CHROMIUM, openDoor, PATIENCE, SERVER, signIn } from "./browser.mjs";

const run = Date.now().toString(36);
/** What the server has, by way of another device. */
async function stored(token, collection) {
  const device = await open("device", { server: SERVER, app: "planner", token, store: "memory", live: false });
  const atom = syncedAtom(device, collection);
  await atom.whenSynced();
  await device.close();
  return atom.deref();
}

/** Opens `todo` in the page, as `conn` and `atom`. */
const openTodo = (page, token, more = {}) =>
  page.evaluate(
    async (options) => {
      window.conn = await landfall.open("test", { server: location.origin, app: "planner", ...options });
      window.atom = landfall.syncedAtom(conn, "todo");
      await atom.ready;
    },
    { token, ...more },
  );

/** The token as it would be if it had been made a month ago. */
function monthOld(token) {
  const [head, claims] = token.split(".");
  const old = JSON.parse(Buffer.from(claims, "base64url"));
  for (const time of ["iat", "iat_session", "exp"]) if (old[time]) old[time] -= 30 * 86_400;
  const signed = head + "." + Buffer.from(JSON.stringify(old)).toString("base64url");
  return signed + "." + createHmac("sha256", process.env.LANDFALL_SECRET).update(signed).digest("base64url");
}

/** A browser with a profile that stays, which can be killed. */
async function start(profile) {
  rmSync(join(profile, "DevToolsActivePort"), { force: true });
  const flags = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, ...CHROMIUM.args, "about:blank"];
  const child = spawn(CHROMIUM.executablePath, flags, { stdio: "ignore", detached: true });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const kill = () => {
    process.kill(-child.pid, "SIGKILL"); // with the processes it has started
    return ended;
  };
  try {
    for (const end = Date.now() + PATIENCE; ; ) {
      try {
        const [port] = readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n");
        const over = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: PATIENCE });
        return { context: over.contexts()[0], kill };
      } catch (e) {
        if (Date.now() > end || child.exitCode !== null) throw e;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } catch (e) {
    await kill();
    throw e;
  }
}

describe("the client in a browser", { concurrency: true }, () => {
  let browser;

  before(async () => {
    browser = await chromium.launch(CHROMIUM);
  });

  after(() => browser?.close());

  test("a server that is away for a while loses nothing, and is found again without help", async () => {
    const { token } = await signIn(`Away ${run}`);
    const door = await openDoor();
    const context = await browser.newContext();
    const page = await barePage(context, door.address);
    await openTodo(page, token);
    await page.evaluate(() => {
      atom.update("milk", () => ({ title: "Milk", done: false }));
      return atom.whenSynced();
    });

    await door.shut();
    const away = new Promise((resolve) => setTimeout(resolve, 10_000));
    await page.evaluate(() => void atom.update("milk", (doc) => ({ ...doc, done: true })));
    await page.waitForFunction(() => atom.status === "offline" && atom.pending === 1);
    await page.evaluate(() => void atom.update("bread", () => ({ title: "Bread" })));
    const device = await open("device", { server: SERVER, app: "planner", token, store: "memory", live: false });
    const other = syncedAtom(device, "todo");
    await other.whenSynced();
    other.update("milk", (doc) => ({ ...doc, title: "Oat milk" }));
    await other.whenSynced();
    await away;
    await page.waitForFunction(() => atom.status === "offline" && atom.pending === 2);
    await door.open();

    await page.waitForFunction(() => atom.status === "idle" && atom.pending === 0 && atom.get("milk").title === "Oat milk");
    const all = { milk: { title: "Oat milk", done: true }, bread: { title: "Bread" } };
    assert.deepEqual(await page.evaluate(() => atom.deref()), all);
    await other.whenSynced();
    assert.deepEqual(other.deref(), all);
    await device.close();
    await context.close();
    await door.shut();
  });

  test("an edit that was saved outlives the browser, and is sent by the next one", async () => {
    const { token } = await signIn(`Killed ${run}`);
    const door = await openDoor();
    const profile = mkdtempSync(join(tmpdir(), "landfall-profile-"));
    const first = await start(profile);
    try {
      const page = await barePage(first.context, door.address);
      await openTodo(page, token);
      await page.evaluate(() => {
        atom.update("milk", () => ({ title: "Milk" }));
        return atom.whenSynced();
      });
      await door.shut();
      await page.evaluate(() => atom.update("milk", (doc) => ({ ...doc, title: "Oat milk" })).saved);
      await page.evaluate(() => atom.update("bread", () => ({ title: "Bread" })).saved);
    } finally {
      await first.kill();
    }
    assert.deepEqual(await stored(token, "todo"), { milk: { title: "Milk" } });

    const all = { milk: { title: "Oat milk" }, bread: { title: "Bread" } };
    const second = await start(profile);
    try {
      const page = await barePage(second.context, door.address);
      await openTodo(page, token);
      assert.deepEqual(await page.evaluate(() => [atom.deref(), atom.pending]), [all, 2]);
      await door.open();
      await page.evaluate(() => {
        conn.sync();
        return atom.whenSynced();
      });
      assert.deepEqual(await page.evaluate(() => [atom.deref(), atom.pending]), [all, 0]);
    } finally {
      await second.kill();
      await rm(profile, { recursive: true, force: true, maxRetries: 20 });
    }
    assert.deepEqual(await stored(token, "todo"), all);
    await door.shut();
  });

  test("a token that expires in the middle of a sync waits for a sign-in, and then the rest goes", async () => {
    const { token } = await signIn(`Expired ${run}`);
    const context = await browser.newContext();
    const page = await barePage(context, SERVER);
    await openTodo(page, token, { page: 10, live: false, interval: 600_000 });
    await page.evaluate(() => atom.whenSynced());
    let pushes = 0;
    await page.route("**/planner/sync", (route) => {
      const headers = route.request().headers();
      if (route.request().postDataJSON().changes.length > 0) pushes++;
      if (pushes > 1) headers.authorization = "Bearer " + monthOld(token);
      return route.continue({ headers });
    });
    await page.evaluate(() => {
      atom.swap((docs) => ({ ...docs, ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => ["k" + i, { i }])) }));
    });
    await page.waitForFunction(() => atom.status === "unauthorized" && atom.problem?.status === 401);
    const there = Object.keys(await stored(token, "todo")).length;
    assert.ok(there > 0 && there < 30, there + " of 30 were sent before");
    assert.equal(await page.evaluate(() => atom.pending), 30 - there);
    await page.evaluate(() => void atom.update("late", () => ({ done: false })));

    await page.unroute("**/planner/sync");
    const again = await signIn(`Expired ${run}`);
    await page.evaluate((fresh) => {
      conn.setToken(fresh);
      return atom.whenSynced();
    }, again.token);
    assert.equal(await page.evaluate(() => atom.pending), 0);
    assert.equal(Object.keys(await stored(again.token, "todo")).length, 31);
    await context.close();
  });

  test("ten thousand documents come in slices, say how far they are, and are kept", async () => {
    const { token } = await signIn(`Many ${run}`);
    const writer = await open("device", { server: SERVER, app: "planner", token, store: "memory", live: false, page: 1000 });
    const source = syncedAtom(writer, "todo");
    source.reset(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => ["k" + i, { title: "Document " + i, done: false }])));
    await source.whenSynced();
    await writer.close();

    const context = await browser.newContext();
    const page = await barePage(context, SERVER);
    const { slices, remaining } = await page.evaluate(async (token) => {
      window.conn = await landfall.open("test", { server: location.origin, app: "planner", token });
      window.atom = landfall.syncedAtom(conn, "todo");
      const slices = [];
      const remaining = [];
      atom.addWatch("slices", (_key, _atom, old, now) => slices.push(Object.keys(now).length - Object.keys(old).length));
      atom.onState(() => {
        if (atom.remaining !== remaining.at(-1)) remaining.push(atom.remaining);
      });
      await atom.whenSynced();
      return { slices, remaining };
    }, token);
    assert.equal(slices.reduce((sum, one) => sum + one), 10_000);
    assert.ok(Math.max(...slices) <= 500, "the longest slice: " + Math.max(...slices));
    const reported = remaining.filter((left) => left > 0);
    assert.ok(reported.length >= 10, "reported: " + remaining);
    assert.deepEqual(reported, reported.toSorted((a, b) => b - a));
    assert.equal(remaining.at(-1), 0);

    await page.close();
    await context.route("**/planner/**", (route) => route.abort());
    const again = await barePage(context, SERVER);
    await openTodo(again, token);
    const kept = await again.evaluate(() => Object.entries(atom.deref()).filter(([key, doc]) => doc.title === "Document " + key.slice(1)).length);
    assert.equal(kept, 10_000);
    await context.close();
  });
});
