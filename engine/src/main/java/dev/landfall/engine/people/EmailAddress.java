package dev.landfall.engine.people;

import dev.landfall.api.Sha256;
import java.util.regex.Pattern;

/**
 * An address for mail, in the form in which two are compared: ASCII letters in lower case. Other
 * letters stay as they are, because lower case and Unicode's normal forms make one of two of them:
 * whoever owns an address with the Kelvin sign would own the one with a K.
 *
 * @param value one line without space, quotes, brackets or comments, 3 to 254 characters
 */
public record EmailAddress(String value) implements Comparable<EmailAddress> {
  private static final int MAX = 254;
  private static final Pattern FORM =
      Pattern.compile(
          "[^\\s\\p{C}\\p{Z}@<>()\\[\\]{}:;,\\\\\"]{1,64}@[^\\s\\p{C}\\p{Z}@<>()\\[\\]{}:;,\\\\\"]+");

  public EmailAddress {
    value = lowerCase(value);
    if (value.length() > MAX || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("must be an address such as alice@example.org");
    }
  }

  private static String lowerCase(String text) {
    StringBuilder lower = new StringBuilder(text);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return lower.toString();
  }

  /** Under which records of the address are found. */
  public String hash() {
    return Sha256.hex("email " + value);
  }

  @Override
  public int compareTo(EmailAddress other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
