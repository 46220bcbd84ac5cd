/** What operators of the server see and do. Nothing here tells what stands in documents. */
@NullMarked
package dev.landfall.webapp.operator;

import org.jspecify.annotations.NullMarked;
