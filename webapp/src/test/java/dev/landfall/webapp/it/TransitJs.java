package dev.landfall.webapp.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in JavaScript with Cognitect's transit-js; only where there is Node. */
final class TransitJs {
  private static final Path SOURCE = Path.of("src/test/transit-js");
  private static final Path HOME = Path.of("target/transit-js");

  private TransitJs() {}

  /** Fetches transit-js once, or has the test skipped. */
  static void install() throws IOException, InterruptedException {
    if (Files.exists(HOME.resolve("node_modules/transit-js"))) {
      return;
    }
    Files.createDirectories(HOME);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.write(HOME.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
    }
    boolean installed;
    try {
      Process npm = start(List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"), "");
      installed = npm.waitFor(120, TimeUnit.SECONDS) && npm.exitValue() == 0;
      npm.destroyForcibly();
    } catch (IOException e) {
      installed = false;
    }
    assumeTrue(installed, "left out: node, npm or transit-js is not there");
  }

  /** What the client prints. */
  static String run(TestServer server) throws IOException, InterruptedException {
    for (String file : List.of("client.mjs")) {
      Files.write(HOME.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
    }
    Process node =
        start(
            List.of("node", "client.mjs", server.address(), Caller.newUser(server).token()),
            "client.out");
    boolean ended = node.waitFor(120, TimeUnit.SECONDS);
    node.destroyForcibly().waitFor();
    String printed = Files.readString(HOME.resolve("client.out"), StandardCharsets.UTF_8);
    return ended && node.exitValue() == 0 ? printed : printed + "\nit failed";
  }

  private static Process start(List<String> command, String output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(HOME.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        output.isEmpty()
            ? ProcessBuilder.Redirect.DISCARD
            : ProcessBuilder.Redirect.to(HOME.resolve(output).toFile()));
    return builder.start();
  }
}
