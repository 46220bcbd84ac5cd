package dev.landfall.engine.stores;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FolderInMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The stores there are, for what has to hold over each of them. */
public enum TestStore {
  MEMORY {
    @Override
    public void with(Consumer<StoreBackend> work) {
      try (StoreBackend store = new MemoryBackend(1L << 30)) {
        work.accept(store);
      }
    }
  },
  SQLITE {
    @Override
    public void with(Consumer<StoreBackend> work) {
      try {
        Path folder = FolderInMemory.create();
        try (StoreBackend store =
            new SqliteProvider()
                .open(
                    new StoreSettings(
                        Map.of(SqliteProvider.FILE, folder.resolve("a.db").toString())))) {
          work.accept(store);
        } finally {
          try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
              Files.delete(file);
            }
          }
          Files.delete(folder);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },
  MONGO {
    @Override
    public void with(Consumer<StoreBackend> work) {
      try (TestDatabase database = TestDatabase.create();
          StoreBackend store =
              new MongoProvider()
                  .open(
                      new StoreSettings(
                          Map.of(
                              MongoProvider.URI, database.address(),
                              MongoProvider.DATABASE, database.name())))) {
        work.accept(store);
      }
    }
  };

  /** Opens an empty one, and closes it after {@code work}. */
  public abstract void with(Consumer<StoreBackend> work);
}
