import type { Collection } from "./collection.js";
import type { Answer, DeviceInfo } from "./protocol.js";
import type { Flight } from "./replica.js";
import { liveHints, rare } from "./lazy.js";
import type { Hints } from "./live.js";
import { NoAnswer, ServerError, type Transport } from "./transport.js";

/** There is no room for what is pending. */
export const FULL = "quota_exceeded";

/** The user has removed this device. */
export const REMOVED = "device_removed";

/** How many documents go into a request, after some have been refused. */
export interface Batch {
  at: number;
  /** How many to try next, once it is known that others get through. */
  then?: number;
  drifts: number;
  /** The one document that was refused alone. */
  suspect?: { flight: Flight; e: ServerError } | undefined;
  /** That there is no room. */
  full?: ServerError;
}

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
  /** The user is no member of the organisation any more, or the server has forgotten that. */
  revoked: () => Promise<void>;
  /** Everything went well. */
  synced: () => Promise<void>;
  /** The user has removed this device: ends everything. */
  removed: () => Promise<void>;
  /** What this device says it is, with each request. */
  device: DeviceInfo;
  /** The server's address. */
  server: string;
  leads: () => boolean;
  changed: () => void;
}

const SLOWEST = 60_000;

/** Bytes a request may have, each way: as few as the worst link needs and as many as a good one can use. */
const LEAST = 16 * 1024;
const MOST = 4 * 1024 * 1024;

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
  #hearing: Promise<Hints> | undefined;
  #ears: Hints | undefined;

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
    this.#failures = 0;
    if (this.#ears) this.#ears.failures = 0;
    this.wake();
  }

  offline(): void {
    if (this.status !== "unauthorized") this.#state("offline");
  }

  /** The token is another one; it may be somebody else's. */
  tokenChanged(): void {
    this.#known = false;
    this.#ears?.close();
    this.retry();
  }

  /** This tab has come to be the one that talks to the server, or is not any more. */
  async leadChanged(): Promise<void> {
    this.#ears?.close();
    if (this.#options.leads()) for (const c of this.#collections.values()) await c.load(); // the last one may have died in the middle
    this.retry();
  }

  /** Ends when the request under way has ended, and does not wait for the application to give a token. Nothing runs after that: what the last round has begun is ended as well. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.status !== "unauthorized") await this.#running;
    clearTimeout(this.#timer);
    this.#ears?.close();
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
    let delay = this.#ears?.isLive ? SLOWEST : this.#options.interval;
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
        await this.#options.synced();
        this.#state("idle");
        if (this.#options.live) this.#listen().catch(() => {}); // the interval has to do; the next round tries again
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
      while (!this.#known) {
        this.#known = true; // unless the token is another one by then
        this.#user = await this.#options.identify();
      }
      await work();
    };
    this.#answered = false;
    try {
      await checked();
    } catch (e) {
      if (!isUnauthorized(e)) throw e;
      this.#state("unauthorized", e);
      const token = await (e.reason === REMOVED ? this.#options.removed() : this.#options.onUnauthorized?.());
      if (token === undefined || this.#stopped) throw e;
      this.#state("syncing");
      this.#answered = true;
      this.#transport.setToken(token);
      this.#known = false;
      await checked();
    }
  }

  #failed(e: unknown): number {
    this.#known = false; // what has changed may be the server
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
    const batch: Batch = { at: Infinity, drifts: 0 };
    while (!this.#stopped && this.#options.leads()) {
      const flight = await c.take({ limit: this.#options.page, bytes: this.#bytes }, this.#user, batch.at);
      if (!this.#known) return this.wake(); // nothing is sent with a token that nobody has looked at
      let answer: Answer;
      try {
        answer = await this.#transport.sync({ ...flight.request, device: this.#options.device });
      } catch (e) {
        if (!(e instanceof ServerError)) {
          this.#bytes = Math.max(LEAST, this.#bytes / 2);
          throw e;
        }
        await (await rare()).refused(e, flight, batch, c, this.#options.revoked, () => (this.#bytes = this.#ceiling = Math.max(LEAST, this.#bytes / 2)));
        continue;
      }
      if (answer.instance !== undefined && !this.#options.isServer(answer.instance)) {
        this.#known = false;
        throw new NoAnswer("other server");
      }
      if (answer.resync) this.#known = false; // it may be a server that has been set back: who it is then is asked again
      if (!(await c.received(flight, answer, this.#options.hold))) await c.load(); // another tab was faster
      this.#bytes = Math.min(this.#ceiling, this.#bytes * 2);
      const { at, then, suspect, full } = batch;
      const partly = at !== Infinity || flight.partial;
      if (suspect) await (await rare()).setAside(c, suspect.flight, suspect.e, this.#options.interval);
      batch.at = suspect ? Infinity : at === 0 && then ? then : at * 2;
      batch.suspect = undefined;
      if (answer.more || (partly && !full && c.isDue)) continue;
      if (!full && c.isDue) this.wake(this.#options.debounce);
      return full ?? c.failure;
    }
    return undefined;
  }

  /** Live hints. What listens is a file of its own, and all may be over when it has come. */
  async #listen(): Promise<void> {
    const { server, interval } = this.#options;
    this.#hearing ??= liveHints().then(({ Hints }) => new Hints({
      collections: this.#collections, transport: this.#transport, server, interval, wake: (delay, hint) => this.wake(delay, hint),
    }));
    this.#ears ??= await this.#hearing;
    if (!this.#stopped && this.#options.leads()) await this.#ears.listen();
  }
}

const isUnauthorized = (e: unknown): e is ServerError => e instanceof ServerError && e.status === 401;
