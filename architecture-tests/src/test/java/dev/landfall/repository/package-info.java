/** What has to agree between files that no compiler reads. */
@NullMarked
package dev.landfall.repository;

import org.jspecify.annotations.NullMarked;
