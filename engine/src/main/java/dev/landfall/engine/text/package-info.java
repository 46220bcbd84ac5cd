/** Three-way line merge of texts: the one rule by which two edits of one string become one. */
@NullMarked
package dev.landfall.engine.text;

import org.jspecify.annotations.NullMarked;
