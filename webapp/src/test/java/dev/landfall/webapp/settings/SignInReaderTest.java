package dev.landfall.webapp.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.signin.ProviderSettings;
import dev.landfall.webapp.signin.SignInSettings;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInReaderTest {
  private static final String BASE = "landfall.auth.redirect-base";

  private final List<String> errors = new ArrayList<>();

  private SignInSettings read(String... pairs) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      given.put(pairs[i], pairs[i + 1]);
    }
    return new SignInReader(
            key ->
                Optional.ofNullable(given.get(key))
                    .or(
                        () ->
                            Optional.ofNullable(
                                given.get(
                                    key.toUpperCase(java.util.Locale.ROOT)
                                        .replaceAll("[^A-Z0-9]", "_")))),
            errors)
        .read(listed(given.keySet()));
  }

  /** As the container lists them: environment variables once more with dots. */
  private static Set<String> listed(Set<String> keys) {
    Set<String> listed = new HashSet<>(keys);
    keys.stream()
        .filter(key -> key.startsWith("LANDFALL_"))
        .map(key -> key.toLowerCase(java.util.Locale.ROOT).replace('_', '.'))
        .forEach(listed::add);
    return listed;
  }

  @Test
  void nothingIsOnUnlessConfigured() {
    assertThat(read().providers()).isEmpty();
    assertThat(errors).isEmpty();
  }

  @Test
  void aProviderIsOnWhenItIsConfigured() {
    SignInSettings settings =
        read(
            BASE,
            "https://sync.example.org/",
            "landfall.auth.google.client-id",
            "g",
            "landfall.auth.google.client-secret",
            "tell-nobody",
            "landfall.auth.oidc.corp.issuer",
            "https://id.example.org/realms/corp",
            "landfall.auth.oidc.corp.client-id",
            "c",
            "landfall.auth.oidc.corp.client-secret",
            "tell-nobody");

    assertThat(errors).isEmpty();
    assertThat(settings.redirectBase()).isEqualTo(URI.create("https://sync.example.org"));
    assertThat(settings.providers())
        .extracting(ProviderSettings::name)
        .containsExactly("google", "corp");
    assertThat(settings.toString()).doesNotContain("tell-nobody");
  }

  @Test
  void namesAreReadFromEnvironmentVariablesToo() {
    SignInSettings settings =
        read(
            "LANDFALL_AUTH_REDIRECT_BASE", "http://localhost:9080",
            "LANDFALL_AUTH_OIDC_MY_CORP_ISSUER", "http://localhost:8080/realms/x",
            "LANDFALL_AUTH_OIDC_MY_CORP_CLIENT_ID", "c",
            "LANDFALL_AUTH_OIDC_MY_CORP_CLIENT_SECRET", "cs");

    assertThat(errors).isEmpty();
    assertThat(settings.providers()).extracting(ProviderSettings::name).containsExactly("my-corp");
  }

  @Test
  void halfAProviderIsAnErrorThatNamesWhatIsMissing() {
    read(
        "landfall.auth.google.client-id",
        "g",
        "landfall.auth.github.client-secret",
        "secret-of-github",
        "landfall.auth.apple.team-id",
        "t",
        "landfall.auth.oidc.corp.client-id",
        "c",
        BASE,
        "https://sync.example.org");

    assertThat(errors)
        .containsExactly(
            "landfall.auth.google.client-secret: nothing was given; it is needed with"
                + " landfall.auth.google.client-id",
            "landfall.auth.github.client-id: nothing was given; it is needed with"
                + " landfall.auth.github.client-secret",
            "landfall.auth.apple.client-id: nothing was given; it is needed with"
                + " landfall.auth.apple.team-id",
            "landfall.auth.apple.key-id: nothing was given; it is needed with"
                + " landfall.auth.apple.team-id",
            "landfall.auth.apple.private-key: nothing was given; it is needed with"
                + " landfall.auth.apple.team-id",
            "landfall.auth.oidc.corp.issuer: nothing was given; it is needed with"
                + " landfall.auth.oidc.corp.client-id",
            "landfall.auth.oidc.corp.client-secret: nothing was given; it is needed with"
                + " landfall.auth.oidc.corp.client-id");
  }

  @Test
  void withAProviderOurOwnAddressIsNeeded() {
    read("landfall.auth.google.client-id", "g", "landfall.auth.google.client-secret", "gs");

    assertThat(errors).hasSize(1).allMatch(e -> e.startsWith(BASE + ": nothing was given"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sync.example.org",
        "https://user@sync.example.org",
        "https://sync.example.org?x",
        "https://sync.example.org#x",
        "https:sync.example.org",
        "sync.example.org",
        "https://sync.example.org/a/../b",
        "ftp://sync.example.org"
      })
  void anAddressThatIsNotSafeIsRefused(String address) {
    read(BASE, address);

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith(BASE + ": '").contains("allowed is an https address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"google", "dev", "me", "login", "Corp", "a_b", "1x", "a.b"})
  void aNameThatIsTakenOrOddIsRefused(String name) {
    read(
        BASE,
        "https://sync.example.org",
        "landfall.auth.oidc." + name + ".issuer",
        "https://id.example.org",
        "landfall.auth.oidc." + name + ".client-id",
        "c",
        "landfall.auth.oidc." + name + ".client-secret",
        "cs");

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith("landfall.auth.oidc." + name + ".issuer: '" + name + "'");
  }

  @Test
  void theKeyOfAppleIsReadInEveryFormItCanHave() throws Exception {
    KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
    p256.initialize(256);
    byte[] key = p256.generateKeyPair().getPrivate().getEncoded();
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
    String pem = "-----BEGIN PRIVATE KEY-----\n" + lines + "\n-----END PRIVATE KEY-----\n";

    for (String form : List.of(pem, pem.replace("\n", "\\n"), lines.replace("\n", ""))) {
      assertThat(apple(form).providers()).hasSize(1);
    }
    assertThat(errors).isEmpty();
    assertThat(apple("nonsense").providers()).isEmpty();
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0))
        .startsWith("landfall.auth.apple.private-key: ")
        .doesNotContain("nonsense");
  }

  private SignInSettings apple(String key) {
    return read(
        BASE,
        "https://sync.example.org",
        "landfall.auth.apple.client-id",
        "c",
        "landfall.auth.apple.team-id",
        "t",
        "landfall.auth.apple.key-id",
        "k",
        "landfall.auth.apple.private-key",
        key);
  }
}
