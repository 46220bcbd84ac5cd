package dev.landfall.engine.stores;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server node without a container, in a process of its own, that writes until it is killed. */
final class NodeProcess {
  static final ApplicationName TODO = new ApplicationName("todo");
  static final CollectionName TASKS = new CollectionName("tasks");
  static final UserId ALICE = new UserId("alice");

  /** How many threads write at once in a node, so that their requests share commits. */
  static final int WRITERS = 3;

  /** How many documents a request changes. */
  static final int BATCH = 3;

  private static final int WARM = 4;

  private final Process process;
  private final Thread reader;
  private final String name;
  private final CountDownLatch warm = new CountDownLatch(WARM);
  private final List<String> noise = new ArrayList<>();

  /** The last acknowledged value of the documents of each writer. */
  private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

  /** The latest clock in an answer. */
  private volatile HybridTimestamp clock = HybridTimestamp.ZERO;

  private NodeProcess(Process process, String name) {
    this.process = process;
    this.name = name;
    this.reader = new Thread(this::listen);
    reader.start();
  }

  static NodeProcess start(TestDatabase database, String name) throws IOException {
    return new NodeProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NodeProcess.class.getName(),
                database.address(),
                database.name(),
                name)
            .redirectErrorStream(true)
            .start(),
        name);
  }

  /** Address, database, name: counts up documents, saying what is acknowledged. */
  public static void main(String... arguments) throws InterruptedException {
    try (StoreBackend store = open(arguments[0], arguments[1])) {
      SyncEngine engine = engine(store);
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String writer = arguments[2] + "-w" + i;
        Thread thread = new Thread(() -> write(engine, writer));
        thread.start();
        writers.add(thread);
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
  }

  static StoreBackend open(String address, String database) {
    return new MongoProvider()
        .open(
            new StoreSettings(
                Map.of(MongoProvider.URI, address, MongoProvider.DATABASE, database)));
  }

  static SyncEngine engine(StoreBackend store) {
    return new SyncEngine(
        store,
        List.of(new ApplicationDefinition(TODO, "", Map.of())),
        // hardly any history, or each document would grow with every write
        new SyncSettings(
            Duration.ofMinutes(5), Duration.ofMillis(1), Duration.ofDays(90), Limits.DEFAULT),
        InstantSource.system(),
        new SecureRandom(),
        EngineObserver.NONE);
  }

  private static void write(SyncEngine engine, String writer) {
    try {
      for (int next = 1; ; next++) {
        HybridTimestamp now = new HybridTimestamp(System.currentTimeMillis(), 0, "phone");
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          changes.add(edit(writer + "-" + i, next, now));
        }
        if (next % 8 == 0) {
          changes.add(edit(writer + "-at-" + next, next, now));
        }
        HybridTimestamp clock = push(engine, SyncRequest.push(TASKS, now, changes));
        System.out.println("acknowledged " + writer + " " + next + " " + clock + " .");
        System.out.flush();
        Thread.sleep(5);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      System.out.println("failed " + e);
      System.exit(1);
    }
  }

  /** Sends it until there is an answer, as a client does that is told to try again later. */
  private static HybridTimestamp push(SyncEngine engine, SyncRequest request) throws IOException {
    while (true) {
      try {
        return engine.sync(TODO, ALICE, ALICE, request).deliver(wire -> {}).serverClock();
      } catch (SyncException e) {
        if (e.problem() != SyncProblem.UNAVAILABLE) {
          throw e;
        }
      }
    }
  }

  static Change edit(String key, int value, HybridTimestamp stamp) {
    return new Change(
        new DocumentKey(key),
        Optional.of(JsonObject.builder().put("n", JsonNumber.of(value)).build()),
        Map.of("n", stamp),
        HybridTimestamp.ZERO,
        Optional.empty());
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 5 && words[0].equals("acknowledged") && words[4].equals(".")) {
          acknowledged.put(words[1], Integer.valueOf(words[2]));
          clock = HybridTimestamp.later(clock, HybridTimestamp.parse(words[3]));
          warm.countDown();
        } else if (!line.startsWith("SLF4J")) {
          synchronized (noise) {
            noise.add(line);
          }
        }
      }
    } catch (IOException e) {
      synchronized (noise) {
        noise.add(e.toString());
      }
    }
  }

  /** Waits until it has written something. */
  void awaitWarm() throws InterruptedException {
    if (!warm.await(180, TimeUnit.SECONDS)) {
      throw new AssertionError("the node does not write: " + noise());
    }
  }

  /** Waits until it has written something that is not in {@code before}. */
  void awaitMoreThan(Map<String, Integer> before) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (acknowledged().equals(before)) {
      if (System.nanoTime() - end > 0 || !process.isAlive()) {
        throw new AssertionError("the node does not write any more: " + noise());
      }
      Thread.sleep(20);
    }
  }

  /** Takes its life without a word; returns when all it has said has been read. */
  void kill() throws InterruptedException {
    // Not through the process, which would close its output before we have read all of it.
    process.toHandle().destroyForcibly();
    reader.join(30_000);
    if (reader.isAlive()) {
      throw new AssertionError("the node does not die");
    }
  }

  String name() {
    return name;
  }

  /** What it has acknowledged until now, by writer. */
  Map<String, Integer> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  HybridTimestamp clock() {
    return clock;
  }

  /** Everything else it has printed, such as failures. */
  List<String> noise() {
    synchronized (noise) {
      return List.copyOf(noise);
    }
  }
}
