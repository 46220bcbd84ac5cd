import { ZERO, compare, later, millis, receive, tick, type Clock } from "../src/clock.js";
import { equal, put, type Json, type JsonObject } from "../src/json.js";
import { join, leaves } from "../src/paths.js";
import type { Answer, Change, Conflict, Request } from "../src/protocol.js";

interface Leaf {
  value?: Json | undefined;
  edit: Clock;
  commit: Clock;
  seen: { clock: Clock; value: Json | undefined }[];
  /** What it has been, with the commits: counters need it. */
  was?: { commit: Clock; value: Json | undefined }[];
}

interface Stored {
  key: string;
  rev: Clock;
  deleted?: Clock | undefined;
  leaves: Map<string, Leaf>;
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details?: JsonObject,
  ) {
    super(code);
  }
}

/**
 * A server of one collection and one user, small but faithful where it matters to a client: one log of commits, leaf merge by edit
 * clocks with replays known, tombstones, pages, echoes, acknowledgements, drift, resync, refusals.
 */
export class FakeServer {
  clock: Clock = "0000000000000-000000-srv.e1.scope";
  horizon: Clock = ZERO;
  readonly docs = new Map<string, Stored>();
  /** Documents with such a field are refused, as by a schema. */
  forbidden = "forbidden";
  maxDrift = 300_000;
  maxChanges = 10_000;
  /** So many documents may be there. */
  room = Infinity;
  requests = 0;
  /** The server's own id. */
  instance: string | undefined = "i1";
  /** Whose the documents are. */
  self = "me";
  /** The request before. */
  last: Request | undefined;
  /** Whose organisation the caller is no member of any more. */
  left = false;
  warnings: Answer["warnings"];
  private epochs = 1000;
  /** Clocks in the middle of a pull of everything: older than the horizon, and right nevertheless. */
  private readonly midway = new Set<Clock>();
  /** Others' documents, by owner and key, as they go over the wire. */
  readonly foreign = new Map<string, { wire: JsonObject; rev: Clock; access: "read" | "write" | "revoked" }>();

  constructor(readonly now: () => number) {}

  /** The zero of a new epoch, whose clocks come after those of the ones before at the same moment. */
  private epoch(): Clock {
    return "0000000000000-000000-srv.e" + ++this.epochs + ".scope";
  }

  /** A new epoch that knows nothing of clocks handed out before. */
  restore(): void {
    this.clock = receive(this.epoch(), this.clock, this.now());
    this.horizon = this.clock;
    this.midway.clear();
  }

  /** What there is, to come back to. */
  backup(): Map<string, Stored> {
    return structuredClone(this.docs);
  }

  /** Goes back to a backup, or to nothing. */
  comeBack(backup = new Map<string, Stored>()): void {
    this.docs.clear();
    for (const [key, doc] of backup) this.docs.set(key, doc);
    this.clock = this.epoch();
    if (backup.size) this.clock = receive(this.clock, [...backup.values()].map((doc) => doc.rev).reduce(later), 0);
    this.horizon = ZERO;
    this.midway.clear();
    this.instance = backup.size ? this.instance : "i" + this.now();
  }

  next(): Clock {
    return (this.clock = tick(this.clock, this.now()));
  }

  share(owner: string, key: string, fields: JsonObject, access: "read" | "write" | "revoked" = "read"): void {
    const rev = this.next();
    const wire = access === "revoked" ? { _key: key, _rev: rev, _owner: owner, _revoked: true } : { ...fields, _key: key, _rev: rev, _owner: owner, _fieldRevs: {} };
    this.foreign.set(owner + "/" + key, { wire, rev, access });
  }

