(ns landfall.client
  "Landfall's client for browsers as atoms of Clojure: documents that work offline. docs/client-cljs.md shows how it is used.

  Functions that have to wait give a core.async channel with one value, the js/Error if they failed."
  (:require ["@landfall/client" :as js-client]
            [cljs.core.async :as async]
            [cljs.core.async.impl.protocols :refer [ReadPort]]
            [landfall.form :as form]))

;; ---- to and from JavaScript

(defn- channel [^js promise value]
  (let [result (async/promise-chan)]
    (.then promise
           (fn [outcome] (async/put! result (value outcome)))
           (fn [e] (async/put! result (if (instance? js/Error e) e (ex-info "failed" {} e)))))
    result))

(defn- promise [value]
  (if (satisfies? ReadPort value)
    (js/Promise. (fn [resolve] (async/take! value #(resolve (if (nil? %) js/undefined %)))))
    (if (nil? value) js/undefined value)))

(def ^:private option-names
  {:server "server" :app "app" :token "token" :org "org" :store "store" :interval "interval" :debounce "debounce" :live "live"
   :page "page" :timeout "timeout" :patience "patience" :persist "persist" :on-unauthorized "onUnauthorized" :on-token "onToken" :on-status "onStatus"
   :on-restored "onRestored" :on-revoked "onRevoked" :on-refused "onRefused" :on-warning "onWarning"
   :asks-before-restoring "asksBeforeRestoring" :device "device" :on-removed "onRemoved"
   :fetch "fetch" :now "now" :transport "transport" :tabs "tabs"})

(defn- option [key value]
  (case key
    :store (if (keyword? value) (name value) value)
    :on-unauthorized (fn [] (promise (value)))
    :on-status (fn [status] (value (keyword status)))
    :device (clj->js value)
    :on-removed (fn [] (value))
    (:on-restored :on-revoked :on-refused :on-warning) (fn [event] (value (js->clj event :keywordize-keys true)))
    value))

(defn- js-options [options]
  (let [result #js {}]
    (doseq [[key value] options]
      (when-not (contains? option-names key) (throw (ex-info (str "there is no option " (pr-str key)) {:option key})))
      (when (some? value) (unchecked-set result (option-names key) (option key value))))
    result))

;; ---- documents

(def ^:private no-docs #js {})

(defn owner
  "Whose document `doc` is, if it is somebody else's."
  [doc]
  (::owner (meta doc)))

(defn- decoded [^js fields]
  (if-some [owner (form/member fields "_owner" nil)]
    (let [own (js/Object.assign #js {} fields)
          _ (js-delete own "_owner")
          doc (form/value own)]
      (if (satisfies? IWithMeta doc) (vary-meta doc assoc ::owner owner) doc))
    (form/value fields)))

(defn- decoded-all
  "The map that `docs` shows; the documents that are the same objects as in `old-docs` are those of `old`."
  [docs old-docs old]
  (let [names (js/Object.keys docs)
        shown (reduce (fn [result key]
                        (let [fields (unchecked-get docs key)]
                          (if (identical? fields (form/member old-docs key nil)) result (assoc! result key (decoded fields)))))
                      (transient old)
                      names)
        shown (persistent! shown)]
    (if (= (count shown) (alength names))
      shown
      (reduce (fn [result key] (if (js/Object.prototype.hasOwnProperty.call docs key) result (dissoc result key)))
              shown
              (keys old)))))

(defn- encoded [name key doc old fields]
  (let [result (form/fields doc old (or fields #js {}) (str name "[" (pr-str key) "]"))
        owner (some-> fields (form/member "_owner" nil))]
    (when owner (form/put! result "_owner" owner))
    result))

(defn- encoded-all [name value docs old]
  (when-not (map? value) (throw (ex-info "the value of a synced atom is a map from key to document" {})))
  (let [result #js {}]
    (doseq [[key doc] value]
      (when-not (string? key) (throw (ex-info (str name ": the key of a document is a string") {})))
      (let [fields (form/member docs key nil)
            before (when fields (get old key))]
        (form/put! result key (if (and fields (identical? doc before)) fields (encoded name key doc before fields)))))
    result))

;; ---- the atom

(deftype SyncedAtom [^js source cache ^:mutable docs ^:mutable shown ^:mutable watches]
  Object
  ;; Shows what the source holds now, which a watch that changes it may have moved beyond what this is called for.
  (follow [this]
    (let [now (.deref source)]
      (when-not (identical? now docs)
        (let [before shown]
          (set! shown (decoded-all now docs before))
          (set! docs now)
          (when cache (reset! cache shown))
          (-notify-watches this before shown)))))
  (write [this f]
    (.follow this)
    (let [receipt (.reset source (encoded-all (.-name source) (f shown) docs shown))]
      (.follow this)
      receipt))

  IDeref
  (-deref [_] (if cache @cache shown))

  IReset
  (-reset! [this value]
    (.write this (fn [_] value))
    shown)

  ISwap
  (-swap! [this f] (.write this f) shown)
  (-swap! [this f a] (.write this #(f % a)) shown)
  (-swap! [this f a b] (.write this #(f % a b)) shown)
  (-swap! [this f a b more] (.write this #(apply f % a b more)) shown)

  IWatchable
  (-notify-watches [this before now]
    (doseq [[key watch] watches]
      (try
        (watch key this before now)
        (catch :default e
          ;; One watch that fails takes nothing from the others.
          (js/queueMicrotask #(throw e))))))
  (-add-watch [this key watch]
    (set! watches (assoc watches key watch))
    this)
  (-remove-watch [_ key]
    (set! watches (dissoc watches key))))

(defn- source [^SyncedAtom a]
  (.-source a))

(defn synced-atom
  "The atom of a collection: its value is a map from key (a string) to document (a map with keyword keys). `@a`, `swap!`, `reset!`,
  `add-watch` and `remove-watch` as usual. `:cache` is a cell that holds the value instead of the atom's own, a Reagent ratom say: something
  with IDeref and IReset, which nobody else sets."
  ([connection collection] (synced-atom connection collection {}))
  ([^js connection collection {:keys [cache]}]
   (let [source (js-client/syncedAtom connection collection)
         result (SyncedAtom. source cache no-docs {} {})]
     (when cache (reset! cache {}))
     (.addWatch source result (fn [] (.follow result)))
     (.follow result)
     result)))

(defn ready?
  "A channel that gives true when what is stored on this device has been read, false if it cannot be: see `problem`."
  [a]
  (let [result (async/promise-chan)]
    (.then (.-ready ^js (source a)) #(async/put! result true) #(async/put! result false))
    result))

(defn swap-receipt!
  "As `swap!`, and gives {:value, :saved, :synced}: the new value, a channel that gives true when the change would survive a crash, and one
  that gives :stored when the server has it, or :refused when it is in the inbox."
  [^SyncedAtom a f & args]
  (let [^js receipt (.write a #(apply f % args))]
    {:value (.-shown a)
     :saved (channel (.-saved receipt) (constantly true))
     :synced (channel (.-synced receipt) keyword)}))

(defn status
  ":syncing, :idle, :offline, :unauthorized or :error."
  [a]
  (keyword (.-status ^js (source a))))

(defn problem
  "What is behind :offline, :unauthorized and :error: an error, or nil."
  [a]
  (.-problem ^js (source a)))

(defn pending
  "How many documents have changes that the server does not have."
  [a]
  (.-pending ^js (source a)))

(defn remaining
  "How many documents the server still has to send, while it sends many."
  [a]
  (.-remaining ^js (source a)))

(defn last-sync
  "The instant of the last complete sync, or nil."
  [a]
  (some-> (.-lastSync ^js (source a)) (js/Date.)))

(defn when-synced
  "A channel that gives true when everything done so far is with the server, and what the server has so far is here."
  [a]
  (channel (.whenSynced ^js (source a)) (constantly true)))

(defn on-state
  "Calls `f` after each change of `status`, `pending`, `last-sync` or the inbox. Gives a function that ends that."
  [a f]
  (.onState ^js (source a) (fn [] (f))))

(defn on-conflict
  "Calls `f` with each conflict that the server has resolved for a change of this device: {:key, :field, :winner} and, where there is one,
  :local-value, :remote-value, :winner-value. Gives a function that ends that."
  [a f]
  (.onConflict ^js (source a)
               (fn [^js conflict]
                 (f (reduce (fn [result [key name]]
                              (let [value (unchecked-get conflict name)]
                                (if (undefined? value) result (assoc result key (form/value-of value)))))
                            {:key (js-client/documentKey (.-key conflict) (.-owner conflict))
                             :field (.-field conflict)
                             :winner (keyword (.-winner conflict))}
                            {:local-value "localValue" :remote-value "remoteValue" :winner-value "winnerValue"})))))

;; ---- refused changes

(defn- refused [a]
  (unchecked-get (source a) "inbox"))

(defn inbox
  "The refused changes, oldest first: {:n, :key, :code, :details} and :doc, the document as it was here, unless it was deleted here."
  [a]
  (mapv (fn [^js item]
          (cond-> {:n (.-n item) :key (.-id item) :code (keyword (.-code item)) :details (js->clj (.-details item) :keywordize-keys true)}
            (some? (.-doc item)) (assoc :doc (decoded (.-doc item)))))
        (.list ^js (refused a))))

(defn inbox-retry!
  "Makes the refused change `n` again, on the document as it is now."
  [a n]
  (.retry ^js (refused a) n)
  nil)

(defn inbox-copy!
  "Makes an own document of what the document would have been. Gives its key."
  ([a n] (inbox-copy! a n (str (random-uuid))))
  ([a n key] (.copy ^js (refused a) n key)))

(defn inbox-drop!
  "Forgets the refused change `n`."
  [a n]
  (.drop ^js (refused a) n)
  nil)

;; ---- connections

(defn open
  "A channel that gives the connection to the replica `name`. Options are those of the client for browsers, in Clojure's spelling: :server and
  :app, which have to be there, :token, :org, :store (:indexeddb, :memory), :interval, :live, :on-unauthorized (gives a token, a promise or a
  channel of one, or nil), :on-token, :on-status and so on."
  [name options]
  (channel (js-client/open name (js-options options)) identity))

(defn sync!
  "Syncs now."
  [^js connection]
  (.sync connection))

(defn bring-back!
  "Gives a restored server what it has lost, where :asks-before-restoring let it wait; with `send` false that is forgotten here too. A channel that
  gives true when that is saved."
  ([connection] (bring-back! connection true))
  ([^js connection send]
   (channel (.bringBack connection (boolean send)) (constantly true))))

(defn set-token!
  "A new token, after a sign-in. It must be the same user's."
  [^js connection token]
  (.setToken connection token))

(defn close!
  "Stops syncing; what has been done is saved. A channel that gives true when that is so."
  [^js connection]
  (channel (.close connection) (constantly true)))

(defn sign-out!
  "Deletes the replica from this device, unless something would be lost and it is not forced. A channel that gives
  {:signed-out, :lost [{:collection, :keys, :refused}]}."
  ([connection] (sign-out! connection {}))
  ([^js connection {:keys [force]}]
   (channel (.signOut connection #js {:force (boolean force)})
            (fn [^js outcome]
              {:signed-out (.-signedOut outcome)
               :lost (js->clj (.-lost outcome) :keywordize-keys true)}))))
