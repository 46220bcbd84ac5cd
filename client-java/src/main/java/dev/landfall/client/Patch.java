package dev.landfall.client;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a document becomes another; everything else stays. Immutable. Paths are names with dots
 * between, {@code %2E} for a dot in a name; values as in a {@link Where}.
 */
public final class Patch {
  private final Map<LeafPath, Optional<JsonValue>> places;

  private Patch(Map<LeafPath, Optional<JsonValue>> places) {
    this.places = Collections.unmodifiableMap(places);
  }

  /** A field becomes {@code value}. */
  public static Patch set(String path, @Nullable Object value) {
    return new Patch(Map.of()).and(path, value);
  }

  /** A field goes. */
  public static Patch remove(String path) {
    return new Patch(Map.of()).andRemove(path);
  }

  /** Another field becomes {@code value}, too. */
  public Patch and(String path, @Nullable Object value) {
    return with(path, Optional.of(JsonValues.of(value)));
  }

  /** Another field goes, too. */
  public Patch andRemove(String path) {
    return with(path, Optional.empty());
  }

  private Patch with(String path, Optional<JsonValue> value) {
    LeafPath place = LeafPath.parse(path);
    if (path.isEmpty() || place.names().get(0).startsWith("_")) {
      throw new IllegalArgumentException("'" + path + "' is no field of a document");
    }
    Map<LeafPath, Optional<JsonValue>> more = new LinkedHashMap<>(places);
    more.put(place, value);
    return new Patch(more);
  }

  /** The leaves of a document after this. */
  Map<LeafPath, JsonValue> on(Map<LeafPath, JsonValue> before) {
    Map<LeafPath, JsonValue> after = new LinkedHashMap<>(before);
    places.forEach(
        (place, value) -> {
          after.keySet().removeIf(leaf -> leaf.equals(place) || leaf.ancestors().contains(place));
          if (value.isPresent()) {
            place.ancestors().forEach(after::remove);
            if (value.get() instanceof JsonObject object && !object.isEmpty()) {
              Leaves.of(object)
                  .forEach(
                      (path, leaf) ->
                          after.put(new LeafPath(place.text() + "." + path.text()), leaf));
            } else {
              after.put(place, value.get());
            }
          }
        });
    return after;
  }
}
