import { createSubscriber } from "svelte/reactivity";
import type { Doc, Documents, Query, Question, Ref, Result, Watched } from "./documents.js";

/** What is watched, as it is now, to be read in an effect or a template: `current`. Each `Watched` is a store, too: `$watched`. */
export interface Current<V> {
  readonly current: V;
}

export function watched<V>(watched: Watched<V>): Current<V> {
  const subscribe = createSubscriber((update) => {
    let first = true;
    return watched.subscribe(() => (first ? (first = false) : update()));
  });
  return {
    get current() {
      subscribe();
      return watched.getSnapshot();
    },
  };
}

/** What a question finds. One that depends on state goes into a `$derived`. */
export const useQuery = <T extends object>(documents: Documents<T>, question: Question | Query<T> = {}): Current<Result<Doc<T>>> =>
  watched(documents.watch(question));

export const useDocument = <T extends object>(documents: Documents<T>, key: Ref): Current<Doc<T> | undefined> => watched(documents.document(key));

export const useSyncStatus = (documents: Pick<Documents, "sync">) => watched(documents.sync);

export const useConflicts = (documents: Pick<Documents, "conflicts">) => watched(documents.conflicts);
