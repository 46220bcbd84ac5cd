package dev.landfall.webapp.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Quota;
import dev.landfall.engine.commit.SharingLimits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.organisation.OrganisationLimits;
import dev.landfall.engine.transit.TransitTags;
import dev.landfall.webapp.http.RequestLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final Set<String> STORES = Set.of("memory", "sqlite");

  @TempDir Path folder;

  private static Settings read(Map<String, String> given) {
    return new SettingsReader(key -> Optional.ofNullable(given.get(key)))
        .read(given.keySet(), STORES);
  }

  private static Settings readWithSecret(String... pairs) {
    return read(with(pairs));
  }

  private static Map<String, String> with(String... pairs) {
    Map<String, String> given = new HashMap<>();
    given.put("landfall.auth.jwt.secret", SECRET);
    given.put("landfall.http.message-bytes", "2147483648"); // as server.xml does
    for (int i = 0; i < pairs.length; i += 2) {
      given.put(pairs[i], pairs[i + 1]);
    }
    return given;
  }

  private static List<String> errors(Map<String, String> given) {
    return catchThrowableOfType(ConfigurationException.class, () -> read(given)).errors();
  }

  @Test
  void aSecretIsAllThatMustBeSet() {
    Settings settings = readWithSecret();

    assertThat(settings.store()).isEqualTo("sqlite");
    assertThat(settings.sync()).isEqualTo(SyncSettings.DEFAULT);
    assertThat(settings.limits()).isEqualTo(RequestLimits.DEFAULT);
    assertThat(settings.applications())
        .extracting(application -> application.name().value())
        .containsExactly("todo", "shopping-list", "planner");
    assertThat(settings.auth().development()).isFalse();
    assertThat(settings.corsOrigins().origins()).isEmpty();
    assertThat(settings.organisations().registerable()).isFalse();
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void allErrorsAreToldAtOnceEachWithKeyGivenAndAllowed() {
    List<String> errors =
        errors(
            Map.of(
                "landfall.store", "mangodb",
                "landfall.sync.max-drift", "never",
                "landfall.limits.depth", "65",
                "landfall.auth.dev", "yes",
                "landfall.cors.origins", "*"));

    assertThat(errors)
        .anyMatch(
            e -> e.equals("landfall.store: 'mangodb' was given; allowed is one of memory, sqlite"))
        .anyMatch(e -> e.startsWith("landfall.sync.max-drift: 'never' was given; allowed is a"))
        .anyMatch(
            e ->
                e.equals(
                    "landfall.limits.depth: '65' was given; allowed is a whole number from 2 to 64"))
        .anyMatch(e -> e.startsWith("landfall.auth.dev: 'yes' was given; allowed is true or false"))
        .anyMatch(e -> e.startsWith("landfall.cors.origins: '*' was given; allowed is exact"))
        .anyMatch(e -> e.startsWith("landfall.auth.jwt.secret: nothing was given"))
        .hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"short-Secret-4711", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
  void aWeakSecretIsRefusedAndNotShown(String secret) {
    List<String> errors = errors(Map.of("landfall.auth.jwt.secret", secret));

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith("landfall.auth.jwt.secret: ").doesNotContain(secret);
  }

  @Test
  void forDevelopmentASecretIsMadeUpWithAWarning() {
    Settings one = read(with("landfall.auth.jwt.secret", "", "landfall.auth.dev", "true"));
    Settings two = read(with("landfall.auth.jwt.secret", "", "landfall.auth.dev", "true"));

    assertThat(one.auth().secret().bytes()).hasSize(32).isNotEqualTo(two.auth().secret().bytes());
    assertThat(one.warnings()).hasSize(2);
  }

  @Test
  void settingsDoNotShowTheSecret() {
    assertThat(readWithSecret().toString()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @CsvSource({"90s,90", "5m,300", "2h,7200", "30d,2592000", "PT5M,300", "P1D,86400", "1500ms,1"})
  void durationsAreWrittenInTwoWays(String text, long seconds) {
    assertThat(readWithSecret("landfall.sync.history", text).sync().history().toSeconds())
        .isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "-PT5M", "5", "5 weeks", "1e3s", "999999999d"})
  void aDurationThatIsNoneIsRefused(String text) {
    assertThat(errors(with("landfall.sync.history", text))).hasSize(1);
  }

  @Test
  void aSettingThatIsEmptyIsNotSet() {
    assertThat(readWithSecret("landfall.store", " ").store()).isEqualTo("sqlite");
  }

  @Test
  void anEnvironmentVariableIsListedOnceMoreWithDotsAndIsStillOne() {
    assertThat(
            readWithSecret(
                    "LANDFALL_SYNC_MAX_DRIFT", "6m",
                    "landfall.sync.max.drift", "6m",
                    "LANDFALL_AUTH_OIDC_MY_IDP_CLIENT_ID", "",
                    "landfall.auth.oidc.my.idp.client.id", "",
                    "LANDFALL_SYNC_MAX_DRFIT", "6m",
                    "landfall.sync.max.drfit", "6m")
                .warnings())
        .containsExactly(
            "there is no setting LANDFALL_SYNC_MAX_DRFIT; it does nothing. The nearest there is:"
                + " LANDFALL_SYNC_MAX_DRIFT");
  }

  @Test
  void aKeyThatNobodyKnowsIsWarnedOf() {
    assertThat(readWithSecret("landfall.sync.max-drfit", "5m").warnings())
        .containsExactly(
            "there is no setting landfall.sync.max-drfit; it does nothing. The nearest there is:"
                + " landfall.sync.max-drift");
  }

  @Test
  void settingsOfTheStoreReachTheStore() {
    assertThat(
            readWithSecret("landfall.sqlite.file", "/tmp/x.db")
                .storeSettings()
                .get("landfall.sqlite.file"))
        .contains("/tmp/x.db");
  }

  @Test
  void limitsAreRead() {
    Settings settings =
        readWithSecret(
            "landfall.limits.body-bytes", "2048",
            "landfall.limits.body-time", "5s",
            "landfall.limits.bodies-waited-for", "6",
            "landfall.limits.live-connections", "3",
            "landfall.limits.requests-per-minute", "600",
            "landfall.limits.address-requests-per-minute", "300",
            "landfall.limits.requests-at-once", "40",
            "landfall.limits.min-answer-rate", "500",
            "landfall.limits.search-time", "2s",
            "landfall.limits.namespace-documents", "10",
            "landfall.limits.namespace-bytes", "11000",
            "landfall.limits.leaves", "7",
            "landfall.limits.changes", "8",
            "landfall.limits.collections", "9",
            "landfall.limits.document-bytes", "4096");

    assertThat(settings.limits())
        .isEqualTo(new RequestLimits(2048, Duration.ofSeconds(5), 6, 3, 600, 300, 40, 500));
    assertThat(settings.sync().limits().quota()).isEqualTo(new Quota(10, 11_000));
    assertThat(settings.sync().limits().leaves()).isEqualTo(7);
    assertThat(settings.sync().limits().changes()).isEqualTo(8);
    assertThat(settings.sync().limits().collections()).isEqualTo(9);
    assertThat(settings.sync().limits().documentBytes()).isEqualTo(4096);
  }

  @Test
  void anOpenLibertyThatMayTakeInAnythingIsWarnedOf() {
    assertThat(readWithSecret("landfall.http.message-bytes", "").warnings())
        .hasSize(1)
        .allMatch(warning -> warning.startsWith("landfall.http.message-bytes is not set: "));
    assertThat(
            readWithSecret(
                    "landfall.http.message-bytes", "",
                    "landfall.exit-on-configuration-error", "true")
                .warnings())
        .isEmpty();
  }

  @Test
  void howMuchOneMayLetOthersSeeIsRead() {
    Settings settings =
        readWithSecret(
            "landfall.limits.public-documents", "5",
            "landfall.limits.public-bytes", "6000",
            "landfall.limits.grants-to-one-person", "7",
            "landfall.limits.blocked-people", "8",
            "landfall.limits.orgs-founded", "9",
            "landfall.limits.orgs-joined", "10");

    assertThat(settings.sync().sharing()).isEqualTo(new SharingLimits(5, 6_000, 7));
    assertThat(settings.people().blocked()).isEqualTo(8);
    assertThat(settings.organisations().limits()).isEqualTo(new OrganisationLimits(9, 10));
    for (String key :
        List.of(
            "landfall.limits.public-documents",
            "landfall.limits.public-bytes",
            "landfall.limits.grants-to-one-person",
            "landfall.limits.blocked-people",
            "landfall.limits.orgs-founded",
            "landfall.limits.orgs-joined")) {
      assertThat(errors(with(key, "-1"))).hasSize(1).allMatch(error -> error.startsWith(key));
    }
  }

  @Test
  void operatorsAreUsersOrGroupsOfAnIssuersTokens() {
    String alice = "0b0f5f3e-7d62-4a55-a1a5-000000000001";
    Settings settings =
        readWithSecret(
            "landfall.operators", alice + ", landfall-operators",
            "mp.jwt.verify.publickey.location", "https://id.example/keys",
            "mp.jwt.verify.issuer", "https://id.example");

    assertThat(settings.people().operators()).containsExactly(new UserId(alice));
    assertThat(settings.people().operatorGroups()).containsExactly("landfall-operators");
    assertThat(readWithSecret("landfall.operators", alice).people().operators()).hasSize(1);
    assertThat(errors(with("landfall.operators", alice + ",landfall-operators")))
        .hasSize(1)
        .allMatch(error -> error.startsWith("landfall.operators: 'landfall-operators' was given"));
  }

  @Test
  void aConnectionThatTakesInLessThanABodyMayHaveIsWarnedOf() {
    assertThat(readWithSecret("landfall.http.message-bytes", "1073741825").warnings()).isEmpty();
    assertThat(readWithSecret("landfall.http.message-bytes", "1073741824").warnings())
        .containsExactly(
            "landfall.limits.import-bytes is not less than landfall.http.message-bytes: the"
                + " connection of a request of more than 1073741824 bytes is cut");
    assertThat(readWithSecret("landfall.http.message-bytes", "16777216").warnings())
        .first()
        .asString()
        .startsWith("landfall.limits.body-bytes is not less than landfall.http.message-bytes:");
    assertThat(errors(with("landfall.http.message-bytes", "lots")))
        .singleElement()
        .asString()
        .startsWith("landfall.http.message-bytes: 'lots' was given");
  }

  @Test
  void aTokenThatNeverEndsNamesItsApplications() {
    String hash = "0".repeat(64);
    String user = "{\"ada\": {\"token\": \"" + hash + "\", \"groups\": [\"notes\"]%s}}";

    assertThat(
            readWithSecret("landfall.atom.users", user.formatted(", \"applications\": [\"todo\"]"))
                .atom()
                .users()
                .get(0)
                .applications())
        .containsExactly(new ApplicationName("todo"));
    assertThat(errors(with("landfall.atom.users", user.formatted(""))))
        .hasSize(1)
        .allMatch(e -> e.contains("has no list of applications"));
    assertThat(
            errors(
                with("landfall.atom.users", user.formatted(", \"applications\": [\"nothing\"]"))))
        .hasSize(1)
        .allMatch(e -> e.contains("has an application that is not configured"));
  }

  @Test
  void proxiesAndTheProtocolAreChecked() {
    assertThat(errors(with("landfall.http.trusted-proxies", "10.0.0.0/8, proxy.example.org")))
        .hasSize(1)
        .allMatch(e -> e.contains("'proxy.example.org' was given"));
    assertThat(errors(with("landfall.http.protocol", "h2c"))).hasSize(1);
    assertThat(readWithSecret("landfall.http.protocol", "http/2")).isNotNull();
  }

  @Test
  void tagsOfApplicationsAreNoneUnlessTheyAreNamed() {
    assertThat(readWithSecret().atom().tags()).isEqualTo(TransitTags.OF_TRANSIT_ONLY);
    assertThat(readWithSecret("landfall.atom.tags", "point, my-app/money,").atom().tags())
        .isEqualTo(new TransitTags(Set.of("point", "my-app/money")));
    for (String none : List.of("X", "~#point", "two words")) {
      assertThat(errors(with("landfall.atom.tags", "point," + none)))
          .singleElement()
          .asString()
          .startsWith("landfall.atom.tags: '" + none + "' was given; allowed are tags");
    }
  }

  @Test
  void quotasAndTheRateOfRequestsAreOffUnlessTheyAreSet() {
    Settings settings = readWithSecret();

    assertThat(settings.limits().requestsPerMinute()).isZero();
    assertThat(settings.sync().limits().quota()).isEqualTo(Quota.NONE);
    for (String key : List.of("requests-per-minute", "namespace-documents", "namespace-bytes")) {
      for (String none : List.of("0", "-1", "many")) {
        assertThat(errors(with("landfall.limits." + key, none)))
            .singleElement()
            .asString()
            .startsWith("landfall.limits." + key + ": '" + none + "' was given; allowed is");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth",
        "orgs",
        "account",
        "docIndex",
        "shared",
        "sync",
        "health",
        "metrics",
        "openapi",
        "tokens",
        "examples",
        "console"
      })
  void anApplicationThatIsNamedLikeARouteOfTheServerStopsTheStart(String name) throws Exception {
    Path file = folder.resolve("applications.json");
    Files.writeString(file, "{\"" + name + "\": {}}");

    assertThat(errors(with("landfall.applications.file", file.toString())))
        .containsExactly("landfall.applications.file: " + name + ": '" + name + "' is reserved");
  }

  @Test
  void originsAreExact() {
    assertThat(
            readWithSecret("landfall.cors.origins", "https://a.example, http://localhost:3000")
                .corsOrigins()
                .origins())
        .containsExactlyInAnyOrder("https://a.example", "http://localhost:3000");
    for (String bad :
        List.of(
            "https://a.example/",
            "Null",
            "https://*.example",
            "a.example",
            "https://A.example",
            "app://",
            "chrome-extension://a/b",
            "*")) {
      assertThat(errors(with("landfall.cors.origins", bad))).as(bad).hasSize(1);
    }
  }

  @Test
  void originsOfApplicationShellsMayBeAllowed() {
    List<String> shells =
        List.of(
            "capacitor://localhost",
            "ionic://localhost",
            "app://obsidian.md",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "moz-extension://3c9b2a4e-0f2d-4a57-9d55-8f9cbb8a3ab1",
            "tauri://localhost",
            "null");

    assertThat(
            readWithSecret("landfall.cors.origins", String.join(",", shells))
                .corsOrigins()
                .origins())
        .containsExactlyInAnyOrderElementsOf(shells);
  }

  @Test
  void proxiesAreNamedByAddressOrNetwork() {
    for (String bad : List.of("proxy.example", "10.0.0.0/40", "*", "10.0.0.1:80")) {
      assertThat(errors(with("landfall.http.trusted-proxies", bad))).as(bad).hasSize(1);
    }
    assertThat(readWithSecret("landfall.http.trusted-proxies", "10.0.0.0/8, ::1")).isNotNull();
  }

  @Test
  void anotherIssuerNeedsItsName() {
    assertThat(errors(with("mp.jwt.verify.publickey.location", "https://id.example/keys")))
        .hasSize(1)
        .allMatch(e -> e.startsWith("mp.jwt.verify.issuer: "));
    assertThat(
            readWithSecret(
                    "mp.jwt.verify.publickey.location", "https://id.example/keys",
                    "mp.jwt.verify.issuer", "https://id.example",
                    "mp.jwt.verify.audiences", "landfall, other")
                .auth()
                .otherIssuer()
                .orElseThrow()
                .audiences())
        .containsExactlyInAnyOrder("landfall", "other");
    assertThat(
            errors(
                with(
                    "mp.jwt.verify.publickey", "nonsense",
                    "mp.jwt.verify.issuer", "https://id.example",
                    "mp.jwt.verify.publickey.algorithm", "HS256")))
        .hasSize(2);
  }

  @Test
  void anIssuerWhoseTokensMayBeForAnybodyIsWarnedOf() {
    String warning =
        "mp.jwt.verify.audiences is not set: tokens that the issuer made for any other service are"
            + " accepted here";

    assertThat(
            readWithSecret(
                    "mp.jwt.verify.publickey.location", "https://id.example/keys",
                    "mp.jwt.verify.issuer", "https://id.example")
                .warnings())
        .contains(warning);
    assertThat(
            readWithSecret(
                    "mp.jwt.verify.publickey.location", "https://id.example/keys",
                    "mp.jwt.verify.issuer", "https://id.example",
                    "mp.jwt.verify.audiences", "landfall")
                .warnings())
        .doesNotContain(warning);
  }

  @Test
  void keysComeWithoutTlsFromThisMachineAlone() {
    for (String allowed :
        List.of("http://localhost:8080/keys", "http://127.0.0.1/keys", "http://[::1]/k")) {
      assertThat(
              readWithSecret(
                      "mp.jwt.verify.publickey.location",
                      allowed,
                      "mp.jwt.verify.issuer",
                      "https://id.example")
                  .auth()
                  .otherIssuer())
          .isPresent();
    }
    assertThat(
            errors(
                with(
                    "mp.jwt.verify.publickey.location", "http://id.example/keys",
                    "mp.jwt.verify.issuer", "https://id.example")))
        .hasSize(1)
        .allMatch(e -> e.contains("allowed is https, or http on this machine"));
  }

  // ---- applications

  private List<String> errorsOf(String file) throws IOException {
    return errors(with("landfall.applications.file", write(file)));
  }

  private String write(String file) throws IOException {
    return Files.writeString(folder.resolve("applications.json"), file.replace('\'', '"'))
        .toString();
  }

  @Test
  void applicationsAreReadFromAFile() throws IOException {
    Files.createDirectories(folder.resolve("schemas"));
    Files.writeString(folder.resolve("schemas/note.json"), "{\"required\": [\"text\"]}");
    Settings settings =
        readWithSecret(
            "landfall.applications.file",
            write(
                "{'notes': {'description': 'd', 'collections': {'n': {'schemaPath': 'schemas/note.json', 'schema': {},"
                    + " 'merge': {'a.*.b': 'set', 'c': 'counter'}, 'indexes': ['x', 'y.z']}}}, 'free': {}}"));

    assertThat(settings.applications()).hasSize(2);
    var collection = settings.applications().get(0).collections().values().iterator().next();
    assertThat(collection.schema().violations(dev.landfall.api.json.JsonObject.EMPTY)).hasSize(1);
    assertThat(collection.strategies().byPattern()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'auth': {}}",
        "{'.x': {}}",
        "{'a b': {}}",
        "{'a': []}",
        "{'a': {'colections': {}}}",
        "{'a': {'description': 5}}",
        "{'a': {'collections': {'c': {'shema': {}}}}}",
        "{'a': {'collections': {'': {}}}}",
        "{'a': {'collections': {'c': {'schema': 'x'}}}}",
        "{'a': {'collections': {'c': {'schema': {'type': 'strin'}}}}}",
        "{'a': {'collections': {'c': {'schemaPath': 'missing.json'}}}}",
        "{'a': {'collections': {'c': {'schemaPath': 5}}}}",
        "{'a': {'collections': {'c': {'merge': {'x': 'sett'}}}}}",
        "{'a': {'collections': {'c': {'merge': {'_x': 'set'}}}}}",
        "{'a': {'collections': {'c': {'merge': []}}}}",
        "{'a': {'collections': {'c': {'indexes': 'x'}}}}",
        "{'a': {'collections': {'c': {'indexes': [5]}}}}",
        "{}",
        "[]",
        "{",
        "{'a': {}, 'a': {}}"
      })
  void aMistakeInTheApplicationsFileIsToldWithItsPlace(String file) throws IOException {
    List<String> errors = errorsOf(file);

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith("landfall.applications.file: ");
  }

  @Test
  void severalMistakesAreToldTogether() throws IOException {
    assertThat(
            errorsOf(
                "{'orgs': {}, 'a': {'collections': {'c': {'merge': {'x': 'sett'}, 'indexes': 5}}}}"))
        .hasSize(3);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(errors(with("landfall.applications.file", "/nowhere/a.json")))
        .containsExactly(
            "landfall.applications.file: '/nowhere/a.json' was given; it cannot be read");
  }

  // ---- the page that lists them

  @Test
  void everySettingIsOnThePageAndNothingElse() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));

    for (SettingKey setting : SettingKey.values()) {
      assertThat(page).contains("| `" + setting.key() + "` |");
    }
    page.lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(3, line.indexOf('`', 3)))
        .forEach(key -> assertThat(SettingKey.of(key)).as(key).isPresent());
  }
}
