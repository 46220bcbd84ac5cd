// The tests of what needs no browser.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const out = mkdtempSync(join(tmpdir(), "console-test"));
await build({ entryPoints: readdirSync("test").filter((file) => file.endsWith(".test.ts")).map((file) => `test/${file}`), outdir: out, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", jsx: "automatic", jsxImportSource: "preact" });
const { status } = spawnSync(process.execPath, ["--test", ...readdirSync(out).map((file) => join(out, file))], { stdio: "inherit" });
rmSync(out, { recursive: true, force: true });
process.exitCode = status ?? 1;
