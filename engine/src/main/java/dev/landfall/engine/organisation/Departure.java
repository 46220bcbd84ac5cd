package dev.landfall.engine.organisation;

import dev.landfall.api.UserId;

/**
 * A removal that has been decided and is being carried out.
 *
 * @param mark the version of the organisation's record that decided it, which tells it from another
 *     removal of the same user
 */
record Departure(UserId user, long mark) {}
