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

test("what is built works together", () => {
  const script = `
    import assert from "node:assert/strict";
    import { open, syncedAtom } from "./dist/index.js";
    import { collection } from "./dist/documents.js";
    const conflict = { key: "a", collection: "c", field: "x", localRev: "1", remoteRev: "2", localValue: 1, remoteValue: 2, winner: "remote", winnerValue: 2 };
    let asked = 0;
    const fetch = async (url, { body } = {}) => {
      const { changes = [] } = JSON.parse(body ?? "{}");
      const serverClock = "00000000000" + String(++asked).padStart(2, "0") + "-000000-s";
      const answer = url.endsWith("/me") ? { userId: "me" } : url.endsWith("/search") ? { results: [{ _key: "a", x: 9 }] } : url.includes("/history") ? { versions: [{ commit: "c" }] } :
        { serverClock, serverChanges: [], acks: changes.map(({ key }) => ({ key, rev: serverClock })), conflicts: changes.length ? [conflict] : [] };
      return new Response(JSON.stringify(answer));
    };
    const conn = await open("d", { server: "http://s", app: "a", token: "t", store: "memory", live: false, fetch, debounce: 1, interval: 10 });
    const docs = collection(conn, "c", { indexes: ["x"] });
    const live = docs.watch(docs.where("x").gt(0).orderBy("x"));
    const seen = [];
    live.subscribe(({ documents }) => seen.push(documents.length));
    const { synced } = await docs.put("a", { x: 1, t: "milk" });
    assert.equal(await synced, "stored");
    assert.equal(seen.at(-1), 1);
    assert.equal((await docs.find({ text: "mil" })).total, 1);
    const [one] = docs.conflicts.getSnapshot();
    assert.deepEqual([one.mine, one.theirs, docs.status("a")], [1, 2, "conflicted"]);
    await one.keep();
    assert.equal((await docs.find({}, { server: true })).documents[0].x, 9);
    assert.equal((await docs.history("a"))[0].commit, "c");
    await docs.bulk([{ put: { x: 5 } }, { key: "a", patch: { x: 3 } }]);
    await docs.undo("a");
    assert.equal(syncedAtom(conn, "c").get("a").x, 1);
    assert.deepEqual(docs.inbox.list(), []);
    await conn.signOut({ force: true });
    assert.deepEqual(live.getSnapshot().documents, []);
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("the types that are published are right by themselves, in a strict project", () => {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const types = Object.values<{ types: string }>(exports).map(({ types }) => types);
  const strict = ["--noEmit", "--strict", "--skipLibCheck", "false", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--types", "node"];

  const { stdout } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", ...strict, "--target", "es2022", "--module", "nodenext", ...types], { encoding: "utf8" });

  assert.deepEqual(stdout.split("\n").filter((line) => line.startsWith("dist/")), []);
});
