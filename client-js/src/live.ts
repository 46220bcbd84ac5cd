import type { Clock } from "./clock.js";
import type { Answer } from "./protocol.js";
import { ALL_SLOTS, STREAMS, slot } from "./slots.js";
import type { Since, Transport } from "./transport.js";

const SLOWEST = 60_000;

/** Milliseconds after which a stream counts as one that works. */
const LONG = 20_000;

export interface HintsOptions {
  collections: ReadonlyMap<string, { readonly meta: { readonly cursor: Clock } }>;
  transport: Transport;
  server: string;
  /** Milliseconds until the next pull, when a stream has ended. */
  interval: number;
  /** Pulls in `delay` milliseconds, what is hinted at or all. */
  wake: (delay: number, hint?: string) => void;
}

/** Live hints. They only tell when to pull; without them the interval does. */
export class Hints {
  /** Whether they come, so that the interval need not pull. */
  isLive = false;
  /** How often in a row it was for nothing. */
  failures = 0;
  #stream: AbortController | undefined;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #names = "";
  readonly #options: HintsOptions;

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  /** Listens, unless it does, until the stream ends. After that the next call opens another, when some time has passed. */
  async listen(): Promise<void> {
    const { collections, transport, server, interval, wake } = this.#options;
    const names = [...collections.keys()].sort();
    const wanted = names.join("\n");
    if (this.#stream && this.#names === wanted) return;
    this.close();
    const stream = (this.#stream = new AbortController());
    this.#names = wanted;
    const free = await slot(server, STREAMS).catch(() => undefined); // as without a slot
    if (!free || stream.signal.aborted) {
      free?.();
      if (this.#stream === stream) this.#stream = undefined;
      return; // others listen; the interval has to do
    }
    const began = Date.now();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      this.isLive = true;
      if (Date.now() - began > LONG) this.failures = 0;
      clearTimeout(silence);
      silence = setTimeout(() => stream.abort(), 45_000); // the server says something every 15 s
    };
    const hint = (name: string) => {
      this.failures = 0;
      wake(0, name);
    };
    try {
      await transport.live(names, (name) => collections.get(name)!.meta.cursor, hint, alive, stream.signal);
    } catch {
      // the next try is planned below; whether the server is there the pulls will tell
    }
    stream.abort();
    free();
    clearTimeout(silence);
    if (this.#stream !== stream) return;
    this.isLive = false;
    wake(interval);
    const wait = Math.min(5 * SLOWEST, 1000 * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    this.#reopening = setTimeout(() => {
      if (this.#stream === stream) this.#stream = undefined;
    }, wait);
  }

  /** Ends what there is. Nothing of it is heard any more. */
  close(): void {
    clearTimeout(this.#reopening);
    this.#stream?.abort();
    this.#stream = undefined;
    this.isLive = false;
  }
}

/** Asks the application's part of the server. */
type Ask = (path: string, init: RequestInit, signal: AbortSignal) => Promise<Response>;

/** A live stream, or long polls where nothing of one arrives for `patience` milliseconds. For as long as `Transport.live`. */
export async function listen(
  ask: Ask,
  patience: number,
  server: string,
  collections: readonly string[],
  since: Since,
  hint: (collection: string) => void,
  alive: () => void,
  signal: AbortSignal,
): Promise<void> {
  const streaming = new AbortController();
  const end = () => streaming.abort();
  if (signal.aborted) return; // while this file was being loaded: it tells nobody any more
  signal.addEventListener("abort", end);
  let silent = false;
  const timer = setTimeout(() => {
    silent = true;
    end();
  }, patience);
  const heard = () => {
    clearTimeout(timer);
    alive();
  };
  const query = "collections=" + collections.map(encodeURIComponent).join(",") + "&since=" + collections.map(since).sort()[0];
  try {
    return await stream(ask, query, hint, heard, streaming.signal);
  } catch (e) {
    if (!silent) throw e;
  } finally {
    clearTimeout(timer);
  }
  // Something on the way keeps what is streamed until the stream ends.
  await poll(server, collections, since, hint, alive, signal, ask);
}

/** Calls `hint` with the collection of each event. */
async function stream(ask: Ask, query: string, hint: (collection: string) => void, alive: () => void, signal: AbortSignal): Promise<void> {
  const response = await ask("/live?" + query, { headers: { Accept: "text/event-stream" } }, signal);
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

/** Long polls in place of a stream, until `signal`. Each is a connection of its own; if there are not enough, there are none. */
async function poll(
  server: string,
  collections: readonly string[],
  since: Since,
  hint: (collection: string) => void,
  alive: () => void,
  signal: AbortSignal,
  ask: Ask,
): Promise<void> {
  const one = async (name: string) => {
    while (!signal.aborted) {
      const query = "?collection=" + encodeURIComponent(name) + "&since=" + since(name) + "&limit=1&owners=true";
      const { serverChanges, resync } = (await (await ask("/changes" + query, {}, signal)).json()) as Answer;
      alive();
      if (!serverChanges.length && !resync) continue;
      hint(name);
      await new Promise((resolve) => setTimeout(resolve, 1000)); // it is being pulled
    }
  };
  const slots: (() => void)[] = [];
  try {
    while (slots.length < collections.length - 1) {
      const free = await slot(server, ALL_SLOTS);
      if (!free) throw new Error("too few connections");
      slots.push(free);
    }
    await Promise.all(collections.map(one));
  } finally {
    for (const free of slots) free();
  }
}
