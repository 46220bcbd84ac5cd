/** The audit trail, for those whom it concerns. */
@NullMarked
package dev.landfall.webapp.trail;

import org.jspecify.annotations.NullMarked;
