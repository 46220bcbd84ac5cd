/** Codecs of classes for the Java client, by JSON-B. */
@NullMarked
package dev.landfall.client.jsonb;

import org.jspecify.annotations.NullMarked;
