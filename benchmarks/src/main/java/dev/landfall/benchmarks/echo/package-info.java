/** The application that is measured beside ours: the same bytes in and out, and no work. */
@NullMarked
package dev.landfall.benchmarks.echo;

import org.jspecify.annotations.NullMarked;
