package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tests that are written for Node, of which some drive a browser. */
final class NodeScripts {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final long MINUTES = 12;
  private static final int ATTEMPTS = 3;

  private NodeScripts() {}

  /** Runs a test in a browser, where there is one. */
  static void inABrowser(Path folder, String test, Map<String, String> environment)
      throws Exception {
    assumeThat(CHROMIUM).as("a browser").exists();
    for (int attempt = 1; ; attempt++) {
      try {
        run(folder, environment, "node", "--test", "--test-timeout=900000", test);
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

  /** Runs a command and expects that it succeeds. */
  static void run(Path folder, Map<String, String> environment, String... command)
      throws Exception {
    File output = Files.createTempFile("node", ".out").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean over = process.waitFor(MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String said = Files.readString(output.toPath());
    assertThat(over).as("it ends:\n%s", said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
