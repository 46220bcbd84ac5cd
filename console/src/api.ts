// What needs the server. Documents themselves go through documents.ts.
import { signal } from "./state.js";

/** Where the server is: one above this page, at whatever address that is. */
export const SERVER = typeof document === "undefined" ? "" : new URL("..", document.baseURI).href.replace(/\/$/, "");

const KEPT = "landfall.console.session";

export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly name: string;
}

const kept = (): Session | undefined => {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Session | null;
    return typeof found?.token === "string" && typeof found.userId === "string" ? found : undefined;
  } catch {
    return undefined;
  }
};

export const session = signal<Session | undefined>(typeof localStorage === "undefined" ? undefined : kept());
session.subscribe((now) => {
  if (now) localStorage.setItem(KEPT, JSON.stringify(now));
  else localStorage.removeItem(KEPT);
});
globalThis.addEventListener?.("storage", ({ key }) => key === KEPT && kept()?.userId !== session.value?.userId && location.reload());

/** Whether the last request has reached the server. */
export const online = signal(typeof navigator === "undefined" || navigator.onLine);
globalThis.addEventListener?.("online", () => (online.value = true));
globalThis.addEventListener?.("offline", () => (online.value = false));

export interface Violation {
  readonly key?: string;
  readonly field: string;
  readonly message: string;
}

/** A request that was not answered as it should, in the server's words. `status` 0: nobody has answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly details?: unknown) {
    super(message);
  }
  get violations(): readonly Violation[] {
    return Array.isArray(this.details) ? (this.details as Violation[]).filter((one) => typeof one?.message === "string") : [];
  }
}

export interface Call {
  readonly body?: unknown;
  readonly org?: string | undefined;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal;
}

export async function send(method: string, path: string, { body, org, token = session.value?.token, signal: ends }: Call = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(SERVER + path, {
      method,
      headers: {
        ...(token && { Authorization: "Bearer " + token }),
        ...(org && { "X-Org-Id": org }),
        ...(body !== undefined && !(body instanceof Blob) && { "Content-Type": "application/json" }),
        ...(body instanceof Blob && { "Content-Type": body.type || "application/json" }),
      },
      ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
      ...(ends && { signal: ends }),
    });
  } catch (e) {
    if (ends?.aborted) throw e;
    online.value = false;
    throw new Refused(0, "offline", "");
  }
  online.value = true;
  const fresh = answer.headers.get("X-Auth-Token");
  if (fresh && session.value && token === session.value.token) session.value = { ...session.value, token: fresh };
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({})) as { code?: string; error?: string; details?: unknown };
  if (answer.status === 401 && token === session.value?.token) ended.value = true;
  throw new Refused(answer.status, told.code ?? "http_" + answer.status, told.error ?? "HTTP " + answer.status, told.details);
}

/** Whether the session is over, and one has to sign in again. */
export const ended = signal(false);

export async function call<T>(method: string, path: string, options?: Call): Promise<T> {
  const text = await (await send(method, path, options)).text();
  try {
    return (text === "" ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new Refused(0, "not_the_server", ""); // the page of a hotel's network, perhaps
  }
}

export const get = <T>(path: string, options?: Call): Promise<T> => call<T>("GET", path, options);

/** The parameters that are there. */
export function asked(query: Readonly<Record<string, string | number | undefined>>): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== "").map(([name, value]): [string, string] => [name, String(value)]);
  return set.length ? "?" + String(new URLSearchParams(set)) : "";
}

export interface Settings {
  readonly development: boolean;
  readonly providers: readonly string[];
  readonly organisations: boolean;
}

export interface CollectionInfo {
  readonly name: string;
  readonly schema?: import("./json.js").Json;
  readonly indexes?: readonly string[];
}

export interface Application {
  readonly app: string;
  readonly description?: string;
  readonly documents: number;
  readonly bytes: number;
  readonly collections: readonly CollectionInfo[];
}

export interface Holdings {
  readonly applications: readonly Application[];
  readonly operator: boolean;
}

export interface Grant {
  readonly userId?: string;
  readonly email?: string;
  readonly app: string;
  readonly access: "read" | "write";
  readonly via?: "link" | "email";
  readonly pending?: boolean;
}

export interface IndexEntry {
  readonly docKey: string;
  readonly userId: string;
  readonly app: string;
  readonly collection: string;
  readonly orgId?: string;
  readonly visibility: "private" | "shared" | "org" | "public";
  readonly sharedWith: readonly Grant[];
  readonly hasShareToken: boolean;
  readonly shareTokenExpiresAt?: string;
  readonly shareTokenRedeem?: { access: "read" | "write"; uses?: number };
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deleted?: boolean;
}

export interface Version {
  readonly commit: string;
  readonly at: string;
  readonly changed: Readonly<Record<string, { from?: import("./json.js").Json; to?: import("./json.js").Json }>>;
  readonly conflict?: readonly { field: string; winner: string; localValue?: import("./json.js").Json; remoteValue?: import("./json.js").Json; winnerValue?: import("./json.js").Json }[];
}

export interface AuditEntry {
  readonly at: string;
  readonly who: string | null;
  readonly what: string;
  readonly on: Readonly<Record<string, string>>;
  readonly from: string | null;
}

export interface Organisation {
  readonly orgId: string;
  readonly name: string;
  readonly role: "member" | "org-admin";
}

export const settings = (): Promise<Settings> => get<Settings>("/console/settings");
export const holdings = (org?: string): Promise<Holdings> => get<Holdings>("/account/applications", { org });

/** Begins a session with a token, of this server or of an issuer it trusts. */
export async function begin(token: string): Promise<void> {
  const { userId } = await get<{ userId: string }>("/auth/me", { token });
  const profile = await get<{ displayName: string | null }>("/account/profile", { token });
  ended.value = false;
  session.value = { token, userId, name: profile.displayName ?? "" };
}
