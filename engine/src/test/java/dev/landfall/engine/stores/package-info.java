/**
 * The engine over each of the stores: they differ in nothing, and lose nothing when it is killed.
 */
package dev.landfall.engine.stores;
