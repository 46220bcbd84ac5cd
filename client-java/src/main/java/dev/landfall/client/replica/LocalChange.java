package dev.landfall.client.replica;

import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a user does to one document: deletes it, or changes leaves.
 *
 * @param leaves what they are to be; empty takes a leaf away. Without meaning if {@code deletes}
 */
public record LocalChange(boolean deletes, Map<LeafPath, Optional<JsonValue>> leaves) {
  /** The document goes. */
  public static final LocalChange DELETION = new LocalChange(true, Map.of());

  /** What turns the leaves of {@code before} into those of {@code after}. */
  public static LocalChange between(
      Map<LeafPath, JsonValue> before, Map<LeafPath, JsonValue> after) {
    Map<LeafPath, Optional<JsonValue>> changed = new LinkedHashMap<>();
    before
        .keySet()
        .forEach(
            path -> {
              if (!after.containsKey(path)) {
                changed.put(path, Optional.empty());
              }
            });
    after.forEach(
        (path, value) -> {
          if (!value.equals(before.get(path))) {
            changed.put(path, Optional.of(value));
          }
        });
    return new LocalChange(false, changed);
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return !deletes && leaves.isEmpty();
  }
}
