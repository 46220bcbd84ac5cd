// dist/: one file for each entry, minified, and the types. Fails if the client has grown beyond what was promised.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

export const LIMIT = 12 * 1024;

// Members that nobody outside the bundle sees and nothing keeps: they get short names.
const INTERNAL =
  /^(begun|changed|completed|conflict|drifted|durable|edited|failure|flight|identify|isSaved|leadChanged|mend|offline|post|quarantined|received|reload|sent|state|stateChanged|syncedElsewhere|take|tell|tokenChanged|use|wake)$/;

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/index.ts", "src/react.ts", "src/sync-client.ts"],
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  sourcemap: true,
  sourcesContent: true,
  external: ["react"],
  legalComments: "none",
});
const types = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
if (types.status !== 0) process.exit(1);
for (const name of ["index", "react", "sync-client"]) {
  const file = `dist/${name}.js`;
  const { code, map } = await minify(readFileSync(file, "utf8"), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, ecma: 2020, arrows: false, reduce_funcs: false }, // these two cost more than they save, once gzipped
    mangle: { properties: name === "index" && { regex: INTERNAL } },
    sourceMap: { content: readFileSync(file + ".map", "utf8"), filename: name + ".js", url: name + ".js.map" },
  });
  writeFileSync(file, code);
  writeFileSync(file + ".map", map);
}
const code = readFileSync("dist/index.js", "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "");
const size = gzipSync(code, { level: 9 }).length;
console.log(`index.js: ${size} bytes minified and gzipped, ${LIMIT} allowed`);
if (size > LIMIT) {
  console.error("The client has grown beyond its limit.");
  process.exit(1);
}
