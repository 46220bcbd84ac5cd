/** Load on a server that was started for it: who sends what, and what that costs. */
@NullMarked
package dev.landfall.benchmarks.load;

import org.jspecify.annotations.NullMarked;
