/**
 * What a database must offer: one commit log for each application and the projections behind it.
 */
@NullMarked
package dev.landfall.api.store;

import org.jspecify.annotations.NullMarked;
