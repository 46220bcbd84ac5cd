import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING, question, read, write, type Asked } from "../src/query.js";

const ASKED: Asked = { text: " milk ", all: false, rows: [{ field: "priority", op: "gte", value: "3" }, { field: "title", op: "eq", value: "true story" }, { field: "", op: "eq", value: "x" }, { field: "zip", op: "eq", value: '"01"' }, { field: "due", op: "exists", value: "" }], sort: "title", descending: true };

test("conditions become a filter, with values as they were meant", () => {
  assert.deepEqual(question(ASKED), {
    text: "milk",
    filter: { type: "or", filters: [
      { type: "filter", field: "priority", op: "gte", value: 3 },
      { type: "filter", field: "title", op: "eq", value: "true story" },
      { type: "filter", field: "zip", op: "eq", value: "01" },
      { type: "filter", field: "due", op: "exists", value: true },
    ] },
    sort: [{ field: "title", dir: "desc" }],
  });
});

test("nothing asked is an empty question", () => {
  assert.deepEqual(question(NOTHING), {});
  assert.equal(write(NOTHING), "");
});

test("a question stands in the address, and what is none asks nothing", () => {
  assert.deepEqual(read(write(ASKED)), ASKED);
  for (const text of [undefined, "", "{", "null", "[]"]) assert.deepEqual(read(text).rows, []);
  assert.deepEqual(read('{"rows":[{"field":1},{"field":"a","op":"drop","value":""}]}').rows, []);
});
