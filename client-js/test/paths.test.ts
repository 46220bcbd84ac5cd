import { test } from "node:test";
import assert from "node:assert/strict";
import type { Json, JsonObject } from "../src/json.js";
import { join, leaves, names } from "../src/paths.js";
import { vectors } from "./vectors.js";

test("leaves and documents agree with the vectors", () => {
  for (const { doc, flat, back } of vectors("flatten") as { doc: JsonObject; flat: Record<string, Json>; back: JsonObject }[]) {
    assert.deepEqual(Object.fromEntries(leaves(doc)), flat);
    assert.deepEqual(join(leaves(doc)), back);
  }
});

test("different places have different paths, whatever the names", () => {
  const doc = JSON.parse('{"a.b": 1, "a": {"b": 2, "%2E": 3, ".": 4}, "": {"": 5}, "o": {"__proto__": 6, "toString": 7}, "%25": 8}') as JsonObject;
  const all = leaves(doc);
  assert.equal(all.size, 8);
  assert.deepEqual(join(all), doc);
  assert.deepEqual(names("a%2Eb.c"), ["a.b", "c"]);
});
