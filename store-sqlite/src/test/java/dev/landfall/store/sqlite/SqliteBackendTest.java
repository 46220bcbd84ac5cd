package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.DurableStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteBackendTest implements DurableStoreContract {
  @TempDir private Path folder;
  private StoreBackend backend;

  @BeforeEach
  void open() {
    backend = SqliteBackend.open(folder.resolve("landfall.db"));
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Override
  public StoreBackend backend() {
    return backend;
  }

  @Override
  public StoreBackend reopen() {
    close();
    open();
    return backend;
  }
}
