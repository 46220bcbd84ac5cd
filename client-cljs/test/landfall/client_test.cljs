(ns landfall.client-test
  (:require ["@landfall/client" :as js-client]
            ["landfall-network" :as network]
            [cljs.core.async :as async :refer [<! go]]
            [cljs.test :refer [async deftest is]]
            [landfall.client :as landfall]))

;; ---- on a fake connection

(defn fake
  "A connection whose atom holds what it is given. `put` is what a sync would do."
  ([] (fake #js {}))
  ([docs]
   (let [^js state #js {:docs docs :watch nil :resets 0}
         show (fn [now]
                (let [watch (.-watch state)]
                  (set! (.-docs state) now)
                  (when watch (watch))))
         source #js {:name "todo"
                     :deref (fn [] (.-docs state))
                     :addWatch (fn [_ watch] (set! (.-watch state) watch))
                     :reset (fn [now]
                              (set! (.-resets state) (inc (.-resets state)))
                              (show now)
                              #js {:saved (js/Promise.resolve) :synced (js/Promise.resolve "stored")})}]
     #js {:atom (fn [] source) :show show :state state})))

(defn docs-of [^js connection]
  (.-docs ^js (.-state connection)))

(defn resets-of [^js connection]
  (.-resets ^js (.-state connection)))

(defn show! [^js connection docs]
  (.show connection docs))

(deftest an-atom-of-clojure
  (let [a (landfall/synced-atom (fake) "todo")
        seen (atom [])]
    (is (= {} @a))
    (is (identical? a (add-watch a :seen (fn [key ref before now] (swap! seen conj [key (identical? ref a) before now])))))
    (is (= {"milk" {:done false}} (swap! a assoc "milk" {:done false})))
    (is (= {"milk" {:done true}} (swap! a assoc-in ["milk" :done] true)))
    (is (= [[:seen true {} {"milk" {:done false}}] [:seen true {"milk" {:done false}} {"milk" {:done true}}]] @seen))
    (is (= {"a" {:n 1}} (reset! a {"a" {:n 1}}) @a))
    (is (= {} (swap! a dissoc "a")))
    (is (= {"b" {:n 6}} (swap! a assoc "b" {:n 6}) (swap! a merge {} {} {})))
    (remove-watch a :seen)
    (reset! a {})
    (is (= 6 (count @seen)))))

(deftest values-come-back-as-they-were
  (let [a (landfall/synced-atom (fake) "todo")
        doc {:k :a/b :s #{:x 1} :u (random-uuid) :i #inst "2026-01-02" :y 'sym :m {"k" 1} :l '(1 2) :in {:nil nil}}]
    (is (= doc (get (swap! a assoc "1" doc) "1")))
    (is (= doc (get @a "1")))))

(deftest what-has-not-changed-is-not-decoded-again
  (let [connection (fake #js {:a #js {:tags #js ["~#set" #js [1]]} :b #js {:n 1} :c #js {}})
        a (landfall/synced-atom connection "todo")
        before @a
        ^js docs (docs-of connection)]
    (is (= {"a" {:tags #{1}} "b" {:n 1} "c" {}} before))
    (show! connection #js {:a (.-a docs) :b #js {:n 2} :d #js {:n 3}})
    (is (= {"a" {:tags #{1}} "b" {:n 2} "d" {:n 3}} @a))
    (is (identical? (get before "a") (get @a "a")))
    (swap! a assoc-in ["b" :n] 4)
    (is (identical? (get before "a") (get @a "a")))
    (is (identical? (.-a docs) (.-a ^js (docs-of connection))))))

(deftest a-value-that-cannot-be-stored-changes-nothing
  (let [connection (fake)
        a (landfall/synced-atom connection "todo")]
    (swap! a assoc "milk" {:n 1})
    (is (thrown-with-msg? ExceptionInfo #"todo\[\"milk\"\]\[:n\]" (swap! a assoc-in ["milk" :n] inc)))
    (is (thrown-with-msg? ExceptionInfo #"the key" (swap! a assoc :milk {})))
    (is (thrown-with-msg? ExceptionInfo #"is a map" (reset! a nil)))
    (is (= {"milk" {:n 1}} @a))
    (is (= 1 (resets-of connection)))))

(deftest documents-of-others-say-whose-they-are-and-keep-it
  (let [connection (fake #js {"@bob/1" #js {:title "x" :_owner "bob"}})
        a (landfall/synced-atom connection "todo")]
    (is (= {:title "x"} (get @a "@bob/1")))
    (is (= "bob" (landfall/owner (get @a "@bob/1"))))
    (swap! a assoc "@bob/1" {:title "y"})
    (is (= {"title" "y" "_owner" "bob"} (js->clj (unchecked-get (docs-of connection) "@bob/1"))))
    (is (= "bob" (landfall/owner (get @a "@bob/1"))))
    (swap! a assoc "mine" (assoc (get @a "@bob/1") :_owner "me"))
    (is (= {"title" "y" "~_owner" "me"} (js->clj (unchecked-get (docs-of connection) "mine"))))))

(deftype Cell [^:mutable value ^:mutable resets]
  IDeref
  (-deref [_] value)
  IReset
  (-reset! [_ now]
    (set! resets (inc resets))
    (set! value now)))

(deftest a-cell-of-somebody-else-holds-the-value
  (let [cell (Cell. nil 0)
        connection (fake #js {:a #js {:n 1}})
        a (landfall/synced-atom connection "todo" {:cache cell})
        seen (atom nil)]
    (is (= {"a" {:n 1}} @a @cell))
    (add-watch a :cell (fn [_ _ _ now] (reset! seen [now @cell])))
    (swap! a update-in ["a" :n] inc)
    (is (= {"a" {:n 2}} @a @cell))
    (is (= [{"a" {:n 2}} {"a" {:n 2}}] @seen))
    (show! connection #js {})
    (is (= {} @a @cell))))

(deftest a-watch-may-change-the-atom
  (let [a (landfall/synced-atom (fake) "todo")]
    (add-watch a :stamp (fn [_ a _ now] (when-not (get now "stamp") (swap! a assoc "stamp" {:n (count now)}))))
    (swap! a assoc "milk" {})
    (is (= {"milk" {} "stamp" {:n 1}} @a))))

;; ---- with the client for browsers, its store in memory and a server at the other end of a fake network

(defn connect [^js there & {:as options}]
  (landfall/open "test" (merge {:server "http://server" :app "app" :token "t1" :store :memory :interval 20 :debounce 1 :live false
                                :fetch (.. there -net -fetch)}
                               options)))

(defn cut! [^js there down]
  (set! (.-down ^js (.-net there)) down))

(deftest two-devices-see-the-same-values
  (async done
    (go
      (let [there (network/network)
            phone (<! (connect there))
            laptop (<! (connect there))
            mine (landfall/synced-atom phone "todo")
            theirs (landfall/synced-atom laptop "todo")
            doc {:title "Milk" :tags #{:food :cold} :id (random-uuid) :added #inst "2026-01-02T03:04:05.678Z" :state :open
                 :in {:deep {:sym 'a/b}}}]
        (is (true? (<! (landfall/ready? mine))))
        (let [{:keys [value saved synced]} (landfall/swap-receipt! mine assoc "milk" doc)]
          (is (= {"milk" doc} value @mine))
          (is (= 1 (landfall/pending mine)))
          (is (true? (<! saved)))
          (is (= :stored (<! synced))))
        (is (true? (<! (landfall/when-synced mine))))
        (is (inst? (landfall/last-sync mine)))
        (is (= 0 (landfall/pending mine) (landfall/remaining mine)))
        (is (= :idle (landfall/status mine)))
        (is (nil? (landfall/problem mine)))
        (<! (landfall/when-synced theirs))
        (is (= @mine @theirs))
        (swap! theirs update-in ["milk" :in] assoc :new :yes)
        (swap! mine assoc-in ["milk" :state] :done)
        (<! (landfall/when-synced theirs))
        (<! (landfall/when-synced mine))
        (<! (landfall/when-synced theirs))
        (is (= {"milk" (-> doc (assoc :state :done) (assoc-in [:in :new] :yes))} @mine @theirs))
        (is (true? (<! (landfall/close! phone))))
        (<! (landfall/close! laptop)))
      (done))))

(deftest conflicts-and-refusals-are-told-in-values-of-clojure
  (async done
    (go
      (let [there (network/network)
            phone (<! (connect there))
            laptop (<! (connect there))
            mine (landfall/synced-atom phone "todo")
            theirs (landfall/synced-atom laptop "todo")
            told (async/chan 10)]
        (landfall/on-conflict mine #(async/put! told %))
        (landfall/on-conflict theirs #(async/put! told %))
        (swap! mine assoc "milk" {:state :new})
        (<! (landfall/when-synced mine))
        (<! (landfall/when-synced theirs))
        (cut! there true)
        (swap! mine assoc-in ["milk" :state] :mine)
        (swap! theirs assoc-in ["milk" :state] :theirs)
        (cut! there false)
        (<! (landfall/when-synced mine))
        (<! (landfall/when-synced theirs))
        (let [{:keys [key field local-value remote-value winner]} (<! told)]
          (is (= ["milk" "state" #{:mine :theirs}] [key field (hash-set local-value remote-value)]))
          (is (contains? #{:local :remote} winner)))
        (let [{:keys [synced]} (landfall/swap-receipt! mine assoc "bad" {:forbidden #{:x}})]
          (is (= :refused (<! synced))))
        (let [[{:keys [n key code doc]} & more] (landfall/inbox mine)]
          (is (= ["bad" :bad_request {:forbidden #{:x}} nil] [key code doc more]))
          (landfall/inbox-drop! mine n)
          (is (= [] (landfall/inbox mine))))
        (cut! there true)
        (swap! mine assoc "unsent" {})
        (is (= {:signed-out false :lost [{:collection "todo" :keys ["unsent"] :refused 0}]} (<! (landfall/sign-out! phone))))
        (is (:signed-out (<! (landfall/sign-out! phone {:force true}))))
        (<! (landfall/close! laptop)))
      (done))))

(deftest a-new-token-may-come-through-a-channel
  (async done
    (go
      (let [there (network/network)
            statuses (atom #{})
            conn (<! (connect there :token "old" :on-unauthorized (fn [] (go "t1")) :on-status #(swap! statuses conj %)))
            a (landfall/synced-atom conn "todo")]
        (is (true? (<! (landfall/when-synced a))))
        (is (every? #{:syncing :idle :offline :unauthorized} @statuses))
        (is (contains? @statuses :idle))
        (<! (landfall/close! conn)))
      (done))))

(deftest a-device-that-its-user-has-removed-keeps-nothing
  (async done
    (go
      (let [there (network/network)
            said (atom nil)
            told (async/promise-chan)
            _ (set! (.-between ^js (.-net ^js there))
                    (fn [_ ^js body]
                      (when body
                        (reset! said (js->clj (.-device body) :keywordize-keys true))
                        (js/Response. "{\"code\":\"unauthorized\",\"reason\":\"device_removed\",\"erase\":true}" #js {:status 401}))))
            conn (<! (connect there :device {:id "phone" :name "Alice's phone"} :on-removed #(async/put! told :removed)))
            a (landfall/synced-atom conn "todo")]
        (swap! a assoc "milk" {:done false})
        (is (= :removed (<! told)))
        (is (= {:id "phone" :name "Alice's phone"} @said))
        (is (= {} @a)))
      (done))))

(deftest an-option-that-does-not-exist-is-refused
  (is (thrown-with-msg? ExceptionInfo #":tokn" (landfall/open "x" {:tokn "t"}))))

(deftest what-fails-gives-its-error
  (async done
    (go
      (is (instance? js/Error (<! (landfall/open "x" {:server "" :app "" :store #js {:device (fn [] (js/Promise.reject (js/Error. "no")))}}))))
      (done))))
