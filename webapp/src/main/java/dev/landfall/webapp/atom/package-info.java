/** The key-value protocol over Transit, for Clojure clients. */
@NullMarked
package dev.landfall.webapp.atom;

import org.jspecify.annotations.NullMarked;
