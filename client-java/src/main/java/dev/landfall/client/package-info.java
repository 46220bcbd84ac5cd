/** What an application uses: a connection and its synced atoms. */
@NullMarked
package dev.landfall.client;

import org.jspecify.annotations.NullMarked;
