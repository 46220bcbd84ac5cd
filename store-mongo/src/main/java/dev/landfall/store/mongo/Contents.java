package dev.landfall.store.mongo;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What there is of one application besides its documents; all commits are applied. */
final class Contents implements ApplicationContents {
  private final MongoApplication application;
  private final CommitLog log;
  private final FeedEntries entries;

  Contents(MongoApplication application, CommitLog log, FeedEntries entries) {
    this.application = application;
    this.log = log;
    this.entries = entries;
  }

  @Override
  public Map<String, HybridTimestamp> epochs() {
    return Requests.attempt("epochs", log::epochs);
  }

  @Override
  public List<FeedEntry> entries(Set<DocumentId> documents) {
    return Requests.attempt(
        "entries",
        () -> {
          application.applyAll();
          return entries.of(documents);
        });
  }

  @Override
  public Map<Feed, HybridTimestamp> horizons() {
    return Requests.attempt("horizons", entries::horizons);
  }

  @Override
  public void raise(Map<Feed, HybridTimestamp> horizons) {
    Map<Feed, String> texts = new HashMap<>();
    horizons.forEach((feed, horizon) -> texts.put(feed, horizon.toString()));
    Requests.attempt(
        "raise horizons",
        () -> {
          entries.raise(texts);
          return true;
        });
  }
}
