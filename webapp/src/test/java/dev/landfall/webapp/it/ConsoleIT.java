package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.webapp.session.UserIds;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The console as the packaged server serves it, and in a real browser. Left out where it was not
 * built for want of Node.
 */
class ConsoleIT {
  private static final Path CONSOLE = Path.of("../console");
  private static final String OPERATOR = "Olga Operator";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** {@code memory} in each build; by hand {@code sqlite} or {@code mongo}. */
  private static final String STORE = System.getProperty("landfall.console.store", "memory");

  private static TestServer server;
  private static TestDatabase database;

  @BeforeAll
  static void start() throws IOException {
    assumeThat(CONSOLE.resolve("dist/index.html")).as("the console has been built").exists();
    Map<String, String> settings =
        new TreeMap<>(
            Map.of(
                "landfall.store",
                STORE,
                "landfall.limits.requests-per-minute",
                "1000000", // all of it is few people
                "landfall.orgs.registerable",
                "true",
                "landfall.operators",
                UserIds.of("dev", OPERATOR).value()));
    if (STORE.equals("mongo")) {
      database = TestDatabase.create();
      settings.putAll(TestServer.on(database));
    }
    server = new TestServer("console", settings);
    server.start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void everybodyFindsTheirWayThroughItInABrowser() throws Exception {
    NodeScripts.inABrowser(
        CONSOLE,
        "browser/console.test.mjs",
        Map.of(
            "LANDFALL_URL", server.address(),
            "LANDFALL_OPERATOR", OPERATOR,
            "SCREENSHOTS", Path.of("target/console").toAbsolutePath().toString()));
  }

  @Test
  void itIsReachedWithoutTheSlashAndRunsNothingThatIsNotItsOwn() throws Exception {
    HttpResponse<String> before = get("/console");
    assertThat(before.statusCode()).isEqualTo(303);
    assertThat(before.headers().firstValue("Location")).contains("/console/");

    HttpResponse<String> page = get("/console/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).doesNotContain("style=").doesNotContain("<style");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self';", "style-src 'self';")
        .contains("frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
  }

  @Test
  void aFileThatABrowserHasAlreadyIsNotSentAgain() throws Exception {
    HttpResponse<String> first = get("/console/main.js");
    String tag = first.headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = get("/console/main.js", "If-None-Match", tag);

    assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(get("/console/main.js", "If-None-Match", "\"another\"").statusCode()).isEqualTo(200);
  }

  @Test
  void nothingButItsFilesIsThere() throws Exception {
    for (String path :
        new String[] {"/console/nothing.js", "/console/../applications.json", "/console/a/b.js"}) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }
}
