/** Invitations into organisations over HTTP. */
@NullMarked
package dev.landfall.webapp.invitation;

import org.jspecify.annotations.NullMarked;
