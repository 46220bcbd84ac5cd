import { resultOf, type Result } from "./answer.js";
import { ownFields, type JsonObject } from "./json.js";
import { QuestionError, type Question } from "./query.js";
import type { Transport } from "./transport.js";
import type { Version } from "./documents.js";

interface Page {
  results: JsonObject[];
  after?: string;
}

/** As many documents as the server gives at once. */
const MOST = 1_000;

/** What the server finds; nothing if it gives no answer. Without `limit` all pages. */
export async function fromServer<T>(transport: Transport, collection: string, question: Question): Promise<Result<T> | undefined> {
  const documents: T[] = [];
  let { after } = question;
  const limit = question.limit ?? Infinity;
  try {
    do {
      const body = { ...question, collection, owners: true, limit: Math.min(MOST, limit - documents.length), ...(after !== undefined && { after }) };
      const page: Page = await transport.post!<Page>("/search", body, (answer) => Array.isArray(answer.results));
      for (const wire of page.results) {
        documents.push(Object.freeze({ ...ownFields(wire), ...(wire._owner !== undefined && { _owner: wire._owner }), _key: wire._key }) as T);
      }
      after = page.after;
    } while (after !== undefined && documents.length < limit);
  } catch (e) {
    const { status, message } = e as { status?: number; message: string };
    if (status === 400) throw new QuestionError(message, { cause: e });
    return undefined;
  }
  const total = documents.length;
  return resultOf({ documents, total, exact: after === undefined && question.after === undefined, pending: new Set(), ready: true, from: "server", ...(after !== undefined && { after }) });
}

interface Address {
  key: string;
  owner?: string;
}

export async function history(transport: Transport, collection: string, { key, owner }: Address): Promise<readonly Version[]> {
  const query = new URLSearchParams({ collection, key, ...(owner !== undefined && { owner }) });
  const { versions } = await transport.post!<{ versions: Version[] }>("/history?" + String(query), undefined, (answer) => Array.isArray(answer.versions));
  return versions;
}

export async function restore(transport: Transport, collection: string, { key, owner }: Address, commit: string): Promise<void> {
  await transport.post!("/history/restore", { collection, key, commit, ...(owner !== undefined && { owner }) }, () => true);
}
