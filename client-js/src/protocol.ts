import type { Clock } from "./clock.js";
import type { Json, JsonObject } from "./json.js";

/** What travels: see docs/protocol.md. */
export interface Change {
  key: string;
  owner?: string;
  doc?: JsonObject;
  deleted?: true;
  fieldRevs: Record<string, Clock>;
  baseClock: Clock;
  /** The edited leaves as they were at `baseClock`, where they can be merged. */
  base?: JsonObject;
}

/** For the user's list of devices. */
export interface DeviceInfo {
  id: string;
  name?: string;
  platform?: string;
  version?: string;
}

export interface Request {
  collection: string;
  clientClock: Clock;
  changes: Change[];
  limit: number;
  maxBytes?: number;
  acks: true;
  owners: true;
  onInvalid: "skip";
  device?: DeviceInfo;
}

/** A conflict that the server has resolved. "local" is the client that is told. */
export interface Conflict {
  key: string;
  owner?: string;
  collection: string;
  field: string;
  localRev: Clock;
  remoteRev: Clock;
  localValue?: Json;
  remoteValue?: Json;
  winner: "local" | "remote" | "auto-merged";
  winnerValue?: Json;
  mergeStrategy?: string;
}

export interface Rejection {
  key: string;
  code: string;
  details?: Json;
}

/** Something that the application should know of: `clock_behind`, `forked`, `withheld`. */
export interface Warning {
  key: string;
  owner?: string;
  code: string;
  field?: string;
}

export interface Answer {
  serverClock: Clock;
  serverChanges: JsonObject[];
  conflicts?: Conflict[];
  acks?: { key: string; owner?: string; rev: Clock }[];
  rejected?: Rejection[];
  more?: boolean;
  pending?: number;
  /** Everything is pulled anew: what is not there is gone, or, `"restored"`, lost by the server. */
  resync?: boolean | "purged" | "restored";
  warnings?: Warning[];
  /** The server's own id. */
  instance?: string;
  serverTime?: number;
  /** Not from the server: there are marks in it, see `numbers.ts`. */
  marked?: boolean;
}
