package dev.landfall.api;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * A configured application, the unit in which commits are ordered.
 *
 * @param value 1 to 128 characters, a letter or digit first, then those and {@code . _ -}; not one
 *     of {@link #RESERVED}
 */
public record ApplicationName(String value) implements Comparable<ApplicationName> {
  /** First path segments of the server itself. */
  public static final Set<String> RESERVED =
      Set.of(
          "auth",
          "orgs",
          "account",
          "docIndex",
          "shared",
          "sync",
          "health",
          "metrics",
          "openapi",
          "tokens",
          "examples",
          "console");

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public ApplicationName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the name of an application has 1 to 128 characters, a letter or digit first, then"
              + " letters, digits, '.', '_' and '-'");
    }
    if (RESERVED.contains(value)) {
      throw new IllegalArgumentException("'" + value + "' is reserved");
    }
  }

  /** By UTF-16 units; it keeps tables fast whose keys have been made to collide. */
  @Override
  public int compareTo(ApplicationName other) {
    return value.compareTo(other.value);
  }
}
