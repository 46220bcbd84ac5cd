package dev.landfall.engine.erasure;

import dev.landfall.api.Bytes;
import dev.landfall.api.Sha256;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
  private static final String KEPT = "kept";
  private static final String BLOCKED = "blocked";
  private static final String OF_DEVICES = "ofDevices";
  private static final JsonValue ENDED = JsonObject.builder().put("reason", "ended").build();
  private static final JsonValue OF_DEVICE = JsonObject.builder().put("reason", "device").build();

  /** Of sessions of removed devices; older ones are over by themselves, or end with the next. */
  private static final int MAX_OF_DEVICES = 100;

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
    if (isBlocked(record)) {
      throw new SyncException(SyncProblem.BLOCKED, "An operator of this server has blocked you");
    }
    if (sessions(record).contains(since)) {
      throw new SyncException(SyncProblem.UNAUTHORIZED, "The device was removed", OF_DEVICE);
    }
    if (since <= number(record, ENDED_AT).orElse(Long.MIN_VALUE)
        && since != number(record, KEPT).orElse(Long.MIN_VALUE)) {
      throw new SyncException(SyncProblem.UNAUTHORIZED, "The session has been ended", ENDED);
    }
    return deletedAt;
  }

  /** Whether what {@link #check} throws says that a session has been ended, and not its user. */
  public static boolean isEnded(SyncException failure) {
    return failure.details().equals(Optional.of(ENDED));
  }

  /** Whether what {@link #check} throws says that the device of a session was removed. */
  public static boolean isOfRemovedDevice(SyncException failure) {
    return failure.details().equals(Optional.of(OF_DEVICE));
  }

  private static List<Long> sessions(Optional<DirectoryRecord> record) {
    return record.isEmpty() ? List.of() : Content.numbers(record.get(), OF_DEVICES);
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
    end(user, since, OptionalLong.empty(), until);
  }

  /**
   * Ends all sessions of a user that have begun, but one; on every node from now on.
   *
   * @param kept when that one began, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  public void endOtherSessions(UserId user, long kept, long until) {
    end(user, kept, OptionalLong.of(kept), until);
  }

  private void end(UserId user, long since, OptionalLong kept, long until) {
    long moment = Math.max(time.millis() / 1_000, since) + MARGIN_SECONDS;
    change(
        user,
        until,
        stored -> {
          Map<String, JsonValue> next = new LinkedHashMap<>(stored);
          next.remove(KEPT);
          kept.ifPresent(one -> next.put(KEPT, JsonNumber.of(one)));
          return raised(next, ENDED_AT, moment);
        });
  }

  /**
   * Ends the sessions of a device that was removed; on every node from now on.
   *
   * @param sessions when they began, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  public void endSessions(UserId user, Set<Long> sessions, long until) {
    if (sessions.isEmpty()) {
      return;
    }
    change(
        user,
        until,
        stored -> {
          Set<JsonValue> all = new LinkedHashSet<>();
          sessions.forEach(one -> all.add(JsonNumber.of(one)));
          if (stored.get(OF_DEVICES) instanceof JsonArray before) {
            all.addAll(before.values());
          }
          Map<String, JsonValue> next = new LinkedHashMap<>(stored);
          next.put(OF_DEVICES, new JsonArray(all.stream().limit(MAX_OF_DEVICES).toList()));
          return next;
        });
  }

  /** Keeps a user out, or lets them in again; on every node from now on. */
  public void block(UserId user, boolean blocked) {
    change(
        user,
        0,
        stored -> {
          Map<String, JsonValue> next = new LinkedHashMap<>(stored);
          next.remove(BLOCKED);
          if (blocked) {
            next.put(BLOCKED, JsonBoolean.TRUE);
          }
          return next;
        });
  }

  /** Whether a user is kept out. */
  public boolean isBlocked(UserId user) {
    return isBlocked(directory.find(KIND, name(user)));
  }

  private static boolean isBlocked(Optional<DirectoryRecord> record) {
    return record.isPresent() && Content.members(record.get()).get(BLOCKED) == JsonBoolean.TRUE;
  }

  /**
   * Marks a user as deleted; on every node from now on.
   *
   * @param deletedAt up to when sessions are over, in seconds since the Unix epoch
   * @param until when the last of their tokens ends
   */
  void mark(UserId user, long deletedAt, long until) {
    directory.write(new DirectoryRecord(ERASED, name(user), 1, NOTHING)); // or it is there
    change(user, until, stored -> raised(stored, DELETED_AT, deletedAt));
  }

  private static Map<String, JsonValue> raised(
      Map<String, JsonValue> stored, String member, long moment) {
    Map<String, JsonValue> next = new LinkedHashMap<>(stored);
    next.put(member, JsonNumber.of(Math.max(moment, number(stored.get(member)))));
    return next;
  }

  private static long number(@Nullable JsonValue value) {
    return value instanceof JsonNumber number ? number.value().longValueExact() : -1;
  }

  private void change(UserId user, long until, UnaryOperator<Map<String, JsonValue>> work) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<DirectoryRecord> stored = directory.find(KIND, name(user));
      long version = stored.map(DirectoryRecord::version).orElse(0L);
      Map<String, JsonValue> before = stored.map(Content::members).orElse(Map.of());
      Map<String, JsonValue> next = raised(work.apply(before), UNTIL, until);
      if (next.equals(before)
          || directory.write(
              new DirectoryRecord(
                  KIND, name(user), version + 1, JsonText.bytes(JsonObject.of(next))))) {
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
        if (!isBlocked(Optional.of(record))
            && Content.number(record, UNTIL) < time.millis() / 1_000
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
