// dist/: the page, its style, one script with what it loads later, and the worker that keeps them for when there is no network.
import { createHash } from "node:crypto";
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const KIB = 1024;
const LIMIT = 110 * KIB;

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/main.tsx", "src/style.css"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  alias: {
    "@landfall/client": "../client-js/src/index.ts",
    "@landfall/client/collection": "../client-js/src/documents.ts",
  },
  jsx: "automatic",
  jsxImportSource: "preact",
  nodePaths: ["node_modules"],
  legalComments: "none",
});
for (const file of ["index.html", "icon.svg", "manifest.webmanifest"]) cpSync(`src/${file}`, `dist/${file}`);

const kept = readdirSync("dist").sort();
const sums = Object.fromEntries(kept.map((file) => [file, createHash("sha256").update(readFileSync(`dist/${file}`)).digest("hex")]));
const version = createHash("sha256").update(JSON.stringify(sums)).digest("hex").slice(0, 16);
const files = kept.map((file) => (file === "index.html" ? "./" : file));
writeFileSync("dist/worker.js", readFileSync("src/worker.js", "utf8").replace('"VERSION"', JSON.stringify(version)).replace('["FILES"]', JSON.stringify(files)));

const size = kept.filter((file) => file.endsWith(".js")).reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length, 0);
console.log(`console: ${size} bytes of scripts, gzipped; ${LIMIT} allowed`);
if (size > LIMIT) {
  console.error("It has grown beyond its limit.");
  process.exitCode = 1;
}
