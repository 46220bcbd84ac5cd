/** What few need and nobody at first. It is loaded when it is needed. */
export * from "./numbers.js";
export * from "./restore.js";
export * from "./trouble.js";
export * from "./memory.js";
export * from "./order.js";
export * from "./refused.js";
export * from "./leaving.js";
export * from "./cleared.js";
export * from "./hear.js";
