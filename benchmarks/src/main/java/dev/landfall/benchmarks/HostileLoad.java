package dev.landfall.benchmarks;

import dev.landfall.benchmarks.load.Options;
import dev.landfall.benchmarks.load.ServerUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what one hostile account costs the others, route by route: while it does its worst
 * through one of them, somebody else writes and reads one small document after the other, and the
 * health of the server is asked for. Prints a line for each route.
 */
public final class HostileLoad {
  private static final String ZERO = "0000000000000-000000-00000000";
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SETTLED = Duration.ofMillis(100);

  private final Options options;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int port;
  private String hostile = "";
  private String honest = "";

  private HostileLoad(String[] arguments) {
    options =
        new Options(
            arguments,
            new String[] {"jar", "webapp/target/landfall.jar"},
            new String[] {"folder", "benchmarks/target/hostile-load"},
            new String[] {"store", "sqlite"},
            new String[] {"warmup", "20"},
            new String[] {"seconds", "30"},
            new String[] {"java", "-Xmx512m -XX:+UseSerialGC"});
  }

  /** Runs; the options are {@code name=value}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      new HostileLoad(arguments).run(System.out);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** What one thread of the hostile account does, again and again. */
  private interface Deed {
    void again() throws IOException, InterruptedException;
  }

  /**
   * What the hostile account does through one route.
   *
   * @param threads how many do so at once
   */
  private record Route(int threads, Deed deed) {}

  private void run(PrintStream out) throws IOException, InterruptedException {
    Duration warmup = Duration.ofSeconds(options.number("warmup", 1, 600));
    Duration time = Duration.ofSeconds(options.number("seconds", 1, 600));
    out.printf("%s%n", options);
    try (ServerUnderTest server =
        ServerUnderTest.start(
            Path.of(options.text("jar")),
            Path.of(options.text("folder")),
            List.of(options.text("java").split(" +")),
            options.text("store"))) {
      port = server.port();
      hostile = signIn("mallory");
      honest = signIn("alice");
      for (int i = 0; i < 12; i++) {
        push(hostile, "large", 1, i, 900_000);
      }
      for (int i = 0; i < 20; i++) {
        push(hostile, "many", 1_000, i, 200);
      }
      measure("(warm-up)", new Route(0, () -> {}), warmup, out);
      for (Map.Entry<String, Route> route : routes().entrySet()) {
        measure(route.getKey(), route.getValue(), time, out);
      }
    }
  }

  private Map<String, Route> routes() {
    Map<String, Route> routes = new LinkedHashMap<>();
    AtomicInteger round = new AtomicInteger(1_000);
    routes.put("nothing", new Route(0, () -> {}));
    routes.put(
        "pushes of 10,000",
        new Route(4, () -> push(hostile, "p", 10_000, round.getAndIncrement(), 20)));
    routes.put("pulls of 12 MB, unread", new Route(1, () -> unread("GET " + pull("large"), 70)));
    routes.put("exports, unread", new Route(1, () -> unread("GET /account/export", 70)));
    routes.put("bodies that do not arrive", new Route(1, () -> unread(stalled(), 200)));
    routes.put("searches for nothing", new Route(16, this::search));
    routes.put("links that are not there", new Route(16, () -> get(hostile, "/shared/nothing")));
    routes.put(
        "small pulls, 100 at once", new Route(100, () -> get(hostile, pull("many") + "&limit=1")));
    routes.put("large pulls, 100 at once", new Route(100, () -> get(hostile, pull("many"))));
    routes.put("live streams", new Route(1, () -> unread("GET /planner/live?collections=p", 40)));
    return routes;
  }

  private void measure(String name, Route route, Duration time, PrintStream out)
      throws InterruptedException, IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int i = 0; i < route.threads(); i++) {
      threads.execute(() -> repeat(route.deed()));
    }
    List<Long> others = Collections.synchronizedList(new ArrayList<>());
    List<Long> health = Collections.synchronizedList(new ArrayList<>());
    long end = System.nanoTime() + time.toNanos();
    int number = 0;
    AtomicInteger refused = new AtomicInteger();
    while (System.nanoTime() < end) {
      int key = number++;
      others.add(timed(() -> count(refused, push(honest, "h", 1, key, 200))));
      others.add(timed(() -> count(refused, get(honest, pull("h") + "&limit=1"))));
      health.add(timed(() -> count(refused, get(honest, "/health/ready"))));
    }
    threads.shutdownNow();
    threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    settle();
    out.printf(
        "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |%n",
        name,
        others.size(),
        refused.get(),
        millis(others, 0.5),
        millis(others, 0.99),
        millis(others, 1),
        millis(health, 0.99));
  }

  /**
   * Waits until what the server has still to do for the hostile account is done, or patience is.
   */
  private void settle() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int quick = 0; quick < 5 && System.nanoTime() < end; ) {
      quick = timed(() -> push(honest, "h", 1, 0, 200)) < SETTLED.toNanos() ? quick + 1 : 0;
    }
  }

  private static void count(AtomicInteger refused, int status) {
    if (status != 200) {
      refused.incrementAndGet();
    }
  }

  private static long timed(Deed deed) throws IOException, InterruptedException {
    long start = System.nanoTime();
    deed.again();
    return System.nanoTime() - start;
  }

  private static double millis(List<Long> nanos, double part) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int at = (int) Math.ceil(part * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, at)) / 1e6;
  }

  private static void repeat(Deed deed) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        deed.again();
      } catch (IOException refused) {
        // whoever is refused comes again
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private String signIn(String name) throws IOException, InterruptedException {
    Matcher token = TOKEN.matcher(send("", "/auth/dev", "{\"name\":\"" + name + "\"}").body());
    if (!token.find()) {
      throw new IOException("nobody is signed in");
    }
    return token.group(1);
  }

  private int push(String token, String collection, int changes, int round, int bytes)
      throws IOException, InterruptedException {
    StringBuilder body = new StringBuilder(changes * (bytes + 150));
    body.append("{\"collection\":\"").append(collection).append("\",\"clientClock\":\"");
    body.append(ZERO).append("\",\"changes\":[");
    String text = "x".repeat(bytes);
    for (int i = 0; i < changes; i++) {
      body.append(i == 0 ? "" : ",").append("{\"key\":\"k").append(round).append('-').append(i);
      body.append("\",\"doc\":{\"text\":\"").append(text).append("\"},\"fieldRevs\":{},");
      body.append("\"baseClock\":\"").append(ZERO).append("\"}");
    }
    return send(token, "/planner/sync", body.append("]}").toString()).statusCode();
  }

  private void search() throws IOException, InterruptedException {
    send(
        hostile,
        "/planner/search",
        "{\"collection\":\"many\",\"filter\":{\"type\":\"filter\",\"field\":\"text\","
            + "\"op\":\"contains\",\"value\":\"y\"}}");
  }

  private int get(String token, String path) throws IOException, InterruptedException {
    return http.send(request(token, path).GET().build(), BodyHandlers.discarding()).statusCode();
  }

  private HttpResponse<String> send(String token, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        request(token, path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String token, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private static String pull(String collection) {
    return "/planner/changes?wait=0&collection=" + collection;
  }

  private static String stalled() {
    return "POST /planner/sync";
  }

  /** Asks on many connections, and reads nothing until it is interrupted. */
  private void unread(String line, int connections) throws IOException, InterruptedException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        String request =
            line
                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + hostile
                + "\r\nContent-Type: application/json\r\n"
                + (line.startsWith("POST") ? "Content-Length: 1000\r\n\r\n{" : "\r\n");
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      }
      Thread.sleep(PATIENCE.toMillis());
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
