/** The text form of a hybrid logical clock: `<13 hex ms>-<6 hex sequence>-<node>`. Its order as a string is causal order. */
export type Clock = string;

/** Before everything. */
export const ZERO: Clock = "0000000000000-000000-00000000";

const FORM = /^[0-9a-f]{13}-[0-9a-f]{6}-[\x20-\x7e]{1,128}$/;
const MAX_SEQUENCE = 0xffffff;

export interface ClockParts {
  ms: number;
  seq: number;
  node: string;
}

/** Takes a clock apart. `0000000000000-000000-` is zero too. Throws on anything that is not a clock. */
export function parse(text: string): ClockParts {
  if (text === "0000000000000-000000-") return parse(ZERO);
  if (!FORM.test(text)) throw new TypeError("not a clock: " + text);
  return partsOf(text);
}

/** The parts of a well-formed clock. */
const partsOf = (clock: Clock): ClockParts => ({ ms: millis(clock), seq: parseInt(clock.slice(14, 20), 16), node: clock.slice(21) });

/** The milliseconds of a well-formed clock. */
export const millis = (clock: Clock): number => parseInt(clock.slice(0, 13), 16);

export const format = ({ ms, seq, node }: ClockParts): Clock =>
  ms.toString(16).padStart(13, "0") + "-" + seq.toString(16).padStart(6, "0") + "-" + node;

/** -1, 0 or 1. */
export const compare = (a: Clock, b: Clock): number => (a < b ? -1 : a > b ? 1 : 0);

export const later = (a: Clock, b: Clock): Clock => (b > a ? b : a);

/** The next reading of `clock` for an event of its own node; `wall` is milliseconds since 1970. */
export function tick(clock: Clock, wall: number): Clock {
  const { ms, seq, node } = partsOf(clock);
  if (wall > ms) return format({ ms: Math.floor(wall), seq: 0, node });
  return format(seq < MAX_SEQUENCE ? { ms, seq: seq + 1, node } : { ms: ms + 1, seq: 0, node });
}

/** The next reading of `local` after hearing of `remote`: later than both, and not before the wall clock. */
export function receive(local: Clock, remote: Clock, wall: number): Clock {
  const mine = partsOf(local);
  const theirs = partsOf(remote);
  const ahead = theirs.ms > mine.ms || (theirs.ms === mine.ms && theirs.seq > mine.seq);
  return tick(ahead ? format({ ...theirs, node: mine.node }) : local, wall);
}
