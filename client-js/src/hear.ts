import type { Connection } from "./index.js";
import type { Loop, Status } from "./loop.js";
import type { Conflict } from "./protocol.js";

/** What an application is told, in all tabs. */
export type Told = "onRestored" | "onRevoked" | "onRefused" | "onWarning" | "onRemoved";

/** To other tabs. */
export type Message =
  | { is: "written"; name: string; ids: string[]; version: number; conflicts: Conflict[] }
  | { is: "synced"; name: string; at: number; remaining: number }
  | { is: "status"; status: Status }
  | { is: Exclude<Told, "onRemoved">; event: { collection: string } }
  | { is: "using"; names: string[] }
  | { is: "who" }
  | { is: "wake" }
  | { is: "gone"; code: string };

/** How a connection answers to other tabs. */
export interface Followers {
  post(message: Message): void;
  tell(is: Told, event: object): void;
  follow(status: Status): void;
}

/** What another tab says, but for the end of everything, which must be heard whatever can be loaded. */
export function hear(m: Message, connection: Connection, loop: Loop, { post, tell, follow }: Followers, debounce: number): void {
  const { collections, leads } = connection;
  if (m.is === "who") {
    post({ is: "using", names: [...collections.keys()] });
    if (leads) post({ is: "status", status: connection.status });
  } else if (m.is === "using") {
    // What another tab uses is synced from here even if nobody here uses it.
    if (leads) for (const name of m.names) connection.atom(name);
  } else if (m.is === "wake") {
    loop.retry();
  } else if (m.is === "status") {
    follow(m.status);
  } else if ("event" in m) {
    tell(m.is, m.event);
  } else if ("name" in m) {
    const c = collections.get(m.name);
    if (!c) return;
    if (m.is === "synced") c.syncedElsewhere(m.at, m.remaining);
    else {
      void c.reload(m.ids, m.version).then(() => {
        if (c.pending.size) loop.wake(debounce);
      }, () => loop.wake());
      for (const conflict of m.conflicts) c.tell(conflict);
    }
  }
}
