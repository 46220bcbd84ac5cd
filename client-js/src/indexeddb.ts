import type { Entry } from "./entry.js";
import type { Meta, Refused, Tx } from "./replica.js";
import { Step, type Changed, type Device, type Store } from "./store.js";

const VERSION = 1;
const SLICE = 500;

/** The first version; one that comes after it starts from `event.oldVersion`. */
function create(db: IDBDatabase): void {
  db.createObjectStore("documents"); // [collection, id] -> Entry
  db.createObjectStore("pending"); // for older versions, in tabs that have not been reloaded
  db.createObjectStore("collections"); // name -> Meta
  db.createObjectStore("device");
  db.createObjectStore("refused", { keyPath: "n", autoIncrement: true }).createIndex("collection", "collection");
}

const ALL = ["documents", "collections", "refused"];

/**
 * A store in IndexedDB. A database that is closed under us (the browser clears storage, another tab deletes or upgrades it) is opened
 * again at the next use.
 */
export function indexedDbStore(name: string, factory: IDBFactory = indexedDB): Store {
  let opened: Promise<IDBDatabase> | undefined;
  let closed = false;

  async function open(): Promise<IDBDatabase> {
    if (closed) throw new Error("connection closed");
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open(name, VERSION);
      request.onupgradeneeded = () => create(request.result);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const db = request.result;
        if (closed) db.close(); // while it was being opened; nobody can use it any more
        db.onclose = () => (opened = undefined);
        db.onversionchange = () => {
          opened = undefined;
          db.close();
        };
        resolve(db);
      };
    }).catch((e: unknown) => {
      opened = undefined;
      throw e;
    });
    return opened;
  }

  /** Runs `work` in a transaction; resolves when it is durable. Tries once more if the database had been closed. */
  async function transact<T>(stores: string[], mode: IDBTransactionMode, work: (tx: IDBTransaction) => Promise<T>, again = true): Promise<T> {
    const db = await open();
    let tx: IDBTransaction;
    try {
      tx = db.transaction(stores, mode, { durability: "strict" });
    } catch (e) {
      if (!again || (e as Error).name !== "InvalidStateError") throw e;
      opened = undefined;
      return transact(stores, mode, work, false);
    }
    const end = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error("aborted"));
    });
    end.catch(() => {});
    try {
      const result = await work(tx);
      await end;
      return result;
    } catch (e) {
      try {
        tx.abort();
      } catch {
        // it has ended already
      }
      throw tx.error ?? e;
    }
  }

  const ask = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const refusedOf = (tx: IDBTransaction, collection: string): Promise<Refused[]> =>
    ask(tx.objectStore("refused").index("collection").getAll(collection));
  const metaOf = (tx: IDBTransaction, collection: string): Promise<Meta | undefined> => ask(tx.objectStore("collections").get(collection));

  async function entriesOf(tx: IDBTransaction, collection: string, ids: readonly string[]): Promise<Entry[]> {
    const documents = tx.objectStore("documents");
    const found = await Promise.all(ids.map((id) => ask(documents.get([collection, id]) as IDBRequest<Entry | undefined>)));
    return found.flatMap((e) => e ?? []);
  }

  return {
    shared: true,

    async device(make) {
      return transact(["device"], "readwrite", async (tx) => {
        const store = tx.objectStore("device");
        const known = (await ask(store.get("device"))) as Device | undefined;
        if (known) return known;
        const device = make();
        store.put(device, "device");
        return device;
      });
    },

    async saveDevice(device) {
      await transact(["device"], "readwrite", (tx) => ask(tx.objectStore("device").put(device, "device")));
    },

    load(collection, slice) {
      return transact(ALL, "readonly", async (tx) => {
        const documents = tx.objectStore("documents");
        let after: IDBKeyRange = IDBKeyRange.bound([collection], [collection, []]);
        for (;;) {
          const entries = (await ask(documents.getAll(after, SLICE))) as Entry[];
          slice(entries);
          if (entries.length < SLICE) break;
          after = IDBKeyRange.bound([collection, entries.at(-1)!.id], [collection, []], true);
        }
        return { meta: await metaOf(tx, collection), refused: await refusedOf(tx, collection) };
      });
    },

    read(collection, ids) {
      return transact(ALL, "readonly", async (tx) => ({
        entries: await entriesOf(tx, collection, ids),
        meta: await metaOf(tx, collection),
        refused: await refusedOf(tx, collection),
      }));
    },

    change<T>(collection: string, ids: readonly string[], meta: () => Meta, run: (tx: Tx) => T): Promise<Changed<T>> {
      return transact(ALL, "readwrite", async (tx) => {
        const entries = await entriesOf(tx, collection, ids);
        const step = new Step((await metaOf(tx, collection)) ?? meta(), entries);
        const result = run(step);
        const written = step.written();
        const documents = tx.objectStore("documents");
        let last: IDBRequest | undefined;
        for (const [i, e] of written.put.entries()) {
          last = documents.put(e, [collection, e.id]);
          if (i % 100 === 99) await ask(last); // the page may draw a frame
        }
        for (const id of written.removed) documents.delete([collection, id]);
        tx.objectStore("collections").put(written.meta, collection);
        const refused = tx.objectStore("refused");
        for (const n of written.accepted) refused.delete(n);
        for (const item of written.refused) item.n = (await ask(refused.add({ ...item, collection }))) as number;
        return { result, written };
      });
    },

    names() {
      return transact(ALL, "readonly", async (tx) => (await ask(tx.objectStore("collections").getAllKeys())) as string[]);
    },

    async destroy() {
      (await opened)?.close();
      opened = undefined;
      await new Promise<void>((resolve, reject) => {
        const request = factory.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error);
      });
    },

    close() {
      closed = true;
      opened?.then((db) => db.close(), () => {});
    },
  };
}
