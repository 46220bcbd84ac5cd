/** The routes of an application: sync, long poll, history. */
@NullMarked
package dev.landfall.webapp.sync;

import org.jspecify.annotations.NullMarked;
