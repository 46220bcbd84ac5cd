(ns landfall.guide-test
  (:require ["landfall-network" :as network]
            [cljs.core.async :refer [<! go]]
            [cljs.test :refer [async deftest is]]
            [clojure.string :as str]
            [landfall.client :as landfall]
            [my.shopping :as shopping]))

(defn fetch-with! [fetch]
  (set! js/globalThis.fetch fetch))

(defn print-with! [f]
  (set! *print-fn* f))

(deftest the-code-of-the-guide-runs
  (async done
    (let [^js there (network/network)
          said (atom [])
          fetch js/fetch]
      (fetch-with! (.. there -net -fetch))
      (go
        (let [[conn items] (<! (shopping/open))
              cell (atom nil)
              print *print-fn*]
          (print-with! #(swap! said conj %))
          (shopping/listen items)
          (shopping/fill items)
          (is (= {:title "Milk" :tags #{:dairy :cold} :state :done} (get @items "milk")))
          (is (= 2 (count @items)))
          (is (true? (<! (shopping/buy-eggs items))))
          (is (= 0 (landfall/pending items)))
          (is (= :idle (landfall/status items)))
          (shopping/save-refused items)
          (is (= @items @(shopping/shown-in conn cell) @cell))
          (<! (shopping/leave conn))
          (print-with! print)
          (fetch-with! fetch)
          (is (some #{":stored"} @said))
          (is (some #(str/includes? % "2 items") @said)))
        (done)))))
