/** How a document is shared, and how that ends. */
@NullMarked
package dev.landfall.engine.sharing;

import org.jspecify.annotations.NullMarked;
