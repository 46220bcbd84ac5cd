import type { Request as Body } from "../src/protocol.js";
import { FakeServer, Refusal } from "./server.js";

export interface Net {
  /** What goes wrong with the next requests; each is used once. */
  faults: ("down" | "lost" | "401" | "html" | "503")[];
  down: boolean;
  calls: { path: string; token: string | null; host: string }[];
  /** Ends when it resolves: an answer under way. */
  hold: Promise<void> | undefined;
  token: string;
  userId: string;
  /** The server's own id, if it tells. */
  instance: string | undefined;
  /** The server's life, if it tells: another one after it was emptied or set back. */
  epoch: string | undefined;
  /** What something on the way answers to a request, in place of the server; nothing lets it through. */
  between: ((path: string, body: Body | undefined) => Response | undefined) | undefined;
  renew: string | undefined;
  /** Live streams that are open. */
  streams: Set<(collection: string) => void>;
  /** Whether there are live streams, or something on the way holds back what is streamed, or the whole answer. */
  live: boolean | "body held" | "held";
  fetch: typeof fetch;
}

/** A network with one server at the other end: `fetch` as the client uses it. A fake server for each collection. */
export function network(now: () => number = Date.now) {
  const servers = new Map<string, FakeServer>();
  const server = (name: string): FakeServer => {
    let one = servers.get(name);
    if (!one) servers.set(name, (one = new FakeServer(now)));
    return one;
  };
  const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
  const net: Net = {
    faults: [],
    down: false,
    calls: [],
    hold: undefined,
    token: "t1",
    userId: "me",
    instance: "i1",
    epoch: undefined,
    between: undefined,
    renew: undefined,
    streams: new Set(),
    live: false,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      const token = headers.get("Authorization")?.slice(7) ?? null;
      net.calls.push({ path: url.pathname, token, host: url.host });
      if (net.down) throw new TypeError("fetch failed");
      if (url.pathname === "/auth/dev") return json(200, { token: net.token });
      if (url.pathname.endsWith("/live")) {
        if (!net.live) return json(404, { error: "no", code: "not_found" });
        if (net.live === "held") return never(init?.signal);
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            const send = (name: string) =>
              controller.enqueue(new TextEncoder().encode(`event: change\nid: x\ndata: {"collection":"${name}","serverClock":"x"}\n\n`));
            if (net.live !== "body held") {
              controller.enqueue(new TextEncoder().encode(": hello\n\n"));
              net.streams.add(send);
            }
            init?.signal?.addEventListener("abort", () => {
              net.streams.delete(send);
              controller.error(new Error("aborted"));
            });
          },
        });
        return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
      }
      const intercepted = net.between?.(url.pathname, init?.body ? (JSON.parse(String(init.body)) as Body) : undefined);
      if (intercepted) return intercepted;
      const fault = net.faults.shift();
      if (fault === "down") throw new TypeError("fetch failed");
      if (fault === "401" || token !== net.token) return json(401, { error: "sign in", code: "unauthorized" });
      if (fault === "503") return json(503, { error: "busy", code: "unavailable" });
      if (fault === "html") return new Response("<html>", { headers: { "Content-Type": "text/html" } });
      if (url.pathname === "/auth/me") return json(200, { userId: net.userId, ...(net.instance && { instance: net.instance }), ...(net.epoch && { epoch: net.epoch }) });
      if (url.pathname.endsWith("/changes")) {
        const query = url.searchParams;
        const body = { clientClock: query.get("since")!, changes: [], limit: Number(query.get("limit")) } as unknown as Body;
        while (!init?.signal?.aborted) {
          const answer = server(query.get("collection")!).sync(body);
          if (answer.serverChanges.length) return json(200, answer);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        throw new TypeError("aborted");
      }
      const body = JSON.parse(String(init?.body)) as Body;
      if (server(body.collection).left) return json(403, { error: "no member", code: "forbidden", reason: "not_a_member" });
      server(body.collection).instance = net.instance;
      server(body.collection).self = headers.get("X-Org-Id") ?? net.userId;
      try {
        const answer = server(body.collection).sync(body);
        await net.hold;
        if (fault === "lost") throw new TypeError("fetch failed");
        const renew = net.renew;
        if (renew) net.token = renew;
        net.renew = undefined;
        return json(200, answer, renew ? { "X-Auth-Token": renew } : {});
      } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        return json(e.status, { error: e.message, code: e.code, details: e.details }, e.status === 429 ? { "Retry-After": "60" } : {});
      }
    },
  };
  return { net, server };
}

const never = (signal?: AbortSignal | null): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new TypeError("aborted"))));

/** Resolves when `condition` is true; fails after a generous while. */
export async function until(condition: () => boolean, what = "the condition"): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 6000) throw new Error("waited in vain for " + what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
