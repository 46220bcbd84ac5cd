package dev.landfall.engine.directory;

import dev.landfall.api.Sha256;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a link is known by to whom it was given. Kept is its hash alone, so that whoever reads the
 * database opens nothing.
 *
 * @param text 256 random bits: 43 characters of {@code A-Z a-z 0-9 _ -}
 */
public record LinkToken(String text) {
  private static final int BYTES = 32;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

  public LinkToken {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("is no token of a link");
    }
  }

  /** One that nobody has had. */
  public static LinkToken random(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new LinkToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The token that somebody has sent; nothing if it can be none. */
  public static Optional<LinkToken> of(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new LinkToken(text)) : Optional.empty();
  }

  /** Under which it is kept. */
  public String hash() {
    return Sha256.hex(text);
  }

  /** Nothing that could get into a log. */
  @Override
  public String toString() {
    return "a token";
  }
}
