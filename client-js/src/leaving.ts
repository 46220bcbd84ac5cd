import type { Collection } from "./collection.js";
import { isPending } from "./entry.js";
import type { SignOut } from "./index.js";
import { isRefusal } from "./replica.js";
import type { Store } from "./store.js";

/** Ends a replica, if nothing would be lost with it or it is forced. */
export async function leave(collections: ReadonlyMap<string, Collection>, store: Store, force: boolean, end: () => Promise<void>): Promise<SignOut> {
  const lost = await lostWith(collections, store);
  const signedOut = force || !lost.length;
  if (signedOut) await end();
  return { signedOut, lost };
}

/** What would be lost with a replica: what is not sent, and what was refused. */
async function lostWith(collections: ReadonlyMap<string, Collection>, store: Store): Promise<SignOut["lost"]> {
  const others: SignOut["lost"] = [];
  await Promise.all([...collections.values()].map((c) => c.save()));
  for (const collection of await store.names()) {
    if (collections.has(collection)) continue;
    const keys: string[] = [];
    const { refused } = await store.load(collection, (entries) => keys.push(...entries.filter(isPending).map((e) => e.id)));
    others.push({ collection, keys, refused: refused.filter(isRefusal).length });
  }
  // At last, as it is now.
  const here = [...collections.values()].map((c) => ({ collection: c.name, keys: [...c.pending], refused: [...c.refused.values()].filter(isRefusal).length }));
  return [...here, ...others].filter((one) => one.keys.length || one.refused);
}
