/**
 * The end of users and organisations: what there is of them goes, and what would bring it back is
 * refused.
 */
@NullMarked
package dev.landfall.engine.erasure;

import org.jspecify.annotations.NullMarked;
