package dev.landfall.engine.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.store.sqlite.SqliteProvider;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Fills a database with small documents and reads them all, as an export does. */
final class LargeExportProcess {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final UserId ALICE = new UserId("alice");

  private LargeExportProcess() {}

  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[1]);
    try (StoreBackend store =
        new SqliteProvider().open(new StoreSettings(Map.of("landfall.sqlite.file", args[0])))) {
      SyncEngine engine =
          new SyncEngine(
              store,
              List.of(new ApplicationDefinition(TODO, "", Map.of())),
              SyncSettings.DEFAULT,
              () -> Instant.ofEpochMilli(1_764_000_000_000L),
              new Random(1),
              EngineObserver.NONE);
      fill(engine, count, "x".repeat(Integer.parseInt(args[2])));
      long start = System.nanoTime();
      long[] met = new long[3];
      OwnedDocuments owned = engine.owned(TODO, ALICE);
      for (CollectionName collection : owned.collections()) {
        owned.read(
            collection,
            (key, wire) -> {
              met[0]++;
              met[1] += wire.length();
            });
        owned.entries(collection, (id, entry) -> met[2]++);
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println(
          "documents " + met[0] + " entries " + met[2] + " bytes " + met[1] + " ms " + millis);
    }
  }

  private static void fill(SyncEngine engine, int count, String padding) {
    Importing importing = engine.importing(TODO, ALICE, ALICE, Admission.ALL);
    List<Incoming.Fields> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonObject fields =
          JsonObject.builder()
              .put("title", new JsonString("Document number " + i + padding))
              .put("number", JsonNumber.of(i))
              .build();
      batch.add(new Incoming.Fields(TASKS, new DocumentKey("document-" + i), fields));
      if (batch.size() == Importing.BATCH || i == count - 1) {
        importing.write(batch, false);
        batch.clear();
      }
    }
  }
}
