package dev.landfall.webapp.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An Open Liberty as somebody has it who follows docs/deploy-liberty.md. */
final class StockServer implements AutoCloseable {
  private static final String NAME = "yours";
  private static final String SIGN_IN = "<variable name=\"landfall.auth.dev\" value=\"true\"/>\n";
  private static final Duration START = Duration.ofSeconds(600);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Path wlp = Path.of(System.getProperty("liberty.wlp"));
  private final Path home;
  private final int port;
  private Process process;

  /**
   * A server that is not started yet, with the file of the guide.
   *
   * @param ear whether Landfall is deployed as an EAR, as the guide says below its file
   * @param change of the file
   */
  StockServer(String name, boolean ear, UnaryOperator<String> change) throws IOException {
    this.home = Path.of("target", "servers", name).toAbsolutePath();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    PreparedStart.delete(home);
    Files.createDirectories(apps());
    String guide = Files.readString(Path.of("../docs/deploy-liberty.md"));
    String file = part(guide, "```xml\n(.*?)```");
    String war = part(file, "(<webApplication id=\"landfall\".*?/>)");
    String landfall =
        ear ? part(guide, "(<enterpriseApplication .*?</enterpriseApplication>)") : war;
    Files.writeString(
        folder().resolve("server.xml"),
        change
            .apply(file)
            .replace("httpPort=\"9080\"", "httpPort=\"" + port + "\"")
            .replace(war, landfall)
            .replace("</server>", SIGN_IN + "</server>"));
    // as "server create" does
    Files.writeString(folder().resolve("server.env"), "keystore_password=of-this-test\n");
    Files.writeString(folder().resolve("jvm.options"), "-Xmx512m\n-XX:+UseSerialGC\n");
  }

  private static String part(String text, String pattern) {
    Matcher part = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
    if (!part.find()) {
      throw new IllegalStateException("the guide has no " + pattern);
    }
    return part.group(1);
  }

  private Path folder() {
    return home.resolve("servers").resolve(NAME);
  }

  /** Where its applications go. */
  Path apps() {
    return folder().resolve("apps");
  }

  /** Starts it and waits until all of these addresses answer with 200. */
  void start(String... paths) throws IOException, InterruptedException {
    process = command("run").redirectOutput(log().toFile()).start();
    long deadline = System.nanoTime() + START.toNanos();
    for (String path : paths) {
      while (!answers(path)) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException(path + " does not answer:\n" + console());
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private boolean answers(String path) throws InterruptedException {
    try {
      return CLIENT
              .send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The features that the guide names for Jakarta EE 10, in the place of the others. */
  static String onJakarta10(String file) {
    String guide;
    try {
      guide = Files.readString(Path.of("../docs/deploy-liberty.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.replace(
        part(file, "(<featureManager>.*?</featureManager>)"),
        part(guide, "Jakarta EE 10.*?(<featureManager>.*?</featureManager>)"));
  }

  /** Without what the guide has for the whole server. */
  static String withoutSettings(String file) {
    return file.replaceAll("(?s)<(httpOptions|executor|webContainer)[^>]*/>", "");
  }

  /** What {@code server stop} does; afterwards the process has ended. */
  int stop() throws IOException, InterruptedException {
    int code = command("stop").redirectOutput(home.resolve("stop.log").toFile()).start().waitFor();
    process.waitFor();
    return code;
  }

  private ProcessBuilder command(String verb) {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(wlp.resolve("bin/server").toString(), verb, NAME))
            .redirectErrorStream(true);
    builder.environment().put("WLP_USER_DIR", home.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeIf(key -> key.startsWith("LANDFALL_"));
    builder.environment().put("LANDFALL_AUTH_JWT_SECRET", TestServer.SECRET);
    return builder;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  String console() throws IOException {
    return Files.readString(log());
  }

  private Path log() {
    return home.resolve("console.log");
  }

  @Override
  public void close() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
