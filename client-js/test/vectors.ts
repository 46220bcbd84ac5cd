import { readFileSync } from "node:fs";

/** What the implementations of the protocol have in common: see conformance/README.md. */
export const vectors = (name: string): unknown[] =>
  JSON.parse(readFileSync(new URL("../../conformance/vectors/" + name + ".json", import.meta.url), "utf8")) as unknown[];

export const scripts = (name: string): unknown[] =>
  JSON.parse(readFileSync(new URL("../../conformance/client/" + name + ".json", import.meta.url), "utf8")) as unknown[];
