/** Organisations over HTTP. */
@NullMarked
package dev.landfall.webapp.organisation;

import org.jspecify.annotations.NullMarked;
