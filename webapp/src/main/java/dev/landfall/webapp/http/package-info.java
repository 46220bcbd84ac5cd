/** What all routes have in common: bodies, answers, errors, headers. */
@NullMarked
package dev.landfall.webapp.http;

import org.jspecify.annotations.NullMarked;
