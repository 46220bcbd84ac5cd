package dev.landfall.webapp.atom;

import dev.landfall.api.UserId;
import dev.landfall.engine.atom.AtomDocument;
import dev.landfall.engine.transit.TransitException;
import java.util.Optional;

/**
 * What stands behind the group in the id of a document: {@code @owner/key} for a document of
 * somebody else, the key alone for one's own. An own key that begins with {@code @} is told with
 * another one before it, so that nobody can have a document that passes for somebody else's.
 *
 * @param owner of a document of somebody else, a user's or an organisation's id
 */
record AtomId(Optional<String> owner, String key) {
  private static final String SIGN = "@";

  /**
   * Reads it.
   *
   * @throws TransitException if it begins with a single {@code @} and names no owner
   */
  static AtomId parse(String text) throws TransitException {
    if (!text.startsWith(SIGN)) {
      return new AtomId(Optional.empty(), text);
    }
    String rest = text.substring(1);
    if (rest.startsWith(SIGN)) {
      return new AtomId(Optional.empty(), rest);
    }
    int slash = rest.indexOf('/');
    if (slash < 1 || slash == rest.length() - 1) {
      throw wrong("must name the owner and the key as @owner/key; an own key that begins with @");
    }
    try {
      return new AtomId(
          Optional.of(new UserId(rest.substring(0, slash)).value()), rest.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage() + "; an own key that begins with @");
    }
  }

  private static TransitException wrong(String problem) {
    return new TransitException(problem + " has @@ there").under("id");
  }

  /** What {@code document} is called. */
  static String of(AtomDocument document) {
    String key = document.key().value();
    return document
        .owner()
        .map(owner -> SIGN + owner.value() + "/" + key)
        .orElse(key.startsWith(SIGN) ? SIGN + key : key);
  }
}
