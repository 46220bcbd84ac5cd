package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as it is packaged: the server that it runs, and its commands beside it. */
class CommandsIT {
  private static final String JAR =
      Path.of(System.getProperty("landfall.jar", "target/landfall.jar"))
          .toAbsolutePath()
          .toString();

  @TempDir private Path folder;

  private record Ended(int code, String said) {}

  private Process start(ProcessBuilder.Redirect output, List<String> settings, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-XX:+UseSerialGC");
    command.add("-Dlandfall.sqlite.file=" + folder.resolve("landfall.db"));
    command.addAll(settings);
    command.addAll(List.of("-jar", JAR));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().put("WLP_JAR_EXTRACT_DIR", folder.resolve("extracted").toString());
    return builder.start();
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    Process process = start(ProcessBuilder.Redirect.PIPE, List.of(), arguments);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  @Test
  void aCommandRunsBesideTheServerAndWithoutOne() throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process server =
        start(
            ProcessBuilder.Redirect.DISCARD,
            List.of("-Dlandfall.auth.dev=true", "-Dlandfall.http.port=" + port),
            "run");
    try {
      awaitReady(server, port);

      Ended backup = run("backup", "--to", "backup.db");
      Ended busy = run("check");
      Ended check = run("check", "--store", "sqlite:backup.db");

      assertThat(backup.code()).as(backup.said()).isZero();
      assertThat(busy.code()).as(busy.said()).isEqualTo(1);
      assertThat(busy.said()).contains("in use by another server");
      assertThat(check.code()).as(check.said()).isZero();
      saysThatItsFileIsGone(port);
    } finally {
      server.destroy();
      assertThat(server.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }
    Ended restore = run("restore", "--from", "backup.db", "--replace");
    assertThat(restore.code()).as(restore.said()).isZero();
    assertThat(run("check").said()).contains("nothing is wrong");
  }

  private void saysThatItsFileIsGone(int port) throws IOException, InterruptedException {
    Path file = folder.resolve("landfall.db");
    Path elsewhere = folder.resolve("elsewhere.db");
    Files.move(file, elsewhere);
    Thread.sleep(1_500); // an answer counts for a second

    HttpResponse<String> gone = ask(port, BodyHandlers.ofString());

    assertThat(gone.statusCode()).isEqualTo(503);
    assertThat(gone.body()).contains("\"reason\":\"gone\"");
    Files.move(elsewhere, file);
  }

  private static <T> HttpResponse<T> ask(int port, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
    return HttpClient.newHttpClient().send(HttpRequest.newBuilder(ready).build(), body);
  }

  private static void awaitReady(Process server, int port)
      throws IOException, InterruptedException {
    for (int i = 0; i < 800; i++) {
      assertThat(server.isAlive()).isTrue();
      try {
        if (ask(port, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (ConnectException e) {
        // It does not listen yet.
      }
      Thread.sleep(500);
    }
    throw new AssertionError("the server has not become ready");
  }

  @Test
  void whatIsNoCommandIsNotTakenForOne() throws IOException, InterruptedException {
    Ended version = run("version");
    Ended help = run("help", "copy");
    Ended unknown = run("dance");

    assertThat(version.said()).startsWith("landfall ").contains("Open Liberty");
    assertThat(help.code()).isZero();
    assertThat(help.said()).startsWith("Usage: java -jar landfall.jar copy");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.said()).contains("There is no command 'dance'.");
    assertThat(folder.resolve("extracted")).doesNotExist();
  }
}
