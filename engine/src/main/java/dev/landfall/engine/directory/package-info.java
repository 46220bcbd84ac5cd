/** Small records of JSON, as most of what is kept beside documents is. */
@NullMarked
package dev.landfall.engine.directory;

import org.jspecify.annotations.NullMarked;
