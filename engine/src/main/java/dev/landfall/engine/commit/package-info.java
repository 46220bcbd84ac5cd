/**
 * One atomic commit after another: what is read, decided and written for it, and the limits it
 * keeps.
 */
@NullMarked
package dev.landfall.engine.commit;

import org.jspecify.annotations.NullMarked;
