package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.transfer.OwnedDocuments;
import java.io.IOException;
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

  /** Those that are configured and those that once were. */
  List<ApplicationName> applications() {
    return engine.storedApplications();
  }

  /** Whether the owner may ask for documents of an application. */
  boolean knows(ApplicationName application) {
    boolean configured =
        engine.applications().stream().anyMatch(one -> one.name().equals(application));
    return configured
        || (applications().contains(application) && !collections(application).isEmpty());
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

  /**
   * Asked at the end: what has gone with its owner in the meantime is not met, and what was met is
   * not everything.
   */
  void requireStill() {
    right.run();
  }

  private final class Counter {
    private int count;

    void count() {
      if (count++ % DOCUMENTS_PER_QUESTION == 0) {
        requireStill();
      }
    }
  }
}
