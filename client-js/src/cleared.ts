import type { Collection } from "./collection.js";

/** Stores again what is here, after somebody cleared the store; unless another tab has. */
export async function storeAgain(c: Collection): Promise<void> {
  const { meta, knownUpTo, refused } = c;
  const { result, written } = await c.keptIn.change(c.name, [...c.keptEntries.keys()], () => ({ ...meta, version: 0 }), (tx) => {
    if (tx.meta.version >= knownUpTo) return false;
    tx.meta = { ...meta, version: knownUpTo + 1 };
    for (const e of c.keptEntries.values()) tx.put(e);
    for (const item of refused.values()) tx.refuse(item);
    return true;
  });
  await c.hearer.cleared?.();
  if (!result) return;
  refused.clear();
  for (const item of written.refused) refused.set(item.n!, item);
  c.sawVersion(written.meta.version);
  c.hearer.written(written.put.map((e) => e.id), written.meta.version, []);
}
