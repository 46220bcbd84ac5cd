/** Writes by version and pulls by millisecond: the exchange of atoms. */
@NullMarked
package dev.landfall.engine.atom;

import org.jspecify.annotations.NullMarked;
