package dev.landfall.store.mongo;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.ConcurrencyContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two nodes on one database; every thread has one of them. */
class TwoNodesAtOnceTest implements ConcurrencyContract {
  private TestDatabase database;
  private StoreBackend[] nodes;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    nodes = new StoreBackend[] {database.open(), database.open()};
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  public StoreBackend backend() {
    return nodes[(int) (Thread.currentThread().getId() % 2)];
  }
}
