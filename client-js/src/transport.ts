import type { Clock } from "./clock.js";
import type { Json } from "./json.js";
import { liveHints, rare } from "./lazy.js";
import { mayHaveMarks, mayNeedMarks } from "./marks.js";
import type { Answer, Request } from "./protocol.js";

/** An answer that is not a success. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    readonly status: number,
    /** The server's own, or `http_<status>` of something that stands between: only the server's means what it says. */
    readonly code: string,
    message: string,
    readonly details: Json | undefined,
    /** In seconds, if the server said so. */
    readonly retryAfter: number | undefined,
    readonly reason?: string,
  ) {
    super(message);
  }

  /** Whether it is the server that answered. */
  get isOurs(): boolean {
    return !this.code.startsWith("http_");
  }
}

/** There was no answer, or none of the server's. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Up to where a collection is known. */
export type Since = (collection: string) => Clock;

export interface Me {
  userId: string;
  instance?: string;
  epoch?: string;
}

/** How the server is reached. Fails with a `ServerError` or with `NoAnswer`. */
export interface Transport {
  sync(request: Request): Promise<Answer>;
  /** Who the token is for, and which server that is: its id, and what changes when it is emptied or set back. */
  me(): Promise<Me>;
  /** Calls `hint` with each collection that has news, until `signal`, which it need not outlive, or the connection
   * ends. `alive` when anything arrives.
   */
  live(collections: readonly string[], since: Since, hint: (collection: string) => void, alive: () => void, signal: AbortSignal): Promise<void>;
  setToken(token: string | undefined): void;
  /** Asks something else below the application, by GET if there is no body; without it, searches stay on the device. */
  post?<T extends object>(path: string, body: object | undefined, isAnswer: (answer: Partial<T>) => boolean): Promise<T>;
}

export interface TransportOptions {
  server: string;
  app: string;
  token?: string | undefined;
  org?: string | undefined;
  /** Milliseconds of silence until a request counts as failed. */
  timeout?: number | undefined;
  /** Milliseconds without a sign of a live stream until long polls take its place; 10,000. */
  patience?: number | undefined;
  fetch?: typeof fetch | undefined;
  /** The server has renewed the token. */
  onToken?: ((token: string) => void) | undefined;
}

/** Milliseconds that a byte of a request may take: nobody tells how much of it has arrived. */
const UPLOAD = 0.25;

/** Over `fetch`. */
export function httpTransport(options: TransportOptions): Transport {
  const root = options.server.replace(/\/+$/, "");
  const base = root + "/" + encodeURIComponent(options.app);
  const call = options.fetch ?? ((input: string, init?: RequestInit) => fetch(input, init));
  let token = options.token;

  async function request(url: string, init: RequestInit, signal: AbortSignal, used = token): Promise<Response> {
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
    throw new ServerError(...(await (await rare()).failed(response)));
  }

  /** A request and the text of its answer. However long it takes: what ends it is silence. */
  async function exchange(url: string, init: RequestInit & { body?: string } = {}, used = token): Promise<string> {
    const controller = new AbortController();
    const silence = options.timeout ?? 60_000;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (more = 0) => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new NoAnswer("too late")), silence + more);
    };
    try {
      wait((init.body?.length ?? 0) * UPLOAD);
      const response = await request(url, init, controller.signal, used);
      const reader = response.body!.getReader();
      const decoder = new TextDecoder();
      let text = "";
      for (;;) {
        wait();
        const { done, value } = await reader.read();
        if (done) return text + decoder.decode();
        text += decoder.decode(value, { stream: true });
      }
    } catch (e) {
      throw e instanceof ServerError || e instanceof NoAnswer ? e : new NoAnswer(String(e), { cause: e });
    } finally {
      clearTimeout(timer);
    }
  }

  /** JSON of the server's; anything else is no answer of it. */
  function read<T extends object>(text: string, isAnswer: (answer: Partial<T>) => boolean, parse: (json: string) => unknown = JSON.parse): T {
    let value: T | undefined;
    let cause: unknown;
    try {
      value = parse(text) as T;
    } catch (e) {
      cause = e;
    }
    if (value && isAnswer(value)) return value;
    throw new NoAnswer("no answer", { cause });
  }

  async function post<T extends object>(path: string, body: object | undefined, isAnswer: (answer: Partial<T>) => boolean): Promise<T> {
    const used = token; // whoever signs in meanwhile
    const json = JSON.stringify(body);
    const init = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: mayHaveMarks(json) ? (await rare()).unmarked(json) : json };
    const text = await exchange(base + path, init, used);
    const parse = mayNeedMarks(text) ? (await rare()).exactAnswer : undefined;
    return read(text, isAnswer, parse);
  }

  return {
    sync: (body) => post<Answer>("/sync", body, (a) => typeof a.serverClock === "string" && Array.isArray(a.serverChanges)),
    post,
    async me() {
      return read<Me>(await exchange(root + "/auth/me"), (a) => typeof a.userId === "string");
    },
    async live(...args) {
      const { listen } = await liveHints();
      return listen((path, init, signal) => request(base + path, init, signal), options.patience ?? 10_000, root, ...args);
    },
    setToken(next) {
      token = next;
    },
  };
}
