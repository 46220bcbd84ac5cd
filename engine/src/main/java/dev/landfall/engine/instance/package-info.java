/** Which server this is, whatever its address. */
@NullMarked
package dev.landfall.engine.instance;

import org.jspecify.annotations.NullMarked;
