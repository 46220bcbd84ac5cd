package dev.landfall.webapp.signin;

import dev.landfall.api.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that nobody guesses, and their hashes. */
final class Secrets {
  private static final int BYTES = 32;

  private final SecureRandom random;

  Secrets(SecureRandom random) {
    this.random = random;
  }

  /** 256 random bits: 43 characters of {@code A-Z a-z 0-9 _ -}. */
  String next() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return text(bytes);
  }

  /** Whether {@code text} has the form of a random text made here. */
  static boolean isOne(String text) {
    return text.matches("[A-Za-z0-9_-]{43}");
  }

  /** The SHA-256 of {@code text}, in the form that PKCE wants too (RFC 7636, section 4.2). */
  static String hash(String text) {
    return text(Sha256.of(text));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
