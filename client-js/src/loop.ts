import type { Collection } from "./collection.js";
import type { Json } from "./json.js";
import type { Answer } from "./protocol.js";
import { NoAnswer, ServerError, type Transport } from "./transport.js";

/** `error` is what needs somebody: see `problem`. Everything is tried again in any case. */
export type Status = "syncing" | "idle" | "offline" | "unauthorized" | "error";

export interface LoopOptions {
  /** Milliseconds between two pulls without live hints. */
  interval: number;
  /** Milliseconds from a change to the request, so that several changes are one request. */
  debounce: number;
  /** Documents a request, each way. */
  page: number;
  live: boolean;
  /** Asks the application for a token after a `401`. */
  onUnauthorized?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Checks whose token it is; gives the user's id if the server says it. */
  identify: () => Promise<string | undefined>;
  leads: () => boolean;
  changed: () => void;
}

const SLOWEST = 60_000;

/** There is no room for what is pending. */
const FULL = "quota_exceeded";

/** Pushes and pulls all collections, again and again, one request at a time. */
export class Loop {
  status: Status = "idle";
  problem: unknown;
  #user: string | undefined;
  #known = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #running: Promise<void> | undefined;
  #failures = 0;
  #stopped = false;
  #paused = false;
  #hints: Set<string> | undefined;
  #stream: AbortController | undefined;
  #streamFailures = 0;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #live = false;

  readonly #collections: ReadonlyMap<string, Collection>;
  readonly #transport: Transport;
  readonly #options: LoopOptions;

  constructor(collections: ReadonlyMap<string, Collection>, transport: Transport, options: LoopOptions) {
    this.#collections = collections;
    this.#transport = transport;
    this.#options = options;
  }

