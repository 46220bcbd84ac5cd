(ns landfall.form-test
  (:require [cljs.test :refer [are deftest is testing]]
            [cognitect.transit :as transit]
            [landfall.form :as form]))

(def vectors
  (js->clj (js/JSON.parse (.readFileSync ^js (js/require "fs") (str (unchecked-get js/process.env "LANDFALL_CONFORMANCE") "/vectors/atom-form.json") "utf8"))))

(def reader
  (let [literal (fn [tag] (fn [rep] (tagged-literal tag (if (array? rep) (vec rep) rep))))]
    (transit/reader :json {:handlers {"n" (literal 'n) "f" (literal 'f) "r" (literal 'r) "c" (literal 'c)
                                       "ratio" (literal 'ratio) "point" (literal 'point)}})))

(defn json [value] (js/JSON.stringify value))
(defn parsed [text] (js/JSON.parse text))

(defn shown
  "Bytes compare by what they are."
  [value]
  (cond
    (instance? js/Uint8Array value) [::bytes (vec value)]
    (map? value) (into {} (map (fn [[k v]] [(shown k) (shown v)])) value)
    (vector? value) (mapv shown value)
    (and (number? value) (js/isNaN value)) ::nan
    :else value))

(deftest a-value-stands-in-a-document-as-the-transit-endpoint-stores-it
  (is (seq vectors))
  (doseq [{:strs [name transit stored written]} vectors]
    (testing name
      (let [value (transit/read reader (json (clj->js transit)))
            fields (clj->js stored)]
        (is (= (shown value) (shown (form/value fields))) "read")
        (when-not (false? written)
          (is (= stored (js->clj (form/fields value "doc"))) "written"))))))

(deftest the-kinds-of-values-are-kept
  (are [value] (let [read (:x (form/value (parsed (json (form/fields {:x value} "doc")))))]
                 (and (= (shown value) (shown read)) (= (type value) (type read))))
    :a :a/b 'a 'a/b #uuid "97e9a2a6-9fd5-4a5e-8f4f-0f1a2b3c4d5e" #inst "2026-01-02T03:04:05.678Z"
    #{1 2 :c} [1 [2 #{}]] nil true 1.5 -3 "" "~" "~~:a" "~:a" "^ " "~^ " "a~:b" (keyword "a b") (keyword "") (symbol "a b")
    (tagged-literal 'f "1.10") (tagged-literal 'my/tag {:a [1]}) ##Inf ##-Inf)
  (are [value] (= value (:x (form/value (parsed (json (form/fields {:x value} "doc"))))))
    '(1 2) {"a" 1 2 :b nil 3 true 4 1.5 5 1e30 6 1e-9 7} {[1] 2 #{:a} {{} {}}} {} {:a {:b {"c" :d}}} (map inc [1 2]) (sorted-map :a 1)
    {:__proto__ {:__proto__ 1}}))

(deftest a-value-that-is-no-map-is-a-document-too
  (are [value] (= value (form/value (parsed (json (form/fields value "doc")))))
    nil [1 2] #{:a} "text" {"a" 1} {} {:_x 1 (keyword "~value") 2} {(keyword "~value") 2} {(keyword "~_x") 1}))

(deftest what-cannot-be-stored-is-refused-by-its-place
  (are [value message] (thrown-with-msg? ExceptionInfo message (form/fields value "todo"))
    {:a [1 (fn [])]} #"^todo\[:a\]\[1\]: .*function"
    {:a {:b #js {}}} #"^todo\[:a\]\[:b\]: "
    {:a (js/Date. ##NaN)} #"instant"
    {:a (uuid "x")} #"UUID"
    {:a (tagged-literal 'n "1.5")} #"#n"
    {:a (tagged-literal 'set [1])} #"#set"
    {:a (tagged-literal 'z "NaN")} #"#z"
    (nth (iterate (fn [inner] {:a inner}) 1) 100) #"too deep"))

(deftest what-stays-the-same-stands-as-it-stood
  (let [fields (parsed "{\"n\":\"~i12\",\"s\":[\"~#set\",[3,1,2]],\"o\":{\"t\":\"~?t\",\"k\":\"~:a\"},\"l\":[\"~#list\",[1]]}")
        value (form/value fields)]
    (is (= {:n 12 :s #{1 2 3} :o {:t true :k :a} :l '(1)} value))
    (let [now (js->clj (form/fields (-> value (assoc :new 1) (assoc-in [:o :k] :b) (assoc :l [1])) value fields "doc"))]
      (is (= {"n" "~i12" "s" ["~#set" [3 1 2]] "o" {"t" "~?t" "k" "~:b"} "new" 1 "l" [1]} now)))))
