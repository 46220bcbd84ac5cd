// The lists and notes, on this device and in step with the server. Everything else here asks this file.
import { APPLICATION, SERVER } from "./api.js";
import { documentAddress, documentKey, open, syncedAtom } from "./landfall/index.js";
import * as shape from "./shape.js";

const COLLECTIONS = ["lists", "notes"];
const SEEN_CONFLICTS = 50;

/**
 * Opens the lists and notes of a person, or of an organisation.
 *
 * @param options.changed is called after anything has changed
 */
export async function openSpace({ user, organisation, token, keepToken, renew, changed }) {
  const connection = await open("planner", {
    server: SERVER,
    app: APPLICATION,
    token: token(),
    org: organisation || undefined,
    onToken: keepToken,
    onUnauthorized: renew,
    onStatus: changed,
  });
  const conflicts = [];
  const atoms = Object.fromEntries(
    COLLECTIONS.map((name) => [name, syncedAtom(connection, name, { onConflict: (conflict) => add(conflict) })]),
  );
  for (const atom of Object.values(atoms)) {
    atom.addWatch("planner", changed);
    atom.onState(changed);
  }
  await Promise.all(Object.values(atoms).map((atom) => atom.ready));

  function add(conflict) {
    if (conflict.winner === "auto-merged") return; // both are in it
    conflicts.push(conflict);
    if (conflicts.length > SEEN_CONFLICTS) conflicts.shift();
    changed();
  }

  const all = () => Object.values(atoms);

  /** Where there was no room, a deletion need not wait for the time that the server asked for. */
  function madeRoom() {
    if (isFull()) connection.sync();
  }

  const isFull = () => all().some((atom) => atom.problem?.code === "quota_exceeded");

  return {
    name: organisation || user,
    lists: collection(atoms.lists, madeRoom),
    notes: collection(atoms.notes, madeRoom),

    status() {
      const wrong = all().find((atom) => atom.status === "error");
      return { state: wrong?.status ?? connection.status, pending: sum(all(), (atom) => atom.pending), full: isFull() };
    },

    conflicts: () => conflicts.map((conflict) => described(atoms[conflict.collection], conflict, conflicts)),
    inbox: () => all().flatMap((atom) => atom.inbox.list().map((refused) => refusedEdit(atom, refused))),
    syncNow: () => connection.sync(),
    close: () => connection.close(),

    /** Removes everything from this device. Gives the number of changes that would be lost; then nothing has happened. */
    async signOut(force) {
      const { signedOut, lost } = await connection.signOut({ force });
      return signedOut ? 0 : sum(lost, ({ keys, refused }) => keys.length + refused);
    },
  };
}

const sum = (values, of) => values.reduce((total, value) => total + of(value), 0);

function collection(atom, madeRoom) {
  const entry = (id, document) => ({
    id,
    key: documentAddress(id).key,
    document,
    own: document._owner === undefined,
    owner: document._owner,
  });
  return {
    all: () => Object.entries(atom.deref()).map(([id, document]) => entry(id, document)),

    get(id) {
      const document = atom.get(id);
      return document && entry(id, document);
    },

    add(document) {
      const id = crypto.randomUUID();
      atom.update(id, () => document);
      return id;
    },

    /** Replaces a document by `f` of it, if it is still there. */
    change: (id, f) => atom.update(id, (document) => document && f(document)),

    remove(id) {
      atom.update(id, () => undefined);
      madeRoom();
    },
  };
}

function described(atom, conflict, conflicts) {
  const id = documentKey(conflict.key, conflict.owner);
  const mine = conflict.localValue;
  const theirs = conflict.remoteValue;
  const kept = conflict.winner === "local" ? "mine" : "theirs";
  const dismiss = () => conflicts.splice(conflicts.indexOf(conflict), 1);
  return {
    title: atom.get(id) ? shape.title(atom.get(id)) || "Untitled" : "Deleted",
    field: readableField(atom.get(id), conflict.field),
    mine,
    theirs,
    kept,
    dismiss,
    takeOther() {
      const other = kept === "mine" ? theirs : mine;
      atom.update(id, (document) => document && withValue(document, names(conflict.field), other));
      dismiss();
    },
  };
}

function readableField(document, field) {
  const path = names(field);
  if (path[0] !== "items") return path.join(" ");
  const item = shape.object(shape.object(document?.items)[path[1]]);
  const text = shape.text(item.text) || "an item";
  return path[2] === "done" ? `whether “${text}” is done` : `the item “${text}”`;
}

/** The names in the path of a field: a dot in a name is written %2E. */
const names = (field) => field.split(".").map((name) => name.replaceAll("%2E", ".").replaceAll("%25", "%"));

function withValue(object, [name, ...below], value) {
  const { [name]: before, ...others } = shape.object(object);
  if (below.length > 0) return { ...others, [name]: withValue(before, below, value) };
  return value === undefined ? others : { ...others, [name]: value };
}

const refusedEdit = (atom, refused) => ({
  title: shape.title(refused.doc) || "A document",
  code: refused.code,
  edits: refused.values ? Object.fromEntries(refused.values) : "(deleted)",
  copy: () => atom.inbox.copy(refused.n),
  retry: () => atom.inbox.retry(refused.n),
  drop: () => atom.inbox.drop(refused.n),
});
