// What needs the network: signing in, organisations, sharing. Lists and notes themselves go through data.js.

const SERVER = new URL("../..", document.baseURI).href.replace(/\/$/, "");
const APPLICATION = "planner";

export { SERVER, APPLICATION };

/** A request that the server refused, in its own words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(session, method, path, { body, organisation } = {}) {
  let answer;
  try {
    answer = await fetch(SERVER + path, {
      method,
      headers: {
        ...(session ? { Authorization: `Bearer ${session.token}` } : {}),
        ...(organisation ? { "X-Org-Id": organisation } : {}),
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, "The server cannot be reached. This needs a connection.");
  }
  const fresh = answer.headers.get("X-Auth-Token");
  if (fresh && session) session.token = fresh;
  const text = await answer.text();
  const json = text ? parsed(text) : {};
  if (!answer.ok) throw new Refused(answer.status, json.error ?? `The server answered ${answer.status}`);
  return json;
}

/** A proxy or the page of a hotel's network answers in its own form: as if nobody had. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(0, "What answered is not the server. Is there a page of this network to sign in to?");
  }
}

export const signIn = async (name) => {
  const { user, token } = await call(undefined, "POST", "/auth/dev", { body: { name } });
  return { user, token };
};

export const organisations = async (session) => (await call(session, "GET", "/orgs")).orgs;
export const createOrganisation = (session, name) => call(session, "POST", "/orgs", { body: { name } });
export const addMember = (session, organisation, userId) =>
  call(session, "POST", `/orgs/${organisation}/members`, { body: { userId } });

/** The address of what is known of a document; the key is a parameter, because a path cannot hold every key. */
const entry = ({ collection, key }, what = "") => `/docIndex/${APPLICATION}${what}?` + new URLSearchParams({ collection, key });

/** Who has access to a document of one's own. */
export const access = (session, document) => call(session, "GET", entry(document), { organisation: document.organisation });

export const changeAccess = (session, document, change) =>
  call(session, "PATCH", entry(document), { organisation: document.organisation, body: change });

export const createLink = (session, document) =>
  call(session, "POST", entry(document, "/shareToken"), { organisation: document.organisation, body: {} });

export const removeLink = (session, document) =>
  call(session, "DELETE", entry(document, "/shareToken"), { organisation: document.organisation });

export const linked = (token) => call(undefined, "GET", `/shared/${encodeURIComponent(token)}`);
