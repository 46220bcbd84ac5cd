package dev.landfall.webapp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.webapp.session.SessionException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTokensTest {
  private static final byte[] SECRET =
      "a secret for tests, long enough by far".getBytes(StandardCharsets.UTF_8);
  private static final UserId ALICE = new UserId("7f1c2b60-0d4e-4a0e-9d57-0c8b1a3f5e11");
  private static final long NOW = 1_800_000_000L;
  private static final long DAY = 86_400;

  private final TokenForge forge = new TokenForge(SECRET);
  private long now = NOW;
  private final SessionTokens tokens =
      new SessionTokens(SECRET, "landfall", () -> Instant.ofEpochSecond(now));

  private static JsonObject.Builder claims() {
    return TokenForge.claims(ALICE.value(), NOW, NOW);
  }

  private void assertRefused(String token, Reason reason) {
    assertThatThrownBy(() -> tokens.verify(token))
        .isInstanceOfSatisfying(
            SessionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void whatWeIssueWeAccept() {
    Session session =
        tokens.verify(tokens.issue(ALICE, Optional.of("a@example.org"), List.of("dev")));

    assertThat(session)
        .isEqualTo(
            new Session(
                ALICE,
                Optional.of("a@example.org"),
                false,
                List.of("dev"),
                List.of(),
                NOW,
                NOW,
                NOW + 3 * DAY,
                true));
  }

  @Test
  void aTokenOfAnotherServiceWithTheSameSecretAndClaimsIsAccepted() {
    assertThat(tokens.verify(forge.sign(claims().build())).user()).isEqualTo(ALICE);
    assertThat(tokens.verify(forge.sign(claims().put("scope", "x").build())).user())
        .isEqualTo(ALICE);
  }

  @Test
  void aTokenOfOursHasNoGroups() {
    JsonArray groups = new JsonArray(List.of(new JsonString("landfall-operators")));

    assertThat(tokens.verify(forge.sign(claims().put("groups", groups).build())).groups())
        .isEmpty();
  }

  @Test
  void everyFlippedBitIsNoticed() {
    String token = forge.sign(claims().build());
    for (int i = 0; i < token.length(); i++) {
      for (int bit = 0; bit < 7; bit++) {
        char[] flipped = token.toCharArray();
        flipped[i] ^= (char) (1 << bit);
        String text = new String(flipped);
        assertThatThrownBy(() -> tokens.verify(text)).as(text).isInstanceOf(SessionException.class);
      }
    }
  }

  @Test
  void anotherSpellingOfTheSameSignatureIsNoToken() {
    String token = forge.sign(claims().build());
    char last = token.charAt(token.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    String respelled =
        token.substring(0, token.length() - 1) + alphabet.charAt(alphabet.indexOf(last) ^ 1);

    assertThat(new Base64URL(part(respelled, 2)).decode())
        .isEqualTo(new Base64URL(part(token, 2)).decode());
    assertRefused(respelled, Reason.INVALID);
    assertRefused(token + "=", Reason.INVALID);
    assertRefused(token + "\n", Reason.INVALID);
  }

  private static String part(String token, int index) {
    return token.split("\\.")[index];
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "nOnE", "NONE", "HS384", "hs256", "", "RS256"})
  void onlyHs256Counts(String algorithm) {
    String good = forge.sign(claims().build());
    String header = Base64URL.encode("{\"alg\":\"" + algorithm + "\"}").toString();

    assertRefused(header + "." + part(good, 1) + "." + part(good, 2), Reason.INVALID);
    assertRefused(header + "." + part(good, 1) + ".", Reason.INVALID);
    assertRefused(header + "." + part(good, 1), Reason.INVALID);
  }

  @Test
  void aStrongerHmacWithTheSameSecretIsRefusedToo() {
    byte[] longSecret = new byte[64];
    System.arraycopy(SECRET, 0, longSecret, 0, SECRET.length);
    SessionTokens own = new SessionTokens(longSecret, "landfall", () -> Instant.ofEpochSecond(NOW));
    String token =
        new TokenForge(longSecret)
            .sign(new JWSHeader(JWSAlgorithm.HS512), JsonText.print(claims().build()));

    assertThatThrownBy(() -> own.verify(token)).isInstanceOf(SessionException.class);
  }

  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();

    assertRefused(
        new TokenForge(pair.getPublic().getEncoded()).sign(claims().build()), Reason.INVALID);
    assertRefused(
        TokenForge.sign(
            new JWSHeader(JWSAlgorithm.RS256),
            JsonText.print(claims().build()),
            new RSASSASigner(pair.getPrivate())),
        Reason.INVALID);
  }

  @Test
  void headersThatSendUsElsewhereAreRefused() {
    JWSHeader.Builder plain = new JWSHeader.Builder(JWSAlgorithm.HS256);
    List<JWSHeader> headers =
        List.of(
            new JWSHeader.Builder(plain.build()).keyID("../../dev/null").build(),
            new JWSHeader.Builder(plain.build()).keyID("' OR 1=1").build(),
            new JWSHeader.Builder(plain.build())
                .jwkURL(URI.create("http://evil.example/keys"))
                .build(),
            new JWSHeader.Builder(plain.build())
                .x509CertURL(URI.create("http://evil.example/x"))
                .build(),
            new JWSHeader.Builder(plain.build()).criticalParams(Set.of("exp")).build(),
            new JWSHeader.Builder(plain.build()).type(new JOSEObjectType("at+jwt")).build(),
            new JWSHeader.Builder(plain.build()).type(new JOSEObjectType("share")).build(),
            new JWSHeader.Builder(plain.build()).type(new JOSEObjectType("refresh")).build());

    String payload = JsonText.print(claims().build());
    for (JWSHeader header : headers) {
      assertRefused(forge.sign(header, payload), Reason.INVALID);
    }
    assertThat(
            tokens.verify(
                forge.sign(new JWSHeader.Builder(plain.build()).keyID("key-1").build(), payload)))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
        "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}",
        "{\"alg\":\"HS256\",\"crit\":[]}",
        "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"YQ\"}}",
        "{\"alg\":\"HS256\",\"alg\":\"none\"}",
        "[]",
        "x"
      })
  void extensionsAreRefusedEvenUnderAGoodSignature(String header) throws Exception {
    String signed =
        Base64URL.encode(header) + "." + Base64URL.encode(JsonText.print(claims().build()));
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(new javax.crypto.spec.SecretKeySpec(SECRET, "HmacSHA256"));
    String token =
        signed + "." + Base64URL.encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));

    assertRefused(token, Reason.INVALID);
  }

  @Test
  void theIssuerMustBeOurs() {
    assertRefused(forge.sign(claims().put("iss", "other").build()), Reason.INVALID);
    assertRefused(forge.sign(without(claims().build(), "iss")), Reason.INVALID);
    assertRefused(
        forge.sign(claims().put("iss", new JsonArray(List.of(new JsonString("landfall")))).build()),
        Reason.INVALID);
  }

  @Test
  void anAudienceMustNameUsIfThereIsOne() {
    JsonValue us = new JsonString("landfall");
    JsonValue other = new JsonString("other");

    assertThat(tokens.verify(forge.sign(claims().put("aud", us).build()))).isNotNull();
    assertThat(
            tokens.verify(
                forge.sign(claims().put("aud", new JsonArray(List.of(other, us))).build())))
        .isNotNull();
    assertRefused(forge.sign(claims().put("aud", other).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("aud", JsonArray.EMPTY).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("aud", 5).build()), Reason.INVALID);
  }

  @Test
  void aTokenEndsAMinuteAfterItsTime() {
    String token = forge.sign(claims().put("exp", NOW + 100).build());

    now = NOW + 160;
    assertThat(tokens.verify(token)).isNotNull();
    now = NOW + 161;
    assertRefused(token, Reason.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"1900000000\"", "1.9e9", "1900000000.5", "1e99", "null", "[]", "-1", "true"})
  void aTimeIsDigits(String exp) throws JsonFormatException {
    assertRefused(forge.sign(claims().put("exp", JsonText.parse(exp)).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("nbf", JsonText.parse(exp)).build()), Reason.INVALID);
  }

  @Test
  void theTimesMustBeThere() {
    for (String name : List.of("exp", "iat", "iat_session", "sub", "iss")) {
      assertRefused(forge.sign(without(claims().build(), name)), Reason.INVALID);
    }
  }

  @Test
  void aTokenFromTheFutureIsRefused() {
    assertThat(tokens.verify(forge.sign(claims().put("nbf", NOW + 60).build()))).isNotNull();
    assertRefused(forge.sign(claims().put("nbf", NOW + 61).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("iat", NOW + 61).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("iat_session", NOW + 61).build()), Reason.INVALID);
  }

  @Test
  void aSessionEndsWhenItIdlesThreeDaysWhateverTheTokenSays() {
    JsonObject claims = claims().put("exp", NOW + 6 * DAY).build();

    now = NOW + 3 * DAY;
    assertThat(tokens.verify(forge.sign(claims))).isNotNull();
    now = NOW + 3 * DAY + 1;
    assertRefused(forge.sign(claims), Reason.EXPIRED);
  }

  @Test
  void aSessionEndsSevenDaysAfterTheSignIn() {
    JsonObject claims =
        TokenForge.claims(ALICE.value(), NOW, NOW - 7 * DAY + 10).put("exp", NOW + DAY).build();

    assertThat(tokens.verify(forge.sign(claims))).isNotNull();
    now = NOW + 11;
    assertRefused(forge.sign(claims), Reason.EXPIRED);
  }

  @Test
  void aRenewedTokenDoesNotLiveLongerThanTheSession() {
    Session session = tokens.verify(forge.session(ALICE.value(), NOW - 2 * DAY, NOW - 6 * DAY));

    String fresh = tokens.refresh(session).orElseThrow();

    assertThat(TokenForge.claim(fresh, "iat")).isEqualTo(NOW);
    assertThat(TokenForge.claim(fresh, "iat_session")).isEqualTo(NOW - 6 * DAY);
    assertThat(TokenForge.claim(fresh, "exp")).isEqualTo(NOW + DAY);
  }

  @Test
  void aTokenIsRenewedAfterAnHour() {
    Session session = tokens.verify(forge.session(ALICE.value(), NOW, NOW));

    now = NOW + 3600;
    assertThat(tokens.refresh(session)).isEmpty();
    now = NOW + 3601;
    assertThat(tokens.refresh(session)).isPresent();
  }

  @Test
  void aSessionThatWasFoundGoodIsCheckedAgain() {
    Session session = tokens.verify(forge.session(ALICE.value(), NOW, NOW));

    now = NOW + 3 * DAY + 1;
    assertThatThrownBy(() -> tokens.check(session)).isInstanceOf(SessionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "org:7f1c", "a/b", "a b", "a\u0000", "\u00e9", "~gone"})
  void aSubjectIsAUserId(String subject) {
    assertRefused(forge.sign(claims().put("sub", subject).build()), Reason.INVALID);
  }

  @Test
  void aSubjectIsAStringOfSomeLength() {
    assertRefused(forge.sign(claims().put("sub", "x".repeat(10_000)).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("sub", JsonArray.EMPTY).build()), Reason.INVALID);
    assertRefused(forge.sign(claims().put("sub", JsonNumber.of(5)).build()), Reason.INVALID);
  }

  @Test
  void aPayloadIsAnObjectWithoutDuplicates() {
    JWSHeader header = new JWSHeader(JWSAlgorithm.HS256);
    String good = JsonText.print(claims().build());

    assertRefused(forge.sign(header, "[]"), Reason.INVALID);
    assertRefused(forge.sign(header, "x"), Reason.INVALID);
    assertRefused(
        forge.sign(header, good.replaceFirst("\\{", "{\"sub\":\"bob\",")), Reason.INVALID);
  }

  @Test
  void aShortSecretIsNoSecret() {
    assertThatThrownBy(() -> new SessionTokens(new byte[31], "landfall", InstantSource.system()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static JsonObject without(JsonObject object, String name) {
    JsonObject.Builder rest = JsonObject.builder();
    object
        .members()
        .forEach(
            (key, value) -> {
              if (!key.equals(name)) {
                rest.put(key, value);
              }
            });
    return rest.build();
  }
}
