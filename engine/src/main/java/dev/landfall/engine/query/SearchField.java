package dev.landfall.engine.query;

import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.Optional;

/**
 * What of a document a query looks at: a place in it, or its key, revision or owner. A path leads
 * through objects only, not into arrays.
 *
 * @param path as in {@code _fieldRevs}
 */
public record SearchField(LeafPath path) {
  /** The most characters of a path. */
  public static final int MAX_LENGTH = 10_000;

  /**
   * Reads a field as a client writes it.
   *
   * @throws IllegalArgumentException if there is no such field
   */
  public static SearchField parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("has more than " + MAX_LENGTH + " characters");
    }
    SearchField field = new SearchField(LeafPath.parse(text));
    boolean known = text.equals("_key") || text.equals("_rev") || text.equals("_owner");
    if (text.startsWith("_") && !known) {
      throw new IllegalArgumentException(
          "of the names that start with '_' only _key, _rev and _owner can be asked for");
    }
    return field;
  }

  /** Whether it belongs to the protocol. */
  public boolean isProtocol() {
    return path.text().startsWith("_");
  }

  /** Whether it is the revision, which stands in the delivered form only. */
  boolean isRevision() {
    return path.text().equals("_rev");
  }

  /** Its value; empty if it is missing. */
  Optional<JsonValue> of(Candidate document) {
    return switch (path.text()) {
      case "_key" -> Optional.of(new JsonString(document.id().key().value()));
      case "_rev" -> Optional.of(new JsonString(document.revision()));
      case "_owner" -> Optional.of(new JsonString(document.id().owner().value()));
      default -> path.in(document.fields());
    };
  }

  @Override
  public String toString() {
    return path.text();
  }
}
