/** Push and pull: what clients send and are told. */
@NullMarked
package dev.landfall.engine.sync;

import org.jspecify.annotations.NullMarked;