  /** Syncs in `delay` milliseconds, or earlier if that is planned; only what is hinted at if all calls until then hint. */
  wake(delay = 0, hint?: string): void {
    if (this.#stopped || this.#paused) return;
    if (hint === undefined) this.#hints = undefined;
    else if (this.#due === Infinity) this.#hints = new Set([hint]);
    else this.#hints?.add(hint);
    const due = Date.now() + delay;
    if (due >= this.#due) return;
    this.#due = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), delay);
  }

  /** The platform says that there is a network again, or a new token is there: do not wait. */
  retry(): void {
    this.#paused = false;
    this.#failures = this.#streamFailures = 0;
    this.wake();
  }

  offline(): void {
    if (this.status !== "unauthorized") this.#state("offline");
  }

  /** The token is another one; it may be somebody else's. */
  tokenChanged(): void {
    this.#known = false;
    this.#stream?.abort();
    this.retry();
  }

  /** This tab has come to be the one that talks to the server, or is not any more. */
  async leadChanged(): Promise<void> {
    this.#stream?.abort();
    this.#stream = undefined;
    if (this.#options.leads()) for (const c of this.#collections.values()) await c.load(); // the last one may have died in the middle
    this.retry();
  }

  /** Ends when the request under way has ended. Nothing runs after that: what the last round has begun is ended as well. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    clearTimeout(this.#timer);
    clearTimeout(this.#reopening);
    this.#stream?.abort();
  }

  #state(status: Status, problem?: unknown): void {
    if (this.status === status && this.problem === problem) return;
    this.status = status;
    this.problem = problem;
    this.#options.changed();
  }

  #run(): void {
    if (this.#running) {
      this.#due = Infinity;
      this.wake(20);
      return;
    }
    const only = this.#hints;
    this.#due = Infinity;
    this.#hints = undefined;
    this.#running = this.#round(only).finally(() => (this.#running = undefined));
  }

  async #round(only: ReadonlySet<string> | undefined): Promise<void> {
    let delay = this.#live ? SLOWEST : this.#options.interval;
    try {
      const wanted = [...this.#collections.values()].filter((c) => !only || only.has(c.name) || c.pending.size || !c.isSaved);
      if (!this.#options.leads()) {
        for (const c of this.#collections.values()) await this.#follow(c);
      } else if (wanted.length) {
        this.#state("syncing");
        await this.#authorized(async () => {
          if (!this.#known) {
            this.#user = await this.#options.identify();
            this.#known = true;
          }
          let full;
          for (const c of wanted) full = (await this.#sync(c)) || full;
          if (full) throw full;
        });
        this.#failures = 0;
        this.#state("idle");
        if (this.#options.live) void this.#listen();
      }
    } catch (e) {
      delay = this.#failed(e);
    }
    this.wake(delay);
  }

  /** What a tab does that does not talk to the server. */
  async #follow(c: Collection): Promise<void> {
    await c.mend();
    if (!c.isSaved) await c.save();
    if (c.failure) throw c.failure;
  }

  /** With a new token from the application if the old one is not good any more. */
  async #authorized(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (e) {
      if (!isUnauthorized(e)) throw e;
      this.#state("unauthorized", e);
      const token = await this.#options.onUnauthorized?.();
      if (token === undefined || this.#stopped) throw e;
      this.#transport.setToken(token);
      this.#known = false;
      await work();
    }
  }

  #failed(e: unknown): number {
    const wait = Math.min(SLOWEST, 1000 * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    if (isUnauthorized(e)) {
      this.#paused = true;
      this.#state("unauthorized", e);
    } else if (e instanceof ServerError) {
      this.#state(e.status > 428 && e.code !== FULL ? "offline" : "error", e);
      if (e.retryAfter) {
        // Until then only the application or the platform wakes it.
        this.#paused = true;
        this.#due = Infinity;
        clearTimeout(this.#timer);
        const resume = () => {
          this.#paused = false;
          this.#run();
        };
        this.#timer = setTimeout(resume, Math.max(wait, Math.min(10 * SLOWEST, 1000 * e.retryAfter)));
      }
    } else {
      this.#state(e instanceof NoAnswer ? "offline" : "error", e);
    }
    return wait;
  }

  /** Until nothing is pending that was done before, and nothing is left to pull. Gives the refusal if there is no room for it. */
  async #sync(c: Collection): Promise<ServerError | undefined> {
    let at = Infinity;
    let drifts = 0;
    let suspect;
    let full;
    while (!this.#stopped && this.#options.leads()) {
      const flight = await c.take(this.#options.page, this.#user, at);
      if (!flight) throw c.failure;
      let answer: Answer;
      try {
        answer = await this.#transport.sync(flight.request);
      } catch (e) {
        if (!(e instanceof ServerError)) throw e;
        const details = e.details as { serverTime: number; maxDriftMs: number } | undefined;
        if (e.code === "clock_drift" && details && drifts++ < 3 && (await c.drifted(details.serverTime, details.maxDriftMs))) continue;
        if (e.code === FULL && at) {
          at = 0; // what others have written can be pulled all the same
          full = e;
          continue;
        }
        if ((e.status !== 400 && e.status !== 413) || !flight.sent.size) throw e;
        // One of the documents is the reason. Halve until it is found; then see whether it goes without it.
        at = Math.floor(flight.sent.size / 2);
        if (!at) suspect = { flight, code: e.code, details: (e.details ?? e.message) as Json };
        continue;
      }
      await c.received(flight, answer);
      if (suspect) await c.quarantined(suspect.flight, suspect.code, suspect.details);
      const partly = at !== Infinity || flight.sent.size >= this.#options.page;
      at = suspect ? Infinity : at * 2;
      suspect = undefined;
      if (answer.more || (partly && !full && c.pending.size)) continue;
      if (c.pending.size && !full) this.wake(this.#options.debounce);
      return full;
    }
    return undefined;
  }

  /** Live hints. They only tell when to pull; without them the interval does. */
  async #listen(): Promise<void> {
    const names = [...this.#collections.keys()].sort();
    const wanted = names.join("\n");
    if (this.#stream && this.#listening === wanted) return;
    this.#stream?.abort();
    const stream = (this.#stream = new AbortController());
    this.#listening = wanted;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      this.#live = true;
      clearTimeout(silence);
      silence = setTimeout(() => stream.abort(), 45_000); // the server says something every 15 s
    };
    try {
      await this.#transport.live(names, (name) => this.#collections.get(name)!.meta.cursor, (name) => {
        this.#streamFailures = 0;
        this.wake(0, name);
      }, alive, stream.signal);
    } catch {
      // the next try is planned below; whether the server is there the pulls will tell
    }
    stream.abort();
    clearTimeout(silence);
    if (this.#stream !== stream || this.#stopped) return;
    this.#live = false;
    this.wake(this.#options.interval);
    const wait = Math.min(5 * SLOWEST, 1000 * 2 ** this.#streamFailures++) * (0.5 + Math.random() / 2);
    this.#reopening = setTimeout(() => {
      if (this.#stream === stream) this.#stream = undefined; // the next round opens another
    }, wait);
  }
  #listening = "";
}

const isUnauthorized = (e: unknown): e is ServerError => e instanceof ServerError && e.status === 401;
