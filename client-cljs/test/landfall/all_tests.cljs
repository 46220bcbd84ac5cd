(ns landfall.all-tests
  (:require [cljs.test :as test]
            [landfall.client-test]
            [landfall.form-test]
            [landfall.guide-test]))

(defmethod test/report [::test/default :end-run-tests] [{:keys [test pass fail error]}]
  ;; The totals where those of the Java modules are, so that CI counts them too.
  (let [^js fs (js/require "fs")
        folder (unchecked-get js/process.env "LANDFALL_REPORT")]
    (.mkdirSync fs folder #js {:recursive true})
    (.writeFileSync fs (str folder "/TEST-client-cljs.xml")
                    (str "<testsuite name=\"client-cljs\" tests=\"" test "\" errors=\"" error "\" skipped=\"0\" failures=\"" fail
                         "\"></testsuite>\n")))
  (js/process.exit (if (and (pos? pass) (zero? (+ fail error))) 0 1)))

(test/run-tests 'landfall.form-test 'landfall.client-test 'landfall.guide-test)
