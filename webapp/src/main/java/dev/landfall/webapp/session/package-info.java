/** Who is calling: tokens, sign-in, users. */
@NullMarked
package dev.landfall.webapp.session;

import org.jspecify.annotations.NullMarked;
