package dev.landfall.engine.erasure;

import dev.landfall.api.Bytes;
import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who is gone, or has ended all sessions, by a hash of the id, as long as somebody may hold a token
 * of theirs; and which ids were erased users', for ever. Nothing is remembered here, so that every
 * node obeys at once. Safe for concurrent use.
 *
 * <p>Sessions are told apart by their beginning, in whole seconds since the Unix epoch: one that
 * began up to the deletion is over, one that began later is that of a new account of the same id.
 */
public final class DeletedUsers {
  /** The kind of record; its name is the hash. */
  static final String KIND = "deletedUser";

  /** The kind of record that says that an id was an erased user's; its name is the same hash. */
  static final String ERASED = "erasedUser";

  private static final Bytes NOTHING = JsonText.bytes(JsonObject.builder().build());

  /** How far the clocks of two server nodes may be apart. */
  static final long MARGIN_SECONDS = 5;

  private static final String DELETED_AT = "deletedAt";
  private static final String ENDED_AT = "endedAt";
  private static final String UNTIL = "until";
  private static final JsonValue ENDED = JsonObject.builder().put("reason", "ended").build();
  private static final int PAGE = 500;
  private static final int MAX_ATTEMPTS = 100;

  private final Directory directory;
  private final InstantSource time;

  /** Those in {@code directory}. */
  public DeletedUsers(Directory directory, InstantSource time) {
    this.directory = directory;
    this.time = time;
  }

  /** Up to when sessions of {@code user} are over; empty if the user has not been deleted. */
  public OptionalLong deletedAt(UserId user) {
    return number(directory.find(KIND, name(user)), DELETED_AT);
  }

  /**
   * Whether {@code user} was ever erased. This is never forgotten: an id that is the server's to
   * give is not given again.
   */
  public boolean wasErased(UserId user) {
    return directory.find(ERASED, name(user)).isPresent();
  }

  private static OptionalLong number(Optional<DirectoryRecord> record, String member) {
    return record.isEmpty() ? OptionalLong.empty() : Content.optionalNumber(record.get(), member);
  }

  /**
   * Finds that a session is not one of a deleted user, and has not been ended.
   *
   * @param since when the session began, in seconds since the Unix epoch
   * @return when the user was deleted before that session began; empty if never
   * @throws SyncException if it is one, or has been
   */
  public OptionalLong check(UserId user, long since) {
    Optional<DirectoryRecord> record = directory.find(KIND, name(user));
    OptionalLong deletedAt = number(record, DELETED_AT);
    if (deletedAt.isPresent()) {
      if (since <= deletedAt.getAsLong()) {
        throw new SyncException(SyncProblem.UNAUTHORIZED, "The account has been deleted");
      }
      if (Erasures.isUnderWay(directory, user)) {
        throw new SyncException(
            SyncProblem.UNAVAILABLE, "the account of this name is still being deleted");
      }
    }
    if (since <= number(record, ENDED_AT).orElse(Long.MIN_VALUE)) {
      throw new SyncException(SyncProblem.UNAUTHORIZED, "The session has been ended", ENDED);
    }
    return deletedAt;
  }

  /** Whether what {@link #check} throws says that a session has been ended, and not its user. */
  public static boolean isEnded(SyncException failure) {
    return failure.details().equals(Optional.of(ENDED));
  }

  /**
   * When a session that begins now begins: later than what was ended in the same second.
   *
   * @return in seconds since the Unix epoch, a few ahead of now just after a deletion
   */
  public long beginning(UserId user) {
    long now = time.millis() / 1_000;
    Optional<DirectoryRecord> record = directory.find(KIND, name(user));
    long deletedAt = number(record, DELETED_AT).orElse(now - 1);
    long endedAt = number(record, ENDED_AT).orElse(now - 1);
    return Math.max(now, Math.max(deletedAt, endedAt) + 1);
  }

  /**
   * Ends all sessions of a user that have begun; on every node from now on.
   *
   * @param since when the latest of them that is known began, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  public void endSessions(UserId user, long since, long until) {
    long now = time.millis() / 1_000;
    raise(user, ENDED_AT, Math.max(now, since) + MARGIN_SECONDS, until);
  }

  /**
   * Marks a user as deleted; on every node from now on.
   *
   * @param deletedAt up to when sessions are over, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  void mark(UserId user, long deletedAt, long until) {
    directory.write(new DirectoryRecord(ERASED, name(user), 1, NOTHING)); // or it is there
    raise(user, DELETED_AT, deletedAt, until);
  }

  private void raise(UserId user, String member, long moment, long until) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<DirectoryRecord> stored = directory.find(KIND, name(user));
      long version = stored.map(DirectoryRecord::version).orElse(0L);
      long last = number(stored, member).orElse(-1L);
      long end = number(stored, UNTIL).orElse(-1L);
      if (last >= moment && end >= until) {
        return;
      }
      JsonObject.Builder content = JsonObject.builder();
      for (String other : List.of(DELETED_AT, ENDED_AT)) {
        number(stored, other).ifPresent(known -> content.put(other, known));
      }
      content.put(member, Math.max(last, moment)).put(UNTIL, Math.max(end, until));
      if (directory.write(
          new DirectoryRecord(KIND, name(user), version + 1, JsonText.bytes(content.build())))) {
        return;
      }
    }
    throw new SyncException(SyncProblem.UNAVAILABLE, "too many changes at the same time");
  }

  /**
   * Forgets users of whom nobody can hold a token any more.
   *
   * @return how many
   */
  public int sweep() {
    int swept = 0;
    String after = "";
    List<DirectoryRecord> page;
    do {
      page = directory.list(KIND, after, PAGE);
      for (DirectoryRecord record : page) {
        after = record.name();
        if (Content.number(record, UNTIL) < time.millis() / 1_000
            && directory.remove(KIND, record.name(), record.version())) {
          swept++;
        }
      }
    } while (page.size() == PAGE);
    return swept;
  }

  private static String name(UserId user) {
    return Sha256.hex(user.value());
  }
}
