/** The questions of a search: filters, texts, order, and what an index can say of them. */
@NullMarked
package dev.landfall.engine.query;

import org.jspecify.annotations.NullMarked;
