package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final long MINUTES = 12;
  private static final int ATTEMPTS = 3;
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
    assumeThat(CHROMIUM).as("a browser").exists();
    if (!installed) {
      run(PLANNER, "npm", "ci", "--no-audit", "--no-fund");
      installed = true;
    }
    for (int attempt = 1; ; attempt++) {
      try {
        run(PLANNER, "node", "--test", "--test-timeout=900000", test);
        return;
      } catch (AssertionError e) {
        // On a machine that has other work a browser can be slower than any patience.
        if (attempt == ATTEMPTS) {
          throw e;
        }
        System.out.println(test + " is tried again after: " + e.getMessage());
      }
    }
  }

  private static void run(Path folder, String... command) throws Exception {
    File output = Files.createTempFile("planner", ".out").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().put("LANDFALL_URL", server.address());
    builder.environment().put("LANDFALL_SECRET", TestServer.SECRET);
    builder.environment().put("SCREENSHOTS", Path.of("target/planner").toAbsolutePath().toString());
    Process process = builder.start();
    boolean over = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String said = Files.readString(output.toPath());
    assertThat(over).as("it ends:\n%s", said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
