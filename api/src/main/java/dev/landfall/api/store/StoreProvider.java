package dev.landfall.api.store;

/**
 * Opens a kind of store; found by {@link java.util.ServiceLoader} and chosen by {@link #name()}.
 */
public interface StoreProvider {
  /** The value of {@code landfall.store} that chooses this kind. */
  String name();

  /**
   * Opens the store, creating what is missing in it.
   *
   * @throws StoreConfigurationException if a setting is wrong; nothing has been created
   * @throws StoreUnavailableException if the database cannot be reached or opened
   */
  StoreBackend open(StoreSettings settings);
}
