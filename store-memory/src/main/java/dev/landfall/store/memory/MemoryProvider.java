package dev.landfall.store.memory;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;

/** Opens empty stores in the heap. */
public final class MemoryProvider implements StoreProvider {
  /** How many bytes of heap the documents may take, by estimate; half of the heap if not set. */
  public static final String MAX_BYTES = "landfall.memory.max-bytes";

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public StoreBackend open(StoreSettings settings) {
    return settings
        .get(MAX_BYTES)
        .map(given -> new MemoryBackend(maxBytes(given)))
        .orElseGet(MemoryBackend::new);
  }

  private static long maxBytes(String given) {
    try {
      long maxBytes = Long.parseLong(given);
      if (maxBytes > 0) {
        return maxBytes;
      }
    } catch (NumberFormatException notANumber) {
      // answered below
    }
    throw new StoreConfigurationException(
        MAX_BYTES, "'" + given + "' is not a whole number of bytes above zero");
  }
}
