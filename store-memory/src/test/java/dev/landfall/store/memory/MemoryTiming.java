package dev.landfall.store.memory;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.StoreTiming;

/** Measures the memory store. Needs 4 GiB of heap. */
final class MemoryTiming {
  private MemoryTiming() {}

  public static void main(String... arguments) {
    try (StoreBackend backend = new MemoryBackend()) {
      new StoreTiming(backend, System.out).run();
    }
  }
}
