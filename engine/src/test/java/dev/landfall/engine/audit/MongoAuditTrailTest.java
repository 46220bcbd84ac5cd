package dev.landfall.engine.audit;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.mongo.MongoProvider;
import dev.landfall.store.mongo.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class MongoAuditTrailTest extends AuditTrailContract {
  private TestDatabase database;

  @Override
  StoreBackend open() {
    database = TestDatabase.create();
    return new MongoProvider()
        .open(
            new StoreSettings(
                Map.of(
                    MongoProvider.URI, database.address(),
                    MongoProvider.DATABASE, database.name())));
  }

  @Override
  @AfterEach
  void close() {
    super.close();
    database.close();
  }
}
