import { test } from "node:test";
import assert from "node:assert/strict";
import { ZERO, format, millis } from "../src/clock.js";
import { fields, fresh, perform, type Entry } from "../src/entry.js";
import { commit, newMeta, receive, request } from "../src/replica.js";
import { Step } from "../src/store.js";
import { drifted } from "../src/trouble.js";

const at = (ms: number, node = "dev") => format({ ms, seq: 0, node });
const edit = (clock: string, value: number) => ({ id: "a", values: new Map([["x", value]]), from: ZERO, clock, of: "1" });

test("an edit that is saved after something later was stored gets a later clock", () => {
  const step = new Step({ ...newMeta("dev"), clock: at(500) }, []);

  commit(step, [edit(at(400), 1)], 450);

  const clock = step.get("a")!.edits.get("x")!.clock;
  assert.ok(clock > at(500), clock);
  assert.equal(step.meta.clock, clock);
});

test("an edit that is saved in time keeps its clock", () => {
  const step = new Step({ ...newMeta("dev"), clock: at(300) }, []);

  commit(step, [edit(at(400), 1), { ...edit(at(401), 2), of: "2" }], 450);

  assert.equal(step.get("a")!.edits.get("x")!.clock, at(401));
});

test("a corrected clock stays behind nothing that this device knows", () => {
  const known: Entry = { ...fresh("b"), base: { y: 1 }, rev: at(90_000, "srv") };
  const late = perform(fresh("a"), edit(at(9_000_000), 1), ZERO);
  const step = new Step({ ...newMeta("dev"), cursor: at(80_000, "srv"), clock: at(9_000_000), complete: at(80_000, "srv") }, [known, late]);

  assert.ok(drifted(step, 50_000, 300_000, 8_950_000));

  const clock = step.get("a")!.edits.get("x")!.clock;
  assert.ok(clock > at(90_000, "srv"), clock);
  assert.ok(millis(clock) <= 350_000);
  assert.equal(step.meta.offset, 50_000 - 8_950_000);
});

test("a deletion and what was made after it travel in one request, in that order, and are acknowledged together", () => {
  const there: Entry = { ...fresh("a"), base: { x: 1, y: 1 }, rev: at(10, "srv"), revs: at(5) };
  const meta = { ...newMeta("dev"), cursor: at(10, "srv"), complete: at(10, "srv"), clock: at(10) };
  const gone = perform(there, { id: "a", from: at(10, "srv"), clock: at(20), of: "1" }, ZERO);
  const again = perform(gone, { ...edit(at(30), 7), from: at(10, "srv"), of: "2" }, ZERO);

  const flight = request("c", meta, [again], { limit: 10 }, "me");

  assert.deepEqual(flight.request.changes, [
    { key: "a", owner: "me", baseClock: at(10, "srv"), deleted: true, fieldRevs: { "": at(20) } },
    { key: "a", owner: "me", baseClock: at(10, "srv"), doc: { x: 7 }, fieldRevs: { x: at(30) } },
  ]);
  const step = new Step({ ...meta }, [again]);
  assert.ok(receive(step, flight, { serverClock: at(40, "srv"), serverChanges: [], acks: [{ key: "a", rev: at(40, "srv") }] }, 41));
  const e = step.get("a")!;
  assert.deepEqual([fields(e), e.gone, e.edits.size, e.revs], [{ x: 7 }, undefined, 0, at(30)]);
});

test("the offset moves only as far as the time between request and answer demands", () => {
  const answer = { serverClock: at(5, "srv"), serverChanges: [], serverTime: 100_000 };
  const offset = (left: number, came: number, before = 0) => {
    const meta = { ...newMeta("dev"), offset: before };
    const step = new Step(meta, []);
    assert.ok(receive(step, request("c", meta, [], { limit: 1 }, undefined, left), answer, came));
    return step.meta.offset;
  };

  assert.equal(offset(99_000, 160_000), 0, "a minute on the way says nothing");
  assert.equal(offset(80_000, 80_100), 19_900);
  assert.equal(offset(120_000, 120_100), -20_000);
  assert.equal(offset(99_990, 100_010, 5_000), 10);
});
