/** The document index: who reads a document, and links to it, on the wire. */
@NullMarked
package dev.landfall.webapp.sharing;

import org.jspecify.annotations.NullMarked;
