// Tests and builds the console; `node build.mjs fast` only builds. Maven calls it, on Windows too. Without npm, or with a
// Node.js that is too old, it says so and does nothing.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(fileURLToPath(import.meta.url)));

// With a shell, as npm is a script of its own kind on each system.
const run = (command, stdio = "inherit") => spawnSync(command, { shell: true, stdio }).status;

function leaveOut(reason) {
  console.log(`${reason}: the console is skipped`);
  process.exit(0);
}

if (Number(process.versions.node.split(".")[0]) < 20) leaveOut(`node ${process.version} is older than 20`);
if (run("npm --version", "ignore") !== 0) leaveOut("npm is not installed");

// What is installed is what the lock file says, unless that has changed since.
const installed = "node_modules/.package-lock.json";
const steps = [];
if (!existsSync(installed) || statSync(installed).mtimeMs <= statSync("package-lock.json").mtimeMs) {
  steps.push("npm ci --no-audit --no-fund --loglevel=error");
}
steps.push("npm run --silent build");
if (process.argv[2] !== "fast") steps.push("npm run --silent check", "npm test --silent");
for (const step of steps) {
  const status = run(step);
  if (status !== 0) {
    console.error(`console: ${step} has failed`);
    process.exit(status ?? 1);
  }
}
