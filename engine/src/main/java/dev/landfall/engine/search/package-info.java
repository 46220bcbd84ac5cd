/** Searching: what a filter and a text mean, and by which terms an index finds candidates. */
@NullMarked
package dev.landfall.engine.search;

import org.jspecify.annotations.NullMarked;
