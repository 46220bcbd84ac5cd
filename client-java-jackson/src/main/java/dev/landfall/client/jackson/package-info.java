/** Codecs of classes for the Java client, by Jackson. */
@NullMarked
package dev.landfall.client.jackson;

import org.jspecify.annotations.NullMarked;
