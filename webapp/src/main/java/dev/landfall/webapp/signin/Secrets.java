package dev.landfall.webapp.signin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
    try {
      return text(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
