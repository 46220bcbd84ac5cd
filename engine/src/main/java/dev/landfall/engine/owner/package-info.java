/** The end of an owner: what is deleted, and what others had of it. */
@NullMarked
package dev.landfall.engine.owner;

import org.jspecify.annotations.NullMarked;
