import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { network } from "./fetch.js";

const guide = readFileSync("../docs/client-js.md", "utf8");
const code = (language: string) => [...guide.matchAll(new RegExp("^```" + language + "\\n([\\s\\S]*?)^```", "gm"))].map((match) => match[1]).join("\n");

test("the code of the guide runs", async (t) => {
  writeFileSync("build/guide.ts", code("ts"));
  await build({
    entryPoints: ["build/guide.ts"], outfile: "build/guide.mjs", bundle: true, format: "esm", platform: "node",
    alias: { "@landfall/client/collection": "./src/documents.ts", "@landfall/client/schema": "./src/schema.ts", "@landfall/client": "./src/index.ts" },
  });
  const { net, server } = network();
  t.mock.method(globalThis, "fetch", net.fetch);
  const said: unknown[][] = [];
  t.mock.method(console, "log", (...args: unknown[]) => said.push(args));

  await import(new URL("./guide.mjs", import.meta.url).href);

  assert.deepEqual(said.find(([first]) => typeof first === "object"), [{ title: "Milk", done: true, _key: "milk" }]);
  for (const line of [["stored"], ["synced"], ["Milk"], [1, 1, null, 1], [2, "open,"]]) {
    assert.ok(said.some((one) => JSON.stringify(one.slice(0, line.length)) === JSON.stringify(line)), JSON.stringify(line) + " of " + JSON.stringify(said));
  }
  assert.deepEqual([...server("items").docs.values()].filter((doc) => !doc.deleted).map((doc) => server("items").fields(doc).title).sort(), ["Apples", "Butter", "Eggs", "Milk"]);
});

test("the code of the guide is right in strict TypeScript", () => {
  writeFileSync("build/guide.ts", code("ts"));
  writeFileSync("build/guide-react.tsx", code("tsx"));
  const own = (name: string) => ["../src/" + name + ".ts"];
  writeFileSync("build/tsconfig.json", JSON.stringify({
    extends: "../tsconfig.json",
    compilerOptions: {
      jsx: "react-jsx", noUnusedLocals: false, noUnusedParameters: false, moduleResolution: "bundler", module: "esnext",
      paths: { "@landfall/client": own("index"), "@landfall/client/collection": own("documents"), "@landfall/client/react": own("react"), "@landfall/client/schema": own("schema") },
    },
    include: ["guide.ts", "guide-react.tsx"],
  }));

  const { stdout } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "build"], { encoding: "utf8" });

  assert.equal(stdout, "");
});

test("the bundle of the guide's size is what is promised", async () => {
  assert.match(guide, /14 KiB gzipped/);
  assert.match(guide, /under 10 KiB, with their queries/);
  assert.match(readFileSync("scripts/build.mjs", "utf8"), /index: 14 \* KIB, query: 6 \* KIB, documents: 10 \* KIB/);
});
