import type * as Live from "./live.js";
import type * as Rare from "./rare.js";

export type { Rare };

/** Files of their own beside this one. */
export const rare = (): Promise<typeof Rare> => import("./rare.js");
export const liveHints = (): Promise<typeof Live> => import("./live.js");
