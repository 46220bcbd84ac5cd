package dev.landfall.engine.query;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.document.StoredForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Some fields of documents in their delivered form. The key, the revision and the owner always
 * stay, and of the clocks those of what stays, and of what has been removed from there.
 *
 * @param paths what stays, with everything below
 */
public record Projection(List<LeafPath> paths) {
  /** The most paths. */
  public static final int MAX_PATHS = 100;

  private static final String CLOCKS = "_fieldRevs";

  public Projection {
    paths = List.copyOf(paths);
  }

  /** What stays of {@code delivered}. */
  public JsonObject of(JsonObject delivered) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>();
    Leaves.of(StoredForm.withoutProtocol(delivered))
        .forEach(
            (path, value) -> {
              if (paths.stream().anyMatch(kept -> isIn(path.text(), kept.text()))) {
                leaves.put(path, value);
              }
            });
    JsonObject.Builder projected = JsonObject.builder();
    Leaves.join(leaves).members().forEach(projected::put);
    delivered
        .members()
        .forEach(
            (name, value) -> {
              if (name.equals(CLOCKS) && value instanceof JsonObject clocks) {
                projected.put(name, clocks(clocks));
              } else if (name.startsWith("_")) {
                projected.put(name, value);
              }
            });
    return projected.build();
  }

  private JsonObject clocks(JsonObject clocks) {
    JsonObject.Builder kept = JsonObject.builder();
    clocks
        .members()
        .forEach(
            (name, clock) -> {
              if (paths.stream().anyMatch(path -> isAbout(name, path))) {
                kept.put(name, clock);
              }
            });
    return kept.build();
  }

  /** Top-level names stand there as they are, too, and objects with a clock of their own. */
  private static boolean isAbout(String name, LeafPath path) {
    return isIn(name, path.text()) || isIn(path.text(), name) || name.equals(path.names().get(0));
  }

  private static boolean isIn(String path, String above) {
    return path.startsWith(above)
        && (path.length() == above.length() || path.charAt(above.length()) == '.');
  }
}
