import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { ApplicationRef, computed, createEnvironmentInjector, provideZonelessChangeDetection, runInInjectionContext, signal, ɵINJECTOR_SCOPE } from "@angular/core";
import { createRoot, createSignal, createEffect } from "solid-js";
import { flushSync } from "svelte";
import { createSSRApp, effectScope, h, ref, watch } from "vue";
import { renderToString } from "vue/server-renderer";
import { collection, type Documents, type Watched } from "../src/documents.js";
import { open } from "../src/index.js";
import * as angular from "../src/angular.js";
import * as solid from "../src/solid.js";
import * as svelte from "../src/svelte.js";
import * as vue from "../src/vue.js";
import { network, until } from "./fetch.js";
import { follow } from "./effects.svelte.js";

interface Task {
  title: string;
  done: boolean;
}

async function world() {
  const { net } = network();
  const conn = await open("bindings", { server: "http://server", app: "app", token: "t1", store: "memory", live: false, fetch: net.fetch });
  const tasks = collection<Task>(conn, "tasks");
  await tasks.bulk([{ key: "milk", put: { title: "Milk", done: false } }, { key: "bread", put: { title: "Bread", done: true } }]);
  await tasks.atom.whenSynced();
  await until(() => conn.status === "idle");
  return { conn, tasks };
}

const done = (tasks: Documents<Task>, is: boolean) => tasks.where("done").eq(is).orderBy("title");
const titles = (found: Iterable<Task>) => [...found].map(({ title }) => title).join(", ");

/** Counts who listens to what is watched. */
function counted<V>(watched: Watched<V>) {
  const count = { listening: 0 };
  const subscribe = (listener: (value: V) => void) => {
    count.listening++;
    const end = watched.subscribe(listener);
    return () => {
      count.listening--;
      end();
    };
  };
  return { ...watched, getSnapshot: watched.getSnapshot, subscribe, count };
}

test("Vue: a question, which may depend on a ref, a document, the sync and conflicts", async () => {
  const { conn, tasks } = await world();
  const seen: string[] = [];
  const is = ref(false);
  const scope = effectScope();
  const one = counted(tasks.document("milk"));
  scope.run(() => {
    const found = vue.useQuery(tasks, () => done(tasks, is.value));
    const milk = vue.useDocument(tasks, "milk");
    const status = vue.useSyncStatus(tasks);
    const conflicts = vue.useConflicts(tasks);
    vue.useWatched(() => one);
    watch(() => [titles(found.value), milk.value?.title, status.value.status, conflicts.value.length].join(" | "), (now) => seen.push(now), { immediate: true, flush: "sync" });
  });
  assert.equal(one.count.listening, 1);
  is.value = true;
  await tasks.patch("bread", { title: "Dark bread" });
  await tasks.atom.whenSynced();
  scope.stop();
  await tasks.patch("bread", { title: "White bread" });
  assert.deepEqual([seen[0], seen[1]], ["Milk | Milk | idle | 0", "Bread | Milk | idle | 0"]);
  assert.ok(seen.at(-1)!.startsWith("Dark bread"));
  assert.equal(one.count.listening, 0);
  const app = createSSRApp({ setup: () => ({ found: vue.useQuery(tasks, done(tasks, false)) }), render: ({ found }: { found: Iterable<Task> }) => h("p", titles(found)) });
  assert.equal(await renderToString(app), "<p>Milk</p>", "on a server, too");
  await conn.close();
});

