import { test } from "node:test";
import assert from "node:assert/strict";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { collection, conflicts, explain, inbox, InvalidDocument, type Documents } from "../src/documents.js";
import { open, syncedAtom, type Options } from "../src/index.js";
import { indexedDbStore } from "../src/indexeddb.js";
import { memoryStore } from "../src/memory.js";
import { ask, type Filter, type Question } from "../src/query.js";
import { uuid7 } from "../src/uuid.js";
import { network, until, type Net } from "./fetch.js";
import { random } from "./random.js";

interface Task {
  title: string;
  done?: boolean;
  due?: string | null;
  priority?: number;
  address?: { city?: string; zip?: string };
  tags?: string[];
}

const start = (net: Net, more: Partial<Options> = {}, name = "test") =>
  open(name, { server: "http://server", app: "app", token: "t1", store: "memory", interval: 20, debounce: 1, live: false, fetch: net.fetch, ...more });

async function world(more: Partial<Options> = {}) {
  const { net, server } = network();
  const conn = await start(net, more);
  const tasks = collection<Task>(conn, "tasks");
  await tasks.ready;
  return { net, server, conn, tasks };
}

const titles = (result: Iterable<Task>) => [...result].map(({ title }) => title);

test("a document is written, read, changed and removed, and reaches the server", async () => {
  const { conn, tasks, server } = await world();

  const { key, synced } = await tasks.put({ title: "Milk", address: { city: "Bonn", zip: "1" }, tags: ["a"] });
  assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(await synced, "stored");
  assert.deepEqual(await tasks.get(key), { title: "Milk", address: { city: "Bonn", zip: "1" }, tags: ["a"], _key: key });
  await tasks.patch(key, { done: true, address: { zip: undefined } });
  await tasks.update(key, (doc) => doc && { ...doc, title: doc.title + "!" });
  assert.deepEqual(await tasks.get(key), { title: "Milk!", done: true, address: { city: "Bonn" }, tags: ["a"], _key: key });
  const found = await tasks.get(key);
  assert.equal(await tasks.get(key), found, "the same object");
  assert.deepEqual(tasks.atom.deref(), { [key]: { title: "Milk!", done: true, address: { city: "Bonn" }, tags: ["a"] } });
  await tasks.remove(found!);
  assert.equal(await (await tasks.remove("never")).synced, "stored", "nothing to do is done");
  assert.equal(await tasks.get(key), undefined);
  await tasks.atom.whenSynced();
  assert.ok(server("tasks").docs.get(key)!.deleted);
  await assert.rejects(tasks.patch("none", { done: true }), /tasks\["none"\]: there is no document to patch/);
  await assert.rejects(tasks.put("bad", { title: (() => {}) as never }), /tasks\["bad"\]/);
  assert.equal(collection(conn, "tasks"), tasks as unknown);
  await conn.close();
});

test("several changes are one: all of them or none, with one receipt", async () => {
  const { conn, tasks } = await world();
  const { keys, synced } = await tasks.bulk([
    { key: "a", put: { title: "A" } },
    { put: { title: "B" } },
    { key: "a", patch: { done: true } },
    { key: "c", put: { title: "C" } },
    { key: "c", remove: true },
  ]);
  assert.deepEqual(await tasks.get("a"), { title: "A", done: true, _key: "a" });
  assert.deepEqual(keys.slice(0, 1), ["a"]);
  assert.equal((await tasks.get(keys[1]!))!.title, "B");
  assert.equal(await synced, "stored");
  await assert.rejects(tasks.bulk([{ key: "a", remove: true }, { key: "none", patch: { done: true } }]), /no document/);
  assert.equal(await tasks.count(), 2);
  await conn.close();
});

