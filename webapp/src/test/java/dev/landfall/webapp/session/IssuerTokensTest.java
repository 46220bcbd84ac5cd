package dev.landfall.webapp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IssuerTokensTest {
  private static final String ISSUER = "https://id.example.org/realm";
  private static final long NOW = 1_800_000_000L;

  private static RSAKey rsa;
  private static ECKey ec;

  private long now = NOW;

  @BeforeAll
  static void makeKeys() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
  }

  private IssuerTokens tokens(String keys, Set<String> audiences) {
    return new IssuerTokens(
        new IssuerSettings(
            ISSUER, audiences, Set.of("RS256", "ES256"), Optional.of(keys), Optional.empty()),
        () -> Instant.ofEpochSecond(now));
  }

  private static String set() {
    return new JWKSet(List.of(rsa, ec)).toString(true);
  }

  private static JsonObject.Builder claims() {
    return JsonObject.builder().put("iss", ISSUER).put("sub", "user-1").put("exp", NOW + 300);
  }

  private static String rs256(JsonObject claims) throws Exception {
    return signed(JWSAlgorithm.RS256, rsa.getKeyID(), new RSASSASigner(rsa), claims);
  }

  private static String signed(
      JWSAlgorithm algorithm, String keyId, JWSSigner signer, JsonObject claims) {
    return TokenForge.sign(
        new JWSHeader.Builder(algorithm).keyID(keyId).build(), JsonText.print(claims), signer);
  }

  @Test
  void tokensOfBothAlgorithmsAreAccepted() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());

    Session one = tokens.verify(rs256(claims().build()));
    Session two =
        tokens.verify(signed(JWSAlgorithm.ES256, "e1", new ECDSASigner(ec), claims().build()));

    assertThat(one.user()).isEqualTo(two.user());
    assertThat(one.issuedHere()).isFalse();
    assertThat(one.user().value())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(tokens.verify(rs256(claims().put("sub", "user-2").build())).user())
        .isNotEqualTo(one.user());
  }

  @Test
  void aKeyMayBeGivenInSeveralForms() throws Exception {
    String der = Base64.getMimeEncoder().encodeToString(rsa.toPublicKey().getEncoded());
    String pem = "-----BEGIN PUBLIC KEY-----\n" + der + "\n-----END PUBLIC KEY-----\n";
    String encoded = Base64.getUrlEncoder().encodeToString(set().getBytes(StandardCharsets.UTF_8));

    for (String form :
        List.of(pem, pem.replace("\n", ""), rsa.toPublicJWK().toString(), set(), encoded)) {
      assertThat(tokens(form, Set.of()).verify(rs256(claims().build()))).isNotNull();
    }
    assertThatThrownBy(() -> tokens("nonsense", Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theGroupsOfATokenAreThoseOfTheSession() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());
    JsonValue groups =
        new JsonArray(List.of(new JsonString("staff"), JsonNull.NULL, new JsonString("a b")));

    assertThat(tokens.verify(rs256(claims().put("groups", groups).build())).groups())
        .containsExactly("staff", "a b");
    assertThat(tokens.verify(rs256(claims().put("groups", "staff").build())).groups()).isEmpty();
    assertThat(tokens.verify(rs256(claims().build())).groups()).isEmpty();
  }

  @Test
  void theAudienceMustBeOneOfOurs() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of("landfall"));

    assertThat(tokens.verify(rs256(claims().put("aud", "landfall").build()))).isNotNull();
    assertThatThrownBy(() -> tokens.verify(rs256(claims().put("aud", "other").build())))
        .isInstanceOf(SessionException.class);
    assertThatThrownBy(() -> tokens.verify(rs256(claims().build())))
        .isInstanceOf(SessionException.class);
  }

  @Test
  void aTokenOfAnotherIssuerKeyOrTimeIsRefused() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());
    RSAKey stranger = new RSAKeyGenerator(2048).keyID("r1").generate();

    for (String bad :
        List.of(
            rs256(claims().put("iss", "https://evil.example.org").build()),
            rs256(claims().put("exp", NOW - 61).build()),
            rs256(claims().put("nbf", NOW + 61).build()),
            rs256(claims().put("sub", "").build()),
            signed(JWSAlgorithm.RS256, "r1", new RSASSASigner(stranger), claims().build()),
            signed(JWSAlgorithm.RS256, "r9", new RSASSASigner(rsa), claims().build()),
            signed(JWSAlgorithm.RS512, "r1", new RSASSASigner(rsa), claims().build()),
            new TokenForge(rsa.toPublicKey().getEncoded()).sign(claims().build()))) {
      assertThatThrownBy(() -> tokens.verify(bad)).isInstanceOf(SessionException.class);
    }
  }

  @Test
  void aTokenThatIsToBeShownToSomebodyElseIsRefused() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());

    for (String type : List.of("ID", "Refresh", "Offline", "Logout")) {
      String token = rs256(claims().put("typ", type).build());
      assertThatThrownBy(() -> tokens.verify(token)).isInstanceOf(SessionException.class);
    }
    assertThat(tokens.verify(rs256(claims().put("typ", "Bearer").build()))).isNotNull();
  }

  @Test
  void aTokenThatWouldOutliveTheMemoryOfDeletedAccountsIsRefused() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());
    long longest = NOW + IssuerTokens.LONGEST.toSeconds();

    assertThat(tokens.verify(rs256(claims().put("exp", longest).build()))).isNotNull();
    String tooLong = rs256(claims().put("exp", longest + 61).build());
    assertThatThrownBy(() -> tokens.verify(tooLong)).isInstanceOf(SessionException.class);
  }

  @Test
  void whyATokenWasRefusedIsToldTheOperatorWithoutTheToken() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of("landfall"));
    String token = rs256(claims().put("aud", "other-service").build());
    List<LogRecord> told = new ArrayList<>();
    Handler handler = handler(told);
    Logger log = Logger.getLogger(IssuerTokens.class.getName());
    log.addHandler(handler);

    try {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> tokens.verify(token)).isInstanceOf(SessionException.class);
      }
    } finally {
      log.removeHandler(handler);
    }

    assertThat(told).hasSize(1);
    assertThat(told.get(0).getLevel()).isEqualTo(Level.WARNING);
    assertThat(told.get(0).getMessage())
        .contains("for another audience", ISSUER, "other-service")
        .doesNotContain(token);
  }

  private static Handler handler(List<LogRecord> told) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        told.add(line);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void whenTheKeysCannotBeHadThatIsNoFaultOfTheToken() throws Exception {
    KeySource down =
        new KeySource(
            () -> {
              throw new IOException("down");
            },
            () -> Instant.ofEpochSecond(now));
    IssuerTokens tokens =
        new IssuerTokens(
            new IssuerSettings(
                ISSUER, Set.of(), Set.of("RS256"), Optional.empty(), Optional.of("somewhere")),
            down,
            () -> Instant.ofEpochSecond(now));
    String token = rs256(claims().build());

    assertThatThrownBy(() -> tokens.verify(token))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.UNAVAILABLE));
  }

  @Test
  void ourOwnTokensAreNotMeant() throws Exception {
    IssuerTokens tokens = tokens(set(), Set.of());

    assertThat(tokens.isMeant(rs256(claims().build()))).isTrue();
    assertThat(tokens.isMeant(new TokenForge(new byte[32]).session("u"))).isFalse();
  }

  @Test
  void keysAreFetchedAgainForAnUnknownKeyButNotOftenerThanEveryTenSeconds() {
    int[] fetches = {0};
    KeySource source =
        new KeySource(
            () -> {
              fetches[0]++;
              return new JWKSet(rsa).toString(true);
            },
            () -> Instant.ofEpochSecond(now));

    for (int i = 0; i < 100; i++) {
      assertThat(source.candidates(Optional.of("unknown"))).isEmpty();
    }
    assertThat(source.candidates(Optional.of("r1"))).hasSize(1);
    assertThat(fetches[0]).isEqualTo(1);

    now += 10;
    assertThat(source.candidates(Optional.of("unknown"))).isEmpty();
    assertThat(fetches[0]).isEqualTo(2);
  }

  @Test
  void keysThatWereFetchedStayWhenTheIssuerIsDown() {
    boolean[] down = {false};
    KeySource source =
        new KeySource(
            () -> {
              if (down[0]) {
                throw new IOException("down");
              }
              return new JWKSet(rsa).toString(true);
            },
            () -> Instant.ofEpochSecond(now));
    assertThat(source.candidates(Optional.of("r1"))).hasSize(1);

    down[0] = true;
    now += 7200;

    assertThat(source.candidates(Optional.of("r1"))).hasSize(1);
  }
}
