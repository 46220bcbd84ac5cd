/** Whether the server can serve. */
@NullMarked
package dev.landfall.webapp.health;

import org.jspecify.annotations.NullMarked;
