import { test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { idOf } from "../src/entry.js";
import { equal, ownFields, type Json, type JsonObject } from "../src/json.js";
import { parse } from "../src/numbers.js";
import { ask, type Question, type Subject } from "../src/query.js";
import { words } from "../src/words.js";

interface Group {
  name: string;
  documents: JsonObject[];
  cases: { question: Question; pages: string[][]; results?: JsonObject[] }[];
}

const subjectOf = (doc: JsonObject): Subject => ({ key: doc._key as string, owner: (doc._owner ?? "alice") as string, fields: ownFields(doc) });

/** The pages of a question, of documents in the order in which they were committed. */
function pagesOf(question: Question, documents: readonly JsonObject[]): { pages: string[][]; results: JsonObject[] } {
  const asked = ask(question);
  const found = documents.map(subjectOf).filter((subject) => asked.matches(subject));
  if (asked.sorted) found.sort(asked.compare);
  const ids = found.map(({ key, owner }) => idOf(key, owner === "alice" ? undefined : owner));
  const limit = question.limit ?? Infinity;
  const pages: string[][] = [];
  do pages.push(ids.splice(0, limit));
  while (ids.length);
  return { pages, results: found.map(({ fields }) => asked.project(fields)) };
}

test("questions find what they find on the server", () => {
  const { value } = parse(readFileSync("../conformance/vectors/search.json", "utf8"));
  const wrong: unknown[] = [];
  let cases = 0;
  for (const { name, documents, cases: all } of value as Group[]) {
    for (const { question, pages, results } of all) {
      cases++;
      const found = pagesOf(question, documents);
      try {
        assert.deepEqual(found.pages, pages);
        if (results) assert.deepEqual(found.results as Json, results as Json);
      } catch (e) {
        wrong.push([name, JSON.stringify(question), (e as Error).message.slice(0, 400)]);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(cases >= 400);
});

interface World extends Omit<Group, "name"> {
  words: { text: string; indexed: string[]; query: string[] }[];
}

const classPath = process.env.LANDFALL_ENGINE;
const count = Number(process.env.LANDFALL_QUESTIONS ?? 300);
const seed = Number(process.env.LANDFALL_SEED ?? Math.floor(Math.random() * 2 ** 40));

test(`${count} random questions from seed ${seed} on find what the engine finds`, { skip: !classPath && "LANDFALL_ENGINE is not set" }, async () => {
  const java = spawn("java", ["-XX:TieredStopAtLevel=1", "-cp", classPath!, "dev.landfall.engine.PipedQuestions", String(seed), String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const wrong: unknown[] = [];
  let asked = 0;
  let found = 0;
  for await (const line of createInterface({ input: java.stdout })) {
    const { documents, cases, words: texts } = parse(line).value as World;
    for (const { question, pages, results } of cases) {
      asked++;
      found += pages.flat().length;
      const here = pagesOf(question, documents);
      if (JSON.stringify(here.pages) !== JSON.stringify(pages) || (results && !equal(here.results as Json, results as Json))) {
        wrong.push([question, documents, here, pages]);
      }
    }
    for (const { text, indexed, query } of texts) {
      const ours: [string[], string[]] = [[], []];
      words(text, true, (word) => ours[0].push(word));
      words(text, false, (word) => ours[1].push(word));
      if (JSON.stringify(ours) !== JSON.stringify([indexed, query])) wrong.push([text, ours, [indexed, query]]);
    }
  }

  assert.deepEqual(wrong.length, 0, wrong.length + " of " + asked + ": " + JSON.stringify(wrong[0]));
  assert.ok(asked >= count && found > count, asked + " " + found);
});
