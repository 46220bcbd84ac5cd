/** The nouns of the protocol: who owns a document, where it is, and when it changed. */
@NullMarked
package dev.landfall.api;

import org.jspecify.annotations.NullMarked;
