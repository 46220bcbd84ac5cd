/** By which terms documents are found: words and values of fields. */
@NullMarked
package dev.landfall.engine.index;

import org.jspecify.annotations.NullMarked;
