/** Signing in with identity providers, and linking several of them to one user. */
@NullMarked
package dev.landfall.webapp.signin;

import org.jspecify.annotations.NullMarked;