test("Svelte: runes read what is watched, and it is a store", async () => {
  const { conn, tasks } = await world();
  const seen: string[] = [];
  const watched = counted(tasks.watch(done(tasks, false)));
  const found = svelte.watched(watched);
  const milk = svelte.useDocument(tasks, "milk");
  const sync = svelte.useSyncStatus(tasks);
  const conflicts = svelte.useConflicts(tasks);
  const end = follow(() => [titles(found.current), milk.current?.title, sync.current.status, conflicts.current.length].join(" | "), (now) => seen.push(now));
  flushSync();
  assert.equal(watched.count.listening, 1);
  await tasks.put("butter", { title: "Butter", done: false });
  flushSync();
  end();
  await Promise.resolve();
  await tasks.put("tea", { title: "Tea", done: false });
  flushSync();
  assert.equal(seen[0], "Milk | Milk | idle | 0");
  assert.ok(seen.at(-1)!.startsWith("Butter, Milk | Milk"), seen.at(-1));
  assert.equal(watched.count.listening, 0);
  assert.equal(titles(svelte.useQuery(tasks, done(tasks, true)).current), "Bread", "outside of an effect, too");
  const { get } = await import("svelte/store");
  assert.equal(titles(get(tasks.watch(done(tasks, true)))), "Bread");
  await conn.close();
});

test("Solid: a question, which may depend on a signal, a document, the sync and conflicts", async () => {
  const { conn, tasks } = await world();
  const seen: string[] = [];
  const [is, setIs] = createSignal(false);
  const one = counted(tasks.document("milk"));
  const dispose = createRoot((dispose) => {
    const found = solid.useQuery(tasks, () => done(tasks, is()));
    const milk = solid.useDocument(tasks, () => "milk");
    const status = solid.useSyncStatus(tasks);
    const conflicts = solid.useConflicts(tasks);
    solid.createWatched(() => one);
    createEffect(() => seen.push([titles(found()), milk()?.title, status().status, conflicts().length].join(" | ")));
    return dispose;
  });
  assert.equal(one.count.listening, 1);
  setIs(true);
  await tasks.patch("bread", { title: "Dark bread" });
  dispose();
  await tasks.patch("bread", { title: "White bread" });
  assert.deepEqual(seen.slice(0, 2), ["Milk | Milk | idle | 0", "Bread | Milk | idle | 0"]);
  assert.ok(seen.at(-1)!.startsWith("Dark bread"));
  assert.equal(one.count.listening, 0);
  await conn.close();
});

test("Angular: a question, which may depend on a signal, a document, the sync and conflicts", async () => {
  const { conn, tasks } = await world();
  const injector = createEnvironmentInjector([{ provide: ɵINJECTOR_SCOPE, useValue: "root" }, provideZonelessChangeDetection()], null as never);
  const tick = () => injector.get(ApplicationRef).tick();
  const is = signal(false);
  const one = counted(tasks.document("milk"));
  const [found, milk, status, conflicts] = runInInjectionContext(injector, () => {
    angular.injectWatched(() => one);
    return [angular.injectQuery(tasks, () => done(tasks, is())), angular.injectDocument(tasks, () => "milk"), angular.injectSyncStatus(tasks), angular.injectConflicts(tasks)] as const;
  });
  const text = computed(() => [titles(found()), milk()?.title, status().status, conflicts().length].join(" | "));
  assert.equal(text(), "Milk | Milk | idle | 0", "before anything is drawn");
  tick();
  assert.equal(one.count.listening, 1);
  is.set(true);
  tick();
  await tasks.patch("bread", { title: "Dark bread" });
  await tasks.atom.whenSynced();
  assert.ok(text().startsWith("Dark bread | Milk"), text());
  injector.destroy();
  await tasks.patch("bread", { title: "White bread" });
  assert.ok(text().startsWith("Dark bread"));
  assert.equal(one.count.listening, 0);
  await conn.close();
});

test("nothing looks for a browser when it is loaded", async () => {
  const names = ["index", "documents", "query", "memory", "react", "vue", "svelte", "solid", "angular"];
  const frameworks = 'for (const name of ["react", "vue", "svelte/reactivity", "solid-js", "@angular/core"]) await import(name);'; // what they do is theirs
  const code = frameworks + "for (const name of ['window', 'document', 'navigator', 'indexedDB', 'localStorage', 'crypto']) Object.defineProperty(globalThis, name, { get() { throw new Error(name) }, configurable: true });";
  const imports = names.map((name) => `await import("./dist/${name}.js");`).join("\n");
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code + imports], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
