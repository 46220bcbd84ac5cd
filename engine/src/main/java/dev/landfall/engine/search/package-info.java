/** Answers to questions, page by page, from the indexes and the feeds of a store. */
@NullMarked
package dev.landfall.engine.search;

import org.jspecify.annotations.NullMarked;
