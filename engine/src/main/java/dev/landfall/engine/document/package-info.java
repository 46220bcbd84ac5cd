/** A document leaf by leaf, its form in a store and its earlier versions. */
@NullMarked
package dev.landfall.engine.document;

import org.jspecify.annotations.NullMarked;
