import { signal } from "./state.js";
import { TEXTS, type Text } from "./texts.js";

export type Language = "en" | "de";
const LANGUAGES: readonly Language[] = ["en", "de"];
const KEPT = "landfall.console.language";

/** The language of a browser, or the one that was chosen here. */
export function preferred(chosen: string | null | undefined, browsers: readonly string[]): Language {
  if (LANGUAGES.includes(chosen as Language)) return chosen as Language;
  for (const one of browsers) for (const language of LANGUAGES) if (one.toLowerCase().split("-")[0] === language) return language;
  return "en";
}

export const language = signal<Language>(typeof localStorage === "undefined" ? "en" : preferred(localStorage.getItem(KEPT), navigator.languages));
const show = () => {
  if (typeof document !== "undefined") document.documentElement.lang = language.value;
};
show();
language.subscribe((now) => {
  localStorage.setItem(KEPT, now);
  show();
});

/** A text in the language that is chosen, with `{name}` replaced. */
export function t(key: Text, values: Readonly<Record<string, string | number>> = {}): string {
  return TEXTS[key][LANGUAGES.indexOf(language.value)]!.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? (typeof values[name] === "number" ? number(values[name]) : String(values[name])) : whole));
}

/** Whether there is such a text. */
export const isText = (key: string): key is Text => Object.hasOwn(TEXTS, key);

/** One, or several: `key.one` and `key.many`, with `{n}`. */
export const count = (key: string, n: number): string => t(`${key}.${n === 1 ? "one" : "many"}` as Text, { n });

export const number = (n: number): string => new Intl.NumberFormat(language.value).format(n);

export function bytes(n: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) n /= 1000, unit++;
  return new Intl.NumberFormat(language.value, { style: "unit", unit: units[unit]!, unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: n < 10 && unit > 0 ? 1 : 0 }).format(n);
}

export const moment = (at: string | number): string => new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

/** In words, as long as it is near. */
export function ago(at: string | number, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const words = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  for (const [unit, length, most] of [["second", 1, 60], ["minute", 60, 3600], ["hour", 3600, 86_400], ["day", 86_400, 7 * 86_400]] as const) if (Math.abs(seconds) < most) return words.format(Math.round(seconds / length), unit);
  return new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(at));
}

/** What a browser calls itself, among all that it says it is like. */
export function browser(agent: string): string {
  for (const [mark, name] of [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]] as const) if (agent.includes(mark)) return name;
  return "Browser";
}
