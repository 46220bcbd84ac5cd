/** Transit on the wire, and how its values stand in documents. */
@NullMarked
package dev.landfall.engine.transit;

import org.jspecify.annotations.NullMarked;
