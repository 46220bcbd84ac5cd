package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.DurableStoreContract;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class SqliteBackendTest implements DurableStoreContract {
  @TempDir private Path disk;

  @TempDir(factory = FolderInMemory.class)
  private Path memory;

  private Path file;
  private StoreBackend backend;

  @BeforeEach
  void open(TestInfo test) {
    Class<?> contract = test.getTestMethod().orElseThrow().getDeclaringClass();
    Path folder = contract == DurableStoreContract.class ? disk : memory;
    file = folder.resolve("landfall.db");
    open();
  }

  private void open() {
    backend = SqliteBackend.open(file);
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
