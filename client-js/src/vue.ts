import { onScopeDispose, shallowRef, toValue, watchEffect, type MaybeRefOrGetter, type ShallowRef } from "vue";
import type { Doc, Documents, Query, Question, Ref, Result, Watched } from "./documents.js";

/** What is watched, as it is now, as long as the scope lives. `watched` may depend on other reactive values. */
export function useWatched<V>(watched: () => Watched<V>): Readonly<ShallowRef<V>> {
  const value = shallowRef(watched().getSnapshot());
  let end = () => {};
  watchEffect(() => {
    end();
    end = watched().subscribe((now) => (value.value = now));
  }, { flush: "sync" });
  onScopeDispose(() => end());
  return value;
}

/** What a question finds. */
export const useQuery = <T extends object>(documents: Documents<T>, question: MaybeRefOrGetter<Question | Query<T>> = {}): Readonly<ShallowRef<Result<Doc<T>>>> =>
  useWatched(() => documents.watch(toValue(question)));

export const useDocument = <T extends object>(documents: Documents<T>, key: MaybeRefOrGetter<Ref>): Readonly<ShallowRef<Doc<T> | undefined>> =>
  useWatched(() => documents.document(toValue(key)));

export const useSyncStatus = (documents: Pick<Documents, "sync">) => useWatched(() => documents.sync);

export const useConflicts = (documents: Pick<Documents, "conflicts">) => useWatched(() => documents.conflicts);
