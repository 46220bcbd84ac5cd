package dev.landfall.webapp.it;

import org.junit.jupiter.api.Nested;

/** The wire contracts over the MongoDB store. */
class MongoServerIT extends ServerContracts {
  private static final String STORE = "mongo";

  MongoServerIT() {
    super(STORE);
  }

  @Nested
  class Sync extends SyncContract {
    Sync() {
      super(TestServer.shared(STORE));
    }

    /** mongo-java-server looks through all documents for each one it writes. */
    @Override
    int manyDocuments() {
      return 1_000;
    }
  }
}
