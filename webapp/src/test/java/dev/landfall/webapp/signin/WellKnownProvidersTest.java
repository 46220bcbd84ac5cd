package dev.landfall.webapp.signin;

import static dev.landfall.webapp.signin.ProviderServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.webapp.session.TokenForge;
import dev.landfall.webapp.signin.SignIn.Begun;
import dev.landfall.webapp.signin.SignIn.Done;
import java.security.interfaces.ECPublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The four by name, each with answers of the shape it gives. */
class WellKnownProvidersTest {
  private static final String TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  private static final String OTHER_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad";

  private final SignInFixture at = new SignInFixture();

  @AfterEach
  void close() {
    at.close();
  }

  private void assertUnproven(String provider) {
    assertThatThrownBy(() -> at.signIn(provider))
        .extracting(e -> ((SignInException) e).problem())
        .isEqualTo(SignInProblem.UNPROVEN);
  }

  // ---- Google

  @Test
  void googleTellsNameAndVerifiedAddress() {
    at.server.person =
        json(
            "{'azp': 'landfall client', 'sub': '110169484474386276334', 'hd': 'example.org',"
                + " 'email': 'alice@example.org', 'email_verified': true, 'at_hash': 'HK6E_P6Dh8Y93mRNtsDB1Q',"
                + " 'name': 'Alice Example', 'given_name': 'Alice', 'family_name': 'Example',"
                + " 'picture': 'https://lh3.example.org/a'}");

    Done done = at.signIn("google");

    assertThat(done.user().email()).contains("alice@example.org");
    assertThat(done.user().name()).contains("Alice Example");
    assertThat(done.user().providers()).containsExactly("google");
  }

  // ---- Microsoft

  private JsonObject microsoft(String tenant, String issuer, String more) {
    return json(
        "{'iss': '"
            + at.server.uri("/microsoft/" + issuer + "/v2.0")
            + "', 'tid': '"
            + tenant
            + "', 'oid': '690222be-ff1a-4d56-abd1-7e4f7d38e474', 'ver': '2.0',"
            + " 'sub': 'hKbIZ9s1zEYPOqmaxfGbAAAAAAAAAAAAAAAAAAAAAAAA', 'name': 'Alice',"
            + " 'preferred_username': 'alice@example.org', 'email': 'alice@example.org'"
            + more
            + "}");
  }

  @Test
  void theSamePersonInAnotherTenantIsSomebodyElse() {
    at.server.person = microsoft(TENANT, TENANT, "");
    UserId one = at.signIn("microsoft").user().id();
    UserId again = at.signIn("microsoft").user().id();
    at.server.person = microsoft(OTHER_TENANT, OTHER_TENANT, "");
    UserId other = at.signIn("microsoft").user().id();

    assertThat(again).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void theIssuerIsTheOneOfTheTenant() {
    at.server.person = microsoft(TENANT, OTHER_TENANT, "");
    assertUnproven("microsoft");
    at.server.person = microsoft("{tenantid}", "%7Btenantid%7D", "");
    assertUnproven("microsoft");
    at.server.person = microsoft("", "", "");
    assertUnproven("microsoft");
  }

  @Test
  void anAddressOfMicrosoftCountsIfItsDomainIsTheTenants() {
    at.server.person = microsoft(TENANT, TENANT, "");
    assertThat(at.signIn("microsoft").user().email()).isEmpty();
    at.server.person = microsoft(TENANT, TENANT, ", 'xms_edov': '0'");
    assertThat(at.signIn("microsoft").user().email()).isEmpty();
    at.server.person = microsoft(TENANT, TENANT, ", 'xms_edov': true");
    assertThat(at.signIn("microsoft").user().email()).contains("alice@example.org");
  }

  // ---- Apple

  private Callback form(Map<String, String> more) {
    Begun begun = at.signIn.begin("apple", SignInFixture.json());
    assertThat(begun.authorization().toString()).contains("response_mode=form_post");
    Map<String, String> fields = new HashMap<>(at.server.consent(begun.authorization()));
    fields.putAll(more);
    return SignInFixture.callback(fields);
  }

  private Done apple(Map<String, String> more) {
    return at.signIn.complete("apple", form(more));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "'true'"})
  void appleWritesVerifiedInTwoWays(String verified) {
    at.server.person =
        json(
            "{'sub': '001473.fe6f83bf4b8e4590aacbabdcb8598bd0.2039', 'email': 'x@privaterelay.appleid.com',"
                + " 'email_verified': "
                + verified
                + ", 'is_private_email': 'true', 'nonce_supported': true}");

    assertThat(apple(Map.of()).user().email()).contains("x@privaterelay.appleid.com");
  }

  @Test
  void theNameOfTheFirstSignInStaysAndTheFormProvesNothing() {
    String user =
        json("{'name': {'firstName': 'Alice', 'lastName': 'Example'}, 'email': 'forged@example.org',"
                + " 'sub': 'forged'}")
            .toString();

    Done first = apple(Map.of("user", user));
    Done second = apple(Map.of());
    Done third = apple(Map.of("user", "{not json"));

    assertThat(first.user().name()).contains("Alice Example");
    assertThat(first.user().email()).isEmpty();
    assertThat(second.user().content()).isEqualTo(first.user().content());
    assertThat(third.user().content()).isEqualTo(first.user().content());
    assertThat(third.user().id()).isEqualTo(first.user().id());
  }

