/** What few need and nobody at first. It is loaded when it is needed. */
export * from "./numbers.js";
export * from "./restore.js";
export * from "./trouble.js";
export * from "./memory.js";
