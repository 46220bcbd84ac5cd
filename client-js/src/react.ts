import { useCallback, useSyncExternalStore } from "react";
import type { Docs, SyncedAtom } from "./index.js";

/** The value of an atom; the component is drawn again when it changes. */
export function useSyncedAtom(atom: SyncedAtom): Docs {
  const subscribe = useCallback(
    (changed: () => void) => {
      const key = {};
      atom.addWatch(key, changed);
      return () => void atom.removeWatch(key);
    },
    [atom],
  );
  const value = useCallback(() => atom.deref(), [atom]);
  return useSyncExternalStore(subscribe, value, value);
}
