/** How requests and hints travel. */
@NullMarked
package dev.landfall.client.http;

import org.jspecify.annotations.NullMarked;
