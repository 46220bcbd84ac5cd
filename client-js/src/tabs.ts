/** Tabs of one browser that share a store: one of them talks to the server, the others follow. */
export interface Tabs {
  /** Whether this tab is the one that talks to the server. */
  readonly leads: boolean;
  /** To all other tabs. */
  post(message: unknown): void;
  close(): void;
}

export interface TabsOptions {
  locks?: LockManager | undefined;
  channel?: (name: string) => BroadcastChannel;
  /** Milliseconds between two questions whether the leader is still there, and until it must have answered. */
  every?: number;
  patience?: number;
  lifecycle?: Pick<EventTarget, "addEventListener"> | undefined;
}

interface Envelope {
  tab?: "there?" | "here";
  message?: unknown;
}

/** The only tab there is. */
export const alone: Tabs = { leads: true, post() {}, close() {} };

/**
 * Joins the tabs of `name`. The leader holds a lock; when it is closed the browser gives the lock to another tab. A leader that is
 * frozen keeps its lock and does not answer: the tab that notices steals it. When the old one wakes up it has been told, and if it is
 * in the middle of a sync, what it brings is not taken (see `receive`). Without Web Locks every tab syncs for itself.
 */
export function joinTabs(name: string, hear: (message: unknown) => void, change: () => void, options: TabsOptions = {}): Tabs {
  const locks = "locks" in options ? options.locks : globalThis.navigator?.locks;
  const channel = (options.channel ?? ((n: string) => new BroadcastChannel(n)))(name);
  const every = options.every ?? 5_000;
  const patience = options.patience ?? 3_000;
  const lifecycle = "lifecycle" in options ? options.lifecycle : globalThis.document;
  const listening = new AbortController();
  let leads = !locks;
  let closed = false;
  let release: (() => void) | undefined;
  let asking: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const post = (envelope: Envelope) => {
    if (!closed) channel.postMessage(envelope);
  };
  const lead = (now: boolean) => {
    if (leads === now) return;
    leads = now;
    if (!closed) change();
  };

  function queue(steal = false): void {
    if (!locks || closed) return;
    const mine = ++turn;
    const held = () => {
      if (closed || mine !== turn) return;
      lead(true);
      return new Promise<void>((resolve) => (release = resolve));
    };
    void locks.request(name, steal ? { steal } : {}, held).catch(() => {
      if (mine !== turn) return;
      lead(false); // somebody has stolen it
      queue();
    });
  }

  const timer = setInterval(() => {
    if (leads || !locks || asking) return;
    post({ tab: "there?" });
    asking = setTimeout(() => {
      asking = undefined;
      if (!leads) queue(true);
    }, patience);
  }, every);

  channel.onmessage = (event: MessageEvent<Envelope>) => {
    const { tab, message } = event.data;
    if (tab === "there?" && leads && locks) post({ tab: "here" });
    if (tab === "here") {
      clearTimeout(asking);
      asking = undefined;
    }
    if (message !== undefined) hear(message);
  };

  // A page that is about to be frozen gives the lead away by itself, where the browser says so.
  const freeze = () => {
    turn++;
    release?.();
    if (locks) lead(false);
  };
  const { signal } = listening;
  lifecycle?.addEventListener("freeze", freeze, { signal });
  lifecycle?.addEventListener("resume", () => queue(), { signal });
  queue();

  return {
    get leads() {
      return leads;
    },
    post: (message) => post({ message }),
    close() {
      closed = true;
      turn++;
      leads = false;
      release?.();
      clearInterval(timer);
      clearTimeout(asking);
      listening.abort();
      channel.close();
    },
  };
}
