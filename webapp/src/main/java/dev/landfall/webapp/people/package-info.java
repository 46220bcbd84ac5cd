/** Whom somebody blocks, and what operators of the server may do. */
@NullMarked
package dev.landfall.webapp.people;

import org.jspecify.annotations.NullMarked;
