/** Documents as they are stored: leaves, history, sharing, and their forms. */
@NullMarked
package dev.landfall.engine.document;

import org.jspecify.annotations.NullMarked;
