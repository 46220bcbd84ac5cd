import type { Entry } from "./entry.js";
import type { Meta, Refused } from "./replica.js";
import type { Changed, Store } from "./store.js";

/** Stores again what is here, after the store was cleared, as transaction `upTo` + 1. False if another tab has done it. */
export function storeAgain(
  store: Store, name: string, stored: ReadonlyMap<string, Entry>, meta: Meta, upTo: number, refused: Refused[],
): Promise<Changed<boolean>> {
  return store.change(name, [...stored.keys()], () => ({ ...meta, version: 0 }), (tx) => {
    if (tx.meta.version >= upTo) return false;
    tx.meta = { ...meta, version: upTo + 1 };
    for (const e of stored.values()) tx.put(e);
    for (const item of refused) tx.refuse(item);
    return true;
  });
}