  sync(body: Request): Answer {
    this.requests++;
    this.last = body;
    const { changes, clientClock, limit } = body;
    if (changes.length > this.maxChanges) throw new Refusal(413, "too_large");
    for (const change of changes) {
      for (const clock of [change.baseClock, ...Object.values(change.fieldRevs)]) {
        if (millis(clock) > this.now() + this.maxDrift) {
          throw new Refusal(409, "clock_drift", { serverTime: this.now(), maxDriftMs: this.maxDrift, key: change.key });
        }
      }
      if (change.doc && "huge" in change.doc) throw new Refusal(413, "too_large", { key: change.key });
    }
    const living = new Set([...this.docs.values()].filter((doc) => !doc.deleted).map((doc) => doc.key));
    const before = living.size;
    for (const change of changes) living[change.deleted ? "delete" : "add"](change.key);
    if (living.size > this.room && living.size > before) throw new Refusal(429, "quota_exceeded", { limit: "documents", max: this.room });
    for (const change of changes) {
      this.clock = receive(this.clock, [change.baseClock, ...Object.values(change.fieldRevs)].reduce(later), 0);
    }
    const conflicts: Conflict[] = [];
    const rejected: Answer["rejected"] = [];
    const pushed = new Map<string, { change: Change; wrote: boolean }>();
    const echo: JsonObject[] = [];
    for (const change of changes) {
      if (change.owner !== undefined && change.owner !== this.self) {
        const theirs = this.foreign.get(change.owner + "/" + change.key);
        if (theirs?.access !== "write") {
          const gone = !theirs || theirs.access === "revoked";
          rejected.push({ key: change.key, code: gone ? "revoked" : "read_only", details: { owner: change.owner } });
          if (theirs && !gone) echo.push(theirs.wire);
        } else this.share(change.owner, change.key, change.doc!, "write");
        continue;
      }
      if (change.doc && this.forbidden in change.doc) {
        rejected.push({ key: change.key, code: "bad_request", details: [{ key: change.key, field: this.forbidden, message: "is not allowed" }] });
        continue;
      }
      const wrote = change.deleted ? this.delete(change, conflicts, body.collection) : this.merge(change, conflicts, body.collection, this.isForeign(clientClock));
      pushed.set(change.key, { change, wrote: wrote || !!pushed.get(change.key)?.wrote });
    }
    const lost = this.isForeign(clientClock) || clientClock > this.clock; // also if the server has forgotten something since
    const unknown = lost || (clientClock !== ZERO && clientClock < this.horizon && !this.midway.has(clientClock));
    const since = unknown ? ZERO : clientClock;
    const acks: NonNullable<Answer["acks"]> = [];
    for (const [key, { change, wrote }] of pushed) {
      const doc = this.docs.get(key);
      if (!doc) {
        if (!change.deleted) echo.push({ _key: key, _rev: ZERO, _deleted: true, _fieldRevs: {} });
      } else if (change.deleted ? !!doc.deleted : !doc.deleted && equal(this.fields(doc), change.doc)) {
        acks.push({ key, rev: doc.rev });
      } else if (wrote || doc.rev > change.baseClock || change.deleted || !equal(this.fields(doc), change.doc)) {
        echo.push(this.wire(doc));
      }
    }
    const known = new Set([...acks.map((one) => one.key), ...echo.map((one) => one._key)]);
    const feed = [...this.docs.values()].filter((doc) => doc.rev > since && !(since === ZERO && doc.deleted)).map((doc) => ({ rev: doc.rev, wire: this.wire(doc), key: doc.key }));
    for (const one of this.foreign.values()) {
      if (one.rev > since && !(since === ZERO && one.access === "revoked")) feed.push({ rev: one.rev, wire: one.wire, key: "" });
    }
    feed.sort((a, b) => compare(a.rev, b.rev));
    const page = feed.slice(0, limit);
    const more = feed.length > page.length;
    const end = more ? page.at(-1)!.rev.slice(0, 21) + this.clock.slice(21) : this.clock; // what was handed out is of this epoch
    if (more && (since === ZERO || this.midway.has(since))) this.midway.add(end);
    return {
      serverClock: end,
      serverChanges: JSON.parse(JSON.stringify([...echo, ...page.filter((one) => !known.has(one.key)).map((one) => one.wire)])),
      conflicts,
      acks,
      rejected,
      more,
      ...(more && { pending: feed.length - page.length }),
      ...(unknown && { resync: lost ? "restored" : "purged" }),
      ...(this.instance && { instance: this.instance }),
      ...(this.warnings && { warnings: this.warnings }),
      serverTime: this.now(),
    };
  }

  /** Tombstones are gone for good; who is older than they must start over. */
  purge(): void {
    this.horizon = this.clock;
    this.midway.clear();
    for (const [key, doc] of this.docs) if (doc.deleted) this.docs.delete(key);
  }

  fields(doc: Stored): JsonObject {
    return join([...doc.leaves].flatMap(([path, leaf]) => (leaf.value === undefined ? [] : [[path, leaf.value] as [string, Json]])));
  }

  wire(doc: Stored): JsonObject {
    const clocks = {};
    for (const [path, leaf] of doc.leaves) put(clocks, path, leaf.edit);
    return { ...(doc.deleted ? { _deleted: true } : this.fields(doc)), _key: doc.key, _rev: doc.rev, _fieldRevs: clocks };
  }

  /** Whether a clock is of another epoch: of a server that was set back. */
  private isForeign(clock: Clock): boolean {
    return clock !== ZERO && clock.slice(21) !== this.clock.slice(21);
  }

