/** Who takes nothing from whom. */
@NullMarked
package dev.landfall.engine.blocking;

import org.jspecify.annotations.NullMarked;
