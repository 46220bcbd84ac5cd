/** The caller's devices over HTTP. */
@NullMarked
package dev.landfall.webapp.device;

import org.jspecify.annotations.NullMarked;
