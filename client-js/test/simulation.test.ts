import { test } from "node:test";
import assert from "node:assert/strict";
import { world, type Totals } from "./simulation.js";

const worlds = Number(process.env.LANDFALL_WORLDS ?? 300);
// The same in each build, as long as one in ten thousand others fails; others with LANDFALL_SEED.
const first = Number(process.env.LANDFALL_SEED ?? 9_000_000);

test("what was found in the worlds of before stays found", async () => {
  const totals: Totals = { writes: 0, conflicts: 0, crashes: 0, inFlight: 0, drifted: 0, resyncs: 0, late: 0, lost: 0 };
  // Two tabs of one device sync at once: the late answer to one gave edits new clocks that the other had sent.
  for (const seed of [16676, 16816]) await world(seed, totals);
  // A tab died after it had saved the later of two edits; a server that was restored and then forgot what was deleted said that it had only forgotten.
  for (const seed of [19004723, 73128985]) await world(seed, totals);
  // What a restored server had lost was given back as if it had been made from what others had given back: no conflict was told.
  for (const seed of [1978, 20401, 30753, 40602]) await world(seed, totals);
  // A server was lost twice: what it had been given without a clock the first time was not given to it the second time.
  await world(733005248, totals);
});

test(`nothing is lost and all copies are equal in ${worlds} worlds from seed ${first} on`, async () => {
  const totals: Totals = { writes: 0, conflicts: 0, crashes: 0, inFlight: 0, drifted: 0, resyncs: 0, late: 0, lost: 0 };
  for (let seed = first; seed < first + worlds; seed++) {
    try {
      await world(seed, totals);
    } catch (e) {
      throw new Error(`seed ${seed}: ${(e as Error).message}`, { cause: e });
    }
  }
  if (worlds >= 300) for (const [what, count] of Object.entries(totals)) assert.ok(count > 0, `no ${what} at all`);
});
