/** Who may read and write a document besides its owner. */
@NullMarked
package dev.landfall.engine.sharing;

import org.jspecify.annotations.NullMarked;
