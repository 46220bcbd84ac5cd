import { Validator } from "@cfworker/json-schema";
import type { Schema, Violation } from "./documents.js";
import { isObject, member, type Json, type JsonObject } from "./json.js";

/** What documents are that match a JSON Schema, as far as types, properties, items, `enum` and `const` say it. */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: readonly (infer N)[] }
      ? N extends string
        ? OfType<N, S>
        : never
      : S extends { readonly type: infer N extends string }
        ? OfType<N, S>
        : Json;

type OfType<N extends string, S> = N extends "string"
  ? string
  : N extends "number" | "integer"
    ? number
    : N extends "boolean"
      ? boolean
      : N extends "null"
        ? null
        : N extends "array"
          ? S extends { readonly items: infer I }
            ? FromSchema<I>[]
            : Json[]
          : ObjectOf<S>;

type Needed<S> = S extends { readonly required: readonly (infer K)[] } ? K : never;

type ObjectOf<S> = S extends { readonly properties: infer P }
  ? { [K in keyof P as K extends Needed<S> ? K : never]: FromSchema<P[K]> } & { [K in keyof P as K extends Needed<S> ? never : K]?: FromSchema<P[K]> }
  : JsonObject;

/** What stands around those that say what is wrong. */
const OUTER = new Set(["properties", "patternProperties", "additionalProperties", "items", "prefixItems", "additionalItems", "propertyNames", "$ref", "$dynamicRef", "$recursiveRef", "allOf", "if", "then", "else", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"]);

const MOST = 20;

const of = (limit: Json | undefined): string => (typeof limit === "number" || typeof limit === "string" ? " " + limit : "");

/** In the server's words: what the schema wants, and nothing of the value. */
const MESSAGES: Readonly<Record<string, (limit: Json | undefined) => string>> = {
  required: () => "is missing",
  type: (limit) => (limit === undefined ? "has the wrong type" : "must be of type " + (Array.isArray(limit) ? limit.join(" or ") : String(limit))),
  minimum: (limit) => "must be at least" + of(limit),
  maximum: (limit) => "must be at most" + of(limit),
  exclusiveMinimum: (limit) => "must be greater than" + of(limit),
  exclusiveMaximum: (limit) => "must be less than" + of(limit),
  multipleOf: (limit) => "must be a multiple of" + of(limit),
  minLength: (limit) => "must have at least" + of(limit) + " characters",
  maxLength: (limit) => "must have at most" + of(limit) + " characters",
  pattern: (limit) => "must match the pattern" + of(limit),
  minItems: (limit) => "must have at least" + of(limit) + " elements",
  maxItems: (limit) => "must have at most" + of(limit) + " elements",
  uniqueItems: () => "must have no element twice",
  minProperties: (limit) => "must have at least" + of(limit) + " members",
  maxProperties: (limit) => "must have at most" + of(limit) + " members",
  contains: () => "does not contain what it must",
  minContains: () => "does not contain what it must",
  maxContains: () => "does not contain what it must",
  enum: () => "must be one of the allowed values",
  const: () => "must be the allowed value",
  anyOf: () => "must match one of several schemas",
  oneOf: () => "must match exactly one of several schemas",
  not: () => "must not match a schema",
  dependentRequired: () => "needs another member beside it",
  false: () => "is not allowed",
};

const segments = (pointer: string): string[] =>
  pointer.replace(/^#\/?/, "").split("/").filter(Boolean).map((one) => decodeURIComponent(one).replace(/~1/g, "/").replace(/~0/g, "~"));

/** What a schema says at a place, through references within it. */
function said(schema: Json, pointer: string): Json | undefined {
  let at: Json | undefined = schema;
  for (const name of segments(pointer)) {
    const next: Json | undefined = Array.isArray(at) ? (at as readonly Json[])[Number(name)] : isObject(at) ? member(at, name) : undefined;
    at = name === "$ref" && typeof next === "string" ? (next.startsWith("#") ? said(schema, next) : undefined) : next;
  }
  return at;
}

/** For the options of a collection: what its documents have to be like, and their type. 2020-12, or draft-07 if `$schema` says so. */
export function jsonSchema<const S extends object>(definition: S): Schema<FromSchema<S>> {
  const draft = String((definition as { $schema?: unknown }).$schema).includes("draft-07") ? "7" : "2020-12";
  const validator = new Validator(definition, draft, false);
  return {
    violations(document) {
      const { valid, errors } = validator.validate(document);
      if (valid) return [];
      const byField = new Map<string, string>();
      const put = (field: string, message: string) => byField.has(field) || byField.set(field, message);
      for (const { keyword, keywordLocation, instanceLocation } of errors) {
        if (OUTER.has(keyword)) continue;
        const field = instanceLocation.replace(/^#\/?/, "");
        const limit = said(definition as unknown as Json, keywordLocation);
        const message = (MESSAGES[keyword] ?? (() => "does not match the schema"))(limit);
        if (keyword === "required" && Array.isArray(limit)) {
          const there = said(document, instanceLocation);
          for (const name of limit as string[]) {
            if (isObject(there) && member(there, name) === undefined) put((field && field + "/") + name.replace(/~/g, "~0").replace(/\//g, "~1"), message);
          }
        } else put(field, message);
      }
      if (!byField.size) put("", "does not match the schema");
      return [...byField].slice(0, MOST).map(([field, message]): Violation => ({ field, message }));
    },
  };
}
