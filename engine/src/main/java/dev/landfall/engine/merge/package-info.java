/** What becomes of a document when a client's copy meets the server's. */
@NullMarked
package dev.landfall.engine.merge;

import org.jspecify.annotations.NullMarked;
