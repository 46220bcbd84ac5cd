package dev.landfall.engine.audit;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

class SqliteAuditTrailTest extends AuditTrailContract {
  private static final AtomicInteger FILES = new AtomicInteger();

  @TempDir(factory = FolderInMemory.class)
  private static Path folder;

  @Override
  StoreBackend open() {
    Path file = folder.resolve(FILES.incrementAndGet() + ".db");
    return new SqliteProvider()
        .open(new StoreSettings(Map.of(SqliteProvider.FILE, file.toString())));
  }
}
