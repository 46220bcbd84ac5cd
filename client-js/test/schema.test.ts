import { test } from "node:test";
import assert from "node:assert/strict";
import { collection, type InvalidDocument } from "../src/documents.js";
import { open } from "../src/index.js";
import type { JsonObject } from "../src/json.js";
import { jsonSchema } from "../src/schema.js";
import { network } from "./fetch.js";

const task = jsonSchema({
  type: "object",
  required: ["title"],
  properties: {
    title: { type: "string", minLength: 1 },
    done: { type: "boolean" },
    priority: { enum: ["low", "high"] },
    address: { type: "object", required: ["city"], properties: { city: { type: "string" }, zip: { type: ["string", "null"] } } },
    tags: { type: "array", items: { type: "string" }, maxItems: 2 },
  },
  additionalProperties: false,
});

test("a document is refused in the server's words, and typed by its schema", async () => {
  const { net } = network();
  const conn = await open("schema", { server: "http://server", app: "app", token: "t1", store: "memory", live: false, fetch: net.fetch });
  const tasks = collection(conn, "tasks", { schema: task, indexes: ["address.city"] });

  await tasks.put("a", { title: "A", priority: "low", address: { city: "Bonn", zip: null }, tags: ["x"] });
  const city: string | undefined = (await tasks.get("a"))!.address?.city;
  assert.equal(city, "Bonn");
  // @ts-expect-error the title is missing
  await assert.rejects(tasks.put("b", { done: true }), (e: InvalidDocument) => e.message === 'tasks["b"]: title is missing');
  // @ts-expect-error of another type
  await assert.rejects(tasks.patch("a", { done: 1, address: { city: undefined } }), (e: InvalidDocument) => {
    assert.deepEqual(e.violations, [{ field: "done", message: "must be of type boolean" }, { field: "address/city", message: "is missing" }]);
    return true;
  });
  assert.deepEqual(await tasks.get("a"), { title: "A", priority: "low", address: { city: "Bonn", zip: null }, tags: ["x"], _key: "a" });
  await conn.close();
});

test("each keyword says what the schema wants, and nothing of the value", () => {
  const say = (schema: object, value: unknown) => jsonSchema({ properties: { a: schema } }).violations({ a: value } as JsonObject).map(({ field, message }) => field + " " + message);
  const cases: [object, unknown, string][] = [
    [{ type: "string" }, 1, "must be of type string"],
    [{ type: ["string", "null"] }, 1, "must be of type string or null"],
    [{ minimum: 2 }, 1, "must be at least 2"],
    [{ maximum: 2 }, 3, "must be at most 2"],
    [{ exclusiveMinimum: 2 }, 2, "must be greater than 2"],
    [{ exclusiveMaximum: 2 }, 2, "must be less than 2"],
    [{ multipleOf: 2 }, 3, "must be a multiple of 2"],
    [{ minLength: 2 }, "x", "must have at least 2 characters"],
    [{ maxLength: 2 }, "xxx", "must have at most 2 characters"],
    [{ pattern: "^b" }, "secret", "must match the pattern ^b"],
    [{ minItems: 1 }, [], "must have at least 1 elements"],
    [{ maxItems: 1 }, [1, 2], "must have at most 1 elements"],
    [{ uniqueItems: true }, [1, 1], "must have no element twice"],
    [{ minProperties: 1 }, {}, "must have at least 1 members"],
    [{ maxProperties: 0 }, { x: 1 }, "must have at most 0 members"],
    [{ contains: { const: 1 } }, [2], "does not contain what it must"],
    [{ enum: ["x"] }, "secret", "must be one of the allowed values"],
    [{ const: "x" }, "secret", "must be the allowed value"],
    [{ not: { type: "string" } }, "secret", "must not match a schema"],
  ];
  for (const [schema, value, message] of cases) assert.deepEqual(say(schema, value), ["a " + message], JSON.stringify(schema));
  const referring = jsonSchema({ $defs: { name: { type: "string" } }, properties: { a: { $ref: "#/$defs/name" }, b: false } });
  assert.deepEqual(referring.violations({ a: 1, b: 2 }), [{ field: "a", message: "must be of type string" }, { field: "b", message: "is not allowed" }]);
  assert.deepEqual(jsonSchema({ required: ["a/b"] }).violations({}), [{ field: "a~1b", message: "is missing" }]);
  const old = jsonSchema({ $schema: "http://json-schema.org/draft-07/schema#", properties: { l: { items: [{ type: "string" }], additionalItems: { type: "number" } } } });
  assert.deepEqual(old.violations({ l: ["a", "b"] }), [{ field: "l/1", message: "must be of type number" }]);
  assert.equal(jsonSchema({ required: Array.from({ length: 50 }, (_, i) => "n" + i) }).violations({}).length, 20);
});
