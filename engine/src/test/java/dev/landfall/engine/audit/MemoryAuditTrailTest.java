package dev.landfall.engine.audit;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.memory.MemoryBackend;

class MemoryAuditTrailTest extends AuditTrailContract {
  @Override
  StoreBackend open() {
    return new MemoryBackend(1L << 30);
  }
}
