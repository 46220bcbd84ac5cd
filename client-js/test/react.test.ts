import { test } from "node:test";
import assert from "node:assert/strict";
import { Fragment, act, createElement } from "react";
import { create, type ReactTestRenderer } from "react-test-renderer";
import { open, syncedAtom, type SyncedAtom } from "../src/index.js";
import { collection } from "../src/documents.js";
import { useConflicts, useDocument, useQuery, useSyncStatus, useSyncedAtom } from "../src/react.js";
import { network, until } from "./fetch.js";

interface Task {
  title: string;
  done: boolean;
}

test("components show what a question finds, a document, the state of the sync and conflicts", async (t) => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  t.mock.method(console, "error", () => {}); // the renderer says that it is old
  const { net } = network();
  const conn = await open("hooks", { server: "http://server", app: "app", token: "t1", store: "memory", live: false, fetch: net.fetch });
  const tasks = collection<Task>(conn, "tasks");
  await tasks.atom.whenSynced();
  let drawn = 0;
  const Open = ({ done }: { done: boolean }) => {
    drawn++;
    const { documents } = useQuery(tasks, tasks.where("done").eq(done).orderBy("title"));
    return documents.map(({ title }) => title).join(", ");
  };
  const Other = () => [useDocument(tasks, "milk")?.title, useSyncStatus(tasks).status, useConflicts(tasks).length].join(" ");
  let shown!: ReactTestRenderer;
  const view = (done: boolean) => createElement(Fragment, undefined, createElement(Open, { done }), " | ", createElement(Other));
  await act(async () => (shown = create(view(false))));

  await act(async () => void (await tasks.bulk([{ key: "milk", put: { title: "Milk", done: false } }, { key: "bread", put: { title: "Bread", done: true } }])));
  await act(() => tasks.atom.whenSynced());
  await act(() => until(() => conn.status === "idle"));
  assert.equal([shown.toJSON()].flat().join(""), "Milk | Milk idle 0");
  const before = drawn;
  await act(async () => void (await tasks.patch("bread", { title: "Dark bread" })));
  assert.equal(drawn, before, "what is not found draws nothing");
  await act(async () => shown.update(view(true)));
  assert.match([shown.toJSON()].flat().join(""), /^Dark bread \| Milk/);
  await act(async () => shown.unmount());
  await conn.close();
});

test("a component shows the atom it is given, as it is now, until it is gone", async (t) => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const errors = t.mock.method(console, "error", () => {}); // the renderer says that it is old
  const { net } = network();
  const conn = await open("test", { server: "http://server", app: "app", token: "t1", store: "memory", live: false, fetch: net.fetch });
  const todo = syncedAtom(conn, "todo");
  const done = syncedAtom(conn, "done");
  await Promise.all([todo.ready, done.ready]);
  let drawn = 0;
  const Titles = ({ of }: { of: SyncedAtom }) => {
    drawn++;
    return Object.values(useSyncedAtom(of)).map(({ title }) => title).join(", ");
  };
  let shown!: ReactTestRenderer;
  await act(async () => (shown = create(createElement(Titles, { of: todo }))));
  assert.equal(shown.toJSON(), null);

  await act(async () => void todo.update("milk", () => ({ title: "Milk" })));
  await act(async () => void todo.swap((docs) => ({ ...docs, bread: { title: "Bread" } })));
  assert.equal(shown.toJSON(), "Milk, Bread");

  const before = drawn;
  await act(async () => void done.update("eggs", () => ({ title: "Eggs" })));
  assert.equal(drawn, before, "of another atom");
  await act(async () => shown.update(createElement(Titles, { of: done })));
  assert.equal(shown.toJSON(), "Eggs");
  await act(async () => void done.update("eggs", (doc) => ({ ...doc, title: "Six eggs" })));
  assert.equal(shown.toJSON(), "Six eggs");

  await act(async () => shown.unmount());
  const last = drawn;
  await act(async () => void done.update("eggs", () => undefined));
  await act(async () => void todo.update("milk", () => undefined));
  assert.equal(drawn, last);
  assert.deepEqual(errors.mock.calls.map(({ arguments: [text] }) => String(text)).filter((text) => !text.includes("deprecated")), []);
  await conn.close();
});
