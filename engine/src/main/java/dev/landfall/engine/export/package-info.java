/** What leaves the server as a file, and what a spreadsheet must not make of it. */
@NullMarked
package dev.landfall.engine.export;

import org.jspecify.annotations.NullMarked;
