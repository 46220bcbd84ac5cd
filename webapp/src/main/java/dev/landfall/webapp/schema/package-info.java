/** JSON Schema for the documents of a collection. */
@NullMarked
package dev.landfall.webapp.schema;

import org.jspecify.annotations.NullMarked;
