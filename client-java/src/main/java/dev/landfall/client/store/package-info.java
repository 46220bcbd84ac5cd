/** Where a device keeps its copy. */
@NullMarked
package dev.landfall.client.store;

import org.jspecify.annotations.NullMarked;
