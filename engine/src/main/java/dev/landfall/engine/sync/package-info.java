/** Commits, pulls and pushes over a store. */
@NullMarked
package dev.landfall.engine.sync;

import org.jspecify.annotations.NullMarked;
