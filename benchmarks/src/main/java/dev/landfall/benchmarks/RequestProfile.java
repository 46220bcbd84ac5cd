package dev.landfall.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the parts of a request cost: the shares of its time and of its allocations, sampled by the
 * JVM's flight recorder within one run, so that they may be compared on a busy machine; and the
 * bytes that one request allocates. Arguments: {@code memory}, {@code sqlite}, or both.
 */
public final class RequestProfile {
  private static final Duration WARM = Duration.ofSeconds(Integer.getInteger("landfall.warm", 10));
  private static final Duration RUN = Duration.ofSeconds(Integer.getInteger("landfall.run", 15));
  private static final String ONLY = System.getProperty("landfall.only", "");

  /** The first frame from the top that is in one of these says whose the sample is. */
  private static final Map<String, String> PARTS = new LinkedHashMap<>();

  static {
    PARTS.put("dev.landfall.engine.document.WireForm", "wire form");
    PARTS.put("dev.landfall.engine.document.StoredForm", "stored form");
    PARTS.put("dev.landfall.engine.document.History", "history");
    PARTS.put("dev.landfall.engine.index", "terms");
    PARTS.put("dev.landfall.engine.search", "terms, filters");
    PARTS.put("dev.landfall.engine.merge", "merge");
    PARTS.put("dev.landfall.engine.document", "leaves, documents");
    PARTS.put("dev.landfall.store", "store");
    PARTS.put("dev.landfall.engine", "rest of the engine");
    PARTS.put("dev.landfall.benchmarks", "making the request");
  }

  private RequestProfile() {}

  /** One kind of request, made again and again. */
  @FunctionalInterface
  private interface Request {
    void make();
  }

  /** Profiles the requests over each of the stores that are named. */
  public static void main(String... stores) throws IOException {
    for (String store : stores.length == 0 ? new String[] {"memory", "sqlite"} : stores) {
      Path folder = Files.createTempDirectory("landfall-profile");
      StoreSettings settings =
          new StoreSettings(
              Map.of(
                  "landfall.sqlite.file",
                  folder.resolve("landfall.db").toString(),
                  "landfall.memory.max-bytes",
                  "4000000000"));
      try (StoreBackend backend = provider(store).open(settings)) {
        Server server = new Server(backend);
        profile(store + ": push of 50 new documents", new NewDocuments(server, 50)::push);
        profile(store + ": push of one new document", new NewDocuments(server, 1)::push);
        profile(store + ": push of one edit", new Edits(server)::push);
        profile(store + ": search without an index", new Unindexed(server)::search);
        profile(store + ": pull of 1,000 documents", new Pulls(server)::all);
        profile(store + ": pull of nothing", new Pulls(server)::nothing);
      }
    }
  }

  private static StoreProvider provider(String name) {
    for (StoreProvider provider : ServiceLoader.load(StoreProvider.class)) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    throw new IllegalArgumentException("there is no store " + name);
  }

  private static void profile(String name, Request request) throws IOException {
    if (!name.contains(ONLY)) {
      return;
    }
    repeat(request, WARM);
    Path file = Files.createTempFile("landfall-profile", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
      recording.start();
      long before = allocated();
      long cpuBefore = cpu();
      long requests = repeat(request, RUN);
      long nanos = cpu() - cpuBefore;
      long bytes = allocated() - before;
      recording.dump(file);
      System.out.printf(
          Locale.ROOT,
          "%n%s: %.1f us of processor time and %,d bytes a request, %,d requests%n",
          name,
          nanos / 1e3 / requests,
          bytes / requests,
          requests);
    }
    report(file);
    Files.delete(file);
  }

  private static long repeat(Request request, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long requests = 0;
    while (System.nanoTime() < end) {
      request.make();
      requests++;
    }
    return requests;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static void report(Path file) throws IOException {
    Map<String, Double> time = new TreeMap<>();
    Map<String, Double> bytes = new TreeMap<>();
    Map<String, Double> tops = new TreeMap<>();
    String own = Thread.currentThread().getName();
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (event.getStackTrace() == null) {
        continue;
      }
      List<RecordedFrame> frames = event.getStackTrace().getFrames();
      if (event.getEventType().getName().equals("jdk.ObjectAllocationSample")) {
        if (event.getThread().getJavaName().equals(own)) {
          bytes.merge(part(frames), (double) event.getLong("weight"), Double::sum);
        }
      } else if (event.getThread("sampledThread").getJavaName().equals(own)) {
        time.merge(part(frames), 1.0, Double::sum);
        tops.merge(method(frames.get(0)), 1.0, Double::sum);
      }
    }
    System.out.println("  part                   time  allocations");
    double allTime = time.values().stream().mapToDouble(it -> it).sum();
    double allBytes = bytes.values().stream().mapToDouble(it -> it).sum();
    time.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(
            part ->
                System.out.printf(
                    Locale.ROOT,
                    "  %-20s %5.1f %%  %5.1f %%%n",
                    part.getKey(),
                    100 * part.getValue() / allTime,
                    100 * bytes.getOrDefault(part.getKey(), 0.0) / allBytes));
    System.out.println("  at the top of the stack");
    tops.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .limit(12)
        .forEach(
            top ->
                System.out.printf(
                    Locale.ROOT, "  %5.1f %%  %s%n", 100 * top.getValue() / allTime, top.getKey()));
  }

  private static String part(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      for (Map.Entry<String, String> part : PARTS.entrySet()) {
        if (type.startsWith(part.getKey())) {
          return part.getValue();
        }
      }
    }
    return "elsewhere";
  }

  private static String method(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  /** Each request brings documents that are new; each user has 1,000 in the end. */
  private static final class NewDocuments {
    private final Server server;
    private final int documents;
    private Device device;
    private int users;
    private int made;

    NewDocuments(Server server, int documents) {
      this.server = server;
      this.documents = documents;
      this.device = new Device(server, documents + "-writer-0");
    }

    void push() {
      if (made == 1_000) {
        made = 0;
        device = new Device(server, documents + "-writer-" + ++users);
      }
      server.pass(Duration.ofMillis(3));
      device.createMore(made, documents);
      made += documents;
    }
  }

  /** Each request edits a field of one of a thousand documents. */
  private static final class Edits {
    private final Server server;
    private final Device device;
    private int edits;

    Edits(Server server) {
      this.server = server;
      this.device = new Device(server, "editor").create(1_000);
    }

    void push() {
      server.pass(Duration.ofMillis(3));
      device.push(List.of(device.edit(edits++ % 1_000, edits)));
    }
  }

  /** Each request asks for a thousand documents, or for news where there is none. */
  private static final class Pulls {
    private final Device device;

    Pulls(Server server) {
      this.device = new Device(server, "reader").create(1_000);
    }

    void all() {
      device.pullAll();
    }

    void nothing() {
      device.pull();
    }
  }

  /** Each request looks for a value that none of a thousand documents has, without an index. */
  private static final class Unindexed {
    private final Device device;
    private long searches;

    Unindexed(Server server) {
      this.device = new Device(server, "searcher").create(1_000);
    }

    void search() {
      device.search("assignee", "nobody " + searches++);
    }
  }
}
