/** Everything that a user or an organisation has, as a file, and the way back. */
@NullMarked
package dev.landfall.webapp.transfer;

import org.jspecify.annotations.NullMarked;
