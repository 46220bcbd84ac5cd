/** The client's half of the protocol as a state machine: no I/O, no thread, no wall clock. */
@NullMarked
package dev.landfall.client.replica;

import org.jspecify.annotations.NullMarked;
