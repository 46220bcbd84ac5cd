import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Runs `code`, whose `client` is this one, in a page of a real browser, and gives what it returns. The page is on plain http. */
async function inBrowser(code: string, host = "127.0.0.1"): Promise<unknown> {
  const bundle = await build({
    stdin: { contents: `import * as client from "./src/index.ts";\nimport { network } from "./test/fetch.ts";\nconst run = async () => {${code}};\nrun().then((result) => ({ result }), (e) => ({ error: String(e.stack) })).then((end) => fetch("/result", { method: "POST", body: JSON.stringify(end) }));`, resolveDir: ".", loader: "ts" },
    bundle: true, write: false, format: "esm", logLevel: "error",
  });
  const profile = mkdtempSync(join(tmpdir(), "browser-"));
  let browser: ReturnType<typeof spawn> | undefined;
  try {
    const { result, error } = await new Promise<{ result?: unknown; error?: string }>((resolve, reject) => {
      const server = createServer((request, response) => {
        if (request.method === "POST") {
          let body = "";
          request.on("data", (part) => (body += part)).on("end", () => {
            response.end();
            server.close();
            resolve(JSON.parse(body) as object);
          });
        } else if (request.url === "/clear") response.setHeader("Clear-Site-Data", '"storage"').end();
        else if (request.url === "/page.js") response.setHeader("Content-Type", "text/javascript").end(bundle.outputFiles[0]!.text);
        else response.setHeader("Content-Type", "text/html").end('<!doctype html><script type="module" src="/page.js"></script>');
      }).listen(0, "127.0.0.1", () => {
        const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"];
        const rules = "--host-resolver-rules=MAP plain.example 127.0.0.1";
        const url = `http://${host}:${(server.address() as AddressInfo).port}/`;
        browser = spawn(CHROMIUM, [...args, rules, "--user-data-dir=" + profile, url], { stdio: "ignore" });
        browser.on("error", reject);
      });
    });
    if (error) throw new Error(error);
    return result;
  } finally {
    const ended = new Promise((resolve) => (browser ? browser.once("exit", resolve) : resolve(undefined)));
    browser?.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 20 }); // what is written meanwhile is found by the next try, as it is not by rmSync
  }
}

const skip = !existsSync(CHROMIUM) && "there is no Chromium";

test("site data that a browser clears under an open page are stored again, with the pending edit", { skip }, async () => {
  const result = await inBrowser(`
    const { net, server } = network();
    const options = { server: "http://server", app: "app", token: "t1", interval: 100, debounce: 1, live: false, fetch: net.fetch };
    const conn = await client.open("b", options);
    const atom = client.syncedAtom(conn, "todo");
    await atom.whenSynced();
    atom.update("a", () => ({ x: 1 }));
    await atom.whenSynced();
    net.down = true;
    await atom.update("late", () => ({ x: 1 })).saved;
    await fetch("/clear");
    net.down = false;
    const before = net.calls.length;
    conn.sync();
    await atom.whenSynced();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const requests = net.calls.length - before;
    net.down = true;
    await conn.close();
    const again = await client.open("b", options);
    const kept = client.syncedAtom(again, "todo");
    await kept.ready;
    return { docs: kept.deref(), there: [...server("todo").docs.keys()].sort(), few: requests < 30 };
  `);
  assert.deepEqual(result, { docs: { a: { x: 1 }, late: { x: 1 } }, there: ["a", "late"], few: true });
});

test("a page over plain http has neither randomUUID nor locks, and keeps its documents", { skip }, async () => {
  const result = await inBrowser(
    `
    const { net, server } = network();
    const conn = await client.open("p", { server: "http://server", app: "app", token: "t1", live: false, fetch: net.fetch });
    const atom = client.syncedAtom(conn, "todo");
    atom.update("a", () => ({ x: 1 }));
    await atom.whenSynced();
    return { secure: isSecureContext, uuid: typeof crypto.randomUUID, kept: conn.isKept, docs: atom.deref(), persisted: await conn.persisted };
  `,
    "plain.example",
  );
  assert.deepEqual(result, { secure: false, uuid: "undefined", kept: true, docs: { a: { x: 1 } }, persisted: false });
});
