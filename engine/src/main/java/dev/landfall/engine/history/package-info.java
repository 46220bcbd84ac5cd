/** Earlier versions of a document, and the way back to one. */
@NullMarked
package dev.landfall.engine.history;

import org.jspecify.annotations.NullMarked;
