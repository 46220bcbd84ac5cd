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
}

export interface Request {
  collection: string;
  clientClock: Clock;
  changes: Change[];
  limit: number;
  acks: true;
  owners: true;
  onInvalid: "skip";
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

export interface Answer {
  serverClock: Clock;
  serverChanges: JsonObject[];
  conflicts?: Conflict[];
  acks?: { key: string; owner?: string; rev: Clock }[];
  rejected?: Rejection[];
  more?: boolean;
  pending?: number;
  resync?: boolean;
  serverTime?: number;
}
