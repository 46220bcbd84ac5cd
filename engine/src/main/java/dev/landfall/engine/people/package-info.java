/** Who people are to each other: names, pictures, addresses, and who may find whom. */
@NullMarked
package dev.landfall.engine.people;

import org.jspecify.annotations.NullMarked;
