/** Configuration, read once at start. */
@NullMarked
package dev.landfall.webapp.settings;

import org.jspecify.annotations.NullMarked;
