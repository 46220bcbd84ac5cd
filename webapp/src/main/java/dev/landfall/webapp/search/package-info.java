/** Searching over HTTP. */
@NullMarked
package dev.landfall.webapp.search;

import org.jspecify.annotations.NullMarked;
