import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import type { Doc, Documents, Query, Question, Ref, Result, Watched } from "./documents.js";
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

/** What is watched, as it is now. */
export function useWatched<V>(watched: Watched<V>): V {
  return useSyncExternalStore(watched.subscribe, watched.getSnapshot, watched.getSnapshot);
}

/** What a question finds; it may be written in place: the same question is watched once. */
export function useQuery<T extends object>(documents: Documents<T>, question: Question | Query<T> = {}): Result<Doc<T>> {
  const asked = useRef(question);
  asked.current = question;
  const text = JSON.stringify(question);
  return useWatched(useMemo(() => documents.watch(asked.current), [documents, text]));
}

export function useDocument<T extends object>(documents: Documents<T>, key: Ref): Doc<T> | undefined {
  const text = JSON.stringify(key);
  return useWatched(useMemo(() => documents.document(JSON.parse(text) as Ref), [documents, text]));
}

export const useSyncStatus = (documents: Pick<Documents, "sync">) => useWatched(documents.sync);

export const useConflicts = (documents: Pick<Documents, "conflicts">) => useWatched(documents.conflicts);
