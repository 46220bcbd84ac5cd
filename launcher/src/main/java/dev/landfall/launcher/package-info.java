/** The main class of {@code landfall.jar}. */
@NullMarked
package dev.landfall.launcher;

import org.jspecify.annotations.NullMarked;
