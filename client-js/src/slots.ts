/**
 * Connections that stay open. A browser has six to a server over HTTP/1.1, for all tabs and replicas together; whoever wants to keep one open
 * needs a slot, so that some are left for requests.
 */
export const ALL_SLOTS = [0, 1, 2, 3];
/** Those for streams. A replica that gets none pulls every interval. */
export const STREAMS = [0, 1];

const taken = new Set<string>();

/** One of the slots `which` of a server, until it is given back; nothing if all are taken. */
export async function slot(server: string, which: readonly number[], locks = globalThis.navigator?.locks): Promise<(() => void) | undefined> {
  for (const n of which) {
    const name = "landfall-live/" + n + "/" + server;
    if (!locks) {
      if (taken.has(name)) continue;
      taken.add(name);
      return () => void taken.delete(name);
    }
    const free = await new Promise<(() => void) | undefined>((resolve) => {
      const hold = (lock: Lock | null) => (lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined));
      locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(undefined));
    });
    if (free) return free;
  }
  return undefined;
}
