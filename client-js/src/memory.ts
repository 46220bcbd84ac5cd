import type { Entry } from "./entry.js";
import type { Meta, Refused, Tx } from "./replica.js";
import { Step, type Changed, type Device, type Store, type Stored } from "./store.js";

interface Kept {
  meta: Meta | undefined;
  entries: Map<string, Entry>;
  refused: Map<number, Refused>;
}

/** A store that lasts as long as the process. */
export function memoryStore(): Store {
  let collections = new Map<string, Kept>();
  let device: Device | undefined;
  let count = 0;
  const of = (name: string): Kept => {
    let kept = collections.get(name);
    if (!kept) collections.set(name, (kept = { meta: undefined, entries: new Map(), refused: new Map() }));
    return kept;
  };
  const about = ({ meta, refused }: Kept): Stored => ({ meta: meta && { ...meta }, refused: [...refused.values()] });
  return {
    shared: false,
    isKept: false,
    async device(make) {
      return (device ??= make());
    },
    async saveDevice(next) {
      device = next;
    },
    async load(collection, slice) {
      const kept = of(collection);
      slice([...kept.entries.values()]);
      return about(kept);
    },
    async read(collection, ids) {
      const kept = of(collection);
      return { ...about(kept), entries: ids.flatMap((id) => kept.entries.get(id) ?? []) };
    },
    async change<T>(collection: string, ids: readonly string[], meta: () => Meta, run: (tx: Tx) => T): Promise<Changed<T>> {
      const kept = of(collection);
      const entries = ids.flatMap((id) => kept.entries.get(id) ?? []);
      const step = new Step({ ...(kept.meta ?? meta()) }, entries);
      const result = run(step);
      const written = step.written();
      kept.meta = { ...written.meta };
      for (const e of written.put) kept.entries.set(e.id, e);
      for (const id of written.removed) kept.entries.delete(id);
      for (const n of written.accepted) kept.refused.delete(n);
      for (const item of written.refused) kept.refused.set((item.n = ++count), item);
      return { result, written };
    },
    async names() {
      return [...collections.keys()];
    },
    async destroy() {
      collections = new Map();
      device = undefined;
    },
    close() {},
  };
}
