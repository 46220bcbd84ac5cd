/** Organisations: their names, their members, and who may change them. */
@NullMarked
package dev.landfall.engine.organisation;

import org.jspecify.annotations.NullMarked;
