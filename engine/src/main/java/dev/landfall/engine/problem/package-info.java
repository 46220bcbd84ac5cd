/** How a request can fail. */
@NullMarked
package dev.landfall.engine.problem;

import org.jspecify.annotations.NullMarked;
