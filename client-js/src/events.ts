/** Listeners. One that throws does not keep the others from hearing. */
export class Listeners<A extends unknown[]> {
  readonly #all = new Set<(...args: A) => void>();

  add(listener: (...args: A) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  tell(...args: A): void {
    for (const listener of [...this.#all]) {
      try {
        listener(...args);
      } catch (e) {
        reportLater(e);
      }
    }
  }
}

/** As an uncaught error, which is what it is, but not in our way. */
export const reportLater = (e: unknown): void => queueMicrotask(() => (globalThis.reportError ?? console.error)(e));
