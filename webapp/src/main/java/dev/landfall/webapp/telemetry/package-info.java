/** What is measured. */
@NullMarked
package dev.landfall.webapp.telemetry;

import org.jspecify.annotations.NullMarked;
