package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.BaseView.Seen;
import org.jspecify.annotations.Nullable;

/**
 * What a client did to one leaf.
 *
 * @param value null for a removal
 * @param clock when, by the clock that counts
 * @param seen whether it arrives for the first time; otherwise it changes nothing any more
 */
record LeafEdit(LeafPath path, @Nullable JsonValue value, HybridTimestamp clock, Seen seen) {
  /** Whether it arrives for the first time. */
  boolean isNew() {
    return seen == Seen.NEW;
  }
}
