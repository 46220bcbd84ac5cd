package dev.landfall.benchmarks.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged server with the echo beside it, as a child process on a free port. */
public final class ServerUnderTest implements AutoCloseable {
  /** What is searched has one index. */
  private static final String APPLICATIONS =
      "{\"planner\":{\"collections\":{\"tasks\":{\"indexes\":[\"created\"]}}}}";

  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 250;

  private final Path folder;
  private final Process process;
  private final Thread killer;
  private final int port;

  private ServerUnderTest(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
    this.killer = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Starts the server and waits until it is ready.
   *
   * @param jar the runnable jar
   * @param folder is created for it and deleted at the end
   * @param flags for Java
   * @param store its name
   */
  public static ServerUnderTest start(Path jar, Path folder, List<String> flags, String store)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path copy = folder.resolve("landfall-and-echo.jar");
    EchoJar.write(jar, copy);
    int port = freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-Dlandfall.auth.dev=true");
    command.add("-Dlandfall.limits.address-requests-per-minute=0"); // all of them are from here
    command.add("-Dlandfall.store=" + store);
    command.add("-Dlandfall.http.port=" + port);
    Path applications = folder.resolve("applications.json");
    Files.writeString(applications, APPLICATIONS);
    command.add("-Dlandfall.applications.file=" + applications.toAbsolutePath());
    command.add("-Dlandfall.sqlite.file=" + folder.toAbsolutePath().resolve("landfall.db"));
    command.add("-jar");
    command.add(copy.toAbsolutePath().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("server.log").toFile());
    builder.environment().put("WLP_JAR_EXTRACT_DIR", folder.resolve("x").toString());
    ServerUnderTest server = new ServerUnderTest(folder, builder.start(), port);
    try {
      server.awaitReady();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.stop();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    long end = System.nanoTime() + START.toNanos();
    for (String path : List.of("/health/ready", "/echo/none")) {
      int wanted = path.equals("/health/ready") ? 200 : 405;
      while (status(http, path) != wanted) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IOException("the server does not start:\n" + log());
        }
        Thread.sleep(POLL_MILLIS);
      }
    }
  }

  private int status(HttpClient http, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (ConnectException notYet) {
      return 0;
    }
  }

  /** What the server has printed. */
  public String log() throws IOException {
    return Files.readString(folder.resolve("server.log"));
  }

  /** Where it listens, on the loopback address. */
  public int port() {
    return port;
  }

  /** Its process. */
  public long pid() {
    return process.pid();
  }

  private void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
    Runtime.getRuntime().removeShutdownHook(killer);
  }

  /** Stops the server and deletes its folder. */
  @Override
  public void close() throws IOException {
    try {
      stop();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
