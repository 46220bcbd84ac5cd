package dev.landfall.webapp.it;

import org.junit.jupiter.api.Nested;

/** The wire contracts over the memory store. */
class MemoryServerIT extends ServerContracts {
  private static final String STORE = "memory";

  MemoryServerIT() {
    super(STORE);
  }

  @Nested
  class Sync extends SyncContract {
    Sync() {
      super(TestServer.shared(STORE));
    }
  }
}
