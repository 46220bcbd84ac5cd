import { DestroyRef, effect, inject, signal, untracked, type Signal } from "@angular/core";
import type { Doc, Documents, Query, Question, Ref, Result, Watched } from "./documents.js";

/** What is watched, as it is now, in an injection context. `watched` may depend on signals. */
export function injectWatched<V>(watched: () => Watched<V>): Signal<V> {
  const value = signal(untracked(() => watched().getSnapshot()));
  let end = () => {};
  effect(() => {
    const now = watched();
    untracked(() => {
      end();
      end = now.subscribe((v) => value.set(v));
    });
  });
  inject(DestroyRef).onDestroy(() => end());
  return value.asReadonly();
}

/** What a question finds. */
export const injectQuery = <T extends object>(documents: Documents<T>, question: () => Question | Query<T> = () => ({})): Signal<Result<Doc<T>>> =>
  injectWatched(() => documents.watch(question()));

export const injectDocument = <T extends object>(documents: Documents<T>, key: () => Ref): Signal<Doc<T> | undefined> => injectWatched(() => documents.document(key()));

export const injectSyncStatus = (documents: Pick<Documents, "sync">) => injectWatched(() => documents.sync);

export const injectConflicts = (documents: Pick<Documents, "conflicts">) => injectWatched(() => documents.conflicts);
