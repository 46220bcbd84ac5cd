/** Another REST application that shares a server with ours. */
@NullMarked
package dev.landfall.webapp.it.beside;

import org.jspecify.annotations.NullMarked;