  @Test
  void aFormWithoutCookiesIsAnsweredWithoutAPage() {
    Begun begun = at.signIn.begin("apple", SignInFixture.inBrowser());

    Done done = at.signIn.complete("apple", at.agreed(begun));

    assertThat(done.page()).isFalse();
  }

  @Test
  void appleGetsATokenForASecret() throws Exception {
    apple(Map.of());
    String secret = at.server.lastForm.get("client_secret");

    JWSObject jws = JWSObject.parse(secret);
    assertThat(jws.verify(new ECDSAVerifier((ECPublicKey) at.appleKey.getPublic()))).isTrue();
    assertThat(jws.getHeader().toString()).contains("ES256").contains("KEY");
    assertThat(jws.getPayload().toJSONObject())
        .containsEntry("iss", "TEAM")
        .containsEntry("sub", ProviderServer.CLIENT)
        .containsEntry("aud", at.server.uri("/apple").toString());
    assertThat(TokenForge.claim(secret, "exp") - TokenForge.claim(secret, "iat"))
        .isLessThanOrEqualTo(3_600);
    assertThat(TokenForge.claim(secret, "iat")).isLessThanOrEqualTo(at.now - 300);
  }

  @Test
  void theTokenForAppleIsReplacedBeforeItEnds() {
    apple(Map.of());
    String first = at.server.lastForm.get("client_secret");
    at.now += 40 * 60;
    apple(Map.of());
    String second = at.server.lastForm.get("client_secret");
    at.now += 10 * 60;
    apple(Map.of());
    String third = at.server.lastForm.get("client_secret");
    at.now -= 2 * 60 * 60;
    apple(Map.of());
    String fourth = at.server.lastForm.get("client_secret");

    assertThat(second).isEqualTo(first);
    assertThat(third).isNotEqualTo(first);
    assertThat(TokenForge.claim(fourth, "iat")).isLessThan(at.now);
  }

  // ---- GitHub

  private static JsonObject gitHub(int id, String login) {
    return json(
        "{'login': '"
            + login
            + "', 'id': "
            + id
            + ", 'node_id': 'MDQ6VXNlcjE=', 'type': 'User', 'site_admin': false,"
            + " 'name': null, 'email': 'public@example.org', 'created_at': '2008-01-14T04:33:35Z'}");
  }

  private static JsonArray emails(String json) {
    return (JsonArray) json("{'all': " + json + "}").get("all");
  }

  @Test
  void theNumberIsWhoSomebodyIsOnGitHub() {
    at.server.gitHubUser = gitHub(583231, "octocat");
    UserId one = at.signIn("github").user().id();
    at.server.gitHubUser = gitHub(583231, "renamed");
    UserId renamed = at.signIn("github").user().id();
    at.server.gitHubUser = gitHub(99, "octocat");
    UserId other = at.signIn("github").user().id();

    assertThat(renamed).isEqualTo(one);
    assertThat(other).isNotEqualTo(one);
    assertThat(at.signIn("github").user().name()).contains("octocat");
  }

  @Test
  void onlyThePrimaryAddressIfVerifiedIsKept() {
    at.server.gitHubUser = gitHub(1, "a");
    for (String list :
        List.of(
            "[]",
            "[{'email': 'a@x.org', 'primary': true, 'verified': false, 'visibility': 'public'}]",
            "[{'email': 'a@x.org', 'primary': false, 'verified': true, 'visibility': null}]")) {
      at.server.gitHubEmails = emails(list);
      assertThat(at.signIn("github").user().email()).isEmpty();
    }
    at.server.gitHubEmails =
        emails(
            "[{'email': 'b@x.org', 'primary': false, 'verified': true, 'visibility': null},"
                + "{'email': 'a@x.org', 'primary': true, 'verified': true, 'visibility': 'private'}]");
    assertThat(at.signIn("github").user().email()).contains("a@x.org");
  }

  @Test
  void aCodeThatGitHubDoesNotKnowIsRefused() {
    at.server.gitHubUser = gitHub(1, "a");
    String state = at.signIn.begin("github", SignInFixture.json()).state();

    assertThatThrownBy(
            () ->
                at.signIn.complete(
                    "github", SignInFixture.callback(Map.of("code", "made-up", "state", state))))
        .extracting(e -> ((SignInException) e).problem())
        .isEqualTo(SignInProblem.UNPROVEN);
  }

  @Test
  void anAnswerWithoutANumberIsNoUser() {
    at.server.gitHubUser = JsonObject.builder().put("id", new JsonString("1")).build();

    assertThatThrownBy(() -> at.signIn("github"))
        .extracting(e -> ((SignInException) e).problem())
        .isEqualTo(SignInProblem.PROVIDER_FAILED);
  }

  @Test
  void allFiveCanBeLinkedToOneUser() {
    at.server.person = microsoft(TENANT, TENANT, "");
    UserId alice = at.signIn("microsoft").user().id();
    at.server.person = json("{'sub': 'a'}");
    at.server.gitHubUser = gitHub(1, "a");
    at.link(alice, "google");
    at.link(alice, "github");
    at.link(alice, "corp");
    Begun begun = at.signIn.begin("apple", SignInFixture.linking(alice));
    Done done =
        at.signIn.complete(
            "apple", SignInFixture.from(at.agreed(begun), Optional.empty(), begun.browser()));

    assertThat(done.user().id()).isEqualTo(alice);
    assertThat(done.user().providers())
        .containsExactly("microsoft", "google", "github", "corp", "apple");
  }
}
