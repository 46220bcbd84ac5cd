import type { Clock } from "./clock.js";
import type { Json } from "./json.js";
import type { Answer, Request } from "./protocol.js";

/** An answer of the server that is not a success. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Json | undefined,
    /** In seconds, if the server said so. */
    readonly retryAfter: number | undefined,
  ) {
    super(message);
  }
}

/** There was no answer, or none of the server's. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Up to where a collection is known. */
export type Since = (collection: string) => Clock;

/** How the server is reached. Fails with a `ServerError` or with `NoAnswer`. */
export interface Transport {
  sync(request: Request): Promise<Answer>;
  /** Who the token is for. */
  me(): Promise<{ userId: string }>;
  /** Calls `hint` with each collection that has news, until `signal`, which it need not outlive, or the connection
   * ends. `alive` when anything arrives.
   */
  live(collections: readonly string[], since: Since, hint: (collection: string) => void, alive: () => void, signal: AbortSignal): Promise<void>;
  setToken(token: string | undefined): void;
}

export interface TransportOptions {
  server: string;
  app: string;
  token?: string | undefined;
  org?: string | undefined;
  /** Milliseconds until a request without an answer counts as failed. */
  timeout?: number | undefined;
  /** Milliseconds without a sign of a live stream until long polls take its place; 10,000. */
  patience?: number | undefined;
  fetch?: typeof fetch | undefined;
  /** The server has renewed the token. */
  onToken?: ((token: string) => void) | undefined;
}

/** Long polls at a time: a browser has six connections to a server. */
const POLLS = 4;

/** Over `fetch`. */
export function httpTransport(options: TransportOptions): Transport {
  const root = options.server.replace(/\/+$/, "");
  const base = root + "/" + encodeURIComponent(options.app);
  const call = options.fetch ?? ((input: string, init?: RequestInit) => fetch(input, init));
  let token = options.token;

  async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const used = token;
    const response = await call(url, {
      ...init,
      cache: "no-store",
      credentials: "omit",
      signal,
      headers: { ...init.headers, ...(used && { Authorization: "Bearer " + used }), ...(options.org && { "X-Org-Id": options.org }) },
    });
    const renewed = response.headers.get("X-Auth-Token");
    if (renewed && token === used) {
      token = renewed;
      options.onToken?.(renewed);
    }
    if (response.ok) return response;
    const body = (await response.json().catch(() => undefined)) as { error?: string; code?: string; details?: Json } | undefined;
    const retry = Number(response.headers.get("Retry-After"));
    const message = body?.error ?? "HTTP " + response.status;
    throw new ServerError(response.status, body?.code ?? "http_" + response.status, message, body?.details, retry > 0 ? retry : undefined);
  }

  const limited = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new NoAnswer("not in time")), options.timeout ?? 60_000);
    return work(controller.signal)
      .catch((e: unknown) => {
        throw e instanceof ServerError || e instanceof NoAnswer ? e : new NoAnswer(String(e), { cause: e });
      })
      .finally(() => clearTimeout(timer));
  };

  /** Calls `hint` with the collection of each event. */
  async function stream(query: string, hint: (collection: string) => void, alive: () => void, signal: AbortSignal): Promise<void> {
    const response = await request(base + "/live?" + query, { headers: { Accept: "text/event-stream" } }, signal);
    if (!response.body || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Error("no stream");
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      text += decoder.decode(value, { stream: true });
      const lines = text.split(/\r?\n/);
      text = lines.pop()!;
      if (text.length > 1e6) throw new Error("no stream");
      for (const line of lines) if (line.startsWith("data:")) hint((JSON.parse(line.slice(5)) as { collection: string }).collection);
    }
  }

  return {
    sync: (body) =>
      limited(async (signal) => {
        const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
        const answer = (await (await request(base + "/sync", init, signal)).json()) as Answer;
        if (typeof answer?.serverClock !== "string" || !Array.isArray(answer.serverChanges)) throw new NoAnswer("no answer");
        return answer;
      }),
    me: () => limited(async (signal) => (await request(root + "/auth/me", {}, signal)).json() as Promise<{ userId: string }>),
    async live(collections, since, hint, alive, signal) {
      const streaming = new AbortController();
      const end = () => streaming.abort();
      signal.addEventListener("abort", end);
      let silent = false;
      const patience = setTimeout(() => {
        silent = true;
        end();
      }, options.patience ?? 10_000);
      const heard = () => {
        clearTimeout(patience);
        alive();
      };
      const query = "collections=" + collections.map(encodeURIComponent).join(",") + "&since=" + collections.map(since).sort()[0];
      try {
        return await stream(query, hint, heard, streaming.signal);
      } catch (e) {
        if (!silent || collections.length > POLLS) throw e;
      } finally {
        clearTimeout(patience);
      }
      // Something on the way keeps what is streamed until the stream ends.
      const poll = async (name: string) => {
        while (!signal.aborted) {
          const query = "collection=" + encodeURIComponent(name) + "&since=" + since(name) + "&limit=1&owners=true";
          const { serverChanges, resync } = (await (await request(base + "/changes?" + query, {}, signal)).json()) as Answer;
          alive();
          if (!serverChanges.length && !resync) continue;
          hint(name);
          await new Promise((resolve) => setTimeout(resolve, 1000)); // it is being pulled
        }
      };
      await Promise.all(collections.map(poll));
    },
    setToken(next) {
      token = next;
    },
  };
}
