// Makes target/app: what the server shows. With the compiler and the bundler of client-js, which has to be built before; `node build.mjs fast` checks no types.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(fileURLToPath(import.meta.url)));
const CLIENT = "../../client-js";
const require = createRequire(join(process.cwd(), CLIENT, "package.json"));

if (process.argv[2] !== "fast") {
  const { status } = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", "."], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
const app = "target/app";
rmSync(app, { recursive: true, force: true });
mkdirSync(join(app, "landfall"), { recursive: true });
cpSync("static", app, { recursive: true });
for (const file of readdirSync(join(CLIENT, "dist"))) if (file.endsWith(".js")) cpSync(join(CLIENT, "dist", file), join(app, "landfall", file));

// The client stays as it is, in files of its own, as one without a bundler would use it.
const FILES = { "@landfall/client": "./landfall/index.js", "@landfall/client/collection": "./landfall/documents.js" };
const client = { name: "client", setup: ({ onResolve }) => onResolve({ filter: /^@landfall\/client/ }, ({ path }) => ({ path: FILES[path], external: true })) };
await require("esbuild").build({
  entryPoints: ["src/main.ts"], outfile: join(app, "main.js"), bundle: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning", plugins: [client],
});
