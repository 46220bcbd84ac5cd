// Measures the client in Chromium. `node scripts/bench.mjs [folder of another version's src]` measures that first, with fewer leaves and updates.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

async function measure(source, query) {
  const bundle = await build({
    entryPoints: ["bench/page.ts"], bundle: true, write: false, format: "esm", minify: true, logLevel: "error",
    plugins: [{ name: "client", setup: ({ onResolve }) => onResolve({ filter: /src\/index\.js$/ }, () => ({ path: resolve(source, "index.ts") })) }],
  });
  const profile = mkdtempSync(join(tmpdir(), "bench-"));
  let browser;
  try {
    return await new Promise((resolveWith, reject) => {
      const server = createServer((request, response) => {
        if (request.method === "POST") {
          let body = "";
          request.on("data", (part) => (body += part)).on("end", () => {
            response.end();
            server.close();
            resolveWith(JSON.parse(body));
          });
        } else if (request.url === "/page.js") response.setHeader("Content-Type", "text/javascript").end(bundle.outputFiles[0].text);
        else response.setHeader("Content-Type", "text/html").end('<!doctype html><script type="module" src="/page.js"></script>');
      }).listen(0, "127.0.0.1", () => {
        const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--user-data-dir=" + profile];
        browser = spawn(process.env.CHROMIUM ?? "chromium", [...args, `http://127.0.0.1:${server.address().port}/${query}`], { stdio: "ignore" });
        browser.on("error", reject);
      });
    });
  } finally {
    const ended = new Promise((done) => (browser ? browser.once("exit", done) : done()));
    browser?.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 20 });
  }
}

const [other] = process.argv.slice(2);
if (other) console.table(await measure(other, "?few"));
console.table(await measure("src", ""));
