import { test } from "node:test";
import assert from "node:assert/strict";
import { SyncClient } from "../src/sync-client.js";
import { FakeServer } from "./server.js";

const T = 1_764_000_000_000;
const post = (server: FakeServer, client: SyncClient) =>
  server.sync({ collection: "c", clientClock: client.baseClock, changes: client.getChanges(), limit: 100, acks: true, owners: true, onInvalid: "skip" });

test("two clients converge, and an edit between getChanges and sync is kept", () => {
  const server = new FakeServer(() => T);
  const a = new SyncClient("a", T);
  const b = new SyncClient("b", T);
  a.edit("k", { title: "one", _private: 1 }, T).edit("gone", { x: 1 }, T);
  const answer = post(server, a);
  a.edit("k", { title: "two" }, T);
  a.sync(answer, T);
  assert.deepEqual(a.get("k"), { title: "two" });
  assert.deepEqual(a.getChanges().map((change) => change.key), ["k"]);
  a.remove("gone", T).sync(post(server, a), T);
  b.sync(post(server, b), T);
  assert.deepEqual(b.docs.k!.doc, { title: "two" });
  assert.equal(b.get("gone"), undefined);
  assert.deepEqual(a.getChanges(), []);
  assert.equal(a.lastSyncAt, T);
});

test("a snapshot is plain JSON and goes on where it was", () => {
  const server = new FakeServer(() => T);
  const a = new SyncClient("a", T);
  a.edit("k", { o: { x: 1 } }, T);
  const copy = SyncClient.fromSnapshot(JSON.parse(JSON.stringify(a.getSnapshot())));
  copy.sync(post(server, copy), T);
  assert.deepEqual(server.fields(server.docs.get("k")!), { o: { x: 1 } });
  copy.prune();
  assert.deepEqual(copy.docs, {});
  copy.sync(post(server, copy), T);
  assert.deepEqual(copy.get("k"), { o: { x: 1 } });
});

test("a document deleted elsewhere is gone here", () => {
  const server = new FakeServer(() => T);
  const a = new SyncClient("a", T);
  const b = new SyncClient("b", T);
  a.edit("k", { x: 1 }, T).sync(post(server, a), T);
  b.sync(post(server, b), T);
  b.remove("k", T).sync(post(server, b), T);
  a.sync(post(server, a), T);
  assert.equal(a.get("k"), undefined);
});

test("a snapshot of the existing client is taken over with what it had not sent", () => {
  const server = new FakeServer(() => T);
  const clock = "0019ab697e800-000003-old";
  const baseClock = "0000000000000-000000-00000000";
  const docs = { k: { doc: { a: 1, o: { b: 2 } }, fieldRevs: { a: clock, o: clock }, baseSnapshot: {} } };
  const client = SyncClient.fromSnapshot({ clock, baseClock, lastSyncAt: null, docs });
  client.sync(post(server, client), T);
  assert.deepEqual(server.fields(server.docs.get("k")!), { a: 1, o: { b: 2 } });
});
