package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

  @Test
  void everyValueOfTransitJsComesBackEqual() throws Exception {
    TransitJs.install();

    assertThat(TransitJs.run(TestServer.shared(STORE))).endsWith("all equal\n");
  }
}
