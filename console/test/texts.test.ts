import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { TEXTS } from "../src/texts.js";
import { ago, browser, bytes, count, language, preferred, t } from "../src/words.js";

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("each text is in both languages, with the same names in it", () => {
  for (const [key, texts] of Object.entries(TEXTS)) {
    assert.equal(texts.length, 2, key);
    for (const text of texts) assert.notEqual(text.trim(), "", key);
    assert.deepEqual(names(texts[0]), names(texts[1]), key);
  }
});

test("what is counted has a text for one and for many", () => {
  for (const key of Object.keys(TEXTS)) if (key.endsWith(".one")) assert.ok(Object.hasOwn(TEXTS, key.replace(/one$/, "many")), key);
});

test("no text is left over", () => {
  const pages = ["src", "src/pages"].flatMap((folder) => readdirSync(folder).filter((file) => /\.tsx?$/.test(file) && file !== "texts.ts").map((file) => readFileSync(`${folder}/${file}`, "utf8"))).join("\n");
  const isUsed = (key: string) => pages.includes(`"${key}"`) || [...pages.matchAll(/`([\w.]+\.)\$\{/g)].some(([, start]) => key.startsWith(start!)) || ["problem.", "did.", "on.", "edit.bad."].some((start) => key.startsWith(start)) || (/\.(one|many)$/.test(key) && pages.includes(`count("${key.replace(/\.\w+$/, "")}"`));
  assert.deepEqual(Object.keys(TEXTS).filter((key) => !isUsed(key)), []);
});

test("a browser is called by its own name", () => {
  const like = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ";
  assert.equal(browser(like + "Chrome/156.0.0.0 Safari/537.36"), "Chrome");
  assert.equal(browser(like + "Chrome/156.0.0.0 Safari/537.36 Edg/156.0"), "Edge");
  assert.equal(browser("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"), "Firefox");
  assert.equal(browser("something"), "Browser");
});

test("the language is the one that was chosen, or the first of the browser's that there is", () => {
  assert.equal(preferred("de", ["en"]), "de");
  assert.equal(preferred(null, ["fr-FR", "de-AT", "en"]), "de");
  assert.equal(preferred("xx", ["fr"]), "en");
});

test("numbers, sizes and times are written as the language writes them", () => {
  assert.equal(count("documents", 1), "1 document");
  assert.equal(count("documents", 12345), "12,345 documents");
  assert.equal(bytes(1_500_000), "1.5 MB");
  assert.equal(ago(0, 120_000), "2 minutes ago");
  assert.equal(t("list.choose", { title: "{n}" }), "Choose {n}");
  assert.equal(language.value, "en");
});
