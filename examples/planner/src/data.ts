// The lists and notes, on this device and in step with the server. The only file that knows the client.
import { documentAddress, documentKey, open, type Status } from "@landfall/client";
import { collection, conflicts, inbox, type DocumentStatus } from "@landfall/client/collection";
import { APPLICATION, SERVER } from "./server.js";
import * as shape from "./shape.js";

export type Kind = "lists" | "notes";

export interface Entry {
  kind: Kind;
  /** Its name on this device. */
  id: string;
  key: string;
  document: object;
  /** Whose it is, if it is somebody else's. */
  owner: string | undefined;
  status: DocumentStatus;
}

/** An edit of somebody else met one of ours. */
export interface Meeting {
  title: string;
  field: string;
  mine: unknown;
  theirs: unknown;
  kept: "mine" | "theirs";
  takeOther(): unknown;
  leave(): unknown;
}

/** An edit that the server did not take. */
export interface Refusal {
  title: string;
  code: string;
  edits: readonly (readonly [field: string, value: unknown])[] | undefined;
  copy(): unknown;
  retry(): unknown;
  drop(): unknown;
}

export interface SpaceOptions {
  organisation: string;
  token: string;
  /** What several replicas of this browser have in common. */
  device: string;
  keepToken(token: string): void;
  renew(): Promise<string>;
  /** Anything has changed. */
  changed(): void;
  /** The user has removed this device. */
  removed(): void;
}

export type Space = Awaited<ReturnType<typeof openSpace>>;

const BY_TITLE = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Opens the lists and notes of a person, or of an organisation. */
export async function openSpace({ organisation, token, device, keepToken, renew, changed, removed }: SpaceOptions) {
  const connection = await open("planner", {
    server: SERVER,
    app: APPLICATION,
    token,
    org: organisation || undefined,
    device: { id: device, name: "Planner", platform: platform() },
    onToken: keepToken,
    onUnauthorized: renew,
    onStatus: changed,
    onRemoved: removed,
  });
  const lists = collection<shape.List>(connection, "lists");
  const notes = collection<shape.Note>(connection, "notes");
  const kinds = { lists, notes };
  const found = { lists: lists.watch(), notes: notes.watch() };
  const met = conflicts(connection);
  const refused = inbox(connection);
  for (const watched of [found.lists, found.notes, met, refused, lists.sync, notes.sync]) watched.subscribe(changed);
  await Promise.all([lists.ready, notes.ready]);

  const entry = (kind: Kind, document: { _key: string; _owner?: string }): Entry => {
    const { _key: key, _owner: owner } = document;
    return { kind, id: documentKey(key, owner), key, document, owner, status: kinds[kind].status(document) };
  };

  const isFull = () => [lists, notes].some(({ sync }) => (sync.getSnapshot().problem as { code?: string } | undefined)?.code === "quota_exceeded");

  return {
    organisation,

    all: (kind: Kind): Entry[] =>
      found[kind].getSnapshot().documents.map((document) => entry(kind, document)).sort((a, b) => BY_TITLE.compare(shape.title(a.document), shape.title(b.document))),

    get(kind: Kind, id: string): Entry | undefined {
      const document = kinds[kind].peek(id);
      return document && entry(kind, document);
    },

    addList: async () => (await lists.put({ title: "New list", items: {} })).key,
    addNote: async () => (await notes.put({ title: "New note", body: "" })).key,

    /** Changes the title, if the document is still there. */
    rename: (kind: Kind, id: string, title: string) => ifThere(kind, id, () => (kind === "lists" ? lists.patch(id, { title }) : notes.patch(id, { title }))),
    write: (id: string, body: string) => ifThere("notes", id, () => notes.patch(id, { body })),
    addItem: (id: string, text: string) => ifThere("lists", id, () => lists.patch(id, { items: { [crypto.randomUUID().slice(0, 13)]: { text, done: false, at: Date.now() } } })),

    /** Changes an item, if it is still there. */
    async setItem(id: string, item: string, change: Partial<shape.Item>) {
      if (shape.items(lists.peek(id)).some(([known]) => known === item)) await lists.patch(id, { items: { [item]: change } });
    },

    removeItem: (id: string, item: string) => ifThere("lists", id, () => lists.patch(id, { items: { [item]: undefined } })),

    async remove(kind: Kind, id: string) {
      await kinds[kind].remove(id);
      if (isFull()) connection.sync(); // it has made room, and need not wait for the time that the server asked for
    },

    /** Takes the last change of a document here back. */
    undo: (kind: Kind, id: string) => kinds[kind].undo(id),

    status() {
      const states = [lists.sync.getSnapshot(), notes.sync.getSnapshot()];
      const state: Status = states.find(({ status }) => status === "error")?.status ?? connection.status;
      return { state, pending: states.reduce((sum, { pending }) => sum + pending, 0), full: isFull() };
    },

    meetings: (): Meeting[] => met.getSnapshot().map((conflict) => {
      const document = kinds[conflict.collection as Kind].peek(conflict.key);
      return {
        title: document ? shape.title(document) || "Untitled" : "Deleted",
        field: readable(document, conflict.field),
        mine: conflict.mine,
        theirs: conflict.theirs,
        kept: conflict.winner,
        takeOther: () => conflict.take(),
        leave: () => conflict.keep(),
      };
    }),

    refusals: (): Refusal[] => refused.getSnapshot().map(({ doc, code, values, copy, retry, drop }) => ({
      title: shape.title(doc) || "A document",
      code,
      edits: values && [...values].filter(([field]) => !field.endsWith(".at")).map(([field, value]) => [readable(doc, field), value] as const),
      copy: () => copy(),
      retry,
      drop,
    })),

    syncNow: () => connection.sync(),
    close: () => connection.close(),

    /** Removes everything from this device. Gives the number of changes that would be lost; then nothing has happened. */
    async signOut(force: boolean): Promise<number> {
      const { signedOut, lost } = await connection.signOut({ force });
      return signedOut ? 0 : lost.reduce((sum, { keys, refused }) => sum + keys.length + refused, 0);
    },
  };

  async function ifThere(kind: Kind, id: string, change: () => Promise<unknown>): Promise<void> {
    if (kinds[kind].peek(id)) await change();
  }
}

/** The name of a document on this device. */
export const idOf = ({ key, owner }: { key: string; owner: string }): string => documentKey(key, owner);

export const keyOf = (id: string): string => documentAddress(id).key;

function platform(): string {
  const { userAgentData, platform: known } = navigator as Navigator & { userAgentData?: { platform?: string } };
  return userAgentData?.platform || known || "Browser";
}

/** What a field is called where people read it. A dot in a name is written %2E in a path. */
function readable(document: unknown, field: string): string {
  const path = field.split(".").map((name) => name.replaceAll("%2E", ".").replaceAll("%25", "%"));
  if (field === "") return "the whole of it";
  if (path[0] !== "items") return path[0] === "body" ? "text" : path.join(" ");
  const item = shape.object(shape.object(shape.object(document).items)[path[1] ?? ""]);
  const text = shape.text(item.text) || "an item";
  return path[2] === "done" ? `whether “${text}” is done` : `the item “${text}”`;
}
