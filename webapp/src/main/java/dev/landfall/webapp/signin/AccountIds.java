package dev.landfall.webapp.signin;

import dev.landfall.api.UserId;
import dev.landfall.webapp.session.Secret;
import dev.landfall.webapp.session.UserIds;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The id of whoever signs in for the first time, made of the account: a server that has lost its
 * data gives people the ids they had, by which their devices know that they are still the same.
 * Nobody can tell the account from an id, or an id from an account, without the server's secret.
 * Safe for concurrent use.
 */
final class AccountIds {
  private static final String PURPOSE = "landfall user ids, HMAC-SHA-256";
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * Ids keyed by {@code secret}.
   *
   * @param secret that all nodes have
   */
  AccountIds(Secret secret) {
    byte[] made =
        mac(
            new SecretKeySpec(secret.bytes(), ALGORITHM),
            PURPOSE.getBytes(StandardCharsets.US_ASCII));
    this.key = new SecretKeySpec(made, ALGORITHM);
  }

  /** The id for an account: a UUID of version 8, always the same as long as the secret is. */
  UserId of(ExternalAccount account) {
    // the names of providers have no slash
    String name = account.provider() + "/" + account.subject();
    return UserIds.ofHash(mac(key, name.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] mac(SecretKeySpec key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }
}
