package dev.landfall.webapp.it;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The client for browsers and the planner, from Node and in a real browser, against the packaged
 * server. Left out where there is no Node, no Chromium, or where the client was not built.
 */
class PlannerIT {
  private static final Path CLIENT = Path.of("../client-js");
  private static final Path PLANNER = Path.of("../examples/planner-test");
  private static TestServer server;
  private static boolean installed;

  @BeforeAll
  static void start() throws IOException {
    assumeThat(CLIENT.resolve("dist/index.js")).as("the client has been built").exists();
    server =
        new TestServer(
            "planner", Map.of("landfall.store", "memory", "landfall.orgs.registerable", "true"));
    server.start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void theClientForBrowsersMeetsTheServer() throws Exception {
    run(CLIENT, "node", "scripts/test.mjs", "server");
  }

  @Test
  void thePlannerKeepsItsPromisesInABrowser() throws Exception {
    inABrowser("planner.test.mjs");
  }

  @Test
  void theClientKeepsItsPromisesInABrowser() throws Exception {
    inABrowser("client.test.mjs");
  }

  private static void inABrowser(String test) throws Exception {
    if (!installed) {
      run(PLANNER, "npm", "ci", "--no-audit", "--no-fund");
      installed = true;
    }
    NodeScripts.inABrowser(PLANNER, test, environment());
  }

  private static void run(Path folder, String... command) throws Exception {
    NodeScripts.run(folder, environment(), command);
  }

  private static Map<String, String> environment() {
    return Map.of(
        "LANDFALL_URL", server.address(),
        "LANDFALL_SECRET", TestServer.SECRET,
        "SCREENSHOTS", Path.of("target/planner").toAbsolutePath().toString());
  }
}
