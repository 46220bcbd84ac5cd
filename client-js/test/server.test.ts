import { test } from "node:test";
import assert from "node:assert/strict";
import { open, syncedAtom, type Docs } from "../src/index.js";
import { until } from "./fetch.js";

const server = process.env.LANDFALL_URL;
const app = process.env.LANDFALL_APP ?? "todo";

async function signIn(name: string): Promise<{ token: string; userId: string }> {
  const response = await fetch(server + "/auth/dev", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  assert.equal(response.status, 200);
  const { token, user } = (await response.json()) as { token: string; user: { userId: string } };
  return { token, userId: user.userId };
}

const device = (token: string) => open("e2e", { server: server!, app, token, store: "memory", interval: 200 });
const assoc = (docs: Docs, key: string, doc: Record<string, unknown>) => ({ ...docs, [key]: doc });
const unique = () => crypto.randomUUID();

test("two devices of one user converge through a real server", { skip: !server && "LANDFALL_URL is not set" }, async () => {
  const { token } = await signIn("js-" + unique());
  const phone = await device(token);
  const laptop = await device(token);
  const here = syncedAtom(phone, "notes");
  const there = syncedAtom(laptop, "notes");
  await Promise.all([here.whenSynced(), there.whenSynced()]);

  here.swap(assoc, "n", { title: "List", text: "milk\nbread\neggs\nrice", o: { p: 1, q: 1 } });
  await here.whenSynced();
  await there.whenSynced();
  assert.deepEqual(there.deref(), here.deref());

  // Both edit at once: different leaves, and different lines of one text.
  here.swap((docs) => assoc(docs, "n", { ...docs.n, text: "milk 2l\nbread\neggs\nrice", o: { p: 2, q: 1 } }));
  there.swap((docs) => assoc(docs, "n", { ...docs.n, text: "milk\nbread\neggs\nbrown rice", o: { p: 1, q: 2 } }));
  await here.whenSynced();
  await there.whenSynced();
  await here.whenSynced();
  assert.deepEqual(here.deref().n, { title: "List", text: "milk 2l\nbread\neggs\nbrown rice", o: { p: 2, q: 2 } });
  assert.deepEqual(there.deref(), here.deref());

  here.swap((docs) => assoc(docs, "empty", {}));
  there.swap(({ n: _, ...rest }) => rest);
  await there.whenSynced();
  await until(() => !here.deref().n && !!there.deref().empty, "the live hint or the interval");
  assert.deepEqual(here.deref(), { empty: {} });
  assert.deepEqual(there.deref(), here.deref());
  await Promise.all([phone.close(), laptop.close()]);
});

test("a real server's first sync of many documents comes in pages, and a wrong clock is corrected", { skip: !server && "LANDFALL_URL is not set" }, async () => {
  const { token } = await signIn("js-" + unique());
  const writer = await open("e2e", { server: server!, app, token, store: "memory", page: 300, now: () => Date.now() + 3_600_000 });
  const source = syncedAtom(writer, "many");
  await source.ready;
  source.reset(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => ["k" + i, { i, text: "document " + i }])));
  await source.whenSynced();
  assert.equal(source.pending, 0);
  const reader = await open("e2e", { server: server!, app, token, store: "memory", page: 300 });
  const copy = syncedAtom(reader, "many");
  await copy.whenSynced();
  assert.equal(Object.keys(copy.deref()).length, 1000);
  assert.deepEqual(copy.deref(), source.deref());
  await Promise.all([writer.close(), reader.close()]);
});

test("sharing, writing and revoking with a real server", { skip: !server && "LANDFALL_URL is not set" }, async () => {
  const alice = await signIn("alice-" + unique());
  const bob = await signIn("bob-" + unique());
  const share = async (body: unknown) => {
    const response = await fetch(`${server}/docIndex/${app}?key=plan&collection=notes`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", Authorization: "Bearer " + alice.token },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
  };
  const a = await device(alice.token);
  const b = await device(bob.token);
  const hers = syncedAtom(a, "notes");
  const his = syncedAtom(b, "notes");
  await his.whenSynced();
  hers.swap(assoc, "plan", { title: "Trip" });
  await hers.whenSynced();
  await share({ visibility: "shared", sharedWith: [{ userId: bob.userId, app, access: "write" }] });
  const id = "@" + alice.userId + "/plan";
  await his.whenSynced();
  assert.deepEqual(his.deref()[id], { title: "Trip", _owner: alice.userId });

  his.swap((docs) => ({ ...docs, [id]: { ...docs[id], when: "May" }, plan: { own: true } }));
  await his.whenSynced();
  await hers.whenSynced();
  assert.deepEqual(hers.deref().plan, { title: "Trip", when: "May" });
  assert.deepEqual(his.deref().plan, { own: true });

  await share({ unshareWith: [{ userId: bob.userId, app }] });
  const receipt = his.swap((docs) => (docs[id] ? { ...docs, [id]: { ...docs[id], late: 1 } } : docs));
  await his.whenSynced();
  await receipt.synced;
  assert.deepEqual(Object.keys(his.deref()), ["plan"]);
  await Promise.all([a.close(), b.close()]);
});
