package dev.landfall.api.store;

import java.util.Map;
import java.util.Optional;

/**
 * What configuration says to a store.
 *
 * @param values by full key, {@code landfall.sqlite.file} for one; keys that are not set are absent
 */
public record StoreSettings(Map<String, String> values) {
  public StoreSettings {
    values = Map.copyOf(values);
  }

  /** The value of {@code key}, if it is set. */
  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public String toString() {
    return "StoreSettings" + values.keySet();
  }
}
