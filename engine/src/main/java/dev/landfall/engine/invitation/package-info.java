/** Links by which people come into an organisation because they want to. */
@NullMarked
package dev.landfall.engine.invitation;

import org.jspecify.annotations.NullMarked;
