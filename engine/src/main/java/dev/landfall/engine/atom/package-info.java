/** Transit values: read, written, and stored as documents of JSON. */
@NullMarked
package dev.landfall.engine.atom;

import org.jspecify.annotations.NullMarked;
