/** The HTTP side of the server. */
@NullMarked
package dev.landfall.webapp;

import org.jspecify.annotations.NullMarked;
