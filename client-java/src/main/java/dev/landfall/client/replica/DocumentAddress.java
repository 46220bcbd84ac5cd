package dev.landfall.client.replica;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import java.util.Optional;

/**
 * Which document of a collection is meant. One's own document and somebody else's may have the same
 * key and are two documents; both are in an atom's value, under different names:
 *
 * <ul>
 *   <li>one's own document is called by its key: {@code groceries};
 *   <li>somebody else's is {@code @OWNER/KEY}: {@code @4711/groceries};
 *   <li>one's own whose key starts with an at sign has another one in front: {@code @@home} is the
 *       document {@code @home}.
 * </ul>
 *
 * <p>Different documents have different names, since no owner's id holds an at sign or a slash.
 *
 * @param owner of the document if it is not whom the connection is for, a user's or an
 *     organisation's id
 */
public record DocumentAddress(Optional<String> owner, DocumentKey key) {
  private static final char MARK = '@';

  public DocumentAddress {
    owner.ifPresent(UserId::new); // ids of organisations look the same
  }

  /** One's own document, or with an organisation the organisation's. */
  public static DocumentAddress own(String key) {
    return new DocumentAddress(Optional.empty(), new DocumentKey(key));
  }

  /** A document of somebody else. */
  public static DocumentAddress of(String owner, String key) {
    return new DocumentAddress(Optional.of(owner), new DocumentKey(key));
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if no document can be called so
   */
  public static DocumentAddress parse(String name) {
    if (name.isEmpty() || name.charAt(0) != MARK) {
      return own(name);
    }
    if (name.length() > 1 && name.charAt(1) == MARK) {
      return own(name.substring(1));
    }
    int slash = name.indexOf('/');
    if (slash < 2) {
      throw new IllegalArgumentException(
          "a name that starts with @ is @OWNER/KEY, or @@KEY for a key that starts with @");
    }
    return of(name.substring(1, slash), name.substring(slash + 1));
  }

  /** The name of this document in an atom's value. */
  public String name() {
    String text = key.value();
    if (owner.isPresent()) {
      return MARK + owner.get() + "/" + text;
    }
    return text.charAt(0) == MARK ? MARK + text : text;
  }

  @Override
  public String toString() {
    return name();
  }
}
