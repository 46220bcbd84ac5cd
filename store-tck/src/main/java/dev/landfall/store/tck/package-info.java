/** The contract of a store, as interfaces of tests that every backend passes unchanged. */
@NullMarked
package dev.landfall.store.tck;

import org.jspecify.annotations.NullMarked;
