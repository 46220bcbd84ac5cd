package dev.landfall.api.store;

import dev.landfall.api.Bytes;

/**
 * A small record.
 *
 * @param kind what it describes, 1 to 32 ASCII letters and digits
 * @param name unique within its kind, 1 to 512 characters, no NUL and no lone surrogates
 * @param version counts its changes, from 1
 * @param content at most 64 KiB, meaningless to a store
 */
public record DirectoryRecord(String kind, String name, long version, Bytes content) {
  /** The most bytes of content. */
  public static final int MAX_CONTENT = 64 * 1024;

  public DirectoryRecord {
    if (kind.isEmpty() || kind.length() > 32) {
      throw new IllegalArgumentException("a kind has 1 to 32 characters");
    }
    if (name.isEmpty() || name.length() > 512) {
      throw new IllegalArgumentException("a name has 1 to 512 characters");
    }
    if (name.codePoints().anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("a name has no NUL and no lone surrogates");
    }
    if (version < 1) {
      throw new IllegalArgumentException("versions count from 1");
    }
    if (content.length() > MAX_CONTENT) {
      throw new IllegalArgumentException("a record has at most " + MAX_CONTENT + " bytes");
    }
  }
}
