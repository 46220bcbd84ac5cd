/** Who did what, for whoever has to know later. */
@NullMarked
package dev.landfall.engine.audit;

import org.jspecify.annotations.NullMarked;
