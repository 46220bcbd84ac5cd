/** Connections of the Java client to inject, and what happens as events. */
@NullMarked
package dev.landfall.client.cdi;

import org.jspecify.annotations.NullMarked;