test("keys that are left out sort by time", () => {
  const keys = Array.from({ length: 5000 }, () => uuid7());
  assert.deepEqual([...keys].sort(), keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(uuid7(Date.now() + 10_000) > keys.at(-1)!);
});

test("questions are put together with types, and the same wherever they are asked", async () => {
  const { conn, tasks } = await world();
  await tasks.bulk([
    { key: "milk", put: { title: "Milk", done: false, due: "2026-02-01", priority: 2, address: { city: "Bonn" }, tags: ["shop"] } },
    { key: "bread", put: { title: "Bread", done: false, due: "2026-01-01", priority: 1 } },
    { key: "old", put: { title: "Crème", done: true, due: null } },
  ]);

  const open = tasks.where("done").eq(false).and("due").lt("2026-03").orderBy("due").limit(20);
  assert.deepEqual(titles(await tasks.find(open)), ["Bread", "Milk"]);
  assert.deepEqual(titles(await tasks.find({ text: "creme" })), ["Crème"]);
  assert.deepEqual(titles(await tasks.find(tasks.where("address.city").startsWith("B").or("priority").gte(2))), ["Milk"]);
  assert.deepEqual(titles(await tasks.find(tasks.where("tags").contains("shop"))), ["Milk"]);
  assert.deepEqual(titles(await tasks.find(tasks.where("done").eq(false).not())), ["Crème"]);
  assert.deepEqual((await tasks.first(tasks.all().orderBy("title", "desc")))!.title, "Milk");
  assert.equal(await tasks.count(open.limit(1)), 2);
  assert.deepEqual((await tasks.find(tasks.where("_key").eq("milk").fields("title"))).documents, [{ title: "Milk", _key: "milk" }]);
  const first = await tasks.find(open.limit(1));
  assert.deepEqual([titles(first), first.total, titles(await tasks.find(open.limit(1).after(first.after!)))], [["Bread"], 2, ["Milk"]]);
  const unordered = await tasks.find({ limit: 2 });
  assert.equal((await tasks.find({ limit: 2, after: unordered.after! })).documents.length, 1);
  await assert.rejects(tasks.find({ after: "nonsense" }), /after is not what an earlier page/);
  await assert.rejects(tasks.find({ filter: { field: "a", op: "like", value: 1 } as never }), { name: "QuestionError", message: /^filter\.op 'like' is not known/ });
  // @ts-expect-error there is no such field
  void tasks.where("titel");
  // @ts-expect-error of another type
  void tasks.where("priority").gt("high");
  await conn.close();
});

test("a watched question says what it finds after each change, and nothing where nothing changes", async () => {
  const { conn, tasks } = await world();
  await tasks.bulk([{ key: "a", put: { title: "A", priority: 1 } }, { key: "b", put: { title: "B", priority: 2 } }]);
  await tasks.atom.whenSynced();
  const live = tasks.watch(tasks.where("priority").lt(5).orderBy("priority").limit(2));
  const seen: string[][] = [];
  const end = live.subscribe((result) => seen.push(titles(result)));
  const before = live.getSnapshot();

  await tasks.put("z", { title: "Z", priority: 9 });
  await tasks.patch("z", { title: "Z!" });
  assert.equal(live.getSnapshot(), before);
  const receipt = await tasks.put("c", { title: "C", priority: 0 });
  const now = live.getSnapshot();
  assert.equal(now.documents[1], before.documents[0], "unchanged documents stay the same objects");
  assert.deepEqual([now.total, [...now.pending].map(({ _key }) => _key)], [3, ["c"]]);
  await receipt.synced;
  await tasks.atom.whenSynced();
  assert.equal(live.getSnapshot().documents, now.documents, "unchanged results stay the same array");
  assert.equal(live.getSnapshot().pending.size, 0);
  await tasks.remove("a");
  end();
  await tasks.remove("b");
  assert.deepEqual(seen, [["A", "B"], ["C", "A"], ["C", "A"], ["C", "B"]]);
  assert.deepEqual(titles(live.getSnapshot()), ["C"], "also when nobody listens");
  await conn.close();
});

test("a watched question and a watched document can be iterated", async () => {
  const { conn, tasks } = await world();
  const seen: unknown[] = [];
  for await (const { total } of tasks.watch()) {
    seen.push(total);
    if (total === 2) break;
    await tasks.put({ title: "x" });
  }
  assert.deepEqual(seen, [0, 1, 2]);
  const docs: unknown[] = [];
  for await (const doc of tasks.document("k")) {
    docs.push(doc?.title);
    if (docs.length === 3) break;
    await tasks.put("k", { title: "t" + docs.length });
  }
  assert.deepEqual(docs, [undefined, "t1", "t2"]);
  await conn.close();
});

const VALUES = [undefined, null, true, false, 0, 1, 2, 10, -1, "", "a", "b", "ab", "Crème brûlée", "milk bread", "🎉", "\uffff", ["a"], [1, 2], {}];

test("whatever is done, a watched result is the question asked afresh, with indexes and without", async () => {
  const seed = Number(process.env.LANDFALL_SEED ?? Math.floor(Math.random() * 2 ** 32));
  const dice = random(seed);
  const { net, server } = network();
  const conn = await start(net, { interval: 5 });
  const other = await start(net, { interval: 5 });
  const options = { indexes: ["a", "b", "a.c"] };
  const here = collection(conn, "things", options);
  const plain = collection(other, "things");
  await Promise.all([here.ready, plain.ready]);
  const value = () => dice.of(VALUES) as never;
  const filter = (depth: number): Filter => {
    const kind = dice.below(depth ? 6 : 4);
    if (kind < 4) {
      const op = dice.of(["eq", "ne", "gt", "gte", "lt", "lte", "contains", "startsWith", "in", "nin", "exists"] as const);
      const asked = op === "exists" ? dice.chance(0.5) : op === "startsWith" ? dice.of(["", "a", "C", "🎉"]) : op === "in" || op === "nin" ? [value() ?? 1, value() ?? 2] : (value() ?? null);
      return { type: "filter", field: dice.of(["a", "b", "a.c", "c", "_key"]), op, value: asked };
    }
    return kind === 4 ? { type: "not", filter: filter(depth - 1) } : { type: dice.of(["and", "or"] as const), filters: [filter(depth - 1), filter(depth - 1)] };
  };
  const question = (): Question => ({
    ...(dice.chance(0.7) && { filter: filter(2) }),
    ...(dice.chance(0.2) && { text: dice.of(["milk", "bre", "creme", "a", "🎉"]) }),
    ...(dice.chance(0.7) && { sort: Array.from({ length: 1 + dice.below(2) }, () => ({ field: dice.of(["a", "b", "a.c", "_key"]), dir: dice.of(["asc", "desc"] as const) })) }),
    ...(dice.chance(0.6) && { limit: 1 + dice.below(6) }),
    ...(dice.chance(0.1) && { fields: ["a"] }),
  });
  const lives = Array.from({ length: 12 }, () => {
    const asked = question();
    const live = here.watch(asked);
    let told = live.getSnapshot();
    live.subscribe((result) => (told = result));
    return { asked, live, told: () => told };
  });
  const doc = () => {
    const made: Record<string, unknown> = {};
    for (const name of ["a", "b", "c"]) if (dice.chance(0.7)) made[name] = value();
    if (dice.chance(0.3)) made.a = { c: value() };
    return made as never;
  };

  const check = async (asked: Question, docs: Documents, place: string) => {
    const found = await docs.find(asked);
    const { matches, compare, sorted, project } = ask(asked);
    const all = Object.entries(docs.atom.deref()).map(([id, fields]) => ({ key: id, owner: "me", fields })).filter(matches);
    if (sorted) {
      const naive = all.sort(compare).slice(0, asked.limit).map(({ key, fields }) => ({ ...project(fields), _key: key }));
      assert.deepEqual(found.documents, naive, place);
    } else assert.equal(found.documents.length, Math.min(all.length, asked.limit ?? Infinity), place);
    if (found.exact) assert.equal(found.total, all.length, place);
    return found;
  };
  for (let i = 0; i < 120; i++) {
    const docs = dice.chance(0.7) ? here : plain;
    const key = "k" + dice.below(30);
    if (dice.chance(0.2)) await docs.remove(key);
    else await docs.put(key, doc());
    if (dice.chance(0.05)) await Promise.all([here.atom.whenSynced(), plain.atom.whenSynced()]);
    if (dice.chance(0.3)) await check(question(), docs, `seed ${seed}, step ${i}`);
    for (const { asked, live, told } of lives) {
      const place = `seed ${seed}, step ${i}: ${JSON.stringify(asked)}`;
      const found = await check(asked, here, place);
      assert.deepEqual(live.getSnapshot().documents, found.documents, place);
      assert.equal(told(), live.getSnapshot(), place);
      assert.deepEqual([...live.getSnapshot().pending].map(({ _key }) => _key), [...found.pending].map(({ _key }) => _key), place);
      assert.equal(live.getSnapshot().total, here.atom.deref() && live.getSnapshot().total, place);
    }
  }
  assert.ok(server("things").docs.size > 10);
  await Promise.all([conn.close(), other.close()]);
});

test("an index of much gives the first of it in order, and counts no further than it has to", async () => {
  const { net } = network();
  const conn = await start(net);
  const tasks = collection<Task>(conn, "tasks", { indexes: ["priority", "due"] });
  await tasks.ready;
  net.down = true;
  await tasks.bulk(Array.from({ length: 3000 }, (_, i) => ({ key: "k" + String(i).padStart(4, "0"), put: { title: "t" + i, priority: i % 100, done: i % 2 === 0 } })));
  const asked = tasks.where("done").eq(true).and("priority").gt(10).orderBy("priority", "desc").orderBy("title").limit(20);

  const found = await tasks.find(asked);

  assert.deepEqual(found.documents.slice(0, 2).map(({ title, priority }) => [title, priority]), [["t1098", 98], ["t1198", 98]]);
  assert.ok(!found.exact && found.total >= 20 && found.total < 1320, String(found.total));
  const second = await tasks.find(asked.after(found.after!));
  assert.equal(second.total, 1320);
  assert.deepEqual((await tasks.find(asked.limit(40))).documents, [...found, ...second]);
  await conn.close();
});

test("what the schema does not want is refused before anything is written, in the server's words", async () => {
  const { net } = network();
  const conn = await start(net);
  const tasks = collection<Task>(conn, "tasks", { schema: { violations: ({ title }) => (typeof title === "string" ? [] : [{ field: "title", message: "must be of type string" }]) } });

  await assert.rejects(tasks.put("a", { title: 1 as never }), (e: InvalidDocument) => e.code === "schema_violation" && e.message === 'tasks["a"]: title must be of type string');
  await tasks.put("a", { title: "A" });
  await assert.rejects(tasks.bulk([{ key: "b", put: { title: "B" } }, { key: "a", patch: { title: undefined } }]), InvalidDocument);
  assert.equal(await tasks.count(), 1);
  await conn.close();
});

test("an own change can be taken back, and what others changed stays", async () => {
  const { conn, tasks, net } = await world();
  const laptop = await start(net);
  const there = collection<Task>(laptop, "tasks");
  await tasks.put("a", { title: "A", priority: 1 });
  await tasks.patch("a", { title: "A!" });
  await Promise.all([tasks.atom.whenSynced(), there.atom.whenSynced()]);
  await there.atom.whenSynced();

  assert.ok(tasks.canUndo("a"));
  await tasks.undo("a");
  assert.deepEqual(await tasks.get("a"), { title: "A", priority: 1, _key: "a" });
  await tasks.remove("a");
  await tasks.undo("a");
  assert.deepEqual(await tasks.get("a"), { title: "A", priority: 1, _key: "a" });
  await tasks.undo("a");
  assert.equal(await tasks.get("a"), undefined, "it had not been there");
  await assert.rejects(tasks.undo("a"), /nothing to undo/);
  await Promise.all([conn.close(), laptop.close()]);
});

test("conflicts are kept over restarts until somebody decides", async (t) => {
  for (const kind of ["memory", "indexeddb"] as const) {
    await t.test(kind, async () => {
      const { net } = network();
      const factories = [new IDBFactory(), new IDBFactory()];
      const stores = [memoryStore(), memoryStore()];
      const begin = (i: number) => start(net, { store: kind === "memory" ? stores[i]! : indexedDbStore("conflicts", factories[i]!) }, "conflicts" + i);
      const conns = [await begin(0), await begin(1)];
      const [here, there] = conns.map((conn) => collection<Task>(conn, "tasks"));
      await here!.put("a", { title: "A" });
      await here!.atom.whenSynced();
      await there!.atom.whenSynced();
      net.down = true;
      await here!.patch("a", { title: "here" });
      await there!.patch("a", { title: "there" });
      net.down = false;
      for (const docs of [here!, there!, here!]) await docs.atom.whenSynced();
      const told = [here!, there!].findIndex((docs) => docs.conflicts.getSnapshot().length);
      assert.notEqual(told, -1, "one of them is told");
      await Promise.all(conns.map((conn) => conn.close()));

      const conn = await begin(told);
      const tasks = collection<Task>(conn, "tasks");
      await tasks.ready;
      assert.equal(tasks.status("a"), "conflicted");
      const [conflict] = tasks.conflicts.getSnapshot();
      assert.deepEqual([conflict!.field, [conflict!.mine, conflict!.theirs].sort()], ["title", ["here", "there"]]);
      assert.equal(tasks.conflicts.getSnapshot(), tasks.conflicts.getSnapshot());
      assert.deepEqual(tasks.inbox.list(), [], "it is no refusal");
      const heard: number[] = [];
      tasks.conflicts.subscribe((all) => heard.push(all.length));
      await (await conflict!.take()).synced;
      assert.equal((await tasks.get("a"))!.title, conflict!.winner === "mine" ? conflict!.theirs : conflict!.mine);
      assert.deepEqual([heard, tasks.status("a")], [[1, 0], "synced"]);
      await assert.rejects(conflict!.keep(), RangeError);
      assert.deepEqual((await conn.signOut()).lost, []);
    });
  }
});

test("conflicts and refusals of all collections are one list each, also of collections that are opened later", async () => {
  const { net, server } = network();
  const conns = [await start(net, {}, "here"), await start(net, {}, "there")];
  const [here, there] = conns.map((conn) => collection<Task>(conn, "tasks"));
  const met = conns.map((conn) => conflicts(conn));
  const refused = inbox(conns[0]!);
  const seen: (readonly [string, string])[][] = [];
  refused.subscribe((all) => seen.push(all.map(({ collection, key }) => [collection, key] as const)));
  const heard: number[] = [];
  for (const one of met) one.subscribe((all) => all.length && heard.push(all.length));
  await here!.put("a", { title: "A" });
  await here!.atom.whenSynced();
  await there!.atom.whenSynced();
  net.down = true;
  await here!.patch("a", { title: "here" });
  await there!.patch("a", { title: "there" });
  net.down = false;
  for (const docs of [here!, there!, here!]) await docs.atom.whenSynced();
  const [conflict] = met.flatMap((one) => one.getSnapshot());
  assert.deepEqual([conflict!.collection, conflict!.key, conflict!.field, heard], ["tasks", "a", "title", [1]]);
  await conflict!.keep();
  assert.deepEqual(met.flatMap((one) => one.getSnapshot()), []);

  const empty = refused.getSnapshot();
  server("late").forbidden = "title";
  const late = collection<Task>(conns[0]!, "late");
  assert.equal(refused.getSnapshot(), empty, "nothing of it is refused");
  assert.equal(await (await late.put("bad", { title: "B" })).synced, "refused");
  const [item] = refused.getSnapshot();
  assert.deepEqual([item!.collection, item!.key, item!.doc], ["late", "bad", { title: "B" }]);
  assert.equal(refused.getSnapshot(), refused.getSnapshot());
  await item!.drop().saved;
  assert.deepEqual([refused.getSnapshot(), seen], [[], [[], [["late", "bad"]], []]]);
  await Promise.all(conns.map((conn) => conn.close()));
});

test("what is refused is in the inbox, which can be watched", async () => {
  const { conn, tasks, server } = await world();
  await tasks.atom.whenSynced();
  server("tasks").forbidden = "title";
  const seen: number[] = [];
  tasks.inbox.subscribe((items) => seen.push(items.length));
  const { synced } = await tasks.put("bad", { title: "B" });
  assert.equal(await synced, "refused");
  assert.equal(tasks.status("bad"), "refused");
  await tasks.inbox.drop(tasks.inbox.list()[0]!.n!).saved;
  assert.deepEqual(seen, [0, 1, 0]);
  await conn.close();
});

test("what a problem asks for can be told", async () => {
  const { conn, tasks, net } = await world();
  net.down = true;
  conn.sync();
  await until(() => tasks.sync.getSnapshot().status === "offline");
  assert.deepEqual(explain(tasks.sync.getSnapshot().problem), { retryable: true, needsAuth: false });
  net.down = false;
  net.token = "t2";
  conn.sync();
  await until(() => tasks.sync.getSnapshot().status === "unauthorized");
  assert.deepEqual(explain(tasks.sync.getSnapshot().problem), { retryable: false, needsAuth: true });
  assert.deepEqual(explain(new InvalidDocument("x", [])), { retryable: false, needsAuth: false, refused: "schema_violation" });
  await tasks.put("a", { title: "A" });
  const live = tasks.watch();
  live.subscribe(() => {});
  await conn.signOut({ force: true });
  assert.deepEqual([live.getSnapshot().documents, syncedAtom(conn, "tasks").deref()], [[], {}]);
  const refused = await tasks.put("b", { title: "B" }).catch((e: unknown) => e);
  assert.deepEqual(explain(refused), { retryable: false, needsAuth: true });
});
