import type { Collection } from "./collection.js";
import { isPending } from "./entry.js";
import type { SignOut } from "./index.js";
import type { Store } from "./store.js";

/** What would be lost with a replica: what is not sent, and what was refused. */
export async function lostWith(collections: ReadonlyMap<string, Collection>, store: Store): Promise<SignOut["lost"]> {
  const others: SignOut["lost"] = [];
  await Promise.all([...collections.values()].map((c) => c.save()));
  for (const collection of await store.names()) {
    if (collections.has(collection)) continue;
    const keys: string[] = [];
    const { refused } = await store.load(collection, (entries) => keys.push(...entries.filter(isPending).map((e) => e.id)));
    others.push({ collection, keys, refused: refused.length });
  }
  // At last, as it is now.
  const here = [...collections.values()].map((c) => ({ collection: c.name, keys: [...c.pending], refused: c.refused.size }));
  return [...here, ...others].filter((one) => one.keys.length || one.refused);
}
