import { createRenderEffect, createSignal, onCleanup, type Accessor } from "solid-js";
import type { Doc, Documents, Query, Question, Ref, Result, Watched } from "./documents.js";

/** What is watched, as it is now, as long as its owner lives. `watched` may depend on signals. */
export function createWatched<V>(watched: () => Watched<V>): Accessor<V> {
  const [value, set] = createSignal(watched().getSnapshot(), { equals: (a, b) => a === b });
  createRenderEffect(() => onCleanup(watched().subscribe((now) => set(() => now))));
  return value;
}

/** What a question finds. */
export const useQuery = <T extends object>(documents: Documents<T>, question: () => Question | Query<T> = () => ({})): Accessor<Result<Doc<T>>> =>
  createWatched(() => documents.watch(question()));

export const useDocument = <T extends object>(documents: Documents<T>, key: () => Ref): Accessor<Doc<T> | undefined> => createWatched(() => documents.document(key()));

export const useSyncStatus = (documents: Pick<Documents, "sync">) => createWatched(() => documents.sync);

export const useConflicts = (documents: Pick<Documents, "conflicts">) => createWatched(() => documents.conflicts);
