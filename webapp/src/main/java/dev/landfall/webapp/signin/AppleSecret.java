package dev.landfall.webapp.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The secret that Apple wants: a token signed with the team's key. It is made when needed, is good
 * for an hour, and is replaced ten minutes before its end; its hour begins five minutes ago, so our
 * clock may be wrong by as much in either direction. Safe for concurrent use.
 */
final class AppleSecret implements ClientSecret {
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration BACKDATED = Duration.ofMinutes(5);
  private static final Duration REST = Duration.ofMinutes(10);

  private final ProviderSettings.Apple settings;
  private final String audience;
  private final InstantSource time;
  private volatile @Nullable Made last;

  private record Made(String token, long expires) {}

  /**
   * Secrets for {@code audience}.
   *
   * @param audience the issuer that Apple is
   */
  AppleSecret(ProviderSettings.Apple settings, String audience, InstantSource time) {
    this.settings = settings;
    this.audience = audience;
    this.time = time;
  }

  @Override
  public String value() {
    long now = time.millis() / 1000;
    Made made = last;
    if (made == null
        || made.expires() - now < REST.toSeconds()
        || made.expires() - now > LIFE.toSeconds()) {
      made = make(now - BACKDATED.toSeconds());
      last = made;
    }
    return made.token();
  }

  private Made make(long from) {
    long expires = from + LIFE.toSeconds();
    JsonObject claims =
        JsonObject.builder()
            .put("iss", settings.teamId())
            .put("iat", from)
            .put("exp", expires)
            .put("aud", audience)
            .put("sub", settings.clientId())
            .build();
    JWSObject jws =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(settings.keyId()).build(),
            new Payload(JsonText.bytes(claims).toArray()));
    try {
      jws.sign(new ECDSASigner(settings.privateKey()));
    } catch (JOSEException e) {
      throw new IllegalStateException("ES256 failed", e);
    }
    return new Made(jws.serialize(), expires);
  }
}
