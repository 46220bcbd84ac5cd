/**
 * The engine of all applications: whoever is recognised calls it, and it asks the packages below.
 */
@NullMarked
package dev.landfall.engine;

import org.jspecify.annotations.NullMarked;
