/** What an operator does to a store without a server. */
@NullMarked
package dev.landfall.commands;

import org.jspecify.annotations.NullMarked;
