/** The embedded store: one SQLite file, written by one server. */
@NullMarked
package dev.landfall.store.sqlite;

import org.jspecify.annotations.NullMarked;
