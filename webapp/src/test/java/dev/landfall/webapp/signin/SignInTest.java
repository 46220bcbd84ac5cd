package dev.landfall.webapp.signin;

import static dev.landfall.webapp.signin.ProviderServer.json;
import static dev.landfall.webapp.signin.SignInFixture.callback;
import static dev.landfall.webapp.signin.SignInFixture.from;
import static dev.landfall.webapp.signin.SignInFixture.inBrowser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.session.TokenForge;
import dev.landfall.webapp.signin.SignIn.Beginning;
import dev.landfall.webapp.signin.SignIn.Begun;
import dev.landfall.webapp.signin.SignIn.Done;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignInTest {
  private static final Optional<UserId> NOBODY = Optional.empty();

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

  // ---- who one is

  @Test
  void whoComesBackIsTheSameUser() {
    at.server.person =
        json("{'sub': '1', 'email': 'a@x.org', 'email_verified': true, 'name': 'A'}");

    Done first = at.signIn("corp");
    Done second = at.signIn("corp");

    assertThat(second.user().id()).isEqualTo(first.user().id());
    assertThat(second.user().email()).contains("a@x.org");
    assertThat(second.user().name()).contains("A");
    assertThat(second.user().providers()).containsExactly("corp");
    assertThat(TokenForge.claim(second.token(), "iat")).isEqualTo(at.now);
  }

  @Test
  void theSameAddressOrSubjectElsewhereIsSomebodyElse() {
    at.server.person = json("{'sub': '1', 'email': 'a@x.org', 'email_verified': true}");
    Set<UserId> users = new HashSet<>();

    users.add(at.signIn("corp").user().id());
    users.add(at.signIn("google").user().id());
    at.server.person = json("{'sub': '2', 'email': 'a@x.org', 'email_verified': true}");
    users.add(at.signIn("google").user().id());

    assertThat(users).hasSize(3);
  }

  @Test
  void anAddressThatNobodyHasVerifiedIsNotKept() {
    for (String verified : List.of("false", "'false'", "null", "0")) {
      at.server.person =
          json(
              "{'sub': '"
                  + verified.hashCode()
                  + "', 'email': 'a@x.org', 'email_verified': "
                  + verified
                  + "}");

      assertThat(at.signIn("corp").user().email()).isEmpty();
    }
  }

  @Test
  void anyNodeCanFinish() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));

    assertThat(at.node(Duration.ofSeconds(30)).complete("corp", callback).user()).isNotNull();
  }

  @Test
  void secretsGoWhereTheProviderWantsThem() {
    at.signIn("corp");
    assertThat(at.server.lastForm).containsEntry("client_secret", ProviderServer.SECRET);

    at.server.discovery = json("{'token_endpoint_auth_methods_supported': null}");
    at.now += 3_601;
    at.signIn("corp");

    assertThat(at.server.lastForm).doesNotContainKey("client_secret");
  }

  @Test
  void anUnknownProviderIsNotThere() {
    assertThatThrownBy(() -> at.signIn.begin("myspace", SignInFixture.json()))
        .isInstanceOf(SyncException.class);
    assertThatThrownBy(() -> at.signIn.complete("myspace", callback(Map.of())))
        .isInstanceOf(SyncException.class);
  }

  @Test
  void theRedirectIsTheConfiguredOneAndNoOther() {
    String own = SignInFixture.BASE + "/auth/corp/callback";
    assertThat(at.signIn.begin("corp", redirecting(own)).authorization().toString())
        .contains("redirect_uri=https%3A%2F%2Fsync.example.org%2Fauth%2Fcorp%2Fcallback&");
    for (String other :
        List.of(own + "/x", own + "?x", own.replace("corp", "Corp"), own.replace("//", "//a@"))) {
      assertThatThrownBy(() -> at.signIn.begin("corp", redirecting(other)))
          .isInstanceOf(SyncException.class);
    }
  }

  private static Beginning redirecting(String uri) {
    return new Beginning(NOBODY, false, Optional.empty(), Optional.of(uri), Optional.empty());
  }

  // ---- state

  @Test
  void aStateIsGoodForOneCallback() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.signIn.complete("corp", callback);

    assertThat(problem("corp", callback)).isEqualTo(SignInProblem.INVALID_STATE);
  }

  @Test
  void aStateThatWasNotIssuedIsRefused() {
    Begun begun = at.signIn.begin("corp", SignInFixture.json());
    String state = begun.state();

    for (String bad :
        List.of(
            "",
            "x",
            "%00",
            state + "x",
            state.substring(1),
            "f" + state.substring(1),
            state.substring(0, state.length() - 1) + "~")) {
      assertThat(problem("corp", callback(Map.of("code", "c", "state", bad))))
          .isEqualTo(SignInProblem.INVALID_STATE);
    }
    assertThat(problem("corp", callback(Map.of("code", "c"))))
        .isEqualTo(SignInProblem.INVALID_STATE);
  }

  @Test
  void aStateEndsAfterTenMinutesAndIsSweptThen() {
    Callback late = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.now += 599;
    Callback intime = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.now += 2;

    assertThat(problem("corp", late)).isEqualTo(SignInProblem.INVALID_STATE);
    assertThat(at.signIn.complete("corp", intime).user()).isNotNull();
    assertThat(at.signIn.sweep()).isZero();
    at.now += 600;
    assertThat(at.signIn.sweep()).isEqualTo(1);
    assertThat(at.directory.list(Attempts.KIND, "", 10)).isEmpty();
  }

  @Test
  void beginningASignInStoresNothing() {
    Begun begun = at.signIn.begin("corp", inBrowser());

    assertThat(at.directory.list(Attempts.KIND, "", 10)).isEmpty();
    at.signIn.complete("corp", from(at.agreed(begun), NOBODY, begun.browser()));
    assertThat(at.directory.list(Attempts.KIND, "", 10)).hasSize(1);
  }

  @Test
  void anyNodeCanFinishWhatOneHasBegunAndOnlyOneOfThem() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    SignIn other = at.node(Duration.ofSeconds(30));

    assertThat(other.complete("corp", callback).user()).isNotNull();
    assertThat(problem("corp", callback)).isEqualTo(SignInProblem.INVALID_STATE);
  }

  @Test
  void aStateOfAnotherProviderIsRefused() {
    Callback callback = at.agreed(at.signIn.begin("corp", SignInFixture.json()));

    assertThat(problem("google", callback)).isEqualTo(SignInProblem.INVALID_STATE);
  }

  @Test
  void whatABrowserHasBegunNoOtherCanFinish() {
    Begun begun = at.signIn.begin("corp", inBrowser());
    Begun others = at.signIn.begin("corp", inBrowser());

    assertThat(problem("corp", at.agreed(begun))).isEqualTo(SignInProblem.INVALID_STATE);
    Begun again = at.signIn.begin("corp", inBrowser());
    assertThat(problem("corp", from(at.agreed(again), NOBODY, others.browser())))
        .isEqualTo(SignInProblem.INVALID_STATE);
    Begun good = at.signIn.begin("corp", inBrowser());
    assertThat(at.signIn.complete("corp", from(at.agreed(good), NOBODY, good.browser())).page())
        .isTrue();
  }

  @Test
  void twoTabsOfABrowserDoNotDisturbEachOther() {
    Begun one = at.signIn.begin("corp", inBrowser());
    Begun two =
        at.signIn.begin(
            "google",
            new Beginning(NOBODY, true, Optional.empty(), Optional.empty(), one.browser()));

    assertThat(two.browser()).isEqualTo(one.browser());
  }

  @Test
  void whoSaysNoIsNotSignedIn() {
    Begun begun = at.signIn.begin("corp", SignInFixture.json());
    Begun other = at.signIn.begin("corp", SignInFixture.json());

    assertThat(problem("corp", callback(Map.of("error", "access_denied", "state", begun.state()))))
        .isEqualTo(SignInProblem.CANCELLED);
    assertThat(problem("corp", callback(Map.of("error", "server_error", "state", other.state()))))
        .isEqualTo(SignInProblem.PROVIDER_FAILED);
  }

  // ---- code

  @Test
  void aCodeWorksOnceAndOnlyWithItsVerifier() {
    Callback first = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    at.signIn.complete("corp", first);
    Callback replay = withState(first, at.signIn.begin("corp", SignInFixture.json()));
    Callback stolen = at.agreed(at.signIn.begin("corp", SignInFixture.json()));
    Callback thief = withState(stolen, at.signIn.begin("corp", SignInFixture.json()));
    Callback none =
        callback(Map.of("state", at.signIn.begin("corp", SignInFixture.json()).state()));

    assertThat(problem("corp", replay)).isEqualTo(SignInProblem.UNPROVEN);
    assertThat(problem("corp", thief)).isEqualTo(SignInProblem.UNPROVEN);
    assertThat(problem("corp", none)).isEqualTo(SignInProblem.UNPROVEN);
  }

  private static Callback withState(Callback callback, Begun begun) {
    return callback(Map.of("code", callback.code().orElseThrow(), "state", begun.state()));
  }

  @Test
  void aCallbackOfAnotherIssuerIsRefused() {
    String right = at.server.uri("/corp").toString();

    assertThat(problem("corp", ofIssuer("https://evil.example.org")))
        .isEqualTo(SignInProblem.UNPROVEN);
    assertThat(at.signIn.complete("corp", ofIssuer(right)).user()).isNotNull();
    at.server.discovery = json("{'authorization_response_iss_parameter_supported': true}");
    at.now += 3_601;
    assertThat(problemOfSignIn()).isEqualTo(SignInProblem.UNPROVEN);
    assertThat(at.signIn.complete("corp", ofIssuer(right)).user()).isNotNull();
  }

  private Callback ofIssuer(String issuer) {
    Map<String, String> fields =
        new HashMap<>(
            at.server.consent(at.signIn.begin("corp", SignInFixture.json()).authorization()));
    fields.put("iss", issuer);
    return callback(fields);
  }
}
