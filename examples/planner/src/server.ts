// What needs the network: signing in, people, organisations, sharing. Lists and notes themselves go through data.ts.

export const SERVER = new URL("../..", document.baseURI).href.replace(/\/$/, "");
export const APPLICATION = "planner";

export interface Organisation {
  orgId: string;
  name: string;
  role: "member" | "org-admin";
}

/** Who is signed in, and where they are: kept in the browser. */
export interface Session {
  user: { userId: string; name: string };
  email?: string | undefined;
  token: string;
  /** The organisation whose lists are shown; none: their own. */
  organisation: string;
  organisations: Organisation[];
}

export interface Person {
  userId: string;
  displayName: string;
}

export interface Profile {
  displayName: string;
  findable: "nobody" | "email";
}

export interface Member {
  userId: string;
  role: Organisation["role"];
}

export interface Invitation {
  invitationId: string;
  email?: string;
  role: string;
  expiresAt: string;
}

export interface Grant {
  userId?: string;
  email?: string;
  app: string;
  access: "read" | "write";
  pending?: boolean;
  via?: "link" | "email";
}

export interface Access {
  visibility: "private" | "shared" | "org" | "public";
  sharedWith?: Grant[];
  shareToken?: string | null;
  shareTokenRedeem?: { access: string } | null;
}

export interface Place {
  collection: string;
  key: string;
  owner?: string | undefined;
  organisation?: string | undefined;
}

/** A request that the server refused, in its own words. */
export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

interface Request {
  body?: object;
  organisation?: string | undefined;
}

async function call<A>(session: Session | undefined, method: string, path: string, { body, organisation }: Request = {}): Promise<A> {
  let answer: Response;
  try {
    answer = await fetch(SERVER + path, {
      method,
      headers: {
        ...(session && { Authorization: `Bearer ${session.token}` }),
        ...(organisation && { "X-Org-Id": organisation }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body ? JSON.stringify(body) : null,
    });
  } catch {
    throw new Refused(0, "The server cannot be reached. This needs a connection.");
  }
  const fresh = answer.headers.get("X-Auth-Token");
  if (fresh && session) session.token = fresh;
  const text = await answer.text();
  const json = (text ? parsed(text) : {}) as A & { error?: string };
  if (!answer.ok) throw new Refused(answer.status, json.error ?? `The server answered ${answer.status}`);
  return json;
}

/** A proxy or the page of a hotel's network answers in its own form: as if nobody had. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(0, "What answered is not the server. Is there a page of this network to sign in to?");
  }
}

export const signIn = (name: string, email?: string): Promise<{ user: Session["user"]; token: string }> =>
  call(undefined, "POST", "/auth/dev", { body: { name, ...(email && { email }) } });

export const profile = (session: Session): Promise<Profile> => call(session, "GET", "/account/profile");
export const changeProfile = (session: Session, change: Partial<Profile>): Promise<Profile> => call(session, "PATCH", "/account/profile", { body: change });

/** What people are called; those that one has nothing to do with are left out. */
export const people = async (session: Session, ids: readonly string[]): Promise<Person[]> =>
  (await call<{ people: Person[] }>(session, "GET", "/people?" + new URLSearchParams({ ids: ids.join(",") }))).people;

// Organisations

export const organisations = async (session: Session): Promise<Organisation[]> => (await call<{ orgs: Organisation[] }>(session, "GET", "/orgs")).orgs;
export const createOrganisation = (session: Session, name: string): Promise<Organisation> => call(session, "POST", "/orgs", { body: { name } });

/** All members, page by page. */
export async function members(session: Session, org: string): Promise<Member[]> {
  const all: Member[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? "" : "?" + new URLSearchParams({ after });
    const page = await call<{ members: Member[]; after?: string }>(session, "GET", `/orgs/${org}/members${query}`);
    all.push(...page.members);
    after = page.after;
  } while (after !== undefined);
  return all;
}

export const removeMember = (session: Session, org: string, userId: string): Promise<void> => call(session, "DELETE", `/orgs/${org}/members/${userId}`);
export const invitations = async (session: Session, org: string): Promise<Invitation[]> =>
  (await call<{ invitations: Invitation[] }>(session, "GET", `/orgs/${org}/invitations`)).invitations;
export const revokeInvitation = (session: Session, org: string, id: string): Promise<void> => call(session, "DELETE", `/orgs/${org}/invitations/${id}`);

/** Gives the token of the link, which is told this once. */
export async function invite(session: Session, org: string, email: string): Promise<string> {
  const { url } = await call<{ url: string }>(session, "POST", `/orgs/${org}/invitations`, { body: email ? { email } : {} });
  return url.split(/[/#]/).at(-1)!;
}

/** Who invites to what. */
export interface Invited {
  orgId: string;
  name: string;
  role: string;
  invitedBy: { displayName?: string };
}

export const invited = (token: string): Promise<Invited> => call(undefined, "GET", `/invitations/${encodeURIComponent(token)}`);
export const answerInvitation = (session: Session, token: string, what: "accept" | "decline"): Promise<unknown> =>
  call(session, "POST", `/invitations/${encodeURIComponent(token)}/${what}`);

// Sharing. The key of a document is a parameter, because a path cannot hold every key.

const entry = ({ collection, key, owner }: Place, what = "") => `/docIndex/${APPLICATION}${what}?` + new URLSearchParams({ collection, key, ...(owner && { owner }) });

/** Who has access to a document of one's own. */
export const access = (session: Session, place: Place): Promise<Access> => call(session, "GET", entry(place), { organisation: place.organisation });
export const changeAccess = (session: Session, place: Place, change: object): Promise<Access> =>
  call(session, "PATCH", entry(place), { organisation: place.organisation, body: change });

/** Gives the token, which is told this once. With `access`, whoever signs in can make a grant of it. */
export const createLink = async (session: Session, place: Place, access: "look" | "read" | "write"): Promise<string> =>
  (await call<{ shareToken: string }>(session, "POST", entry(place, "/shareToken"), {
    organisation: place.organisation,
    body: access === "look" ? {} : { redeem: true, access },
  })).shareToken;

export const removeLink = (session: Session, place: Place): Promise<unknown> => call(session, "DELETE", entry(place, "/shareToken"), { organisation: place.organisation });

/** Gives up what somebody else has shared. */
export const letGo = (session: Session, place: Place): Promise<unknown> => call(session, "DELETE", entry(place, "/access"), { organisation: place.organisation });

export const linked = (token: string): Promise<object> => call(undefined, "GET", `/shared/${encodeURIComponent(token)}`);
export const redeem = (session: Session, token: string): Promise<{ collection: string; key: string; owner: string }> =>
  call(session, "POST", `/shared/${encodeURIComponent(token)}/redeem`);
