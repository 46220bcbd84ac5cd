package dev.landfall.webapp.it;

import org.junit.jupiter.api.Nested;

/** The wire contracts over the sqlite store. */
class SqliteServerIT extends ServerContracts {
  private static final String STORE = "sqlite";

  SqliteServerIT() {
    super(STORE);
  }

  @Nested
  class Sync extends SyncContract {
    Sync() {
      super(TestServer.shared(STORE));
    }
  }
}
