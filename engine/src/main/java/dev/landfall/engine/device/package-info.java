/** The devices of people: which there are, how far they have come, and which may not come back. */
@NullMarked
package dev.landfall.engine.device;

import org.jspecify.annotations.NullMarked;
