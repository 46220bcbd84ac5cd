import { test } from "node:test";
import assert from "node:assert/strict";
import { execSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

test("what goes to npm is what is exported, its types, the license and nothing else", () => {
  const { exports, peerDependencies, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

  const [{ files }] = JSON.parse(execSync("npm pack --dry-run --json --ignore-scripts", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));

  const names: string[] = files.map(({ path }: { path: string }) => path);
  for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports)) {
    assert.ok(names.includes(types.slice(2)), `${types} is missing: npm run build`);
    assert.ok(names.includes(code.slice(2)), `${code} is missing: npm run build`);
  }
  for (const name of ["LICENSE", "README.md", "package.json", "dist/live.js", "dist/rare.js"]) assert.ok(names.includes(name), name);
  assert.deepEqual(names.filter((name) => !/^(LICENSE|README\.md|package\.json|dist\/[\w./-]+\.(js|js\.map|d\.ts))$/.test(name)), []);
  assert.equal(dependencies, undefined);
  assert.deepEqual(Object.keys(peerDependencies).sort(), ["@angular/core", "@cfworker/json-schema", "react", "solid-js", "svelte", "vue"]);
});

test("the types that are published are right by themselves, in a strict project", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const types = Object.values<{ types: string }>(exports).map(({ types }) => types);
  const strict = ["--noEmit", "--strict", "--skipLibCheck", "false", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--types", "node"];

  const { stdout } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", ...strict, "--target", "es2022", "--module", "nodenext", ...types], { encoding: "utf8" });

  assert.deepEqual(stdout.split("\n").filter((line) => line.startsWith("dist/")), []);
});
