/** JSON values that keep what was sent: null apart from absent, every digit of every number. */
@NullMarked
package dev.landfall.api.json;

import org.jspecify.annotations.NullMarked;
