/** How fast it is: JMH for the engine, {@link dev.landfall.benchmarks.HttpLoad} for the server. */
@NullMarked
package dev.landfall.benchmarks;

import org.jspecify.annotations.NullMarked;
