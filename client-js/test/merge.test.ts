import { test } from "node:test";
import assert from "node:assert/strict";
import { frozen, type Json, type JsonObject } from "../src/json.js";
import { apply, diff, type Edit } from "../src/merge.js";
import { random } from "./random.js";

const edits = (changes: Map<string, Json | undefined>): Map<string, Edit> =>
  new Map([...changes].map(([path, value]) => [path, { clock: "c", of: "o", ...(value !== undefined && { value }) }]));

function anything(dice: ReturnType<typeof random>, depth = 0): Json {
  if (depth < 3 && dice.chance(0.5)) {
    const object: Record<string, Json> = {};
    for (let n = dice.below(4); n > 0; n--) object[dice.of(["a", "b", "a.b", "%", "", "toString"])] = anything(dice, depth + 1);
    return object;
  }
  return dice.of<Json>([1, 2, "x", "y", null, true, [1], [], {}]);
}

const document = (dice: ReturnType<typeof random>) => ({ a: anything(dice), ["a.b"]: anything(dice) }) as JsonObject;

test("the difference of two documents, made to the first, gives the second", () => {
  const dice = random(1);
  for (let i = 0; i < 20_000; i++) {
    const before = document(dice);
    const after = document(dice);
    assert.deepEqual(apply(before, edits(diff(before, after))), after, JSON.stringify([before, after]));
  }
});

test("what no edit touches stays the same object", () => {
  const before = { big: { list: [1, 2, 3], deep: { a: 1 } }, small: { x: 1 } };
  const after = apply(before, edits(new Map([["small.x", 2]])));
  assert.equal(after.big, before.big);
  assert.equal(apply(before, edits(new Map([["small.x", 1]]))), before);
});

test("an edit goes on top of what the server has changed next to it", () => {
  const change = diff({ a: 1, o: { p: 1, q: 1 } }, { a: 1, o: { p: 2, q: 1 } });
  assert.deepEqual(apply({ a: 5, o: { p: 1, q: 7 } }, edits(change)), { a: 5, o: { p: 2, q: 7 } });
});

test("a value takes the place of a branch and a branch that of a value", () => {
  assert.deepEqual(apply({ o: { p: 1, new: 2 } }, edits(diff({ o: { p: 1 } }, { o: "x" }))), { o: "x" });
  assert.deepEqual(apply({ o: "y" }, edits(diff({ o: "x" }, { o: { p: 1 } }))), { o: { p: 1 } });
});

test("a branch is gone when its last leaf is", () => {
  assert.deepEqual(apply({ o: { p: { q: 1 } }, a: 1 }, edits(new Map([["o.p.q", undefined]]))), { a: 1 });
});

test("what cannot be stored is refused with its place", () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  for (const [value, place] of [
    [{ a: { b: () => 1 } }, /doc\.a\.b/],
    [{ a: [1, NaN] }, /doc\.a\[1\]/],
    [{ a: new Date() }, /doc\.a: not a plain object.*Date/],
    [{ a: "\ud800" }, /doc\.a: .*surrogate/],
    [{ a: 1n }, /doc\.a/],
    [circle, /circle/],
  ] as const) {
    assert.throws(() => frozen(value, "doc"), place);
  }
});

test("an undefined member is an absent one", () => {
  assert.deepEqual(frozen({ a: undefined, b: { c: undefined } }, "doc"), { b: {} });
});

test("__proto__ is a name like any other below the top", () => {
  const value = JSON.parse('{"a": {"__proto__": {"x": 1}}}') as JsonObject;
  assert.deepEqual(Object.keys((apply({}, edits(diff({}, value))) as { a: object }).a), ["__proto__"]);
});
