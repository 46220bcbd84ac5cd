import { ZERO, type Clock } from "./clock.js";
import { fromOf, type Entry, type Layer } from "./entry.js";
import { apply, type Edit } from "./merge.js";
import type { Path } from "./paths.js";
import type { Part } from "./replica.js";

/**
 * What is pending of a document where it was not all made from one state: first what may have been sent, as it was; then what was made from
 * each state, the oldest first. The server is told of each edit what its user saw.
 */
export function parts(e: Entry): Part[] {
  let layer: Layer = e;
  while (layer.under) layer = layer.under;
  const { gone, made, edits } = layer;
  const base = (gone ? undefined : e.base) ?? {};
  const all: Part[] = gone ? [{ from: fromOf(e, gone), gone, edits: new Map() }] : [];
  if (!edits.size && made) all.push({ from: gone ? fromOf(e, made) : ZERO, made, edits, doc: base });
  const states = new Map([...edits].map(([path, edit]) => [path, fromOf(e, edit)]));
  while (together(states));
  const soFar = new Map<Path, Edit>();
  for (const from of [...new Set(states.values())].sort()) {
    const some = new Map([...edits].filter(([path]) => states.get(path) === from));
    for (const [path, edit] of some) soFar.set(path, edit);
    all.push({ from, made, edits: some, doc: apply(base, soFar, true) });
  }
  return all;
}

/** What is edited above or below another leaf goes with it: a value in the place of an object, and what was below. True if something changed. */
function together(states: Map<Path, Clock>): boolean {
  let changed = false;
  for (const [path, from] of states) {
    for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
      const above = path.slice(0, dot);
      const other = states.get(above);
      if (other === undefined || other === from) continue;
      const older = other < from ? other : from;
      states.set(above, older).set(path, older);
      changed = true;
      break;
    }
  }
  return changed;
}
