package dev.landfall.engine.sync;

import dev.landfall.api.HybridTimestamp;
import java.util.OptionalLong;

/**
 * Where the documents of an answer end.
 *
 * @param serverClock what the client keeps; everything up to it has been delivered
 * @param more whether there is more to deliver
 * @param pending how many documents are left; present where a page was asked for
 */
public record PageEnd(HybridTimestamp serverClock, boolean more, OptionalLong pending) {}
