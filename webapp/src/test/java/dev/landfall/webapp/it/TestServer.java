package dev.landfall.webapp.it;

import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.webapp.session.UserIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The packaged application on the Open Liberty of the build, in a process of its own, on a free
 * port, with the configuration it is shipped with and the settings of a test.
 */
public final class TestServer implements AutoCloseable {
  /** The secret with which the servers of tests sign. */
  public static final String SECRET = "a secret that only the tests know, 0123456789";

  /** The applications of the contracts. */
  public static final String APPLICATIONS =
      Path.of("src/test/resources/applications.json").toAbsolutePath().toString();

  /** By this name an operator of a shared server signs in. */
  public static final String OPERATOR = "an operator";

  private static final Duration START = Duration.ofSeconds(400);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ConcurrentMap<String, CompletableFuture<TestServer>> SHARED =
      new ConcurrentHashMap<>();

  private final String name;
  private final Path home;
  private final Map<String, String> settings = new TreeMap<>();
  private final int port;
  private final boolean prepared;
  private Process process;

  /**
   * A server that is not started yet.
   *
   * @param name of its folder below {@code target/servers}, which is emptied
   * @param settings what is configured beyond a secret and the development sign-in; an empty value
   *     takes a setting away
   */
  public TestServer(String name, Map<String, String> settings) throws IOException {
    this(name, settings, true);
  }

  /** A server that works out by itself what others begin with. */
  static TestServer unprepared(String name, Map<String, String> settings) throws IOException {
    return new TestServer(name, settings, false);
  }

  private TestServer(String name, Map<String, String> settings, boolean prepared)
      throws IOException {
    this.prepared = prepared;
    this.name = name;
    this.home = Path.of("target", "servers", name).toAbsolutePath();
    this.port = freePort();
    this.settings.put("landfall.http.port", Integer.toString(port));
    this.settings.put("landfall.auth.dev", "true");
    this.settings.put("landfall.limits.address-requests-per-minute", "0"); // all of it is one
    this.settings.put("landfall.auth.jwt.secret", SECRET);
    this.settings.put("landfall.sqlite.file", home.resolve("landfall.db").toString());
    this.settings.putAll(settings);
    this.settings.values().removeIf(String::isEmpty);
    prepare();
  }

  /**
   * A server with a store of that kind, which all tests of this run share; it stops when they are
   * over.
   */
  public static TestServer shared(String store) {
    return SHARED
        .computeIfAbsent(
            store, key -> CompletableFuture.completedFuture(key).thenApply(TestServer::startShared))
        .join();
  }

  private static TestServer startShared(String store) {
    try {
      Map<String, String> settings =
          new TreeMap<>(
              Map.of(
                  "landfall.store", store,
                  "landfall.applications.file", APPLICATIONS,
                  "landfall.cors.origins", "https://app.example.org",
                  "landfall.orgs.registerable", "true",
                  "landfall.atom.application", "lists",
                  "landfall.atom.users", AtomContract.USERS,
                  "landfall.atom.tags", "point",
                  "landfall.limits.body-time", "6s",
                  "landfall.limits.live-connections", "5",
                  "landfall.limits.collections", "20"));
      settings.put("landfall.operators", UserIds.of("dev", OPERATOR).value());
      settings.put("landfall.http.message-bytes", "100000000"); // soon enough for a test
      Runnable afterwards = () -> {};
      if (store.equals("mongo")) {
        TestDatabase database = TestDatabase.create();
        settings.putAll(on(database));
        afterwards = database::close;
      }
      // Other processes of the same build have servers of their own.
      String process = System.getProperty("landfall.test.process", "0");
      TestServer server = new TestServer("shared-" + store + "-" + process, settings);
      server.start();
      Runnable last = afterwards;
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    last.run();
                  }));
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The settings of a server node over that database. */
  static Map<String, String> on(TestDatabase database) {
    return Map.of(
        "landfall.store", "mongo",
        "landfall.mongo.uri", database.address(),
        "landfall.mongo.database", database.name());
  }

  private void prepare() throws IOException {
    PreparedStart.delete(home);
    Path server = home.resolve("servers").resolve("landfall");
    Files.createDirectories(server.resolve("apps"));
    for (String file : List.of("server.xml", "features.xml", "server.env")) {
      Files.copy(
          Path.of("src/main/liberty/config", file),
          server.resolve(file),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    List<String> first =
        Files.readAllLines(Path.of("src/main/liberty/config/bootstrap.properties"));
    Files.write(
        server.resolve("bootstrap.properties"),
        first.stream().filter(line -> !line.startsWith("landfall.exit-on")).toList());
    Path war = Path.of(System.getProperty("landfall.war", "target/landfall.war"));
    Files.copy(war, server.resolve("apps/landfall.war"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  /**
   * Not one of those that the system gives to clients: a server that was killed wants to have its
   * own again.
   */
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // another one
      }
    }
  }

  /** Starts it and waits until it can serve. */
  public void start() throws IOException {
    launch();
    awaitReady();
  }

  /** Waits until it can serve. */
  public void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!isReady()) {
      if (!process.isAlive()) {
        throw new IllegalStateException("the server ended at start:\n" + console());
      }
      if (System.nanoTime() > deadline || console().contains("CWWKZ0002E")) {
        process.destroyForcibly();
        throw new IllegalStateException("the server does not get ready:\n" + console());
      }
      sleep(50);
    }
  }

  /** Starts it and does not wait. */
  public void launch() throws IOException {
    List<String> start;
    if (prepared) {
      PreparedStart known = PreparedStart.get();
      known.copyTo(home.resolve("servers").resolve("landfall"));
      start = known.options();
    } else {
      start = PreparedStart.recording(home);
    }
    Path wlp = Path.of(System.getProperty("liberty.wlp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String options = Runtime.version().feature() < 24 ? "java9.options" : "java24.options";
    command.add("@" + wlp.resolve("lib/platform/java").resolve(options));
    command.add("-javaagent:" + wlp.resolve("bin/tools/ws-javaagent.jar"));
    command.addAll(
        List.of(
            "-Xms256m",
            "-Xmx384m",
            "-Xmn128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto"));
    command.addAll(start);
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", wlp.resolve("bin/tools/ws-server.jar").toString(), "landfall"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("WLP_USER_DIR", home.toString());
    builder.environment().keySet().removeIf(key -> key.startsWith("LANDFALL_"));
    process = builder.start();
  }

  private boolean isReady() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(uri("/health/ready")).timeout(Duration.ofSeconds(10)).build();
      return CLIENT.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where something is on it. */
  public URI uri(String path) {
    return URI.create(address() + path);
  }

  /** Where it is, without a slash at the end. */
  public String address() {
    return "http://127.0.0.1:" + port;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Its folder. */
  public Path home() {
    return home;
  }

  /** Its process. */
  public Process process() {
    return process;
  }

  /** Takes its life without a word, as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it, and waits until it has done what it does at its end. */
  void end() {
    process.destroy();
    try {
      if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server does not end:\n" + console());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything it has printed. */
  public String console() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      return "no console: " + e;
    }
  }

  private Path log() {
    return home.resolve("console.log");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
