package dev.landfall.engine.transit;

import java.util.Set;

/**
 * The tags of more than one character that a message may have: Transit's own, and those that an
 * application has made and that have been configured. Those of one character have a meaning of
 * their own each ({@link Transit}).
 *
 * <p>Only what is written is held to them. A document in which a JSON client has written another
 * tag, or that is from before, is told as it is.
 *
 * @param ofApplications tags that go through unchanged, though Transit does not know them
 */
public record TransitTags(Set<String> ofApplications) {
  /**
   * Those of the format (cognitect/transit-format, "Composite types"), and those that the libraries
   * for Java and Clojure have added to it.
   */
  private static final Set<String> OF_TRANSIT =
      Set.of("array", "map", "set", "list", "cmap", "link", "ratio", "with-meta");

  /** Transit's own and no other. */
  public static final TransitTags OF_TRANSIT_ONLY = new TransitTags(Set.of());

  /**
   * Transit's own, and others.
   *
   * @throws IllegalArgumentException if one of the others is no such tag
   */
  public TransitTags {
    ofApplications = Set.copyOf(ofApplications);
    for (String tag : ofApplications) {
      if (tag.codePointCount(0, tag.length()) < 2) {
        throw new IllegalArgumentException("a tag of an application has more than one character");
      }
      if (tag.startsWith("~") || !tag.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        throw new IllegalArgumentException("a tag is of visible ASCII characters, without a tilde");
      }
    }
  }

  /**
   * Lets a tag of a message through.
   *
   * @throws TransitException if nobody knows it
   */
  void require(String tag) throws TransitException {
    if (tag.length() > 1 && !OF_TRANSIT.contains(tag) && !ofApplications.contains(tag)) {
      throw new TransitException(
          "a tag that neither Transit nor this server's configuration knows");
    }
  }
}
