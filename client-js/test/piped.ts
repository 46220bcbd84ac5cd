import { correct } from "../src/refused.js";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Collection } from "../src/collection.js";
import type { Entry } from "../src/entry.js";
import { put, type JsonObject } from "../src/json.js";
import { diff } from "../src/merge.js";
import { memoryStore } from "../src/memory.js";
import type { Answer } from "../src/protocol.js";
import { fresh } from "../src/entry.js";
import { newMeta, type Flight } from "../src/replica.js";
import type { Store } from "../src/store.js";
import { random } from "./random.js";

const CRASHES = 0.1;

/** The collection of one device, whose process dies now and then and is another one then, with the same store. */
class Device {
  now = 0;
  #opened = 0;
  #collection!: Collection;
  #flight: Flight | undefined;
  #more = false;

  constructor(readonly node: string, readonly store: Store, readonly dice: ReturnType<typeof random>) {}

  async open(): Promise<void> {
    const nothing = () => {};
    const events = { value: nothing, state: nothing, edited: nothing, conflict: nothing, written: nothing };
    this.#collection = new Collection("c", this.store, this.node + "." + this.#opened++, () => this.now, events, this.node + this.#opened + ".");
    await this.#collection.load();
  }

  async #mayDie(): Promise<void> {
    if (this.dice.chance(CRASHES)) await this.open();
  }

  async edit(key: string, doc: JsonObject | undefined): Promise<void> {
    const before = this.#collection.get(key);
    const values = doc && diff(before ?? {}, doc);
    if (values && before && !values.size) return;
    this.#collection.do(new Map([[key, values]]));
    await this.#collection.save();
    await this.#mayDie();
  }

  async request(limit: number): Promise<unknown> {
    if (this.dice.chance(CRASHES)) {
      // Sent, and gone before there was an answer: nobody knows whether it has arrived.
      await this.#collection.take({ limit }, undefined);
      await this.open();
    }
    this.#flight = await this.#collection.take({ limit }, undefined);
    return this.#flight.request;
  }

  async answer(answer: Answer): Promise<void> {
    const flight = this.#flight!;
    this.#flight = undefined;
    if (!(await this.#collection.received(flight, answer))) throw new Error("an answer was not taken");
    this.#more = !!answer.more;
    await this.#mayDie();
  }

  async failed(): Promise<void> {
    this.#flight = undefined;
    await this.#mayDie();
  }

  async drift(serverTime: number): Promise<void> {
    this.#flight = undefined;
    await correct(this.#collection, serverTime, 300_000);
    await this.#mayDie();
  }

  /** Forgets one document, or all; the only way to get them again is to begin anew. */
  async drop(key: string | undefined): Promise<void> {
    const ids: string[] = [];
    await this.store.load("c", (entries) => ids.push(...entries.map((e) => e.id)));
    const wanted = key === undefined ? ids : [key];
    await this.store.change("c", wanted, () => newMeta(this.node), (tx) => {
      for (const id of wanted) tx.put(fresh(id));
      const { clock, offset, sent, version, rounds } = tx.meta;
      tx.meta = { ...newMeta(this.node), clock, offset, ...(sent && { sent }), version: version + 1, rounds };
    });
    await this.open();
    this.#more = false;
  }

  async copy(seed: number): Promise<Device> {
    const store = memoryStore();
    const entries: Entry[] = [];
    const { meta } = await this.store.load("c", (some) => entries.push(...some));
    if (meta) {
      await store.change("c", [], () => structuredClone(meta), (tx) => {
        for (const e of entries) tx.put(structuredClone(e));
      });
    }
    const copy = new Device(this.node + "-" + seed, store, random(seed));
    copy.now = this.now;
    await copy.open();
    return copy;
  }

  /** What it is like now. */
  async told(): Promise<object> {
    const stamps = {};
    await this.store.load("c", (entries) => {
      for (const e of entries) {
        const clocks = e.gone ? { "": e.gone.clock } : {};
        for (const [path, edit] of e.edits) put(clocks, path, edit.clock);
        put(stamps, e.id, clocks);
      }
    });
    return { documents: this.#collection.value, stamps, more: this.#more || this.#collection.pending.size > 0 };
  }
}

interface Line {
  do: string;
  client: number;
  node: string;
  key?: string;
  document?: JsonObject;
  now?: number;
  limit: number;
  answer: Answer;
  serverTime: number;
  seed: number;
}

export interface End {
  failed: number;
  told: string;
  counters: string;
}

/** Devices for worlds that are in a process of Java, with the real engine. Gives how they ended. */
export async function worlds(classPath: string, first: number, count: number): Promise<End> {
  const java = spawn("java", ["-XX:TieredStopAtLevel=1", "-cp", classPath, "dev.landfall.engine.simulation.PipedWorlds", String(first), String(count)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    java.on("exit", resolve);
    java.on("error", reject);
  });
  let devices = new Map<number, Device>();
  let made = 0;
  let seed = 0;
  let end: End | undefined;

  const answer = async (line: Line): Promise<object> => {
    if (line.do === "world") {
      devices = new Map();
      made = 0;
      seed = line.seed % 2 ** 32;
      return {};
    }
    if (line.do === "make") {
      const device = new Device(line.node, memoryStore(), random(seed + ++made));
      await device.open();
      devices.set(made, device);
      return { client: made };
    }
    const device = devices.get(line.client)!;
    device.now = line.now ?? device.now;
    if (line.do === "copy") {
      devices.set(++made, await device.copy(seed + made));
      return { client: made };
    }
    let more = {};
    if (line.do === "edit") await device.edit(line.key!, line.document);
    else if (line.do === "request") more = { request: await device.request(line.limit) };
    else if (line.do === "answer") await device.answer(line.answer);
    else if (line.do === "failed") await device.failed();
    else if (line.do === "drift") await device.drift(line.serverTime);
    else if (line.do === "drop") await device.drop(line.key);
    else throw new Error("unknown: " + line.do);
    return { ...(await device.told()), ...more };
  };

  try {
    for await (const text of createInterface({ input: java.stdout })) {
      const line = JSON.parse(text) as Line & End;
      if (line.do === "end") end = line;
      else java.stdin.write(JSON.stringify(await answer(line)) + "\n");
    }
  } finally {
    java.kill();
  }
  const code = await exit;
  if (!end) throw new Error("the worlds broke off: " + code);
  return end;
}
