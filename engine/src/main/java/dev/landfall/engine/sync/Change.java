package dev.landfall.engine.sync;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One document of a push.
 *
 * @param fields without those of the protocol; empty for a deletion
 * @param stamps the edit clocks by path; for a deletion the clock under the empty path
 * @param baseClock the serverClock the copy is based on, zero if there is none
 * @param base what the document was then, if the client says so
 * @param owner whose document is meant, a user's or an organisation's id; one's own if absent
 */
public record Change(
    DocumentKey key,
    Optional<JsonObject> fields,
    Map<String, HybridTimestamp> stamps,
    HybridTimestamp baseClock,
    Optional<JsonObject> base,
    Optional<String> owner) {
  /** A change that does not say whose document it means. */
  public Change(
      DocumentKey key,
      Optional<JsonObject> fields,
      Map<String, HybridTimestamp> stamps,
      HybridTimestamp baseClock,
      Optional<JsonObject> base) {
    this(key, fields, stamps, baseClock, base, Optional.empty());
  }

  public Change {
    // not Map.copyOf: names made to collide would make it quadratic
    stamps = Collections.unmodifiableMap(new LinkedHashMap<>(stamps));
  }

  /** Whether it deletes the document. */
  public boolean isDeletion() {
    return fields.isEmpty();
  }
}
