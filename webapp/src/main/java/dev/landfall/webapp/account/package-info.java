/** The caller's own account over HTTP. */
@NullMarked
package dev.landfall.webapp.account;

import org.jspecify.annotations.NullMarked;
