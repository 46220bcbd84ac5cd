import { useEffect, useState } from "preact/hooks";

/** A value that can be watched. */
export interface Signal<T> {
  value: T;
  subscribe(listener: (value: T) => void): () => void;
}

export function signal<T>(first: T): Signal<T> {
  let now = first;
  const listeners = new Set<(value: T) => void>();
  return {
    get value() {
      return now;
    },
    set value(next) {
      if (Object.is(next, now)) return;
      now = next;
      for (const listener of [...listeners]) listener(now);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export function useSignal<T>(watched: Signal<T>): T {
  const [, draw] = useState(0);
  useEffect(() => watched.subscribe(() => draw((n) => n + 1)), [watched]);
  return watched.value;
}

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  reload(): void;
}

/** What `load` gives, again when `of` changes. What was there before is shown until then only where it is of the same thing. */
export function useLoad<T>(load: () => Promise<T>, of: readonly unknown[]): Loaded<T> {
  const [state, set] = useState<{ data: T | undefined; error: unknown; loading: boolean }>({ data: undefined, error: undefined, loading: true });
  const [again, reload] = useState(0);
  useEffect(() => {
    let wanted = true;
    set(({ data }) => ({ data: again ? data : undefined, error: undefined, loading: true }));
    load().then(
      (data) => wanted && set({ data, error: undefined, loading: false }),
      (error: unknown) => wanted && set(({ data }) => ({ data, error, loading: false })),
    );
    return () => void (wanted = false);
  }, [...of, again]);
  return { ...state, reload: () => reload((n) => n + 1) };
}

export interface Paged<T> {
  readonly items: readonly T[];
  readonly more: boolean;
  readonly error: unknown;
  readonly loading: boolean;
  next(): void;
  reload(): void;
}

/** Page by page. `load` is given where the page before has ended. */
export function usePaged<T>(load: (after: string | undefined) => Promise<{ items: readonly T[]; after?: string | undefined }>, of: readonly unknown[]): Paged<T> {
  const [state, set] = useState<{ items: readonly T[]; after: string | undefined; error: unknown; loading: boolean }>({ items: [], after: undefined, error: undefined, loading: true });
  const [again, reload] = useState(0);
  const [run] = useState({ current: 0 });
  const [shown] = useState({ again: 0 });
  const fetch = (after: string | undefined, before: readonly T[], keep: boolean) => {
    const mine = ++run.current;
    set((s) => ({ ...s, items: keep ? s.items : before, error: undefined, loading: !keep || s.items.length === 0 }));
    load(after).then(
      (page) => mine === run.current && set({ items: [...before, ...page.items], after: page.after, error: undefined, loading: false }),
      (error: unknown) => mine === run.current && set((s) => ({ ...s, error, loading: false })),
    );
  };
  useEffect(() => {
    fetch(undefined, [], shown.again !== again); // what is asked anew stays until it has come
    shown.again = again;
    return () => void run.current++;
  }, [...of, again]);
  return { items: state.items, more: state.after !== undefined, error: state.error, loading: state.loading, next: () => fetch(state.after, state.items, false), reload: () => reload((n) => n + 1) };
}
