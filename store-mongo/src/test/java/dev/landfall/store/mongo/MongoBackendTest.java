package dev.landfall.store.mongo;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.DurableStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class MongoBackendTest implements DurableStoreContract {
  private TestDatabase database;
  private StoreBackend backend;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    backend = database.open();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  public StoreBackend backend() {
    return backend;
  }

  @Override
  public StoreBackend reopen() {
    backend.close();
    backend = database.open();
    return backend;
  }
}
