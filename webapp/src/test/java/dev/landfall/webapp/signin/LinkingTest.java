package dev.landfall.webapp.signin;

import static dev.landfall.webapp.signin.ProviderServer.json;
import static dev.landfall.webapp.signin.SignInFixture.callback;
import static dev.landfall.webapp.signin.SignInFixture.from;
import static dev.landfall.webapp.signin.SignInFixture.linking;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.signin.SignIn.Beginning;
import dev.landfall.webapp.signin.SignIn.Begun;
import dev.landfall.webapp.signin.SignIn.Done;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may finish a link, and where browsers are led. */
class LinkingTest {
  private static final Optional<UserId> NOBODY = Optional.empty();
  private static final UserId EVE = new UserId("eve");

  private final SignInFixture at = new SignInFixture();

  @AfterEach
  void close() {
    at.close();
  }

  private SignInProblem problem(String provider, Callback callback) {
    return catchThrowableOfType(SignInException.class, () -> at.signIn.complete(provider, callback))
        .problem();
  }

  @Test
  void aLinkedAccountOpensTheUserItWasLinkedTo() {
    UserId alice = at.signIn("corp").user().id();

    Done linked = at.link(alice, "google");

    assertThat(linked.user().id()).isEqualTo(alice);
    assertThat(linked.user().providers()).containsExactly("corp", "google");
    assertThat(at.signIn("google").user().id()).isEqualTo(alice);
    assertThat(at.link(alice, "google").user().providers()).containsExactly("corp", "google");
  }

  @Test
  void anAccountOfSomebodyElseCannotBeLinked() {
    UserId bob = at.signIn("google").user().id();
    UserId alice = at.signIn("corp").user().id();

    assertThatThrownBy(() -> at.link(alice, "google"))
        .extracting(e -> ((SignInException) e).problem())
        .isEqualTo(SignInProblem.ALREADY_LINKED);
    assertThat(at.signIn("google").user().id()).isEqualTo(bob);
    assertThat(at.signIn("corp").user().providers()).containsExactly("corp");
  }

  @Test
  void aSecondAccountOfTheSameProviderCannotBeLinked() {
    UserId alice = at.signIn("corp").user().id();
    at.server.person = json("{'sub': 'second'}");

    assertThatThrownBy(() -> at.link(alice, "corp")).isInstanceOf(SignInException.class);
    assertThat(at.signIn("corp").user().id()).isNotEqualTo(alice);
  }

  @Test
  void whoHasNotBegunALinkCannotFinishIt() {
    UserId alice = at.signIn("corp").user().id();
    Begun one = at.signIn.begin("google", linking(alice));
    Begun two = at.signIn.begin("google", linking(alice));
    Begun three = at.signIn.begin("google", linking(alice));
    Begun four = at.signIn.begin("google", linking(alice));

    assertThat(problem("google", at.agreed(one))).isEqualTo(SignInProblem.INVALID_STATE);
    assertThat(problem("google", from(at.agreed(two), Optional.of(EVE), two.browser())))
        .isEqualTo(SignInProblem.INVALID_STATE);
    assertThat(problem("google", from(at.agreed(three), NOBODY, four.browser())))
        .isEqualTo(SignInProblem.INVALID_STATE);
    assertThat(
            at.signIn.complete("google", from(at.agreed(four), NOBODY, four.browser())).user().id())
        .isEqualTo(alice);
  }

  @Test
  void theLastProviderStays() {
    UserId alice = at.signIn("corp").user().id();
    at.link(alice, "google");

    assertThat(at.signIn.unlink(alice, "corp")).containsExactly("google");
    assertThatThrownBy(() -> at.signIn.unlink(alice, "corp")).isInstanceOf(SyncException.class);
    assertThatThrownBy(() -> at.signIn.unlink(alice, "google"))
        .extracting(e -> ((SignInException) e).problem())
        .isEqualTo(SignInProblem.LAST_PROVIDER);
    assertThat(at.signIn("google").user().id()).isEqualTo(alice);
    assertThat(at.signIn("corp").user().id()).isNotEqualTo(alice);
  }

  // ---- where the browser goes

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//evil",
        "https:evil",
        "\\evil",
        "/\\evil",
        "/\t/evil",
        "javascript:alert(1)",
        "https://evil.example.org/",
        "https://app.example.org.evil.org/",
        "https://app.example.org@evil.org/",
        "https://evil@app.example.org/",
        "http://app.example.org/",
        "https://app.example.org:8443/",
        "//app.example.org/",
        "data:text/html,x",
        "evil",
        "?x",
        "/%zz"
      })
  void aBrowserIsNotLedElsewhere(String target) {
    assertThatThrownBy(() -> at.signIn.begin("corp", returning(target)))
        .isInstanceOf(SyncException.class)
        .hasMessageStartingWith("returnTo: ");
  }

  @Test
  void aBrowserIsLedToOurOwnPagesAndThoseThatMayCallUs() {
    for (String good :
        List.of("/", "/app/?a=b#c", "https://app.example.org/x?y", "https://sync.example.org/z")) {
      Begun begun = at.signIn.begin("corp", returning(good));
      Done done = at.signIn.complete("corp", from(at.agreed(begun), NOBODY, begun.browser()));

      URI target = done.returnTo().orElseThrow();
      assertThat(target.toString()).endsWith(good).startsWith("https://");
      assertThat(target.toString()).doesNotContain(done.token());
    }
  }

  private static Beginning returning(String target) {
    return new Beginning(NOBODY, true, Optional.of(target), Optional.empty(), Optional.empty());
  }
}
