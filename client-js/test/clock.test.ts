import { test } from "node:test";
import assert from "node:assert/strict";
import { compare, parse, receive, tick } from "../src/clock.js";
import { vectors } from "./vectors.js";

test("the clock agrees with the vectors", () => {
  for (const v of vectors("hlc") as Record<string, never>[]) {
    const { op, clock, wallMs, local, remote, a, b, expect } = v;
    if (op === "tick") assert.equal(tick(clock!, wallMs!), expect);
    else if (op === "recv") assert.equal(receive(local!, remote!, wallMs!), expect);
    else if (op === "compare") assert.equal(compare(a!, b!), expect);
    else assert.deepEqual(parse(clock!), expect);
  }
});

test("when the sequence is used up the milliseconds advance by one", () => {
  assert.equal(tick("0019ab69f3028-ffffff-device", 0), "0019ab69f3029-000000-device");
});

test("anything that is not a clock is refused", () => {
  for (const text of ["", "zzz", "0019AB69F3028-000000-a", "0019ab69f3028-000000-", "0019ab69f3028-0000000-a", "0019ab69f3028-000000-é"]) {
    assert.throws(() => parse(text), TypeError, text);
  }
  assert.equal(parse("0000000000000-000000-").ms, 0);
});
