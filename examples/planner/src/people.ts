// What people are called. Known names are kept in the browser, so that they are there without a network.
import { people, type Session } from "./server.js";

const KEPT = "planner-people";
const MOST_ASKED = 50;

export class People {
  readonly #names: Map<string, string>;
  readonly #asked = new Set<string>();
  #wanted: string[] = [];
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly session: Session, readonly changed: () => void) {
    this.#names = new Map(Object.entries(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, string>));
  }

  static forget(): void {
    localStorage.removeItem(KEPT);
  }

  /** The name of somebody as far as it is known; otherwise it is asked for, and `changed` says when it is there. */
  name(id: string): string {
    if (id === this.session.user.userId) return "You";
    const organisation = this.session.organisations.find(({ orgId }) => orgId === id);
    if (organisation) return organisation.name;
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      this.#wanted.push(id);
      this.#asking ??= setTimeout(() => void this.#ask(), 50);
    }
    return this.#names.get(id) ?? "somebody";
  }

  /** Asks for the names of these, if it has not been done; without a network what was known is shown. */
  async know(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.name(id);
    clearTimeout(this.#asking);
    await this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = undefined;
    const wanted = this.#wanted;
    this.#wanted = [];
    if (!wanted.length) return;
    try {
      for (let i = 0; i < wanted.length; i += MOST_ASKED) {
        for (const { userId, displayName } of await people(this.session, wanted.slice(i, i + MOST_ASKED))) this.#names.set(userId, displayName);
      }
    } catch {
      for (const id of wanted) this.#asked.delete(id); // when it is shown next
      return;
    }
    localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(this.#names)));
    this.changed();
  }
}
