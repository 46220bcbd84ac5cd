package dev.landfall.api;

/**
 * Something that the server keeps a feed of for itself, to find and to count documents by: nobody
 * reads as a register, and no request can name one.
 *
 * @param name 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}
 */
public record Register(String name) implements Principal, Comparable<Register> {
  private static final String KIND = "register:";

  public Register {
    Names.identifier("a register", name);
  }

  @Override
  public String text() {
    return KIND + name;
  }

  @Override
  public int compareTo(Register other) {
    return name.compareTo(other.name);
  }

  /** Whether {@code text} is the {@link #text()} of a register. */
  static boolean isText(String text) {
    return text.startsWith(KIND);
  }

  /** Reads {@link #text()}. */
  static Register parse(String text) {
    return new Register(text.substring(KIND.length()));
  }
}
