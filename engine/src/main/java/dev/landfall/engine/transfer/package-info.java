/** Documents that leave and come: exports and imports. */
@NullMarked
package dev.landfall.engine.transfer;

import org.jspecify.annotations.NullMarked;
