// Bundles each test with what it tests and gives them to node's own test runner.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const wanted = process.argv.slice(2);
const tests = readdirSync("test")
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => !wanted.length || wanted.some((word) => name.includes(word)));
// What comes from npm is not bundled, but for two that have another build for Node.js, without reactivity.
const outside = { name: "outside", setup: ({ onResolve }) => onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => (kind === "entry-point" || /^(svelte|solid-js|esm-env|clsx)(\/|$)/.test(path) ? undefined : { path, external: true })) };
// Svelte compiles modules with runes.
const runes = {
  name: "runes",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.svelte\.js$/ }, async ({ path }) => {
      const { compileModule } = await import("svelte/compiler");
      return { contents: compileModule(readFileSync(path, "utf8"), { filename: path, generate: "client" }).js.code };
    }),
};
rmSync("build", { recursive: true, force: true });
await build({
  entryPoints: tests.map((name) => "test/" + name),
  outdir: "build",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  conditions: ["browser"],
  plugins: [outside, runes],
});
const files = tests.map((name) => "build/" + name.replace(/\.ts$/, ".mjs"));
const reporters = ["spec", "stdout", "tap", "build/report.tap"];
const flags = reporters.map((value, i) => (i % 2 ? "--test-reporter-destination=" : "--test-reporter=") + value);
const worlds = Number(process.env.LANDFALL_WORLDS ?? process.env.LANDFALL_ENGINE_WORLDS ?? 0);
const timeout = Math.max(600_000, 1_000 * worlds);
const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-timeout=" + timeout, ...flags, ...files], { stdio: "inherit" });

// The totals where those of the Java modules are, so that CI counts them too.
const tap = readFileSync("build/report.tap", "utf8");
const count = (what) => Number(tap.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
const failures = count("fail") + count("cancelled");
mkdirSync("target/surefire-reports", { recursive: true });
writeFileSync(
  `target/surefire-reports/TEST-${["client-js", ...wanted].join("-")}.xml`,
  `<testsuite name="client-js" tests="${count("tests")}" errors="0" skipped="${count("skipped")}" failures="${failures}"></testsuite>\n`,
);
process.exit(run.status ?? 1);
