// Large lists, by hand: 100,000 documents of one user and 10,000 users on a server like that of console.test.mjs, whose operator is
// LANDFALL_OPERATOR; DOCUMENTS and USERS say how many others, OWNER whose documents there are already. Says how long the server takes for the first pages, and the browser to show them.
import { chromium } from "playwright-core";

const SERVER = process.env.LANDFALL_URL;
const OPERATOR = process.env.LANDFALL_OPERATOR ?? "Olga";
const DOCUMENTS = Number(process.env.DOCUMENTS ?? 100_000);
const USERS = Number(process.env.USERS ?? 10_000);
const ZERO = "0000000000000-000000-00000000";

async function api(token, method, path, body) {
  const answer = await fetch(SERVER + path, { method, headers: { "Content-Type": "application/json", ...(token && { Authorization: "Bearer " + token }) }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (answer.status === 429) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get("Retry-After") ?? 1)));
    return api(token, method, path, body);
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const signIn = async (name) => (await api(undefined, "POST", "/auth/dev", { name })).token;
const run = Date.now().toString(36);
const owner = await signIn(process.env.OWNER ?? "Large " + run);
for (let from = 0; from < DOCUMENTS; from += 1_000) {
  const changes = Array.from({ length: Math.min(1_000, DOCUMENTS - from) }, (_, i) => {
    const clock = Date.now().toString(16).padStart(13, "0") + "-" + i.toString(16).padStart(6, "0") + "-large";
    return { key: "task-" + String(from + i).padStart(6, "0"), doc: { title: "Task " + (from + i), priority: i % 10 }, baseClock: ZERO, fieldRevs: { title: clock, priority: clock } };
  });
  await api(owner, "POST", "/todo/sync", { collection: "tasks", clientClock: ZERO, changes, limit: 0, acks: true });
}
for (let from = 0; from < USERS; from += 20) await Promise.all(Array.from({ length: Math.min(20, USERS - from) }, (_, i) => signIn(`User ${run} ${from + i}`)));
const operator = await signIn(OPERATOR);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
for (const [token, pages] of [[owner, ["#/", "#/app/todo/tasks", "#/doc/todo/tasks/task-099999", "#/doc/todo/tasks/task-099999?tab=history"]], [operator, ["#/operator/users", "#/operator/users?query=User", "#/operator/audit"]]]) {
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await page.goto(SERVER + "/console/");
  await page.getByText("I have a token").click();
  await page.getByRole("textbox", { name: "Token" }).fill(token);
  await page.getByRole("button", { name: "Use this token" }).click();
  await page.locator("#nav").waitFor();
  await page.waitForTimeout(500);
  for (const hash of pages) {
    for (const _ of [1, 2, 3]) {
      await page.evaluate(() => void (location.hash = "#/nowhere"));
      await page.getByRole("heading", { level: 1, name: "There is nothing here" }).waitFor();
      const took = await page.evaluate(async (to) => {
        const began = performance.now();
        location.hash = to;
        const shown = () => !document.querySelector("main .loading") && document.querySelector("main .rows li, main table tr, main #json, main .timeline li");
        while (!shown() || document.querySelector("main h1")?.textContent === "There is nothing here") await new Promise((resolve) => requestAnimationFrame(resolve));
        return performance.now() - began;
      }, hash);
      console.log(hash, Math.round(took), "ms");
    }
  }
  await page.context().close();
}
await browser.close();
