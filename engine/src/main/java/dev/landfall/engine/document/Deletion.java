package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;

/**
 * A deletion that took effect.
 *
 * @param edit when the device made it
 * @param commit when the server learned of it
 */
public record Deletion(HybridTimestamp edit, HybridTimestamp commit) {}
