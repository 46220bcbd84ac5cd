package dev.landfall.api.store;

/** A setting of a store is wrong. */
public final class StoreConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * Names the setting.
   *
   * @param key the full configuration key
   * @param problem what was given and what is allowed; no secrets
   */
  public StoreConfigurationException(String key, String problem) {
    super(problem);
    this.key = key;
  }

  /** The full configuration key. */
  public String key() {
    return key;
  }
}
