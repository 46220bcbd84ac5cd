import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, type Docs, type JsonObject } from "../src/index.js";
import { memoryStore } from "../src/memory.js";
import { mayHaveMarks, mayNeedMarks } from "../src/marks.js";
import { marked, parse, shown, unmarked } from "../src/numbers.js";

const LONG = "3." + "1415926535".repeat(100);
const stringify = (value: unknown) => {
  const json = JSON.stringify(value);
  return mayHaveMarks(json) ? unmarked(json) : json;
};
const own = (docs: Docs, key: string, doc: object) => ({ ...docs, [key]: doc });

test("what JavaScript can hold is left alone, and what it cannot goes back as it came", () => {
  for (const text of ["0.30000000000000004", "1e21", "9007199254740992", "-0", "1.5", '"12345678901234567890"', '"a\\"1e400"', "[1,2]"]) {
    assert.equal(parse(text).marked, false, text);
  }
  for (const text of ["1e400", "-1e400", "9007199254740993", "0.1234567890123456789", "1e-400", LONG, "1E+999"]) {
    const body = '{"a":' + text + ',"b":["x: ' + text + '",' + text + ',{"c":' + text + "}]}";
    const { value, marked: is } = parse(body);
    assert.ok(mayNeedMarks(body));
    assert.equal(is, true, text);
    assert.equal(stringify(value), body);
    assert.deepEqual(shown(value as JsonObject).a, Number(text));
  }
  assert.equal(stringify({ a: '"\\u00001e5' }), JSON.stringify({ a: '"\\u00001e5' }));
  assert.equal(stringify({ a: "\\u00001" }), JSON.stringify({ a: "\\u00001" }));
});

test("in an array a number keeps its text wherever it goes", () => {
  const { value } = parse('{"l":[1e400,2,{"n":9007199254740993}]}');
  const seen = shown(value as JsonObject) as unknown as { l: [number, number, { n: number }] };
  const back = (l: unknown[]) => stringify(marked({ l }, value as JsonObject));
  assert.equal(back([seen.l[0], 3, seen.l[2]]), '{"l":[1e400,3,{"n":9007199254740993}]}');
  assert.equal(back([0, seen.l[2], seen.l[0]]), '{"l":[0,{"n":9007199254740993},1e400]}');
});

/** A server that keeps documents as text, as this one does. */
function server() {
  const docs = new Map<string, { rev: string; text: string }>();
  const bodies: string[] = [];
  let count = 0;
  const clock = () => "0019ab697e8" + String(++count).padStart(2, "0") + "-000000-srv";
  let last = clock();
  const put = (key: string, fields: string) => docs.set(key, { rev: (last = clock()), text: fields.slice(1, -1) });
  const fetching = (async (url: string, init?: RequestInit) => {
    if (url.endsWith("/me")) return Response.json({ userId: "me", instance: "i" });
    const text = String(init!.body);
    bodies.push(text);
    const body = JSON.parse(text) as { clientClock: string; changes: { key: string; deleted?: boolean }[] };
    const since = body.clientClock;
    const acks: object[] = [];
    const sent = text.split('"key":').slice(1);
    body.changes.forEach(({ key, deleted }, i) => {
      const doc = /"doc":(\{.*?\})[,}]*(?:"base"|\]|\{|$)/.exec(sent[i]!)?.[1];
      if (deleted) docs.delete(key);
      else put(key, doc!);
      acks.push({ key, rev: (last = clock()) });
    });
    const pushed = new Set(body.changes.map(({ key }) => key));
    const news = [...docs].filter(([key, { rev }]) => rev > since && !pushed.has(key));
    const wires = news.map(([key, { rev, text: fields }]) => `{${fields}${fields && ","}"_key":"${key}","_rev":"${rev}","_fieldRevs":{}}`);
    return new Response(`{"serverClock":"${last}","serverChanges":[${wires.join()}],"acks":${JSON.stringify(acks)}}`);
  }) as typeof fetch;
  return { put, docs, bodies, fetching };
}

test("other fields can be edited, arrays beside them too, over a restart, and what nobody edited goes back exactly", async () => {
  const { put, docs, bodies, fetching } = server();
  put("a", `{"n":1e400,"big":9007199254740993,"pi":${LONG},"list":[1e400,1],"title":"x"}`);
  const store = memoryStore();
  const start = () => open("n", { server: "http://s", app: "app", store, interval: 20, debounce: 1, live: false, fetch: fetching });
  const conn = await start();
  const atom = syncedAtom(conn, "todo");
  await atom.whenSynced();
  assert.deepEqual(atom.deref().a, { n: Infinity, big: 9007199254740992, pi: Number(LONG), list: [Infinity, 1], title: "x" });

  atom.update("a", (doc) => ({ ...doc, title: "y" }));
  await atom.whenSynced();
  const same = (text: string) => assert.deepEqual(parse("{" + docs.get("a")!.text + "}").value, parse(text).value);
  same(`{"n":1e400,"big":9007199254740993,"pi":${LONG},"list":[1e400,1],"title":"y"}`);
  assert.match(bodies.find((body) => body.includes('"key":"a"'))!, /"fieldRevs":\{"title":"[^"]*"\}/);
  await conn.close();

  const again = await start();
  const later = syncedAtom(again, "todo");
  await later.whenSynced();
  later.swap((all) => own(all, "a", { ...all.a, list: [...(all.a!.list as number[]), 2], big: 5 }));
  assert.deepEqual(later.get("a")!.list, [Infinity, 1, 2]);
  await later.whenSynced();
  same(`{"n":1e400,"big":5,"pi":${LONG},"list":[1e400,1,2],"title":"y"}`);

  const { a } = later.deref(); // deleted and made again from what the application had seen
  later.swap(({ a: _, ...rest }) => rest);
  later.swap(own, "a", { ...a });
  await later.whenSynced();
  same(`{"n":1e400,"big":5,"pi":${LONG},"list":[1e400,1,2],"title":"y"}`);
  assert.throws(() => later.swap(own, "b", { n: Infinity }), TypeError);
  await again.close();
});
