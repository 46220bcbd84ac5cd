// Compiles and tests the client for ClojureScript; Maven calls it with the class path of the compiler in COMPILER. Without the client for
// browsers it says so and does nothing.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const client = join(here, "..", "client-js");
const work = join(here, "target", "test");

function leaveOut(reason) {
  console.log(`${reason}: client-cljs is not tested`);
  process.exit(0);
}

if (Number(process.versions.node.split(".")[0]) < 20) leaveOut(`node ${process.version} is older than 20`);
if (!existsSync(join(client, "dist", "index.js")) || !existsSync(join(client, "node_modules", "esbuild"))) leaveOut("client-js has not been built");

function run(program, args, env = {}) {
  const { status, error } = spawnSync(program, args, { cwd: work, stdio: "inherit", env: { ...process.env, ...env } });
  if (error || status !== 0) {
    console.error(`client-cljs: ${program} has failed${error ? `: ${error.message}` : ""}`);
    process.exit(status || 1);
  }
}

const esbuild = await import(pathToFileURL(join(client, "node_modules", "esbuild", "lib", "main.js")));
const bundle = (from, to, options) => esbuild.build({ entryPoints: [join(work, from)], outfile: join(work, to), bundle: true, platform: "node", logLevel: "error", ...options });

rmSync(work, { recursive: true, force: true });
const modules = join(work, "node_modules");
mkdirSync(join(modules, "landfall-network"), { recursive: true });
mkdirSync(join(work, "guide", "my"), { recursive: true });
cpSync(join(client, "package.json"), join(modules, "@landfall", "client", "package.json"));
cpSync(join(client, "dist"), join(modules, "@landfall", "client", "dist"), { recursive: true });

// The network of client-js's own tests, with a server at the other end.
await bundle(join("..", "..", "..", "client-js", "test", "fetch.ts"), join("node_modules", "landfall-network", "index.js"), { format: "cjs" });
writeFileSync(join(modules, "landfall-network", "package.json"), '{"name":"landfall-network","version":"0.0.0","main":"index.js"}');

// The code of the guide, as one namespace.
const guide = readFileSync(join(here, "..", "docs", "client-cljs.md"), "utf8");
writeFileSync(join(work, "guide", "my", "shopping.cljs"), [...guide.matchAll(/^```clojure\r?\n([^]*?)^```\r?$/gm)].map(([, code]) => code).join(""));

const classPath = [process.env.COMPILER, join(here, "src"), join(here, "test"), join(work, "guide")].join(delimiter);
run(process.env.JAVA ?? "java", ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmn256m", "-Xss16m", "-cp", classPath, "clojure.main", join(here, "test", "build.clj")]);
await bundle(join("out", "main.js"), "tests.js", { define: { this: "globalThis" } });
run(process.execPath, ["tests.js"], { LANDFALL_CONFORMANCE: join(here, "..", "conformance"), LANDFALL_REPORT: join(here, "target", "surefire-reports") });
