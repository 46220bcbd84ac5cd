import type { Collection } from "./collection.js";
import { isPending } from "./entry.js";
import type { SignOut } from "./index.js";
import type { Store } from "./store.js";

/** What would be lost with a replica: what is not sent, and what was refused. */
export async function lostWith(collections: ReadonlyMap<string, Collection>, store: Store): Promise<SignOut["lost"]> {
  const lost: SignOut["lost"] = [];
  for (const name of new Set([...collections.keys(), ...(await store.names())])) {
    const here = collections.get(name);
    await here?.save();
    const keys: string[] = [...(here?.pending ?? [])];
    let refused = here?.refused.size;
    if (!here) refused = (await store.load(name, (entries) => keys.push(...entries.filter(isPending).map((e) => e.id)))).refused.length;
    if (keys.length || refused) lost.push({ collection: name, keys, refused: refused! });
  }
  return lost;
}
