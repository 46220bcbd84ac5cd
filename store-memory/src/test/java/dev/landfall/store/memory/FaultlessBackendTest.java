package dev.landfall.store.memory;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.StoreContract;

/** {@link FaultyBackend} without faults is the store behind it. */
class FaultlessBackendTest implements StoreContract {
  private final StoreBackend backend =
      new FaultyBackend(new MemoryBackend(), FaultyBackend.Faults.NONE);

  @Override
  public StoreBackend backend() {
    return backend;
  }
}
