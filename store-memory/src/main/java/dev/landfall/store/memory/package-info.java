/** The store that forgets: everything in the heap, for tests, demonstrations and measurements. */
@NullMarked
package dev.landfall.store.memory;

import org.jspecify.annotations.NullMarked;
