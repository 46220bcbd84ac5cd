package dev.landfall.webapp.signin;

import static dev.landfall.webapp.signin.ProviderServer.json;
import static dev.landfall.webapp.signin.SignInFixture.callback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenIdProviderTest {
  private final SignInFixture at = new SignInFixture();

  @AfterEach
  void close() {
    at.close();
  }

  private SignInProblem problem(String provider, Callback callback) {
    return catchThrowableOfType(SignInException.class, () -> at.signIn.complete(provider, callback))
        .problem();
  }

  private SignInProblem problemOfSignIn() {
    return problem("corp", at.agreed(at.signIn.begin("corp", SignInFixture.json())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'sub': '1', 'nonce': 'other'}",
        "{'sub': '1', 'nonce': null}",
        "{'sub': '1', 'aud': 'another client'}",
        "{'sub': '1', 'aud': null}",
        "{'sub': '1', 'aud': ['landfall client', 'another client']}",
        "{'sub': '1', 'azp': 'another client'}",
        "{'sub': '1', 'exp': 1799999939}",
        "{'sub': '1', 'exp': null}",
        "{'sub': '1', 'nbf': 1800000061}",
        "{'sub': '1', 'iat': 1800000061}",
        "{'sub': '1', 'iss': 'https://evil.example.org'}",
        "{'sub': '1', 'iss': null}",
        "{'sub': ''}",
        "{'sub': 5}",
        "{}"
      })
  void anIdTokenThatSaysAnythingElseProvesNothing(String claims) {
    at.server.person = json(claims);

    assertThat(problemOfSignIn()).isEqualTo(SignInProblem.UNPROVEN);
  }

  @Test
  void severalAudiencesAreInOrderIfTheTokenWasMadeForUs() {
    at.server.person =
        json("{'sub': '1', 'aud': ['landfall client', 'x'], 'azp': 'landfall client'}");

    assertThat(at.signIn("corp").user()).isNotNull();
  }

  @Test
  void aTokenSignedWithAnotherKeyProvesNothing() throws Exception {
    at.server.signer = new RSAKeyGenerator(2048).keyID("k1").generate();

    assertThat(problemOfSignIn()).isEqualTo(SignInProblem.UNPROVEN);
  }

  @Test
  void unknownKeysMakeUsAskOnceAMinute() throws Exception {
    RSAKey unknown = new RSAKeyGenerator(2048).keyID("k9").generate();
    at.signIn("corp");
    at.now += 61;
    at.server.signer = unknown;

    for (int i = 0; i < 100; i++) {
      assertThat(problemOfSignIn()).isEqualTo(SignInProblem.UNPROVEN);
    }

    assertThat(at.server.keyFetches.get()).isEqualTo(2);
  }

  // ---- the provider fails

  @Test
  void aProviderThatIsDownIsTold() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.server.down = true;

    assertThat(problem("corp", callback)).isEqualTo(SignInProblem.PROVIDER_FAILED);
    SignInException failure =
        catchThrowableOfType(
            SignInException.class, () -> at.signIn.begin("google", SignInFixture.json()));
    assertThat(failure.problem()).isEqualTo(SignInProblem.PROVIDER_FAILED);
    assertThat(failure.getMessage()).contains("status 503").doesNotContain("internal details");
  }

  @Test
  void aProviderThatWasDownIsAskedAgainSoon() {
    at.server.down = true;
    assertThatThrownBy(() -> at.signIn("corp")).isInstanceOf(SignInException.class);
    at.server.down = false;
    assertThatThrownBy(() -> at.signIn("corp")).isInstanceOf(SignInException.class);

    at.now += 11;

    assertThat(at.signIn("corp").user()).isNotNull();
  }

  @Test
  void aProviderThatDoesNotAnswerIsNotWaitedForLong() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.server.hanging = "/token";

    assertThatThrownBy(() -> at.node(Duration.ofMillis(500)).complete("corp", callback))
        .hasMessageEndingWith("did not answer in time");
  }

  @Test
  void withoutKeysTheProviderHasFailedAndNotTheUser() {
    at.server.discovery = json("{'jwks_uri': '" + at.server.uri("/nowhere") + "'}");

    assertThat(problemOfSignIn()).isEqualTo(SignInProblem.PROVIDER_FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'issuer': 'https://evil.example.org'}",
        "{'issuer': null}",
        "{'token_endpoint': null}",
        "{'token_endpoint': 'ftp://x/y'}",
        "{'jwks_uri': 'http://169.254.169.254/keys'}",
        "{'authorization_endpoint': 'javascript:alert(1)'}"
      })
  void aDiscoveryDocumentThatCannotBeTrustedIsNotUsed(String bent) {
    at.server.discovery = json(bent);

    assertThatThrownBy(() -> at.signIn.begin("corp", SignInFixture.json()))
        .isInstanceOf(SignInException.class)
        .hasMessageContaining(at.server.uri("/corp").toString());
  }
}
