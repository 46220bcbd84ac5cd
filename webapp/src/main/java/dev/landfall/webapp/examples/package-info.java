/** The example application that the server shows in a browser. */
@NullMarked
package dev.landfall.webapp.examples;

import org.jspecify.annotations.NullMarked;
