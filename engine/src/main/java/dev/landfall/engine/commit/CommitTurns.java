package dev.landfall.engine.commit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In which order those who wait get into a commit: author by author, however many requests one of
 * them has, and a large one only after all others have had a chance since the last. So nobody waits
 * for more than one large request of somebody else, and the large ones do not wait for ever. Safe
 * for concurrent use.
 */
final class CommitTurns<W extends CommitTurns.Waiting> {
  /** From so many documents on a request takes turns with all others. */
  static final int LARGE = 500;

  private final Lane<W> small = new Lane<>();
  private final Lane<W> large = new Lane<>();
  private boolean isTurnOfLarge;

  /** Somebody who waits. Told apart by identity. */
  interface Waiting {
    /** For whom; empty for the server itself. */
    String author();

    /** How many documents it may store. */
    int size();
  }

  static boolean isLarge(Waiting one) {
    return one.size() >= LARGE;
  }

  synchronized void add(W one) {
    lane(one).add(one);
  }

  synchronized void remove(W one) {
    lane(one).remove(one);
  }

  /** Whose turn it is; null if nobody waits. */
  synchronized @Nullable W next() {
    return small.isEmpty() || (isTurnOfLarge && !large.isEmpty()) ? large.first() : small.first();
  }

  /** Takes out {@code one}, for whom a commit begins. */
  synchronized void begin(W one) {
    lane(one).take(one);
    isTurnOfLarge = !isLarge(one);
  }

  /** Takes out the next that goes together with others; null if there is none. */
  synchronized @Nullable W nextSmall() {
    W first = small.first();
    if (first != null) {
      small.take(first);
    }
    return first;
  }

  synchronized boolean isEmpty() {
    return small.isEmpty() && large.isEmpty();
  }

  private Lane<W> lane(W one) {
    return isLarge(one) ? large : small;
  }

  private static final class Lane<W extends Waiting> {
    /** Whose turn comes first is first. */
    private final Map<String, Deque<W>> byAuthor = new LinkedHashMap<>();

    void add(W one) {
      byAuthor.computeIfAbsent(one.author(), author -> new ArrayDeque<>(2)).add(one);
    }

    void remove(W one) {
      byAuthor.computeIfPresent(
          one.author(),
          (author, waiting) -> {
            waiting.remove(one);
            return waiting.isEmpty() ? null : waiting;
          });
    }

    /** Its author's next turn comes after everybody's. */
    void take(W one) {
      remove(one);
      Deque<W> rest = byAuthor.remove(one.author());
      if (rest != null) {
        byAuthor.put(one.author(), rest);
      }
    }

    @Nullable W first() {
      return byAuthor.isEmpty() ? null : byAuthor.values().iterator().next().peek();
    }

    boolean isEmpty() {
      return byAuthor.isEmpty();
    }
  }
}
