package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.sync.ApplicationDefinition;
import dev.landfall.engine.sync.OwnedDocuments;
import dev.landfall.engine.sync.SyncEngine;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * What an export reads: of one user or organisation, and for one reader.
 *
 * @param head what the owner is called in the file: {@code user} or {@code org}
 * @param about what is known of the owner
 * @param right fails once the reader may no longer read; asked again and again
 */
record ExportSource(
    SyncEngine engine,
    Owner owner,
    String head,
    JsonObject about,
    Members members,
    Runnable right) {
  private static final int DOCUMENTS_PER_QUESTION = 1_000;

  /** Who is in an organisation, one after the other. */
  interface Members {
    /** Of whom there are none. */
    Members NONE = sink -> {};

    /** Gives them to {@code sink}. */
    void forEach(MemberSink sink) throws IOException;
  }

  /** Takes members. */
  interface MemberSink {
    /** Takes one. */
    void accept(JsonObject member) throws IOException;
  }

  /** Whether the owner is one that has members. */
  boolean isOrganisation() {
    return head.equals("org");
  }

  List<ApplicationName> applications() {
    return engine.applications().stream()
        .map(ApplicationDefinition::name)
        .sorted(Comparator.comparing(ApplicationName::value))
        .toList();
  }

  List<CollectionName> collections(ApplicationName application) {
    return engine.owned(application, owner).collections();
  }

  void read(ApplicationName application, CollectionName collection, OwnedDocuments.Sink sink)
      throws IOException {
    Counter counter = new Counter();
    engine
        .owned(application, owner)
        .read(
            collection,
            (key, wire) -> {
              counter.count();
              sink.accept(key, wire);
            });
  }

  void entries(
      ApplicationName application, CollectionName collection, OwnedDocuments.EntrySink sink)
      throws IOException {
    Counter counter = new Counter();
    engine
        .owned(application, owner)
        .entries(
            collection,
            (id, entry) -> {
              counter.count();
              sink.accept(id, entry);
            });
  }

  private final class Counter {
    private int count;

    void count() {
      if (count++ % DOCUMENTS_PER_QUESTION == 0) {
        right.run();
      }
    }
  }
}
