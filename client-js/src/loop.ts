import type { Collection } from "./collection.js";
import type { Json } from "./json.js";
import type { Answer } from "./protocol.js";
import type { Flight } from "./replica.js";
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
  /** What a restored server has lost waits until the application agrees. */
  hold: boolean;
  /** Asks the application for a token after a `401`. */
  onUnauthorized?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Checks whose token it is and whose server; gives whose documents those are that no owner is named of. */
  identify: () => Promise<string>;
  /** Whether this is the server that was asked. */
  isServer: (instance: string) => boolean;
  /** The user is no member of the organisation any more. */
  revoked: () => Promise<void>;
  /** Room for one more connection that stays open, to be given back. */
  slot: () => Promise<(() => void) | undefined>;
  leads: () => boolean;
  changed: () => void;
}

const SLOWEST = 60_000;

/** Bytes a request may have, each way: as few as the worst link needs and as many as a good one can use. */
const LEAST = 16 * 1024;
const MOST = 4 * 1024 * 1024;

/** Refusals of one document alone, by something on the way, until it goes to the inbox. */
const OFTEN = 3;

/** Milliseconds after which a stream counts as one that works. */
const LONG = 20_000;

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
  /** Whether the application has just given a token. */
  #answered = false;
  #bytes = MOST / 4;
  #ceiling = MOST;
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
        if (this.#collections.size) await this.#authorized(async () => {});
      } else if (wanted.length) {
        this.#state("syncing");
        await this.#authorized(async () => {
          let problem;
          for (const c of wanted) problem = (await this.#sync(c)) ?? problem;
          if (problem) throw problem;
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

  /** Work that needs a token, and to know that it is the right one. If it is not good any more, with a new one from the application. */
  async #authorized(work: () => Promise<void>): Promise<void> {
    const checked = async () => {
      if (!this.#known) this.#user = await this.#options.identify();
      this.#known = true;
      await work();
    };
    this.#answered = false;
    try {
      await checked();
    } catch (e) {
      if (!isUnauthorized(e)) throw e;
      this.#state("unauthorized", e);
      const token = await this.#options.onUnauthorized?.();
      if (token === undefined || this.#stopped) throw e;
      this.#answered = true;
      this.#transport.setToken(token);
      this.#known = false;
      await checked();
    }
  }

  #failed(e: unknown): number {
    const wait = Math.min(SLOWEST, 1000 * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    const refusal = e instanceof ServerError ? e : undefined;
    const passes = refusal ? (refusal.status > 428 && refusal.code !== FULL) || !refusal.isOurs : e instanceof NoAnswer;
    this.#state(isUnauthorized(e) ? "unauthorized" : passes ? "offline" : "error", e);
    // Nobody has a better token. If somebody had, it may be the server's mistake, and will be asked again.
    if (isUnauthorized(e)) this.#paused = e.isOurs && !this.#answered;
    else if (refusal?.retryAfter) {
      // Until then only the application or the platform wakes it.
      this.#paused = true;
      this.#due = Infinity;
      clearTimeout(this.#timer);
      const resume = () => {
        this.#paused = false;
        this.#run();
      };
      this.#timer = setTimeout(resume, Math.max(wait, Math.min(10 * SLOWEST, 1000 * refusal.retryAfter)));
    }
    return wait;
  }

  /**
   * Until nothing is pending that was done before, and nothing is left to pull. Gives what needs somebody although everything that could
   * be done was: there is no room, here or there.
   */
  async #sync(c: Collection): Promise<unknown> {
    let at = Infinity;
    /** How many to try next, once it is known that others get through. */
    let then: number | undefined;
    let drifts = 0;
    let suspect: { flight: Flight; e: ServerError } | undefined;
    let full: unknown;
    while (!this.#stopped && this.#options.leads()) {
      const flight = await c.take({ limit: this.#options.page, bytes: this.#bytes }, this.#user, at);
      const count = flight.sent.size;
      let answer: Answer;
      try {
        answer = await this.#transport.sync(flight.request);
      } catch (e) {
        if (!(e instanceof ServerError)) {
          this.#bytes = Math.max(LEAST, this.#bytes / 2);
          throw e;
        }
        const details = e.details as { serverTime: number; maxDriftMs: number } | undefined;
        if (e.code === "clock_drift" && details && drifts++ < 3 && (await c.drifted(details.serverTime, details.maxDriftMs))) continue;
        if (e.reason === "not_a_member") await this.#options.revoked();
        if (e.code === FULL && at) {
          at = 0; // what others have written can be pulled all the same
          full = e;
          continue;
        }
        const isOfContent = e.isOurs ? e.status === 400 || e.status === 413 : e.status !== 401 && e.status !== 429 && !e.retryAfter;
        if (!isOfContent || !count) throw e;
        if (e.status === 413 && !e.isOurs && count > 1) this.#bytes = this.#ceiling = Math.max(LEAST, this.#bytes / 2);
        // One of the documents is the reason. Halve until it is found; then see whether it goes without it. What stands between may refuse
        // everything: that has to be known first.
        const half = Math.floor(count / 2);
        if (!half) suspect = { flight, e };
        if (!e.isOurs && then === undefined) then = half;
        at = e.isOurs || then !== half ? half : 0;
        continue;
      }
      if (answer.instance !== undefined && !this.#options.isServer(answer.instance)) {
        this.#known = false;
        throw new NoAnswer("other server");
      }
      if (!(await c.received(flight, answer, this.#options.hold))) await c.load(); // another tab was faster
      this.#bytes = Math.min(this.#ceiling, this.#bytes * 2);
      const partly = at !== Infinity || flight.partial;
      if (suspect) await this.#setAside(c, suspect.flight, suspect.e);
      at = suspect ? Infinity : at === 0 && then ? then : at * 2;
      suspect = undefined;
      if (answer.more || (partly && !full && c.isDue)) continue;
      if (!full && c.isDue) this.wake(this.#options.debounce);
      return full ?? c.failure;
    }
    return undefined;
  }

  /** The one document of `flight` was refused, and others were not. */
  async #setAside(c: Collection, flight: Flight, e: ServerError): Promise<void> {
    // Our server says what is wrong with it. Of others nobody knows whether they meant it.
    if (e.isOurs || c.setAside(flight, this.#options.interval) >= OFTEN) {
      await c.quarantined(flight, e.code, (e.details ?? e.message) as Json);
    }
  }

  /** Live hints. They only tell when to pull; without them the interval does. */
  async #listen(): Promise<void> {
    const names = [...this.#collections.keys()].sort();
    const wanted = names.join("\n");
    if (this.#stream && this.#listening === wanted) return;
    this.#stream?.abort();
    const stream = (this.#stream = new AbortController());
    this.#listening = wanted;
    const free = await this.#options.slot().catch(() => undefined); // as without a slot
    if (!free || stream.signal.aborted) {
      free?.();
      if (this.#stream === stream) this.#stream = undefined;
      return; // others listen; the interval has to do
    }
    const began = Date.now();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      this.#live = true;
      if (Date.now() - began > LONG) this.#streamFailures = 0;
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
    free();
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
