package dev.landfall.store.tck;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;

/** The people and things of the tests. */
public final class Cast {
  public static final UserId ALICE = new UserId("alice");
  public static final UserId BOB = new UserId("bob");
  public static final UserId CAROL = new UserId("carol");
  public static final OrganisationId ACME = new OrganisationId("acme");

  public static final CollectionName TASKS = new CollectionName("tasks");
  public static final CollectionName NOTES = new CollectionName("notes");

  public static final DocumentId MILK = task("milk");
  public static final DocumentId BREAD = task("bread");
  public static final DocumentId EGGS = task("eggs");

  public static final Feed ALICES_TASKS = tasksOf(ALICE);
  public static final Feed BOBS_TASKS = tasksOf(BOB);

  /** Later than everything that is written here. */
  public static final HybridTimestamp END_OF_TIME =
      new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_SEQUENCE, "~");

  private Cast() {}

  /** A task of Alice's. */
  public static DocumentId task(String key) {
    return document(ALICE, TASKS, key);
  }

  /** A document. */
  public static DocumentId document(Owner owner, CollectionName collection, String key) {
    return new DocumentId(owner, collection, new DocumentKey(key));
  }

  /** The tasks that {@code reader} may read. */
  public static Feed tasksOf(Principal reader) {
    return new Feed(reader, TASKS);
  }
}
