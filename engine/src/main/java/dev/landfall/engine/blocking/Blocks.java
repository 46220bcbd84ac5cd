package dev.landfall.engine.blocking;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who takes nothing from whom. Nothing is remembered here, so that every node obeys a change at
 * once. Safe for concurrent use.
 *
 * <p>The directory has each twice: as {@code blocks}, blocker/blocked, to be listed by whom it
 * protects, and as {@code blockedBy}, blocked/blocker, to be asked when somebody shares something.
 * The second decides; it is written last and removed first. Ids have no slash.
 */
public final class Blocks {
  private static final String BLOCKS = "blocks";
  private static final String BLOCKED_BY = "blockedBy";
  private static final int PAGE = 1_000;

  private final Directory directory;
  private final InstantSource time;
  private final int max;

  /**
   * Those in {@code directory}.
   *
   * @param max how many one person may block
   */
  public Blocks(Directory directory, InstantSource time, int max) {
    this.directory = directory;
    this.time = time;
    this.max = max;
  }

  /** Somebody from whom nothing is taken. */
  public record Blocked(UserId user, Instant since) {}

  /**
   * Has {@code blocker} take nothing more from {@code blocked}. What was given before has to be
   * ended after this.
   *
   * @throws SyncException if they block as many as allowed already
   */
  public void block(UserId blocker, UserId blocked) {
    if (directory.find(BLOCKS, name(blocker, blocked)).isEmpty() && count(blocker) >= max) {
      throw new SyncException(
          SyncProblem.OUT_OF_ROOM,
          "You block " + max + " people already",
          JsonObject.builder().put("limit", "blocked").put("max", max).build());
    }
    JsonObject content = JsonObject.builder().put("since", time.millis()).build();
    directory.write(
        new DirectoryRecord(BLOCKS, name(blocker, blocked), 1, JsonText.bytes(content)));
    directory.write(
        new DirectoryRecord(BLOCKED_BY, name(blocked, blocker), 1, JsonText.bytes(content)));
  }

  private int count(UserId blocker) {
    int count = 0;
    Optional<UserId> after = Optional.empty();
    List<UserId> page;
    do {
      page = second(BLOCKS, blocker, after, PAGE);
      count += page.size();
      after = page.isEmpty() ? after : Optional.of(page.get(page.size() - 1));
    } while (page.size() == PAGE && count < max);
    return count;
  }

  /** Has {@code blocker} take again what {@code blocked} gives from now on. */
  public void unblock(UserId blocker, UserId blocked) {
    remove(BLOCKED_BY, name(blocked, blocker));
    remove(BLOCKS, name(blocker, blocked));
  }

  /**
   * Whom {@code blocker} blocks, in the order of their ids.
   *
   * @param limit 1 to 1,000
   */
  public List<Blocked> of(UserId blocker, Optional<UserId> after, int limit) {
    List<Blocked> blocked = new ArrayList<>();
    for (DirectoryRecord record : records(BLOCKS, blocker, after, limit)) {
      blocked.add(new Blocked(second(record), Instant.ofEpochMilli(since(record))));
    }
    return blocked;
  }

  /** Whether {@code blocker} takes nothing from {@code blocked}. Costs the same either way. */
  public boolean isBlocked(UserId blocker, UserId blocked) {
    return directory.find(BLOCKED_BY, name(blocked, blocker)).isPresent();
  }

  /** Those who take nothing from {@code giver}. */
  public Set<UserId> blockersOf(UserId giver) {
    Set<UserId> blockers = new LinkedHashSet<>();
    Optional<UserId> after = Optional.empty();
    List<UserId> page;
    do {
      page = second(BLOCKED_BY, giver, after, PAGE);
      blockers.addAll(page);
      after = page.isEmpty() ? after : Optional.of(page.get(page.size() - 1));
    } while (page.size() == PAGE);
    return blockers;
  }

  /** Forgets whom {@code gone}, who is gone, has blocked and who has blocked them. */
  public void forget(UserId gone) {
    List<UserId> page;
    do {
      page = second(BLOCKS, gone, Optional.empty(), PAGE);
      page.forEach(blocked -> unblock(gone, blocked));
    } while (!page.isEmpty());
    do {
      page = second(BLOCKED_BY, gone, Optional.empty(), PAGE);
      page.forEach(
          blocker -> {
            remove(BLOCKS, name(blocker, gone));
            remove(BLOCKED_BY, name(gone, blocker));
          });
    } while (!page.isEmpty());
  }

  private void remove(String kind, String name) {
    directory.find(kind, name).ifPresent(record -> directory.remove(kind, name, record.version()));
  }

  private List<UserId> second(String kind, UserId first, Optional<UserId> after, int limit) {
    return records(kind, first, after, limit).stream().map(Blocks::second).toList();
  }

  private List<DirectoryRecord> records(
      String kind, UserId first, Optional<UserId> after, int limit) {
    String prefix = first.value() + "/";
    return directory.list(kind, prefix + after.map(UserId::value).orElse(""), limit).stream()
        .takeWhile(record -> record.name().startsWith(prefix))
        .toList();
  }

  private static String name(UserId first, UserId second) {
    return first.value() + "/" + second.value();
  }

  private static UserId second(DirectoryRecord record) {
    return new UserId(record.name().substring(record.name().indexOf('/') + 1));
  }

  private static long since(DirectoryRecord record) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject content
          && content.get("since") instanceof JsonNumber since) {
        return since.value().longValueExact();
      }
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a record of kind " + record.kind() + " is damaged", e);
    }
    throw new IllegalStateException("a record of kind " + record.kind() + " is damaged");
  }
}
