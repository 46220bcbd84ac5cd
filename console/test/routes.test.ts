import assert from "node:assert/strict";
import { test } from "node:test";
import { href, parse } from "../src/routes.js";

test("an address leads back to the names it was made of, whatever is in them", () => {
  for (const names of [[], ["app", "todo", "tasks"], ["doc", "a/b", "c?d", "e#f%2F ü.."]]) {
    assert.deepEqual(parse(href(names)).path, names);
  }
});

test("what is asked stands behind a question mark, and is left out where there is none", () => {
  const address = href(["shared"], { tab: "links", owner: undefined, q: "" });

  assert.equal(address, "#/shared?tab=links");
  assert.deepEqual(parse(address), { path: ["shared"], query: { tab: "links" } });
});

test("an address that cannot be read is the beginning", () => {
  assert.deepEqual(parse("#/%zz"), { path: [], query: {} });
  assert.deepEqual(parse(""), { path: [], query: {} });
});
