package dev.landfall.api.store;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What there is of an application besides its documents, for whoever takes all of it over. Every
 * method throws {@link StoreUnavailableException} if the database does not answer in time.
 */
public interface ApplicationContents {
  /** The epochs of the log, each with the clock of its last commit. */
  Map<String, HybridTimestamp> epochs();

  /** Where {@code documents} stand in feeds, revocations included; in no order. */
  List<FeedEntry> entries(Set<DocumentId> documents);

  /** Up to where feeds have lost entries by {@link ApplicationStore#purge}; others are absent. */
  Map<Feed, HybridTimestamp> horizons();

  /** Raises the horizons of feeds that are lower. The application has had a commit. */
  void raise(Map<Feed, HybridTimestamp> horizons);
}
