/** A store in MongoDB: the log's insert is the commit, and everything else follows from the log. */
@NullMarked
package dev.landfall.store.mongo;

import org.jspecify.annotations.NullMarked;
