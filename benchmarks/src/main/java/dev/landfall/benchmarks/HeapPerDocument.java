package dev.landfall.benchmarks;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;

/** How much of the heap the memory store takes for a document of 200 bytes. */
public final class HeapPerDocument {
  private static final int USERS = 100;
  private static final int DOCUMENTS = 1_000;
  private static final int REQUEST = 50;

  private HeapPerDocument() {}

  /** Measures it. */
  public static void main(String... arguments) throws InterruptedException {
    StoreProvider memory =
        ServiceLoader.load(StoreProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("memory"))
            .findAny()
            .orElseThrow();
    Map<String, String> settings = Map.of("landfall.memory.max-bytes", "4000000000");
    try (StoreBackend backend = memory.open(new StoreSettings(settings))) {
      Server server = new Server(backend);
      fill(server, 1); // what is there once for all
      long before = used();
      for (int user = 0; user < USERS; user++) {
        fill(server, DOCUMENTS);
      }
      long bytes = used() - before;
      System.out.printf(
          Locale.ROOT,
          "%d bytes of heap a document of %d bytes%n",
          bytes / (USERS * DOCUMENTS),
          JsonText.bytes(document(1)).length());
    }
  }

  private static void fill(Server server, int documents) {
    UserId user = new UserId(UUID.randomUUID().toString());
    for (int from = 0; from < documents; from += REQUEST) {
      server.pass(Duration.ofMillis(3));
      List<Change> changes = new ArrayList<>();
      for (int number = from; number < Math.min(documents, from + REQUEST); number++) {
        JsonObject document = document(number);
        Map<String, HybridTimestamp> stamps = new LinkedHashMap<>();
        document.members().keySet().forEach(name -> stamps.put(name, server.now("phone")));
        DocumentKey key = new DocumentKey(UUID.randomUUID().toString());
        changes.add(
            new Change(key, Optional.of(document), stamps, HybridTimestamp.ZERO, Optional.empty()));
      }
      server
          .engine()
          .sync(
              Device.PLANNER,
              user,
              user,
              SyncRequest.push(Device.TASKS, HybridTimestamp.ZERO, changes));
    }
  }

  private static JsonObject document(int number) {
    return JsonObject.builder()
        .put("title", "Fetch parcel " + number + " at the neighbour's")
        .put("done", false)
        .put("priority", number % 10)
        .put("due", "2026-11-22T17:30:00Z")
        .put("notes", "Ring twice, they are in the garden most of the time, at least in summer.")
        .build();
  }

  private static long used() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(200);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
