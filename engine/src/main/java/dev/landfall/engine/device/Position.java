package dev.landfall.engine.device;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;

/**
 * How far a device has come in a collection.
 *
 * @param clock up to which it has everything, as it has said itself
 * @param at when it said so, in milliseconds since the Unix epoch
 */
public record Position(
    ApplicationName application,
    Owner owner,
    CollectionName collection,
    HybridTimestamp clock,
    long at) {
  boolean isOf(Position other) {
    return application.equals(other.application)
        && owner.equals(other.owner)
        && collection.equals(other.collection);
  }
}
