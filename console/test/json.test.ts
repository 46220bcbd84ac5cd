import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, hints, lineOf, lines, Misread, nearest, read, summary, type Json } from "../src/json.js";

const seed = (Math.random() * 2 ** 31) | 0;
console.log("seed", seed);
let state = seed;
const random = (n: number): number => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * n);
};

function anything(depth: number): Json {
  switch (random(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return (random(2000) - 1000) / [1, 4, 100][random(3)]!;
    case 3:
      return ["", "a\"b", "line\nend", "ü\\u", "\u0007"][random(5)]!;
    case 4:
      return [];
    case 5:
      return Array.from({ length: random(4) }, () => anything(depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: random(4) }, () => [["a", "b/c", "~", "", "d.e", "__proto__"][random(6)]!, anything(depth - 1)]));
  }
}

test("JSON is read as the language reads it, and each value stands where it is said to", () => {
  for (let i = 0; i < 500; i++) {
    const value = anything(4);
    const text = JSON.stringify(value, null, random(3));

    const found = read(text);

    assert.deepEqual(found.value, JSON.parse(text));
    for (const [pointer, { start, end }] of found.places) assert.doesNotThrow(() => JSON.parse(text.slice(start, end)), pointer);
  }
});

test("what is no JSON for the language is none here, and the place is in the text", () => {
  for (let i = 0; i < 500; i++) {
    const text = JSON.stringify(anything(3));
    const at = random(text.length);
    const broken = text.slice(0, at) + ["", ",", "}", "\"", "x", "\n"][random(6)]! + text.slice(at + 1);
    let good = true;
    try {
      JSON.parse(broken);
    } catch {
      good = false;
    }

    if (good) read(broken);
    else assert.throws(() => read(broken), (e) => e instanceof Misread && e.at >= 0 && e.at <= broken.length);
  }
});

test("an error is told with its line and column", () => {
  const text = '{\n  "a": 1\n  "b": 2\n}';
  assert.throws(() => read(text), (e) => e instanceof Misread && e.message === "comma" && lineOf(text, e.at).line === 3 && lineOf(text, e.at).column === 3);
});

test("a violation of something that is missing is shown at what it is missing in", () => {
  const { places } = read('{"a": {"b": 1}}');
  assert.deepEqual(nearest(places, "a/c"), places.get("a"));
  assert.deepEqual(nearest(places, "title"), places.get(""));
});

test("a difference names the leaves, as the protocol does", () => {
  assert.deepEqual(difference({ a: 1, b: { c: [1], "d.e": 2 }, f: null }, { a: 1, b: { c: [2], "d.e": 3 }, g: "" }), [
    { path: "b.c", from: [1], to: [2] },
    { path: "b.d%2Ee", from: 2, to: 3 },
    { path: "f", from: null, to: undefined },
    { path: "g", from: undefined, to: "" },
  ]);
});

test("lines that stayed and came make the text that is, those that stayed and went the text that was", () => {
  for (let i = 0; i < 300; i++) {
    const [before, after] = [0, 1].map(() => Array.from({ length: random(9) }, () => "abc"[random(3)]!).join("\n")) as [string, string];

    const found = lines(before, after);

    assert.equal(found.filter(({ is }) => is !== "new").map(({ text }) => text).join("\n"), before);
    assert.equal(found.filter(({ is }) => is !== "gone").map(({ text }) => text).join("\n"), after);
  }
  assert.deepEqual(lines("a\nb\nc", "a\nx\nc").map(({ is }) => is), ["same", "gone", "new", "same"]);
});

test("a schema says what a document begins with", () => {
  assert.deepEqual(
    hints({ required: ["title", "other"], properties: { title: { type: "string", description: "What to do" }, priority: { enum: [1, 2] }, done: { type: ["boolean", "null"] } } }),
    [
      { name: "title", type: "string", required: true, description: "What to do", example: "" },
      { name: "priority", type: "1 | 2", required: false, description: "", example: 1 },
      { name: "done", type: "boolean | null", required: false, description: "", example: false },
      { name: "other", type: "", required: true, description: "", example: "" },
    ],
  );
  assert.deepEqual(hints(true), []);
  assert.deepEqual(hints(undefined), []);
});

test("a list shows what is on the surface of a document", () => {
  assert.equal(summary({ _key: "x", title: "Milk\nand bread", done: false, tags: ["a"], none: null }), "Milk and bread · done: false");
});
