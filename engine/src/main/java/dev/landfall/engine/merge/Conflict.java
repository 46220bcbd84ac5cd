package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Two edits of one field that did not know of each other, already resolved. "Local" is the client.
 *
 * @param field the path of the leaf, {@code _deleted} for the document as a whole
 * @param localValue null if removed
 * @param remoteValue null if removed
 * @param winnerValue null if removed
 * @param strategy the configured or built-in rule that made the value, if it was not the later
 *     clock
 */
public record Conflict(
    String field,
    HybridTimestamp localRevision,
    HybridTimestamp remoteRevision,
    @Nullable JsonValue localValue,
    @Nullable JsonValue remoteValue,
    Winner winner,
    @Nullable JsonValue winnerValue,
    Optional<String> strategy) {

  /** The field of a conflict between an edit and a deletion. */
  public static final String DELETED = "_deleted";

  /** Whose value it is. */
  public enum Winner {
    LOCAL("local"),
    REMOTE("remote"),
    AUTO_MERGED("auto-merged");

    private final String text;

    Winner(String text) {
      this.text = text;
    }

    /** As on the wire. */
    public String text() {
      return text;
    }
  }

  /** The members it has on the wire, without the document's; a removed value is null there. */
  public JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("field", field)
            .put("localRev", localRevision.toString())
            .put("remoteRev", remoteRevision.toString());
    json.put("localValue", orNull(localValue));
    json.put("remoteValue", orNull(remoteValue));
    json.put("winner", winner.text());
    json.put("winnerValue", orNull(winnerValue));
    strategy.ifPresent(name -> json.put("mergeStrategy", name));
    return json.build();
  }

  /** The name by which metrics count it. */
  public String kind() {
    return strategy.orElse(
        field.equals(DELETED) ? "deletion" : winner.name().toLowerCase(Locale.ROOT));
  }

  private static JsonValue orNull(@Nullable JsonValue value) {
    return value == null ? JsonNull.NULL : value;
  }
}
