/** What a team adds that builds the WAR into its own. */
@NullMarked
package dev.landfall.webapp.extension;

import org.jspecify.annotations.NullMarked;
