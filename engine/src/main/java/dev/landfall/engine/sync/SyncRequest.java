package dev.landfall.engine.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A push and a pull.
 *
 * @param clientClock the serverClock the client keeps, zero if it has none
 * @param limit how many documents to deliver at most, 1 to 10,000; all if absent. With 0 nothing is
 *     pulled: the answer has what is to be said of the changes, and the clock it was asked with
 * @param maxBytes a page has at most so many bytes of documents, but one document at least
 * @param acks whether a change stored as it was sent is acknowledged instead of echoed
 * @param owners whether the client can keep documents of several owners apart
 * @param skipInvalid whether the valid changes are stored when others are not
 * @param startsAnew whether the clock is served as zero, as the client has been away for too long
 */
public record SyncRequest(
    CollectionName collection,
    HybridTimestamp clientClock,
    List<Change> changes,
    OptionalInt limit,
    OptionalLong maxBytes,
    boolean acks,
    boolean owners,
    boolean skipInvalid,
    boolean startsAnew) {
  /** The largest limit. */
  public static final int MAX_LIMIT = 10_000;

  public SyncRequest {
    changes = List.copyOf(changes);
  }

  /** A request of a client that has not been away for too long. */
  public SyncRequest(
      CollectionName collection,
      HybridTimestamp clientClock,
      List<Change> changes,
      OptionalInt limit,
      OptionalLong maxBytes,
      boolean acks,
      boolean owners,
      boolean skipInvalid) {
    this(collection, clientClock, changes, limit, maxBytes, acks, owners, skipInvalid, false);
  }

  /** The same, of a client that has been away for too long. */
  public SyncRequest startingAnew() {
    return new SyncRequest(
        collection, clientClock, changes, limit, maxBytes, acks, owners, skipInvalid, true);
  }

  /** A pull of everything after a clock. */
  public static SyncRequest pull(CollectionName collection, HybridTimestamp clientClock) {
    return new SyncRequest(
        collection,
        clientClock,
        List.of(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        false,
        false,
        false);
  }

  /** A push of some changes and a pull of everything after a clock. */
  public static SyncRequest push(
      CollectionName collection, HybridTimestamp clientClock, List<Change> changes) {
    return new SyncRequest(
        collection,
        clientClock,
        changes,
        OptionalInt.empty(),
        OptionalLong.empty(),
        false,
        false,
        false);
  }
}
