/** Who did what, noted as requests are answered. */
@NullMarked
package dev.landfall.webapp.audit;

import org.jspecify.annotations.NullMarked;
