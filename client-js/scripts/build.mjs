// dist/: one file for each entry, minified, and the types. Fails if the client has grown beyond what was promised.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const KIB = 1024;
export const LIMITS = { index: 14 * KIB, query: 6 * KIB, documents: 10 * KIB, react: KIB, vue: KIB, svelte: KIB, solid: KIB, angular: KIB };

const ENTRIES = ["index", "live", "memory", "rare", "react", "vue", "svelte", "solid", "angular", "sync-client", "documents", "query", "schema"];

// Members that nobody outside of these files knows, by names that nothing else has: they get short ones, the same in all files.
let names;
const INTERNAL = /^(keptEntries|unsavedOps|opsOnTop|wereSaved|keptIn|hearer|sawVersion|knownUpTo|exclusively|transact|setAside|stateChanged|syncedElsewhere|leadChanged|tokenChanged|isSaved|isDue|unmark|mend|begun|isServer|misfits|isRare|identify|received|durable|edited|hold|partial|failure|completed|settled|reload)$/;

// What is loaded when it is needed is a file of its own.
const lazy = { name: "lazy", setup: ({ onResolve }) => onResolve({ filter: /^\.\/(rare|live)\.js$/ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined)) };

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  outdir: "dist",
  bundle: true,
  minifySyntax: true,
  format: "esm",
  target: "es2022",
  sourcemap: true,
  sourcesContent: true,
  external: ["react", "vue", "svelte", "solid-js", "@angular/core", "@cfworker/json-schema"],
  plugins: [lazy],
  legalComments: "none",
});
const types = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
if (types.status !== 0) process.exit(1);
for (const name of ENTRIES) {
  const file = `dist/${name}.js`;
  const cache = names ? { props: names } : {};
  const { code, map } = await minify(readFileSync(file, "utf8"), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, ecma: 2020, pure_getters: true, arrows: false, reduce_funcs: false, sequences: false, lhs_constants: false, inline: 1 }, // these cost more than they save, once gzipped
    mangle: { properties: { regex: INTERNAL } },
    nameCache: cache,
    sourceMap: { content: readFileSync(file + ".map", "utf8"), filename: name + ".js", url: name + ".js.map" },
  });
  names = cache.props;
  writeFileSync(file, code);
  writeFileSync(file + ".map", map);
}
const sizeOf = (name) => gzipSync(readFileSync(`dist/${name}.js`, "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, ""), { level: 9 }).length;
for (const [name, limit] of Object.entries(LIMITS)) {
  const size = sizeOf(name);
  console.log(`${name}.js: ${size} bytes minified and gzipped, ${limit} allowed`);
  if (size > limit) {
    console.error("It has grown beyond its limit.");
    process.exitCode = 1;
  }
}
