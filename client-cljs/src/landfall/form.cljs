(ns landfall.form
  "How a Clojure value stands in a document: the form in which the server's Transit endpoint stores it, so that a Transit client, a
  ClojureScript client and a JSON client see one document. docs/transit.md has the table, conformance/vectors/atom-form.json the proof.

  What ClojureScript has no type for is a tagged literal: `(tagged-literal 'f \"1.10\")` is the big decimal 1.10, `'n` a big integer, `'r` a
  URI, `'c` a character; `'m` an instant beyond those of JavaScript; and any longer tag is an application's own. Bytes are a Uint8Array."
  (:require [goog.crypt.base64 :as base64]))

(defn- whole [pattern]
  (js/RegExp. (str "^(?:" pattern ")$") "s"))

(def ^:private decimal "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
(def ^:private uuid-text "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

(def ^:private tagged-string
  "What is read as something else than a string."
  (whole (str "~(?::[^ \\t\\n\\u000B\\f\\r]+|u" uuid-text "|m-?[0-9]{1,19}|n-?[0-9]+|f" decimal
              "|z(?:NaN|INF|-INF)|i-?[0-9]+|d[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?|_|\\?[tf]|#.*)")))

(def ^:private well-formed
  "Texts behind the tags of one character that not every text may follow."
  {"n" (whole "-?[0-9]+")
   "i" (whole "-?[0-9]+")
   "f" (whole decimal)
   "d" (whole decimal)
   "u" (whole uuid-text)
   "m" (whole "-?[0-9]{1,19}")
   "b" (whole "[A-Za-z0-9+/]*={0,2}")
   "c" (js/RegExp. "^.$" "su")
   "t" (whole "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)")})

(def ^:private literal-tags #{"n" "f" "r" "c" "m"})
(def ^:private reserved (whole "~*_.*|~+value"))
(def ^:private escaped-name (whole "~+_.*|~~+value"))
(def ^:private map-mark "^ ")
(def ^:private only-field "~value")
(def ^:private max-depth 64)
(def ^:private none #js {})

(defn- matches? [^js pattern text]
  (.test pattern text))

(defn- well-formed? [tag text]
  (let [pattern (well-formed tag)]
    (or (nil? pattern) (matches? pattern text))))

(defn put!
  "Sets a member of an object under construction; plain assignment would take `__proto__` for the prototype."
  [object name value]
  (if (= name "__proto__")
    (js/Object.defineProperty object name #js {:value value :enumerable true :configurable true :writable true})
    (unchecked-set object name value)))

(defn member
  "The object's own `name`, else `absent`."
  [object name absent]
  (if (js/Object.prototype.hasOwnProperty.call object name) (unchecked-get object name) absent))

(defn- needs-escape? [text]
  (let [rest (.replace text #"^~+" "")]
    (or (= rest map-mark) (and (not= rest text) (matches? tagged-string (str "~" rest))))))

(defn- escaped [text]
  (if (needs-escape? text) (str "~" text) text))

;; ---- writing

(declare stored)

(defn- refuse [path problem]
  (let [steps (reverse path)]
    (throw (ex-info (str (apply str (first steps) (map #(str "[" (pr-str %) "]") (rest steps))) ": " problem)
                    {:path (vec steps)}))))

(defn- tagged [tag rep]
  #js [(str "~#" tag) rep])

(defn- scalar [tag text]
  (let [whole (str "~" tag text)]
    (if (matches? tagged-string whole) whole (tagged tag (escaped text)))))

(defn- special [number]
  (cond (js/isNaN number) "~zNaN" (pos? number) "~zINF" :else "~z-INF"))

(defn- double-text
  "As Java prints it, because the text is compared as a key."
  [number]
  (let [[_ sign whole fraction exponent] (re-matches #"(-?)(\d)(?:\.(\d+))?e([+-]\d+)" (.toExponential number))
        exponent (js/parseInt exponent)]
    (if (<= -3 exponent 6)
      (let [text (str number)] (if (.includes text ".") text (str text ".0")))
      (str sign whole "." (or fraction "0") "E" exponent))))

(defn- instant [value path]
  (let [millis (.getTime value)]
    (when (js/isNaN millis) (refuse path "an instant that is none"))
    (scalar "m" (str millis))))

(defn- literal [value path]
  (let [tag (str (:tag value))
        form (:form value)]
    (cond
      (contains? literal-tags tag)
      (if (and (string? form) (well-formed? tag form))
        (scalar tag form)
        (refuse path (str "#" tag " stands before a string of its form")))

      (or (= 1 (count tag)) (contains? #{"set" "list" "cmap"} tag))
      (refuse path (str "#" tag " is a tag of Transit itself"))

      :else (tagged tag (stored form path)))))

(defn- elements [values path]
  (let [result #js []]
    (doseq [value values]
      (.push result (stored value (conj path (alength result)))))
    result))

(defn- composite? [key]
  (or (coll? key) (and (tagged-literal? key) (not (contains? literal-tags (str (:tag key)))))))

(defn- key-text [key path]
  (cond
    (nil? key) "~_"
    (boolean? key) (if key "~?t" "~?f")
    (not (number? key)) (stored key path)
    (not (js/Number.isFinite key)) (special key)
    (js/Number.isSafeInteger key) (str "~i" key)
    :else (str "~d" (double-text key))))

(defn- pairs [value path]
  (if (some composite? (keys value))
    (tagged "cmap" (elements (mapcat identity value) path))
    (let [result #js [map-mark]]
      (doseq [[key entry] value]
        (.push result (key-text key (conj path key)) (stored entry (conj path key))))
      result)))

(defn- fields? [value]
  (and (map? value) (every? keyword? (keys value))))

(defn- name-of [keyword]
  (subs (str keyword) 1))

(defn- same?
  "Whether they are stored alike: as `=`, but a list is no vector."
  [a b]
  (or (identical? a b)
      (and (= a b)
           (cond
             (map? a) (every? (fn [[key value]] (same? value (get b key))) a)
             (sequential? a) (and (= (vector? a) (vector? b)) (every? true? (map same? a b)))
             :else true))))

(defn- object
  "The members of the map `value`. What is as in `old`, which stands in `old-object`, stays as it stands there."
  [value field old old-object path]
  (let [result #js {}]
    (doseq [[key entry] value]
      (let [name (field (name-of key))
            before (get old key none)
            place (conj path key)]
        (put! result name
              (cond
                (identical? before none) (stored entry place)
                (same? entry before) (unchecked-get old-object name)
                (and (fields? entry) (fields? before)) (object entry identity before (unchecked-get old-object name) place)
                :else (stored entry place)))))
    result))

(defn- stored [value path]
  (when (> (count path) max-depth) (refuse (take-last 3 path) "too deep"))
  (cond
    (nil? value) nil
    (boolean? value) value
    (number? value) (if (js/Number.isFinite value) value (special value))
    (string? value) (escaped value)
    (keyword? value) (scalar ":" (name-of value))
    (symbol? value) (scalar "$" (str value))
    (uuid? value) (if (well-formed? "u" (str value)) (scalar "u" (str value)) (refuse path "a UUID that is none"))
    (inst? value) (instant value path)
    (tagged-literal? value) (literal value path)
    (instance? js/Uint8Array value) (scalar "b" (base64/encodeByteArray value))
    (fields? value) (object value identity nil nil path)
    (map? value) (pairs value path)
    (set? value) (tagged "set" (elements value path))
    (vector? value) (elements value path)
    (sequential? value) (tagged "list" (elements value path))
    :else (refuse path (str "a value of this type cannot be stored: " (goog/typeOf value)))))

(defn- field [name]
  (if (matches? reserved name) (str "~" name) name))

(defn fields
  "The object that the document `value` is stored as. `old` is the document as it was, stored as `old-fields`: what is the same stands as
  it stood, in whatever way another client has written it. `place` names the document in complaints."
  ([value place] (fields value nil #js {} place))
  ([value old old-fields place]
   (let [path (list place)]
     (if (fields? value)
       (object value field (when (fields? old) old) old-fields path)
       (if (and (some? (member old-fields only-field nil)) (same? value old))
         old-fields
         (doto #js {} (put! only-field (stored value path))))))))

;; ---- reading

(declare value-of)

(defn- integer [text]
  (let [number (js/Number text)]
    (if (js/Number.isSafeInteger number) number (tagged-literal 'n text))))

(defn- moment [text]
  (let [date (js/Date. (js/Number text))]
    (if (js/isNaN (.getTime date)) (tagged-literal 'm text) date)))

(defn- parsed-moment [text]
  (let [date (js/Date. text)]
    (if (js/isNaN (.getTime date)) none date)))

(defn- scalar-of
  "The value that `text` behind the tag of one character means, or `none`."
  [tag text]
  (if-not (well-formed? tag text)
    none
    (case tag
      ":" (keyword text)
      "$" (symbol text)
      "u" (uuid text)
      "m" (moment text)
      "t" (parsed-moment text)
      "i" (integer text)
      "d" (js/parseFloat text)
      ("n" "f" "r" "c") (tagged-literal (symbol tag) text)
      "b" (base64/decodeStringToUint8Array text)
      "z" (case text "NaN" ##NaN "INF" ##Inf "-INF" ##-Inf none)
      "_" (if (= text "") nil none)
      "?" (case text "t" true "f" false none)
      none)))

(defn- string-of [text]
  (if-not (= "~" (.charAt text 0))
    text
    (let [rest (subs text 1)]
      (if (needs-escape? rest)
        rest
        (let [value (if (matches? tagged-string text) (scalar-of (.charAt text 1) (subs text 2)) none)]
          (if (identical? value none) text value))))))

(defn- ground
  "A scalar that stands as a tagged value."
  [tag rep]
  (cond
    (string? rep) (scalar-of tag rep)
    (and (number? rep) (contains? #{"i" "d" "m" "n" "f"} tag)) (scalar-of tag (str rep))
    (or (and (= tag "_") (nil? rep)) (and (= tag "?") (boolean? rep))) rep
    :else none))

(defn- tagged-of [tag rep]
  (if (= 1 (count tag))
    (if (= tag "'") rep (ground tag rep))
    (case tag
      "set" (if (vector? rep) (set rep) none)
      "list" (if (vector? rep) (apply list rep) none)
      "cmap" (if (and (vector? rep) (even? (count rep))) (apply hash-map rep) none)
      (tagged-literal (symbol tag) rep))))

(defn- map-of [entries]
  (let [entries (map value-of (rest entries))
        keys (take-nth 2 entries)
        scalars (remove composite? keys)]
    (if (or (empty? scalars) (apply distinct? scalars)) (apply hash-map entries) none)))

(defn- array-of [^js array]
  (let [head (aget array 0)
        value (cond
                (not (string? head)) none
                (and (= 2 (alength array)) (.startsWith head "~#")) (tagged-of (subs head 2) (value-of (aget array 1)))
                (and (odd? (alength array)) (= head map-mark)) (map-of array)
                :else none)]
    ;; A JSON client may write what only looks like a tagged value.
    (if (identical? value none) (mapv value-of array) value)))

(defn- object-of [object name]
  (persistent!
   (reduce (fn [result key] (assoc! result (keyword (name key)) (value-of (unchecked-get object key))))
           (transient {})
           (js/Object.keys object))))

(defn value-of
  "The value of a part of a document."
  [stored]
  (cond
    (nil? stored) nil
    (string? stored) (string-of stored)
    (array? stored) (array-of stored)
    (object? stored) (object-of stored identity)
    (= "object" (goog/typeOf stored)) (object-of stored identity)
    :else stored))

(defn value
  "The document that is stored as `fields`."
  [fields]
  (let [names (js/Object.keys fields)]
    (if (and (= 1 (alength names)) (= only-field (aget names 0)))
      (value-of (unchecked-get fields only-field))
      (object-of fields #(if (matches? escaped-name %) (subs % 1) %)))))