  private delete({ key, fieldRevs, baseClock }: Change, conflicts: Conflict[], collection: string): boolean {
    const doc = this.docs.get(key);
    const deletion = fieldRevs[""]!;
    if (!doc) return false;
    if (doc.deleted) {
      doc.deleted = later(doc.deleted, deletion);
      return false;
    }
    const latest = [...doc.leaves.values()].map((leaf) => leaf.edit).reduce(later, ZERO);
    if (doc.rev > baseClock && latest > deletion) {
      conflicts.push({ key, collection, field: "_deleted", localRev: deletion, remoteRev: latest, winner: "remote" });
    }
    if (latest > deletion) return false;
    if (doc.rev > baseClock) conflicts.push({ key, collection, field: "_deleted", localRev: deletion, remoteRev: latest, winner: "local" });
    doc.deleted = deletion;
    doc.rev = this.next();
    for (const leaf of doc.leaves.values()) Object.assign(leaf, { value: undefined, edit: later(leaf.edit, deletion), commit: doc.rev });
    return true;
  }

  /** What two made of a counter: the sum of what each has added. */
  private added(path: string, value: Json | undefined, leaf: Leaf, { base, baseClock }: Change): number | undefined {
    if (!path.startsWith("count") || typeof value !== "number" || typeof leaf.value !== "number") return undefined;
    const isOurs = baseClock === ZERO || baseClock.slice(21) === this.clock.slice(21);
    const from = isOurs ? leaf.was?.filter(({ commit }) => commit <= baseClock).at(-1)?.value : leaves(base ?? {}).get(path);
    return leaf.value + value - ((from as number | undefined) ?? 0);
  }

  private merge(change: Change, conflicts: Conflict[], collection: string, lost: boolean): boolean {
    const { key, doc: sent, fieldRevs, baseClock } = change;
    const mine = leaves(sent!);
    let doc = this.docs.get(key);
    const latest = Object.values(fieldRevs).reduce(later, ZERO);
    const foreign = this.isForeign(baseClock); // knows nothing of what is here
    if (!doc || doc.deleted) {
      if (foreign && !doc) {
        // created
      } else if (doc ? latest <= doc.deleted! : baseClock !== ZERO && latest <= baseClock) {
        if (doc && doc.rev > baseClock) conflicts.push({ key, collection, field: "_deleted", localRev: latest, remoteRev: doc.deleted!, winner: "remote" });
        return false;
      }
      const deletion = doc?.deleted;
      const old = doc?.leaves;
      doc = { key, rev: this.next(), leaves: new Map() };
      this.docs.set(key, doc);
      for (const [path, value] of mine) {
        const edit = fieldRevs[path] ?? deletion ?? (foreign || lost ? ZERO : doc.rev); // by a lost state: of unknown age
        doc.leaves.set(path, { value, edit, commit: doc.rev, was: [{ commit: doc.rev, value }], seen: [...(old?.get(path)?.seen ?? []), { clock: edit, value }] });
      }
      return true;
    }
    const rev = this.next();
    let wrote = false;
    for (const [path, clock] of Object.entries(fieldRevs)) {
      const value = mine.get(path);
      const known = doc.leaves.get(path);
      const leaf = known ?? { edit: ZERO, commit: ZERO, seen: [] };
      doc.leaves.set(path, leaf);
      if (leaf.seen.some((one) => one.clock === clock && equal(one.value, value))) continue;
      leaf.seen.push({ clock, value });
      if (equal(leaf.value, value) && !(path.startsWith("count") && leaf.commit > baseClock)) {
        if (clock > leaf.edit && (value === undefined || leaf.edit === ZERO)) leaf.edit = clock; // of unknown age until now
        continue;
      }
      if (known && clock <= leaf.edit && clock <= baseClock) continue;
      const both = leaf.commit > baseClock || foreign;
      const sum = both ? this.added(path, value, leaf, change) : undefined;
      if (sum !== undefined) {
        Object.assign(leaf, { value: sum, edit: later(clock, leaf.edit), commit: rev, was: [...(leaf.was ?? []), { commit: rev, value: sum }] });
        wrote = true;
        continue;
      }
      const local = !known || clock > leaf.edit || (clock === leaf.edit && leaf.value !== undefined);
      if (both) {
        const remote = leaf.value;
        conflicts.push({
          key, collection, field: path, localRev: clock, remoteRev: leaf.edit, winner: local ? "local" : "remote",
          ...(value !== undefined && { localValue: value }), ...(remote !== undefined && { remoteValue: remote }),
        });
      }
      if (!local && both) continue;
      Object.assign(leaf, { value, edit: later(clock, leaf.edit), commit: rev, was: [...(leaf.was ?? []), { commit: rev, value }] });
      wrote = true;
    }
    if (wrote) doc.rev = rev;
    return wrote;
  }
}
