// What people are called, asked once for all who are on a page.
import { asked, get, session } from "./api.js";
import { signal } from "./state.js";

export interface Person {
  readonly userId: string;
  readonly displayName: string | null;
  readonly picture?: string;
}

const MOST = 50;
const known = new Map<string, Person | undefined>();
const wanted = new Set<string>();
let waits = false;

/** Counts up when names have come. */
export const named = signal(0);

async function ask(): Promise<void> {
  waits = false;
  const ids = [...wanted].slice(0, MOST);
  for (const id of ids) {
    wanted.delete(id);
    known.set(id, undefined);
  }
  try {
    const { people } = await get<{ people: Person[] }>("/people" + asked({ ids: ids.join(",") }));
    for (const one of people) known.set(one.userId, one);
    named.value++;
  } catch {
    for (const id of ids) known.delete(id); // asked again with the next page
  }
  if (wanted.size) void ask();
}

/** The name of somebody, or nothing as long as it is not known; whoever shows it watches `named`. */
export function person(id: string): Person | undefined {
  const me = session.value;
  if (id === me?.userId) return { userId: id, displayName: me.name };
  if (!known.has(id) && !wanted.has(id) && me && /^[0-9a-f-]{36}$/.test(id)) {
    wanted.add(id);
    if (!waits) {
      waits = true;
      setTimeout(() => void ask(), 10);
    }
  }
  return known.get(id);
}
