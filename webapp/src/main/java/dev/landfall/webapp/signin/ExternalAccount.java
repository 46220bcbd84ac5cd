package dev.landfall.webapp.signin;

import java.util.Optional;

/**
 * Who somebody is at a provider.
 *
 * @param subject never changes there and never becomes somebody else's, 1 to 400 characters
 * @param email only if the provider has verified it
 * @param name for people; proves nothing
 */
record ExternalAccount(
    String provider, String subject, Optional<String> email, Optional<String> name) {
  private static final int MAX_SUBJECT = 400;
  private static final int MAX_EMAIL = 320;
  private static final int MAX_NAME = 100;

  ExternalAccount {
    if (subject.isEmpty()
        || subject.length() > MAX_SUBJECT
        || !subject.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException("a subject has 1 to " + MAX_SUBJECT + " ASCII characters");
    }
    email = email.filter(ExternalAccount::isEmail);
    name = name.map(ExternalAccount::line).filter(line -> !line.isEmpty());
  }

  private static boolean isEmail(String text) {
    return text.length() <= MAX_EMAIL
        && text.indexOf('@') > 0
        && text.chars().noneMatch(c -> c <= ' ' || c == 0x7f || Character.isSurrogate((char) c));
  }

  /** One line of at most so many characters, none of them a control character. */
  private static String line(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .filter(
            c ->
                !Character.isISOControl(c)
                    && Character.getType(c) != Character.SURROGATE
                    && Character.getType(c) != Character.FORMAT)
        .limit(MAX_NAME)
        .forEach(line::appendCodePoint);
    return line.toString().strip();
  }
}
