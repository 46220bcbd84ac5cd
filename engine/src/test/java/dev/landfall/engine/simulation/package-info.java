/**
 * Deterministic simulation: devices, a network and server nodes out of one seed, and the promises
 * that must hold.
 */
@NullMarked
package dev.landfall.engine.simulation;

import org.jspecify.annotations.NullMarked;
