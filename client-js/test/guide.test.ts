import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { network } from "./fetch.js";

test("the code of the guide runs", async (t) => {
  const guide = readFileSync("../docs/client-js.md", "utf8");
  const code = [...guide.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((match) => match[1]).join("\n");
  writeFileSync("build/guide.js", code);
  await build({ entryPoints: ["build/guide.js"], outfile: "build/guide.mjs", bundle: true, format: "esm", platform: "node", alias: { "@landfall/client": "./src/index.ts" } });
  const { net, server } = network();
  t.mock.method(globalThis, "fetch", net.fetch);
  const said: unknown[][] = [];
  t.mock.method(console, "log", (...args: unknown[]) => said.push(args));

  await import(new URL("./guide.mjs", import.meta.url).href);

  assert.deepEqual(said.find(([first]) => typeof first === "object"), [{ milk: { title: "Milk", done: true } }]);
  assert.ok(said.some(([first]) => first === "stored"));
  assert.deepEqual([...server("items").docs.values()].filter((doc) => !doc.deleted).map((doc) => doc.key).sort(), ["eggs", "milk"]);
});

test("the bundle of the guide's size is what is promised", async () => {
  assert.match(readFileSync("../docs/client-js.md", "utf8"), /14 KiB gzipped/);
  assert.match(readFileSync("scripts/build.mjs", "utf8"), /LIMIT = 14 \* 1024/);
});
