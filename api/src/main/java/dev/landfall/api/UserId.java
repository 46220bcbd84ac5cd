package dev.landfall.api;

/**
 * A user.
 *
 * @param value 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}; those issued here are UUIDs
 */
public record UserId(String value) implements Owner, Comparable<UserId> {
  public UserId {
    Names.identifier("a user id", value);
  }

  @Override
  public String text() {
    return "user:" + value;
  }

  /** By UTF-16 units; it keeps tables fast whose keys have been made to collide. */
  @Override
  public int compareTo(UserId other) {
    return value.compareTo(other.value);
  }
}
