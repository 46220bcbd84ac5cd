/** Hybrid logical clocks: how they move, and what a server puts into them. */
@NullMarked
package dev.landfall.engine.clock;

import org.jspecify.annotations.NullMarked;
