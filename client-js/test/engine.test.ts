import { test } from "node:test";
import assert from "node:assert/strict";
import { worlds } from "./piped.js";

const classPath = process.env.LANDFALL_ENGINE;
const count = Number(process.env.LANDFALL_WORLDS ?? process.env.LANDFALL_ENGINE_WORLDS ?? 500);
const first = Number(process.env.LANDFALL_SEED ?? process.env.LANDFALL_ENGINE_SEED ?? Math.floor(Math.random() * 2 ** 40));

// In simulated worlds with the real engine: wrong clocks, lost, repeated and late messages, dying servers and devices; all oracles of the engine's simulation.
test(`nothing is lost, all agree and counters are sums in ${count} worlds from seed ${first} on`, { skip: !classPath && "LANDFALL_ENGINE is not set" }, async (t) => {
  const end = await worlds(classPath!, first, count);

  t.diagnostic(end.counters);
  assert.equal(end.failed, 0, `${end.failed} of ${count} worlds from seed ${first} on broke a promise\n${end.told}`);
});
