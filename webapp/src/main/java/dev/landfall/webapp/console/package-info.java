/** The console, a page for everybody that the server serves. */
@NullMarked
package dev.landfall.webapp.console;

import org.jspecify.annotations.NullMarked;
