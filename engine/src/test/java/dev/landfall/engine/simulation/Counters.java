package dev.landfall.engine.simulation;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** How often things happened that a simulation has to come across to be worth anything. */
final class Counters {
  /** What has to happen sometimes. */
  enum Sometimes {
    TEXTS_MERGED,
    TOMBSTONE_BEAT_EDIT,
    EDIT_BEAT_TOMBSTONE,
    CONFLICT_LOCAL,
    CONFLICT_REMOTE,
    CRASH_AFTER_COMMIT,
    CRASH_BEFORE_COMMIT,
    TWO_COMMITS_IN_ONE_MILLISECOND,
    REORDERED,
    REPEATED,
    RESYNC,
    CLOCK_DRIFT,
    BASE_UNKNOWN,
    STORE_FAILURE,
    COMMITS_CLASHED,
    PAGED,
    PURGED,
    RESTORED,
    CLONED,
    EDIT_IN_FLIGHT,
    RETRY_AFTER_LOST_ANSWER,
    COUNTERS_MERGED,
    SETS_MERGED,
    SHARED,
    LEFT_DOCUMENT,
    GRANT_TOLD,
    REVOCATION_TOLD,
    WRITE_WITHOUT_RIGHT_REFUSED,
    WRITE_AFTER_REVOKE_REFUSED,
    MEMBER_JOINED,
    MEMBER_LEFT,
    ROLE_CHANGED,
    ACCOUNT_ERASED,
    ORGANISATION_ERASED,
    ERASURE_BROKEN_OFF,
    ERASURE_RESUMED,
    COMMIT_DURING_ERASURE,
    SYNC_OF_ERASED_ACCOUNT,
    SEARCHED,
    EXPORTED,
    SERVER_RESTORED;

    /** What happens where there is nothing but documents. */
    static Set<Sometimes> ofDocuments() {
      return EnumSet.range(TEXTS_MERGED, RETRY_AFTER_LOST_ANSWER);
    }

    /** What happens only where people have to do with each other. */
    static Set<Sometimes> ofPeople() {
      return EnumSet.range(COUNTERS_MERGED, SERVER_RESTORED);
    }
  }

  private final Map<Sometimes, Long> counts = new EnumMap<>(Sometimes.class);
  private long requests;

  void count(Sometimes what) {
    counts.merge(what, 1L, Long::sum);
  }

  void countRequest() {
    requests++;
  }

  long requests() {
    return requests;
  }

  long of(Sometimes what) {
    return counts.getOrDefault(what, 0L);
  }

  synchronized void add(Counters other) {
    other.counts.forEach((what, number) -> counts.merge(what, number, Long::sum));
    requests += other.requests;
  }

  @Override
  public String toString() {
    return requests + " requests, " + counts;
  }
}
