(require '[cljs.build.api :as cljs]
         '[clojure.java.io])

;; All optimizations: what breaks when names are shortened breaks here.
(cljs/build
 (clojure.java.io/resource "landfall/all_tests.cljs")
 {:main 'landfall.all-tests
  :target :bundle
  :output-to "out/main.js"
  :output-dir "out"
  :optimizations :advanced
  :infer-externs :auto
 :process-shim false
  :warnings {:fn-deprecated false}
  :parallel-build true})
(shutdown-agents)
